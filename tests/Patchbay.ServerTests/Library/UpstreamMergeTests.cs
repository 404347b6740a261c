using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Versions;
using Xunit;
using static Patchbay.ServerTests.Library.MergeSteps;

namespace Patchbay.ServerTests.Library;

/// <summary>What a merge makes of one's own edits and upstream's.</summary>
public sealed class UpstreamMergeTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Newer_versions_upstream_are_listed_and_nothing_where_there_is_no_upstream(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        Assert.Empty((await UpstreamAsync(importer, copy))["versions"].AsArray());
        await publisher.CreateVersionAsync(source, "draft", "1.0.0");
        await publisher.PublishVersionAsync(source, "2", First.ToString());
        await publisher.PublishVersionAsync(source, "3", First.ToString());
        var upstream = await UpstreamAsync(importer, copy);
        Assert.Equal(["3", "2"], upstream["versions"].AsArray().Select(v => v!["name"]!.GetValue<string>()));
        Assert.Equal((true, source, "1.0.0"), (upstream["available"].GetValue<bool>(), upstream["connector"]["connectorId"]!.GetValue<string>(), upstream["merged"]["name"]!.GetValue<string>()));

        await publisher.ChangeConnectorAsync(source, c => c["public"] = false);
        var hidden = await UpstreamAsync(importer, copy);
        Assert.Equal((false, 0), (hidden["available"].GetValue<bool>(), hidden["versions"].AsArray().Count));
        await MergeAsync(importer, copy, 404, "public_version_not_found");

        var own = await importer.ImportAsync();
        Assert.False((await importer.GetAsync($"connectors/{own.Id}/versions/1.0.0/upstream")).Expect(200)["available"].GetValue<bool>());
        (await importer.PostAsync($"connectors/{own.Id}/versions/1.0.0/upstream/merge", new { upstreamVersion = "latest" })).ExpectError(409, "no_upstream");
    }

    [Theory, EachDatabase]
    public async Task A_merge_keeps_own_edits_and_brings_upstreams(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        var draft = await importer.VersionIdAsync(copy, "1.0.0");
        await importer.EditActionAsync(draft, "getParcel0", a => a with { Description = "Mine" });
        await importer.EditActionAsync(draft, "getParcel2", a => a with { Path = "/mine/{{ param.id }}" });
        await importer.AddActionAsync(draft, "mine", "Parcel1");
        await publisher.PublishVersionAsync(source, "2", (First with { Actions = 5 }).Changed(d =>
        {
            d.Operation(0)["summary"] = "Theirs";
            d.Operation(1)["deprecated"] = true;
            d["paths"]!.AsObject().Remove("/parcels3/{id}");
            d.Schema(2)["properties"]!["weight"] = new JsonObject { ["type"] = "number" };
        }));
        var dry = await MergeAsync(importer, copy, 200, body: new { upstreamVersion = "2", dryRun = true });
        Assert.Equal(draft, dry["version"]["id"]!.GetValue<string>());
        Assert.Equal("1.0.0", (await UpstreamAsync(importer, copy))["merged"]["name"]!.GetValue<string>());
        var merged = await MergeAsync(importer, copy, 200);
        Assert.Equal(dry["difference"].ToJsonString(), merged["difference"].ToJsonString());

        var path = $"connectors/{copy}/versions/1.0.0";
        Assert.Equal(["getParcel0", "getParcel1", "getParcel2", "getParcel4", "mine"], (await VersionContents.NamesAsync(importer, copy, "1.0.0", "actions")).Order(StringComparer.Ordinal));
        var both = (await importer.GetAsync($"{path}/actions/getParcel0")).Expect(200);
        Assert.Equal(("Theirs", "Mine"), (both["summary"].GetValue<string>(), both["description"].GetValue<string>()));
        Assert.True((await importer.GetAsync($"{path}/actions/getParcel1")).Expect(200)["deprecated"].GetValue<bool>());
        Assert.Equal("/mine/{{ param.id }}", (await importer.GetAsync($"{path}/actions/getParcel2")).Expect(200)["path"].GetValue<string>());
        Assert.Contains("weight", (await importer.GetAsync($"schemas/{copy}/1.0.0/Parcel2.json")).Expect(200).Text, StringComparison.Ordinal);
        Assert.Equal("2", (await UpstreamAsync(importer, copy))["merged"]["name"]!.GetValue<string>());
        Assert.Equal(merged["difference"]["items"]!.ToJsonString(), (await importer.GetAsync($"{path}/changes")).Expect(200)["difference"]["items"]!.ToJsonString());
        Assert.Contains("base URL: https://api.example.com", merged["hosts"].AsArray().Select(h => h!.GetValue<string>()));
        Assert.Contains((await importer.GetAsync(path)).Expect(200)["messages"].AsArray(), m => m!["detail"]?.ToJsonString().Contains("base URL", StringComparison.Ordinal) == true);
        await MergeAsync(importer, copy, 409, "upstream_not_newer");
        // Publishing holds every reference against what there is.
        await importer.PublishAsync(copy, "1.0.0");
        await MergeAsync(importer, copy, 409, "version_published");
        Assert.Empty(importer.Host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Without_own_edits_a_merge_is_upstream(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        await publisher.PublishVersionAsync(source, "2", (First with { Actions = 7, Marker = "other" }).ToString());
        await MergeAsync(importer, copy, 200);

        Assert.Equal(await VersionContents.ReadAsync(publisher, source, "2"), await VersionContents.ReadAsync(importer, copy, "1.0.0"));
        Assert.Equal(await publisher.HashAsync(await publisher.VersionIdAsync(source, "2")), await importer.HashAsync(await importer.VersionIdAsync(copy, "1.0.0")));
        var uses = await importer.GetAsync($"connectors/{copy}/versions/1.0.0/definitions/Parcel6");
        Assert.Equal(["action getParcel6", "definition Parcel5"], uses.Expect(200)["referencedBy"].AsArray().Select(r => $"{r!["type"]} {r["name"]}").Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Conflicts_are_listed_all_at_once_and_nothing_is_written_until_each_is_resolved(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        var draft = await importer.VersionIdAsync(copy, "1.0.0");
        await importer.EditActionAsync(draft, "getParcel0", a => a with { Summary = "Mine" });
        await importer.EditActionAsync(draft, "getParcel1", _ => null);
        await importer.EditActionAsync(draft, "getParcel2", a => a with { Deprecated = true });
        await importer.AddActionAsync(draft, "mine", "Parcel3");
        await publisher.PublishVersionAsync(source, "2", First.Changed(d =>
        {
            d.Operation(0)["summary"] = "Theirs";
            d.Operation(1)["summary"] = "Theirs too";
            d["paths"]!.AsObject().Remove("/parcels2/{id}");
            d["paths"]!.AsObject().Remove("/parcels3/{id}");
            d["components"]!["schemas"]!.AsObject().Remove("Parcel3");
            d.Schema(2)["properties"]!.AsObject().Remove("next");
        }));
        var before = await VersionContents.ReadAsync(importer, copy, "1.0.0");
        var conflicts = (await MergeAsync(importer, copy, 409, "merge_conflicts"))["conflicts"].AsArray().ToDictionary(c => $"{c!["kind"]} {c["name"]}", c => c!);
        Assert.Equal(["action getParcel0 both-changed", "action getParcel1 deleted-here", "action getParcel2 deleted-upstream", "definition Parcel3 still-referred"],
            conflicts.Select(c => $"{c.Key} {c.Value["reason"]}"));
        var field = Assert.Single(conflicts["action getParcel0"]["fields"]!.AsArray())!;
        Assert.Equal(("/summary", "a parcel 0", "Mine", "Theirs"), (field["field"]!.GetValue<string>(), field["base"]!.GetValue<string>(), field["own"]!.GetValue<string>(), field["upstream"]!.GetValue<string>()));
        Assert.Equal("mine", conflicts["definition Parcel3"]["referredBy"]![0]!["name"]!.GetValue<string>());
        Assert.Equal(before, await VersionContents.ReadAsync(importer, copy, "1.0.0"));

        object[] some = [new { kind = "action", name = "getParcel0", field = "/summary", take = "upstream" }, new { kind = "action", name = "getParcel1", take = "upstream" }];
        Assert.Equal(2, (await MergeAsync(importer, copy, 409, "merge_conflicts", new { upstreamVersion = "2", resolutions = some }))["conflicts"].AsArray().Count);
        Assert.Equal(before, await VersionContents.ReadAsync(importer, copy, "1.0.0"));
        await MergeAsync(importer, copy, 200, body: new
        {
            upstreamVersion = "2",
            resolutions = (object[])[.. some, new { kind = "action", name = "getParcel2", take = "own" }, new { kind = "definition", name = "Parcel3", take = "base" }],
        });
        var path = $"connectors/{copy}/versions/1.0.0";
        Assert.Equal("Theirs", (await importer.GetAsync($"{path}/actions/getParcel0")).Expect(200)["summary"].GetValue<string>());
        Assert.Equal("Theirs too", (await importer.GetAsync($"{path}/actions/getParcel1")).Expect(200)["summary"].GetValue<string>());
        Assert.True((await importer.GetAsync($"{path}/actions/getParcel2")).Expect(200)["deprecated"].GetValue<bool>());
        (await importer.GetAsync($"{path}/definitions/Parcel3")).Expect(200);
        await importer.PublishAsync(copy, "1.0.0");
    }

    [Theory, EachDatabase]
    public async Task A_choice_about_nothing_is_refused(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        await publisher.PublishVersionAsync(source, "2", (First with { Marker = "other" }).ToString());
        var answer = await MergeAsync(importer, copy, 400, "invalid_request", new
        {
            upstreamVersion = "2",
            resolutions = (object[])
            [
                new { kind = "action", name = "nothing", take = "own" }, new { kind = "action", name = "getParcel0", field = "/summary", take = "own" },
            ],
        });
        answer.ExpectError(400, "invalid_request", "resolutions[0].name", "resolutions[1].field");
        (await MergeAsync(importer, copy, 400, "invalid_request", new
        {
            upstreamVersion = "2", resolutions = (object[])[new { kind = "base-url", take = "upstream" }, new { kind = "auth-scheme-config", name = "none", take = "upstream" }],
        })).ExpectError(400, "invalid_request", "resolutions[0].kind", "resolutions[1].name");
        (await MergeAsync(importer, copy, 400, "invalid_request", new
        {
            upstreamVersion = "2", resolutions = (object[])[new { kind = "action", take = "own" }, new { kind = "base-url", name = "x", take = "base" }],
        })).ExpectError(400, "invalid_request", "resolutions[0].name", "resolutions[1].name", "resolutions[1].take");
    }

    [Theory, EachDatabase]
    public async Task What_upstream_changed_in_its_settings_is_told_and_taken_over_only_where_that_is_asked_for(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        await importer.ChangeConnectorAsync(copy, c => c["connectionVariables"] = new JsonArray(new JsonObject { ["name"] = "mine", ["value"] = "1" }));
        await publisher.ChangeConnectorAsync(source, c =>
        {
            c["baseUrl"] = "https://{{ conn.region }}.example.com";
            c["connectionVariables"] = new JsonArray(new JsonObject { ["name"] = "region", ["value"] = "eu" });
            c["allowedHosts"] = new JsonArray("https://files.example.com");
        });
        (await publisher.PutAsync($"connectors/{source}/auth-scheme-configs/fresh", new { id = "fresh", schemeType = "api-key", description = "d", name = "X-Fresh", @in = "header" })).Expect(200);
        await publisher.PublishVersionAsync(source, "2", (First with { Marker = "other" }).ToString());

        var dry = await MergeAsync(importer, copy, 200, body: new { upstreamVersion = "2", dryRun = true });
        Assert.Equal(["base-url  false", "allowed-hosts  false", "auth-scheme-config fresh false", "connection-variable region false"],
            dry["connector"].AsArray().Select(c => $"{c!["kind"]} {c["name"]} {c["taken"]}"));
        Assert.Equal(("https://api.example.com", "https://api.example.com", "https://{{ conn.region }}.example.com"), Sides(dry["connector"][0]!));
        Assert.DoesNotContain(dry["hosts"].AsArray(), h => h!.GetValue<string>().Contains("region", StringComparison.Ordinal));
        var own = (await importer.GetAsync($"connectors/{copy}")).Expect(200);
        Assert.Equal("https://api.example.com", own["baseUrl"].GetValue<string>());

        object[] taken = [new { kind = "base-url", take = "upstream" }, new { kind = "connection-variable", name = "region", take = "upstream" }, new { kind = "auth-scheme-config", name = "fresh", take = "upstream" }];
        var foretold = await MergeAsync(importer, copy, 200, body: new { upstreamVersion = "2", dryRun = true, resolutions = taken });
        Assert.Contains("base URL: https://{{ conn.region }}.example.com", foretold["hosts"].AsArray().Select(h => h!.GetValue<string>()));
        Assert.Equal(own.Text, (await importer.GetAsync($"connectors/{copy}")).Expect(200).Text);
        await MergeAsync(importer, copy, 200, body: new { upstreamVersion = "2", resolutions = taken });
        var after = (await importer.GetAsync($"connectors/{copy}")).Expect(200);
        Assert.Equal("https://{{ conn.region }}.example.com", after["baseUrl"].GetValue<string>());
        Assert.Null(after.Json["allowedHosts"]);
        Assert.Equal("""[{"name":"mine","value":"1"},{"name":"region","value":"eu"}]""", after["connectionVariables"].ToJsonString());
        Assert.Contains(after["authSchemeConfigs"].AsArray(), c => c!["id"]!.GetValue<string>() == "fresh");

        static (string?, string?, string?) Sides(JsonNode difference) =>
            (difference["own"]?.GetValue<string>(), difference["base"]?.GetValue<string>(), difference["offered"]?.GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task A_config_with_an_application_of_ones_own_is_not_replaced(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database, p => p.OAuth());
        var config = Connectors.AuthSchemeConfigTests.OAuth2("own-secret");
        config["grant"] = new JsonObject { ["grantType"] = "authorization_code", ["clientId"] = "mine", ["clientSecret"] = "own-secret" };
        config["id"] = "theirs";
        (await importer.DeleteAsync($"connectors/{copy}/auth-scheme-configs/theirs")).Expect(200);
        (await importer.PutAsync($"connectors/{copy}/auth-scheme-configs/theirs", config)).Expect(200);
        (await publisher.PutAsync($"connectors/{source}/auth-scheme-configs/theirs", new { id = "theirs", schemeType = "basic-auth", description = "now basic" })).Expect(200);
        await publisher.PublishVersionAsync(source, "2", (First with { Marker = "other" }).ToString());

        var refused = await MergeAsync(importer, copy, 400, "invalid_request", new { upstreamVersion = "2", resolutions = (object[])[new { kind = "auth-scheme-config", name = "theirs", take = "upstream" }] });
        refused.ExpectError(400, "invalid_request", "resolutions[0].take");
        var merged = await MergeAsync(importer, copy, 200);
        Assert.DoesNotContain("own-secret", merged.Text, StringComparison.Ordinal);
        Assert.Equal("oauth2", (await importer.GetAsync($"connectors/{copy}"))["authSchemeConfigs"].AsArray().Single(c => c!["id"]!.GetValue<string>() == "theirs")!["schemeType"]!.GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task Others_find_nothing_to_merge(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(database);
        await publisher.PublishVersionAsync(source, "2", First.ToString());
        foreach (var stranger in (Tenant[])[publisher, await importer.Host.NewOrganisationAsync("stranger")])
        {
            (await stranger.GetAsync($"/api/connect/v1/o/{importer.Id}/connectors/{copy}/versions/1.0.0/upstream")).ExpectError(404, "organisation_not_found");
            (await stranger.PostAsync($"/api/connect/v1/o/{importer.Id}/connectors/{copy}/versions/1.0.0/upstream/merge", new { upstreamVersion = "2" })).ExpectError(404, "organisation_not_found");
            (await stranger.GetAsync($"connectors/{copy}/versions/1.0.0/upstream")).ExpectError(404, "connector_not_found");
            (await stranger.PostAsync($"connectors/{copy}/versions/1.0.0/upstream/merge", new { upstreamVersion = "2" })).ExpectError(404, "connector_not_found");
        }
    }

    [Theory, EachDatabase]
    public async Task A_merge_whose_caller_goes_away_is_there_as_a_whole_or_not_at_all(Database database)
    {
        const int Actions = 300;
        await using var host = await PatchbayHost.StartAsync(database);
        var (publisher, importer) = (await host.NewOrganisationAsync("publisher"), await host.NewOrganisationAsync("importer"));
        var source = (await publisher.ImportPublicAsync(new Description { Actions = Actions })).Id;
        await publisher.PublishVersionAsync(source, "2", new Description { Actions = Actions, Marker = "other" }.ToString());
        var newer = await publisher.HashAsync(await publisher.VersionIdAsync(source, "2"));
        var copy = (await importer.PostAsync($"connectors/{source}/versions/1.0.0/library/import")).Expect(200).Id;
        // One fixed seed: a failure comes again.
        var random = new Random(20261125);
        using var invoker = Grants.GrantClient.NewInvoker();
        for (var round = 0; round < Counts.Of(3, 60); round++)
        {
            await importer.CreateVersionAsync(copy, $"r{round}", "1.0.0");
            var id = await importer.VersionIdAsync(copy, $"r{round}");
            var older = await importer.HashAsync(id);
            using var away = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 250)));
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, importer.Whole($"connectors/{copy}/versions/r{round}/upstream/merge")))
                {
                    Content = Api.ContentOf(new { upstreamVersion = "2" }),
                };
                request.Headers.Authorization = new("Bearer", importer.Key);
                using var _ = await invoker.SendAsync(request, away.Token);
            }
            catch (OperationCanceledException)
            {
                // As meant.
            }

            // The server may still be at it: what is read counts where the source was the same before and after.
            string merged, hash;
            do
            {
                merged = await SourceAsync(round);
                hash = await importer.HashAsync(id);
            }
            while (merged != await SourceAsync(round));
            Assert.Equal(merged == "2" ? newer : older, hash);
        }

        Assert.Empty(host.Log.Errors);

        async Task<string> SourceAsync(int round) =>
            (await importer.GetAsync($"connectors/{copy}/versions/r{round}/upstream")).Expect(200)["merged"]["name"]!.GetValue<string>();
    }

    private async Task<(Tenant Publisher, Tenant Importer, string Source, string Copy)> ImportedAsync(Database database, Func<Publication, Task>? more = null) =>
        await MergeSteps.ImportedAsync(await hosts.OfAsync(database), more);
}
