using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Concurrency;

public sealed class EntityTagTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_resource_is_sent_once_to_a_client_that_keeps_it(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        var organisation = $"/api/organisations/v1/organisations/{acme.Tenant.Id}";
        var version = $"connectors/{acme.ConnectorId}/versions/{acme.DraftVersion}";
        foreach (var path in (string[])
        [
            $"connectors/{acme.ConnectorId}", version, $"connectors/{acme.ConnectorId}/versions/latest", $"{version}/actions/{PopulatedTenant.ActionName}",
            $"{version}/triggers/{PopulatedTenant.TriggerName}", $"{version}/definitions/{PopulatedTenant.DefinitionName}",
            $"connectors/{acme.ConnectorId}/connections/{acme.ConnectionId}", $"credentials/{acme.CredentialId}", organisation, $"{organisation}/allowed-origins",
        ])
        {
            var whole = acme.Tenant.Whole(path);
            var first = (await acme.Tenant.Api.GetAsync(whole)).Expect(200);
            var tag = first.Headers["ETag"];
            Assert.Equal(["no-cache", "private"], first.Headers["Cache-Control"].Split(", ").Order(StringComparer.Ordinal));
            foreach (var kept in (string[])[tag, $"\"x\", {tag}", $"W/{tag}", "*"])
            {
                var again = (await acme.Tenant.Api.SendAsync(HttpMethod.Get, whole, null, ("If-None-Match", kept))).Expect(304);
                Assert.Equal(tag, again.Headers["ETag"]);
                Assert.Empty(again.Bytes);
            }

            foreach (var other in (string[])["\"x\"", "nonsense", "W/\"x\""])
                Assert.Equal(first.Text, (await acme.Tenant.Api.SendAsync(HttpMethod.Get, whole, null, ("If-None-Match", other))).Expect(200).Text);
            (await acme.Tenant.Api.SendAsync(HttpMethod.Get, whole, null, ("If-Match", "\"x\""))).ExpectError(412, "precondition_failed");
            (await acme.Tenant.Api.SendAsync(HttpMethod.Get, whole, null, ("If-Match", tag))).Expect(200);
            (await acme.Tenant.Api.SendAsync(HttpMethod.Get, whole, null, ("If-Match", "nonsense"))).ExpectError(400, "invalid_request", "If-Match");
        }
    }

    [Theory, EachDatabase]
    public async Task What_a_write_answers_is_the_tag_that_the_next_read_has(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = await acme.ImportAsync();
        var connector = $"connectors/{imported.Id}";
        await SameAsync(imported.Answer, connector);
        var other = await acme.CreateConnectorAsync("Other", configs: TenantSteps.ApiKeyConfig);
        await SameAsync(other, $"connectors/{other.Id}");
        await SameAsync(await acme.ChangeConnectorAsync(imported.Id, c => c["name"] = "Renamed"), connector);
        await SameAsync((await acme.PutAsync($"{connector}/tags", new { tags = new { a = new[] { "b" } } })).Expect(204), connector);
        await SameAsync((await acme.PutAsync($"{connector}/categories", new { categories = new[] { "CRM" } })).Expect(204), connector);
        await SameAsync((await acme.PutAsync($"{connector}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(200), connector);
        await SameAsync(await acme.CreateVersionAsync(imported.Id, "2", imported.Version), $"{connector}/versions/2");
        await SameAsync((await acme.PutVersionAsync(imported.Id, "2", v => v["description"] = "d")).Expect(200), $"{connector}/versions/2");
        await SameAsync(await acme.PublishAsync(imported.Id, "2"), $"{connector}/versions/2");
        await SameAsync((await acme.PostAsync($"{connector}/versions/2/unpublish")).Expect(200), $"{connector}/versions/2");
        await SameAsync((await acme.PostAsync($"connector/{imported.Id}/http/import", Upload.Of(new Description().ToString(), new { format = "openapi", version = "3" }))).Expect(201), $"{connector}/versions/3");
        var connection = (await acme.PostAsync($"{connector}/connections", ExpiringConnection())).Expect(200);
        await SameAsync(connection, $"{connector}/connections/{connection.Id}");
        await SameAsync((await acme.PutAsync($"{connector}/connections/{connection.Id}", new { id = connection.Id, name = "renamed" })).Expect(200), $"{connector}/connections/{connection.Id}");
        var credential = connection["credentials"]["action"]![0]!["credential"]!["id"]!.GetValue<string>();
        await SameAsync((await acme.PutAsync($"credentials/{credential}", CredentialOf("a"))).Expect(200), $"credentials/{credential}");
        await SameAsync((await acme.DeleteAsync($"{connector}/auth-scheme-configs/key")).Expect(200), connector);
        var origins = $"/api/organisations/v1/organisations/{acme.Id}/allowed-origins";
        await SameAsync((await acme.PutAsync(origins, new { origins = new[] { "https://a.example" } })).Expect(200), origins);

        async Task SameAsync(Answer answer, string path) => Assert.Equal((await acme.GetAsync(path)).Expect(200).Headers["ETag"], answer.Headers["ETag"]);

        // A time that is finer than what is kept: what is answered is what is kept.
        static object ExpiringConnection() => new
        {
            name = "production",
            credentials = new
            {
                action = new[]
                {
                    new { authSchemeConfig = new { id = "key" }, credential = new { name = "n", type = "string", expiresAt = "2999-01-01T00:00:00.1234567Z", data = new { value = "k" } } },
                },
            },
            variables = Array.Empty<object>(),
        };
    }

    [Theory, EachDatabase]
    public async Task A_change_that_does_not_show_makes_another_tag_too(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: [TenantSteps.ApiKeyConfig])).Id;
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/app", Application("first"))).Expect(200);
        var connection = await acme.ConnectAsync(connector);
        var credential = connection["credentials"]["action"]![0]!["credential"]!["id"]!.GetValue<string>();

        await MovesAsync(() => acme.PutAsync($"credentials/{credential}", CredentialOf("another secret")), $"credentials/{credential}");
        var (before, text) = await ReadAsync($"credentials/{credential}");
        (await acme.PutAsync($"credentials/{credential}", CredentialOf("a third"))).Expect(200);
        var (after, textAfter) = await ReadAsync($"credentials/{credential}");
        // Only the times of what uses it show anything.
        Assert.Equal(Without(text, "usages"), Without(textAfter, "usages"));
        Assert.NotEqual(before, after);
        await MovesAsync(() => acme.PutAsync($"connectors/{connector}/auth-scheme-configs/app", Application("second")), $"connectors/{connector}");

        // What a tag was good for once it never is again.
        var sent = Api.ContentOf(CredentialOf("a fourth"));
        (await acme.Api.SendAsync(HttpMethod.Put, acme.Whole($"credentials/{credential}"), sent, ("If-Match", before))).ExpectError(412, "precondition_failed");

        async Task<(string Tag, string Text)> ReadAsync(string path) => (await acme.GetAsync(path)).Expect(200) is var read ? (read.Headers["ETag"], read.Text) : default;

        async Task MovesAsync(Func<Task<Answer>> change, string path)
        {
            var (old, _) = await ReadAsync(path);
            (await change()).Expect(200);
            Assert.NotEqual(old, (await ReadAsync(path)).Tag);
        }

        static string Without(string text, string member)
        {
            var json = JsonNode.Parse(text)!.AsObject();
            json.Remove(member);
            return json.ToJsonString();
        }

        static object Application(string secret) => new
        {
            id = "app", schemeType = "oauth2", description = "d", authorizeUrl = "https://a.example/a", tokenUrl = "https://a.example/t", scopes = Array.Empty<object>(),
            defaultScopes = Array.Empty<string>(), grant = new { grantType = "authorization_code", clientId = "c", clientSecret = secret },
        };
    }

    [Theory, EachDatabase]
    public async Task What_changes_inside_moves_the_tags_of_what_it_is_in(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = await acme.ImportAsync();
        (await acme.PutAsync($"connectors/{imported.Id}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(200);
        var seen = new HashSet<string>(StringComparer.Ordinal) { await TagAsync() };
        await NewTagAfterAsync(() => acme.CreateVersionAsync(imported.Id, "2", imported.Version));
        await NewTagAfterAsync(() => acme.PutVersionAsync(imported.Id, "2", v => v["description"] = "d"));
        await NewTagAfterAsync(() => acme.PublishAsync(imported.Id, "2"));
        var connection = (await acme.ConnectAsync(imported.Id)).Id;
        Assert.True(seen.Add(await TagAsync()));
        await NewTagAfterAsync(() => acme.PutAsync($"connectors/{imported.Id}/connections/{connection}", new { id = connection, name = "other" }));
        await NewTagAfterAsync(() => acme.DeleteAsync($"connectors/{imported.Id}/connections/{connection}"));
        await NewTagAfterAsync(() => acme.DeleteAsync($"connectors/{imported.Id}/versions/2?force=true"));

        async Task NewTagAfterAsync(Func<Task<Answer>> change)
        {
            Assert.True((await change()).Status < 300);
            Assert.True(seen.Add(await TagAsync()));
        }

        async Task<string> TagAsync() => (await acme.GetAsync($"connectors/{imported.Id}")).Expect(200).Headers["ETag"];
    }

    private static object CredentialOf(string secret) => new { name = "n", type = "string", data = new { value = secret } };
}
