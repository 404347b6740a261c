using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Credentials;

/// <summary>Token endpoints that ask for a client certificate (RFC 8705): it is shown when a token is asked for and when one is taken back.</summary>
public sealed class MutualTlsTokenTests
{
    [Theory, EachDatabase]
    public async Task The_connections_certificate_is_shown_to_the_token_endpoint_and_to_the_revocation_endpoint(Database database)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = NewCertificate(key);
        var shown = new ConcurrentQueue<string>();
        await using var provider = await Upstream.StartMutualTlsAsync(certificate, context =>
        {
            shown.Enqueue($"{context.Request.Path} {context.Connection.ClientCertificate?.Thumbprint} {context.Request.Headers.Authorization}");
            return context.Request.Path == "/token"
                ? context.Response.WriteAsJsonAsync(new { access_token = "access-1", token_type = "Bearer", expires_in = 3600 })
                : context.Response.WriteAsync("{}");
        });
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        var tokenUrl = $"{provider.Address}token";
        var client = CredentialSteps.ClientCredentials(tokenUrl);
        (client["mtlsEnabled"], client["revocationUrl"]) = (true, $"{provider.Address}revoke");
        var connector = (await acme.CreateConnectorAsync(baseUrl: provider.Address.ToString().TrimEnd('/'), configs:
        [
            client, new JsonObject { ["id"] = "certificate", ["schemeType"] = "certificate", ["description"] = "" },
        ])).Id;
        var pem = certificate.ExportCertificatePem();
        var connection = await acme.ConnectAsync(connector,
            ("client", "oauth2-client", CredentialSteps.Client(tokenUrl, "the-secret")),
            ("certificate", "certificate", new { certificate = pem, key = key.ExportPkcs8PrivateKeyPem(), ca = pem }));

        (await acme.GetAsync($"/api/proxy/{connection.Id}/me")).Expect(200);
        (await acme.DeleteAsync($"connectors/{connector}/connections/{connection.Id}")).Expect(204);
        await host.StopAsync();

        Assert.Equal(["/token", "/me", "/revoke"], shown.Select(s => s.Split(' ')[0]));
        Assert.All(shown, s => Assert.Equal(certificate.Thumbprint, s.Split(' ')[1]));
        Assert.EndsWith("Bearer access-1", shown.ElementAt(1), StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>One that serves as its own authority, as server and as client alike.</summary>
    private static X509Certificate2 NewCertificate(ECDsa key)
    {
        var request = new CertificateRequest("CN=mutual", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
