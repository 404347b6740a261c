using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform;
using Patchbay.Server;
using Patchbay.ServerTests.Functions;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>A server on https that takes client certificates, and on http, where a proxy in front of it would be.</summary>
internal sealed class MutualTlsHost : IAsyncDisposable
{
    private const string OperatorKey = "an-operator-key-for-tests-of-40-characters";

    private readonly WebApplication _app;
    private readonly X509Certificate2 _server;
    private readonly string _folder;
    private readonly string _https;
    private readonly string _http;
    private string? _organisation;

    private MutualTlsHost(WebApplication app, X509Certificate2 server, string folder)
    {
        (_app, _server, _folder) = (app, server, folder);
        _https = app.Urls.First(u => u.StartsWith("https:", StringComparison.Ordinal));
        _http = app.Urls.First(u => u.StartsWith("http:", StringComparison.Ordinal));
    }

    /// <summary>Starts one.</summary>
    /// <param name="server">The server's own certificate.</param>
    /// <param name="header">The header that a proxy on loopback is trusted with; null for none.</param>
    public static async Task<MutualTlsHost> StartAsync(X509Certificate2 server, string? header)
    {
        var folder = Directory.CreateTempSubdirectory("patchbay-tls-").FullName;
        var pem = Path.Combine(folder, "server.pem");
        await File.WriteAllTextAsync(pem, server.ExportCertificatePem() + "\n" + server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        var options = ServerOptions.Load(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = "https://127.0.0.1:0;http://127.0.0.1:0", ["PublicUrl"] = "", ["DataDir"] = Path.Combine(folder, "data"), ["Database"] = "sqlite", ["OperatorKey"] = OperatorKey,
            ["ClientCertificates"] = "true", ["ClientCertificateHeader"] = header, ["TrustedProxy"] = header is null ? "" : "127.0.0.1",
        });
        var app = await PatchbayServer.CreateAsync(options, TestContext.Current.CancellationToken, configure: builder =>
        {
            builder.Logging.ClearProviders();
            builder.Configuration["Kestrel:Certificates:Default:Path"] = pem;
            builder.Configuration["Kestrel:Certificates:Default:KeyPath"] = pem;
            builder.Services.AddSingleton(FunctionsFixture.Program);
            builder.Services.AddSingleton(new PatchbaySettings { ChecksFunctionsAtStart = false });
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new MutualTlsHost(app, server, folder);
    }

    /// <summary>A connection that is verified by certificates.</summary>
    /// <returns>The path of its URL.</returns>
    public async Task<string> HookAsync(object certificate)
    {
        _organisation ??= Id(await CallAsync("/api/organisations/v1/organisations", """{"slug":"tls","displayName":"TLS"}"""));
        var root = $"/api/connect/v1/o/{_organisation}";
        var connector = Id(await CallAsync($"{root}/protocols/http/connectors", """{"name":"c","baseUrl":"https://api.example.com","authSchemeConfigs":[{"id":"tls","schemeType":"certificate","description":"d"}]}"""));
        await CallAsync($"{root}/connectors/{connector}/versions", """{"name":"1"}""");
        await CallAsync($"{root}/connectors/{connector}/versions/1/triggers", Hook.AnyPost().ToJsonString());
        await CallAsync($"{root}/connectors/{connector}/versions/1/publish", "");
        var connection = Id(await CallAsync($"{root}/connectors/{connector}/connections", System.Text.Json.JsonSerializer.Serialize(new
        {
            name = "c", variables = Array.Empty<object>(),
            credentials = new { trigger = new[] { new { authSchemeConfig = new { id = "tls" }, credential = new { name = "n", type = "certificate", data = certificate } } } },
        })));
        var endpoint = await CallAsync($"{root}/connectors/{connector}/connections/{connection}/triggers/{Hook.Trigger}/endpoint", "{}");
        return new Uri(endpoint["url"]!.GetValue<string>()).AbsolutePath;
    }

    /// <summary>Sends an event: with a certificate or none over https, with a proxy's header over http.</summary>
    public async Task<int> SendAsync(string path, X509Certificate2? certificate, string? header)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetRawCertData().AsSpan().SequenceEqual(_server.RawData) ?? false;
        using var usable = certificate is null ? null : X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        if (usable is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => usable;
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, (header is null ? _https : _http) + path) { Content = new StringContent("{}") };
        if (header is not null)
            request.Headers.TryAddWithoutValidation("X-Client-Cert", header);
        using var response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Id(JsonNode answer) => answer["id"]!.GetValue<string>();

    private async Task<JsonNode> CallAsync(string path, string body)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, _http + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {OperatorKey}");
        using var response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, $"{path}: {text}");
        return JsonNode.Parse(text)!;
    }
}
