using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Proxy;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

/// <summary>How a product's backend reaches the connections of end users, and who does not.</summary>
public sealed class EndUserReachTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task The_backend_reaches_a_users_connection_by_its_id_and_by_template_and_user_and_nobody_else_does(Database database)
    {
        await using var upstream = new ScriptedUpstream(ScriptedUpstream.Ok("here"));
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var hub = await EmbeddedHub.MakeAsync(acme, upstream.Url);
        var integration = (await acme.PostAsync($"{hub.Path}/integrations", new { organisationId = acme.Id, name = "sync" })).Expect(200).Id;
        (await acme.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { })).Expect(200);
        var template = (string)(await acme.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"][0]!["id"]!;
        const string Ada = "ada/lovelace ü";
        var named = $"/api/proxy/templates/{template}/users/{Uri.EscapeDataString(Ada)}";
        var connection = (string)(await hub.CreateUserAsync(Ada, "k-ada"))["primaryConnection"]["id"]!;
        (await acme.GetAsync($"{named}/books?a=b%2Fc")).ExpectError(404, "connection_not_found");
        (await acme.PostAsync("/api/embedded/v1/activations", new { userId = Ada, integrationId = integration, connections = Array.Empty<object>() })).Expect(200);

        foreach (var path in (string[])[$"/api/proxy/{connection}", named, named.Replace("/templates/", "/Templates/", StringComparison.Ordinal)])
        {
            (await acme.GetAsync($"{path}/books?a=b%2Fc&identifier_type=internal")).Expect(200);
            Assert.Equal("GET /books?a=b%2Fc&identifier_type=internal HTTP/1.1", upstream.LastRequest.StartLine);
            (await other.GetAsync($"{path}/books")).ExpectError(404, "connection_not_found");
            (await hub.AsUserAsync(Ada, HttpMethod.Get, $"{path}/books")).ExpectError(404, "connection_not_found");
            (await host.Nobody.SendAsync(HttpMethod.Get, $"{path}/books")).ExpectError(401, "unauthenticated");
        }

        Assert.Equal(
            (await acme.GetAsync($"/api/proxy/templates/{template}/users/bob/books")).ExpectError(404, "connection_not_found").Text,
            (await other.GetAsync($"{named}/books")).ExpectError(404, "connection_not_found").Text);
        Assert.Empty((await acme.GetAsync($"connectors/{hub.ConnectorId}/connections")).Expect(200)["items"].AsArray());
        Assert.DoesNotContain(connection, (await acme.GetAsync($"connectors/{hub.ConnectorId}")).Expect(200).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/embedded/v1/hubs/{0}/Users/users%2Fx", "users/x")]
    [InlineData("/api/embedded/v1/hubs/{0}/%75sers/users%2Fx", "users/x")]
    [InlineData("/API/Embedded/v1/x/../hubs/{0}/USERS/users%2fx", "users/x")]
    [InlineData("/api/embedded/v1/./hubs/{0}/users/users%2Fx?identifier_type=external", "users/x")]
    // In absolute form the server itself decodes slashes, before it looks for the route.
    [InlineData("http://users/api/embedded/v1/hubs/{0}/users/x%20y", "x y")]
    public async Task A_user_is_found_however_the_rest_of_the_path_is_written(string path, string user)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var hub = await EmbeddedHub.MakeAsync(acme);
        await hub.CreateUserAsync(user);
        var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, hub.Id);

        var answer = await RawTarget.GetAsync(acme.Host.Address, target, $"JWT {hub.Signer.Token(user)}");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(user, (string?)JsonNode.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)])!["externalId"]);
    }

    /// <summary>Requests whose target goes out as it is written.</summary>
    private static class RawTarget
    {
        public static async Task<string> GetAsync(Uri server, string target, string authorization)
        {
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
            await using var stream = socket.GetStream();
            var host = target.StartsWith('/') ? server.Authority : "users";
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }
}
