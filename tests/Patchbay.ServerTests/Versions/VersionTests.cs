using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Versions;

public sealed class VersionTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_version_is_a_draft_until_it_is_published_and_again_once_unpublished(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        var draft = await acme.CreateVersionAsync(connector.Id, "1.0 beta#1");
        Assert.Equal($"/api/connect/v1/o/{acme.Id}/connectors/{connector.Id}/versions/1.0%20beta%231", draft.Headers["Location"]);
        Assert.Contains("\"publishedAt\":null", draft.Text, StringComparison.Ordinal);
        Assert.False(draft["isLatest"].GetValue<bool>());
        Assert.Equal(draft.Text, (await acme.GetAsync(draft.Headers["Location"])).Text);

        var published = await acme.PublishAsync(connector.Id, "1.0%20beta%231");
        Assert.NotNull(published["version"]["publishedAt"]);
        Assert.True(published["version"]["isLatest"]!.GetValue<bool>());
        (await acme.PostAsync($"connectors/{connector.Id}/versions/1.0%20beta%231/publish")).ExpectError(409, "version_published");

        var unpublished = (await acme.PostAsync($"connectors/{connector.Id}/versions/latest/unpublish")).Expect(200);
        Assert.Contains("\"publishedAt\":null", unpublished.Text, StringComparison.Ordinal);
        Assert.False(unpublished["version"]["isLatest"]!.GetValue<bool>());
        (await acme.PostAsync($"connectors/{connector.Id}/versions/1.0%20beta%231/unpublish")).ExpectError(409, "version_not_published");
    }

    [Theory, EachDatabase]
    public async Task Latest_is_the_one_published_last_and_default_the_one_marked(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await acme.CreateVersionAsync(connector, "1");
        await acme.CreateVersionAsync(connector, "2");
        await acme.CreateVersionAsync(connector, "3");
        foreach (var word in (string[])["latest", "default"])
        {
            (await acme.GetAsync($"connectors/{connector}/versions/{word}")).ExpectError(404, "version_not_found");
            (await acme.PostAsync($"connectors/{connector}/versions/{word}/publish")).ExpectError(404, "version_not_found");
        }

        await acme.PublishAsync(connector, "2");
        Assert.Equal("2 2", await ResolvedAsync());
        await acme.PublishAsync(connector, "1");
        Assert.Equal("1 1", await ResolvedAsync());
        (await acme.PutVersionAsync(connector, "2", v => v["isDefault"] = true)).Expect(200);
        Assert.Equal("1 2", await ResolvedAsync());
        (await acme.PostAsync($"connectors/{connector}/versions/latest/unpublish")).Expect(200);
        Assert.Equal("2 2", await ResolvedAsync());
        await acme.PublishAsync(connector, "1");
        Assert.Equal("1 2", await ResolvedAsync());

        var listed = (await acme.GetAsync($"connectors/{connector}/versions")).Expect(200)["items"].AsArray();
        Assert.Equal("1", Assert.Single(listed, v => v!["isLatest"]!.GetValue<bool>())!["name"]!.GetValue<string>());
        Assert.Equal("2", Assert.Single(listed, v => v!["isDefault"]!.GetValue<bool>())!["name"]!.GetValue<string>());
        var whole = (await acme.GetAsync($"connectors/{connector}")).Expect(200)["versions"].AsArray();
        Assert.Equal("1", Assert.Single(whole, v => v!["isLatest"]!.GetValue<bool>())!["name"]!.GetValue<string>());

        async Task<string> ResolvedAsync() =>
            $"{(await acme.GetAsync($"connectors/{connector}/versions/latest")).Expect(200)["name"]} {(await acme.GetAsync($"connectors/{connector}/versions/default")).Expect(200)["name"]}";
    }

    [Theory, EachDatabase]
    public async Task Only_a_published_version_is_the_default_and_only_one(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await acme.CreateVersionAsync(connector, "1");
        (await acme.PutVersionAsync(connector, "1", v => v["isDefault"] = true)).ExpectError(400, "invalid_request", "isDefault");
        await acme.PublishAsync(connector, "1");
        (await acme.PutVersionAsync(connector, "1", v => v["isDefault"] = true)).Expect(200);
        await acme.CreateVersionAsync(connector, "2");
        await acme.PublishAsync(connector, "2");
        (await acme.PutVersionAsync(connector, "2", v => v["isDefault"] = true)).Expect(200);
        Assert.False((await acme.GetAsync($"connectors/{connector}/versions/1"))["isDefault"].GetValue<bool>());

        (await acme.PostAsync($"connectors/{connector}/versions/2/unpublish")).Expect(200);
        Assert.False((await acme.GetAsync($"connectors/{connector}/versions/2"))["isDefault"].GetValue<bool>());
        await acme.PublishAsync(connector, "2");
        (await acme.PutVersionAsync(connector, "2", v => v["isDefault"] = true)).Expect(200);
        (await acme.PutVersionAsync(connector, "2", v => v["isDefault"] = false)).Expect(200);
        Assert.Equal("2", (await acme.GetAsync($"connectors/{connector}/versions/default"))["name"].GetValue<string>());
        Assert.False((await acme.GetAsync($"connectors/{connector}/versions/default"))["isDefault"].GetValue<bool>());
    }

    [Theory, EachDatabase]
    public async Task A_published_version_changes_in_nothing_but_being_the_default(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync();
        var path = $"connectors/{connector.Id}/versions/{connector.Version}";
        var before = (await acme.GetAsync(path)).Text;
        foreach (var name in (string[])[connector.Version, "latest", "default"])
        {
            (await acme.PutVersionAsync(connector.Id, name, v => v["description"] = "new")).ExpectError(409, "version_published");
            (await acme.PutVersionAsync(connector.Id, name, v => v.Remove("description"))).ExpectError(409, "version_published");
            (await acme.PutVersionAsync(connector.Id, name, v => v["name"] = "2")).ExpectError(409, "version_published");
            (await acme.DeleteAsync($"connectors/{connector.Id}/versions/{name}")).ExpectError(409, "version_published");
            (await acme.PostAsync($"connectors/{connector.Id}/versions/{name}/publish")).ExpectError(409, "version_published");
        }

        Assert.Equal(before, (await acme.GetAsync(path)).Text);
        (await acme.DeleteAsync($"{path}?force=false")).ExpectError(409, "version_published");
        (await acme.DeleteAsync($"{path}?force=true")).Expect(204);
        (await acme.GetAsync(path)).ExpectError(404, "version_not_found");
    }

    [Theory, EachDatabase]
    public async Task A_draft_is_renamed_described_and_deleted(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await acme.CreateVersionAsync(connector, "1");
        await acme.CreateVersionAsync(connector, "taken");
        var renamed = (await acme.PutVersionAsync(connector, "1", v => (v["name"], v["description"]) = ("1.1", "What is new"))).Expect(200);
        Assert.Equal("What is new", renamed["description"].GetValue<string>());
        (await acme.GetAsync($"connectors/{connector}/versions/1")).ExpectError(404, "version_not_found");
        (await acme.PutVersionAsync(connector, "1.1", v => v["name"] = "taken")).ExpectError(409, "version_exists");
        (await acme.PutVersionAsync(connector, "1.1", v => v["name"] = "latest")).ExpectError(400, "invalid_request", "name");
        (await acme.DeleteAsync($"connectors/{connector}/versions/1.1")).Expect(204);
        (await acme.GetAsync($"connectors/{connector}/versions/1.1")).ExpectError(404, "version_not_found");
    }

    [Theory]
    [InlineData("id", "\"01JDF3Q2M8V7K5T9XW4RZ6YB1C\"")]
    [InlineData("isLatest", "true")]
    [InlineData("createdAt", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("updatedAt", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("publishedAt", "\"2020-01-01T00:00:00Z\"")]
    public async Task Read_only_fields_of_a_version_do_not_change(string field, string value)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await acme.CreateVersionAsync(connector, "1");
        (await acme.PutVersionAsync(connector, "1", v => v[field] = JsonNode.Parse(value))).ExpectError(400, "invalid_request", field);
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("default")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("a\u007fb")]
    [InlineData("a\u0085b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_version_name_that_breaks_the_rules_is_refused(string name)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        (await acme.PostAsync($"connectors/{connector}/versions", new { name })).ExpectError(400, "invalid_request", "name");
        if (name.Length > 0)
        {
            (await acme.PostAsync($"connector/{connector}/http/import", Upload.Of(new Description().ToString(), new { format = "openapi", version = name })))
                .ExpectError(400, "invalid_request");
        }
    }

    [Theory]
    [InlineData("Latest")]
    [InlineData("1.0?x=1&y#z")]
    [InlineData("100%")]
    [InlineData("a\\b")]
    [InlineData("...")]
    [InlineData("größe 📦")]
    [InlineData(" spaced ")]
    [InlineData("%2e%2e")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_version_of_any_other_name_is_found_by_it(string name)
    {
        foreach (var database in Databases.All)
        {
            var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
            var imported = await acme.ImportAsync(new Description { Actions = 1 });
            var created = await acme.CreateVersionAsync(imported.Id, name, imported.Version);
            Assert.Equal(name, created["name"].GetValue<string>());
            Assert.Equal(created.Text, (await acme.GetAsync(created.Headers["Location"])).Expect(200).Text);
            var definition = (await acme.GetAsync($"connectors/{imported.Id}/versions/{Uri.EscapeDataString(name)}/definitions/Parcel0")).Expect(200);
            (await acme.Api.GetAsync(definition["url"].GetValue<string>())).Expect(200);
        }
    }

    [Theory, EachDatabase]
    public async Task Two_versions_of_one_name_do_not_come_about_even_at_once(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => acme.PostAsync($"connectors/{connector}/versions", new { name = "1" })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.ExpectError(409, "version_exists"));
    }

    [Theory, EachDatabase]
    public async Task A_version_from_another_begins_with_all_of_its_contents(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = await acme.ImportPublishedAsync(new Description { Actions = 30 });
        foreach (var (name, from) in ((string, string)[])[("by-name", imported.Version), ("by-latest", "latest"), ("by-default", "default")])
        {
            await acme.CreateVersionAsync(imported.Id, name, from);
            Assert.Equal(await VersionContents.ReadAsync(acme, imported.Id, imported.Version), await VersionContents.ReadAsync(acme, imported.Id, name));
        }

        (await acme.PostAsync($"connectors/{imported.Id}/versions", new { name = "x", fromVersion = "none" })).ExpectError(400, "invalid_request", "fromVersion");
        var other = (await acme.CreateConnectorAsync()).Id;
        (await acme.PostAsync($"connectors/{other}/versions", new { name = "x", fromVersion = "latest" })).ExpectError(400, "invalid_request", "fromVersion");

        // The copy is a life of its own.
        (await acme.DeleteAsync($"connectors/{imported.Id}/versions/{imported.Version}?force=true")).Expect(204);
        Assert.Equal(30, (await acme.GetAsync($"connectors/{imported.Id}/versions/by-name/actions")).Expect(200)["totalCount"].GetValue<int>());
        (await acme.GetAsync($"schemas/{imported.Id}/by-name/Parcel0.json")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Publishing_lists_everything_that_is_wrong_at_once(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = await acme.ImportAsync();
        await BreakContentsAsync(acme.Host, imported.Answer["connector"]["versions"]![0]!["id"]!.GetValue<string>());
        var oauth = Connectors.AuthSchemeConfigTests.OAuth2(null);
        (oauth["authorizeUrl"], oauth["tokenUrl"]) = ("", "");
        (await acme.PutAsync($"connectors/{imported.Id}/auth-scheme-configs/oauth", oauth)).Expect(200);
        (await acme.PutAsync($"connectors/{imported.Id}/auth-scheme-configs/hmac",
            new { id = "hmac", schemeType = "hmac", description = "", name = "X-Sign", @in = "header", algorithm = "sha256", digestInputs = Array.Empty<string>() })).Expect(200);
        (await acme.PostAsync($"connectors/{imported.Id}/versions/{imported.Version}/publish")).ExpectError(400, "version_invalid",
            "actions.broken", "actions.broken.responses", "actions.broken.path", "triggers.broken.responses",
            "authSchemeConfigs.oauth.tokenUrl", "authSchemeConfigs.oauth.authorizeUrl", "authSchemeConfigs.hmac.digestInputs");
        Assert.Contains("\"publishedAt\":null", (await acme.GetAsync($"connectors/{imported.Id}/versions/{imported.Version}")).Text, StringComparison.Ordinal);
    }

    /// <summary>Adds to a version what no import makes: an action and a trigger without responses, a parameter and a definition that are not there.</summary>
    private static async Task BreakContentsAsync(PatchbayHost host, string versionId)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var version = Ulid.Parse(versionId);
        var action = StoredContent.Of(new ActionContent { Name = "broken", Method = "GET", Path = "/x/{{ param.missing }}", Parameters = [], Responses = [] });
        var trigger = StoredContent.Of(new TriggerContent { Name = "broken", Method = "POST", Parameters = [], Responses = [] });
        await using var transaction = await db.Dialect.BeginWriteAsync(db, version, TestContext.Current.CancellationToken);
        await db.Dialect.StoreContentsAsync(db, [action, trigger], TestContext.Current.CancellationToken);
        var now = TimeProvider.System.Now();
        db.AddRange(
            new VersionAction { Id = Identifiers.New(TimeProvider.System), VersionId = version, Name = "broken", ContentHash = action.Hash, UpdatedAt = now },
            new VersionTrigger { Id = Identifiers.New(TimeProvider.System), VersionId = version, Name = "broken", ContentHash = trigger.Hash, UpdatedAt = now },
            new DefinitionUse { VersionId = version, Definition = "Gone", ReferrerKind = ReferrerKind.Action, Referrer = "broken" });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }

    [Theory, EachDatabase]
    public async Task An_oauth2_config_without_a_client_is_complete(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        var config = Connectors.AuthSchemeConfigTests.OAuth2(null);
        config["grant"]!.AsObject().Remove("clientId");
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/oauth", config)).Expect(200);
        await acme.CreateVersionAsync(connector, "1");
        await acme.PublishAsync(connector, "1");
    }

    [Theory, EachDatabase]
    public async Task The_times_of_a_version_and_its_connector_move_with_each_change(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await acme.CreateVersionAsync(connector, "other");
        var moved = await TimesAsync();
        foreach (var change in (Func<Task>[])
        [
            () => acme.CreateVersionAsync(connector, "1"),
            async () => (await acme.PutVersionAsync(connector, "1", v => v["description"] = "x")).Expect(200),
            () => acme.PublishAsync(connector, "1"),
            async () => (await acme.PutVersionAsync(connector, "1", v => v["isDefault"] = true)).Expect(200),
            async () => (await acme.PostAsync($"connectors/{connector}/versions/1/unpublish")).Expect(200),
        ])
        {
            await change();
            var now = await TimesAsync();
            Assert.True(string.CompareOrdinal(now.Connector, moved.Connector) > 0, "the connector's time did not move");
            Assert.True(moved.Version is null || string.CompareOrdinal(now.Version, moved.Version) > 0, "the version's time did not move");
            moved = now;
        }

        (await acme.DeleteAsync($"connectors/{connector}/versions/1")).Expect(204);
        Assert.True(string.CompareOrdinal((await TimesAsync()).Connector, moved.Connector) > 0, "the connector's time did not move with the deletion");

        async Task<(string Connector, string? Version)> TimesAsync()
        {
            var read = (await acme.GetAsync($"connectors/{connector}")).Expect(200);
            var version = read["versions"].AsArray().FirstOrDefault(v => v!["name"]!.GetValue<string>() == "1");
            return (read["updatedAt"].GetValue<string>(), version?["updatedAt"]!.GetValue<string>());
        }
    }
}
