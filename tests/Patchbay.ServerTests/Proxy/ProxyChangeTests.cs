using System.Diagnostics;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class ProxyChangeTests(ProxyServer server) : IClassFixture<ProxyServer>
{
    [Fact]
    public async Task A_changed_connector_takes_effect_at_once()
    {
        await using var before = new ScriptedUpstream(ScriptedUpstream.Ok("before"));
        await using var after = new ScriptedUpstream(ScriptedUpstream.Ok("after"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(before.Url);

        for (var time = 0; time < 5; time++)
        {
            Assert.Equal("before", (await connection.SendAsync("GET", "/a")).Text);
            await connection.MoveAsync(after.Url);
            Assert.Equal("after", (await connection.SendAsync("GET", "/a")).Text);
            await connection.MoveAsync(before.Url);
        }
    }

    [Fact]
    public async Task Changed_variables_take_effect_at_once()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(
            $"{upstream.Url}/{{{{region}}}}", variables: new Dictionary<string, string>(StringComparer.Ordinal) { ["region"] = "eu" });
        (await connection.SendAsync("GET", "/a")).IsForeign(200);

        await server.CallAsync(HttpMethod.Put, $"{connection.ConnectorPath}/connections/{connection.Id}", connection.Tenant.Key,
            new { id = connection.Id, name = "A connection", variables = new[] { new { name = "region", value = "us" } } });

        (await connection.SendAsync("GET", "/a")).IsForeign(200);
        Assert.Equal(["GET /eu/a HTTP/1.1", "GET /us/a HTTP/1.1"], upstream.Requests.Select(r => r.StartLine));
    }

    [Fact]
    public async Task A_deleted_connection_is_gone_at_once()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url);
        (await connection.SendAsync("GET", "/a")).IsForeign(200);

        await server.CallAsync(HttpMethod.Delete, $"{connection.ConnectorPath}/connections/{connection.Id}", connection.Tenant.Key);

        (await connection.SendAsync("GET", "/a")).IsOwn(404, "connection_not_found");
    }

    [Fact]
    public async Task A_deleted_key_fails_at_once()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var tenant = await server.AddTenantAsync();
        var connection = await tenant.ConnectAsync(upstream.Url);
        (await connection.SendAsync("GET", "/a")).IsForeign(200);

        await server.CallAsync(HttpMethod.Delete, $"/api/organisations/v1/organisations/{tenant.Id}/api-keys/{tenant.KeyId}", tenant.Key);

        (await connection.SendAsync("GET", "/a")).IsOwn(401, "invalid_key");
    }

    [Fact]
    public async Task A_deleted_auth_scheme_config_stops_its_credential_at_once()
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok());
        var connection = await (await server.AddTenantAsync()).ConnectAsync(upstream.Url, [ProxyScheme.ApiKey("key", "header", "X-Api-Key", "secret")]);
        (await connection.SendAsync("GET", "/a")).IsForeign(200);

        await server.CallAsync(HttpMethod.Delete, $"{connection.ConnectorPath}/auth-scheme-configs/key", connection.Tenant.Key);

        (await connection.SendAsync("GET", "/a")).IsOwn(409, "auth_scheme_config_deleted");
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Changes_of_another_server_on_the_same_store_show_within_a_second_however_busy_the_connection_is()
    {
        await using var neighbour = new ProxyServer(sharedFolder: server.Folder);
        await neighbour.InitializeAsync();
        await using var before = new ScriptedUpstream(ScriptedUpstream.Ok("before"));
        await using var after = new ScriptedUpstream(ScriptedUpstream.Ok("after"));
        var connection = await (await server.AddTenantAsync()).ConnectAsync(before.Url);
        var here = connection with { Tenant = connection.Tenant with { Server = neighbour } };
        Assert.Equal("before", (await here.SendAsync("GET", "/a")).Text);

        await connection.MoveAsync(after.Url);
        var stale = await LastAsync(here, answer => answer.Text == "before");
        await server.CallAsync(HttpMethod.Delete, $"{connection.ConnectorPath}/connections/{connection.Id}", connection.Tenant.Key);
        var undead = await LastAsync(here, answer => answer.Status == 200);

        // A request that began within the second may have been answered after it: what counts is when it began.
        Assert.True(stale < TimeSpan.FromSeconds(1), $"the old base URL was used {stale} after the change");
        Assert.True(undead < TimeSpan.FromSeconds(1), $"the connection was used {undead} after its deletion");
    }

    /// <summary>Sends requests for a second and a half; when the last of a kind began, from now.</summary>
    private static async Task<TimeSpan> LastAsync(ProxyConnection connection, Predicate<RawAnswer> ofKind)
    {
        var clock = Stopwatch.StartNew();
        var last = TimeSpan.Zero;
        while (clock.Elapsed < TimeSpan.FromSeconds(1.5))
        {
            var begun = clock.Elapsed;
            if (ofKind(await connection.SendAsync("GET", "/a")))
                last = begun;
        }

        return last;
    }
}
