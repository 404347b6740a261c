using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Grants;

/// <summary>No config leads the server's token requests into a network that was not opened: not by name, spelling, or redirect.</summary>
public sealed class TokenEgressTests(Hosts hosts)
{
    public static readonly TheoryData<string> ClosedHosts =
    [
        "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]", "[64:ff9b::7f00:1]", "[2002:a00:1::]", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "167772161", "10.1", "metadata.google.internal",
    ];

    [Theory, MemberData(nameof(ClosedHosts))]
    public async Task A_token_URL_into_a_closed_network_is_refused(string closed)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var tenant = await host.NewOrganisationAsync("egress");
        var (connector, connection) = await ConnectAsync(tenant, $"http://{closed}/token");

        var answer = await tenant.Api.GetAsync($"/api/proxy/{connection}/x");

        answer.ExpectOneOf(400, 502);
        Assert.Contains(answer.Code, (string[])["host_not_allowed", "token_endpoint_failed"], StringComparer.Ordinal);
        // A name that does not resolve here is no refusal of ours; every address is.
        if (!closed.EndsWith(".internal", StringComparison.Ordinal))
            Assert.Equal("host_not_allowed", answer.Code);
        (await tenant.DeleteAsync($"connectors/{connector}/connections/{connection}")).Expect(204);
    }

    [Fact]
    public async Task A_token_endpoint_that_redirects_is_not_followed()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        await using var inner = await Upstream.StartAsync("""{"access_token":"stolen"}""");
        await using var outer = await Upstream.StartAsync(context =>
        {
            context.Response.Redirect($"{inner.Address}token", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        var tenant = await host.NewOrganisationAsync("egress");
        var (_, connection) = await ConnectAsync(tenant, $"{outer.Address}token");

        (await tenant.Api.GetAsync($"/api/proxy/{connection}/x")).ExpectError(502, "token_endpoint_failed");

        Assert.Single(outer.Requests);
        Assert.Empty(inner.Requests);
    }

    private static async Task<(string Connector, string Connection)> ConnectAsync(Tenant tenant, string tokenUrl)
    {
        var connector = (await tenant.PostAsync("protocols/http/connectors", new
        {
            name = "Closed", baseUrl = "http://127.0.0.1:1", @public = false,
            authSchemeConfigs = new[]
            {
                new
                {
                    id = "it", schemeType = "oauth2", description = "d", authorizeUrl = "", tokenUrl, scopes = Array.Empty<object>(), defaultScopes = Array.Empty<string>(),
                    grant = new { grantType = "client_credentials" },
                },
            },
        })).Expect(201).Id;
        var connection = (await tenant.PostAsync($"connectors/{connector}/connections", RotatingProvider.Connection(
            "c", "oauth2-client", new { clientId = "c", clientSecret = "a-secret-for-nobody", authorizeUrl = "", tokenUrl }, "it"))).Expect(200).Id;
        return (connector, connection);
    }
}
