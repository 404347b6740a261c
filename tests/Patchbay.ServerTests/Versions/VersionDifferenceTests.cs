using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Versions;

public sealed class VersionDifferenceTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_version_is_compared_with_another_part_by_part(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync(new Description { Actions = 5 });
        await acme.PublishVersionAsync(connector.Id, "2", new Description { Actions = 5 }.Changed(d =>
        {
            d["paths"]!.AsObject().Remove("/parcels4/{id}");
            d["paths"]!["/new"] = new JsonObject { ["get"] = new JsonObject { ["operationId"] = "getNew", ["responses"] = new JsonObject() } };
            d.Operation(0)["summary"] = "Said otherwise";
            d.Operation(1)["operationId"] = "fetchParcel1";
            d.Schema(2)["properties"]!["id"]!["type"] = new JsonArray("string", "null");
        }));

        var difference = (await acme.GetAsync($"connectors/{connector.Id}/versions/2/diff?against={connector.Version}")).Expect(200);
        Assert.Equal([1, 1, 3], Counts(difference));
        Assert.Equal("1.0.0 2", $"{difference["from"]["name"]} {difference["to"]["name"]}");
        var items = difference["items"].AsArray().ToDictionary(i => $"{i!["kind"]} {i["name"]}", i => i!);
        // Its own change is none that matters; that of a schema which it uses in a circle is.
        Assert.Equal(("changed", "breaking"), (Text(items["action getParcel0"], "change"), Text(items["action getParcel0"], "level")));
        Assert.Equal(("/summary", "documentation"), (Text(items["action getParcel0"]["changes"]![0]!, "field"), Text(items["action getParcel0"]["changes"]![0]!, "level")));
        Assert.Equal(("renamed", "getParcel1"), (Text(items["action fetchParcel1"], "change"), Text(items["action fetchParcel1"], "previousName")));
        Assert.Equal(("changed", "breaking"), (Text(items["definition Parcel2"], "change"), Text(items["definition Parcel2"], "level")));
        Assert.Equal(("affected", "breaking"), (Text(items["action getParcel2"], "change"), Text(items["action getParcel2"], "level")));
        // A trigger is told of the first schema of the circle.
        Assert.Equal("affected", Text(items["trigger parcelArrived"], "change"));
        Assert.Equal("Parcel2", Text(items["trigger parcelArrived"]["through"]![0]!, "definition"));
        Assert.Equal(difference["breaking"].GetValue<int>(), items.Values.Count(i => Text(i, "level") == "breaking"));

        Assert.Equal([1, 1, 3], Counts((await acme.GetAsync($"connectors/{connector.Id}/versions/1.0.0/diff?against=latest")).Expect(200)));
        Assert.Empty((await acme.GetAsync($"connectors/{connector.Id}/versions/latest/diff?against=default")).Expect(200)["items"].AsArray());
        Assert.Equal("2", (await acme.GetAsync($"connectors/{connector.Id}/versions/1.0.0/diff")).Expect(200)["from"]["name"]!.GetValue<string>());
        (await acme.GetAsync($"connectors/{connector.Id}/versions/2/diff?against=none")).ExpectError(400, "invalid_request", "against");
        (await acme.GetAsync($"connectors/{connector.Id}/versions/none/diff?against=2")).ExpectError(404, "version_not_found");

        static List<int> Counts(Answer answer) => [answer["added"].GetValue<int>(), answer["removed"].GetValue<int>(), answer["changed"].GetValue<int>()];
    }

    [Theory, EachDatabase]
    public async Task A_difference_is_empty_exactly_when_the_hashes_of_the_contents_are_equal(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync();
        await acme.CreateVersionAsync(connector.Id, "copy", connector.Version);
        await acme.CreateVersionAsync(connector.Id, "edited", connector.Version);
        await acme.CreateVersionAsync(connector.Id, "empty");
        await acme.EditActionAsync(await acme.VersionIdAsync(connector.Id, "edited"), "getParcel0", a => a with { Deprecated = true });
        // The same, but for the name inside, which is another than that of the row: stored otherwise, and saying the same.
        await acme.CreateVersionAsync(connector.Id, "written", connector.Version);
        await acme.EditActionAsync(await acme.VersionIdAsync(connector.Id, "written"), "getParcel0", a => a with { Name = "other" });
        string[] names = ["1.0.0", "copy", "edited", "empty", "written"];
        foreach (var one in names)
        {
            foreach (var other in names)
            {
                var difference = (await acme.GetAsync($"connectors/{connector.Id}/versions/{one}/diff?against={other}")).Expect(200);
                var equal = await acme.HashAsync(await acme.VersionIdAsync(connector.Id, one)) == await acme.HashAsync(await acme.VersionIdAsync(connector.Id, other));
                Assert.True(equal == (difference["items"].AsArray().Count == 0), $"{one} and {other}: {difference}");
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Strangers_compare_what_is_published_in_the_library_and_nothing_else(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, stranger) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync("stranger"));
        var connector = await acme.ImportPublicAsync();
        await acme.PublishVersionAsync(connector.Id, "2", new Description { Actions = 4 }.ToString());
        await acme.CreateVersionAsync(connector.Id, "draft", "2");
        var hidden = await acme.ImportPublishedAsync();
        var root = $"/api/connect/v1/o/{acme.Id}/connectors";

        Assert.Equal(2, (await stranger.GetAsync($"{root}/{connector.Id}/versions/2/diff?against=1.0.0")).Expect(200)["added"].GetValue<int>());
        Assert.Equal((await stranger.GetAsync($"{root}/{connector.Id}/versions/2/diff?against=made-up")).ExpectError(400, "invalid_request").Text,
            (await stranger.GetAsync($"{root}/{connector.Id}/versions/2/diff?against=draft")).Text);
        (await stranger.GetAsync($"{root}/{connector.Id}/versions/draft/diff?against=2")).ExpectError(404, "version_not_found");
        (await stranger.GetAsync($"{root}/{hidden.Id}/versions/latest/diff")).ExpectError(404, "connector_not_found");
        (await stranger.GetAsync($"{root}/{connector.Id}/versions/2/changes")).ExpectError(404, "organisation_not_found");
        (await stranger.GetAsync($"connectors/{connector.Id}/versions/2/diff")).ExpectError(404, "connector_not_found");
    }

    [Theory, EachDatabase]
    public async Task Large_versions_are_compared(Database database)
    {
        const int Actions = 1000;
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync(new Description { Actions = Actions });
        await acme.PublishVersionAsync(connector.Id, "2", new Description { Actions = Actions }.Changed(d =>
        {
            for (var i = 0; i < Actions; i += 2)
                d.Schema(i)["properties"]!["id"]!["type"] = "integer";
        }));
        var path = $"connectors/{connector.Id}/versions/2/diff?against={connector.Version}";
        (await acme.GetAsync(path)).Expect(200);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var difference = (await acme.GetAsync(path)).Expect(200);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Actions} actions compared in {System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms, {difference.Bytes.Length} bytes");

        Assert.Equal((Actions / 2, Actions + 1), (difference["changed"].GetValue<int>(), difference["affected"].GetValue<int>()));
        Assert.Equal((Actions / 2) + Actions + 1, difference["breaking"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task A_dry_run_of_an_import_writes_nothing_and_says_what_would_be(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync();
        var newer = new Description { Actions = 4, Server = "https://elsewhere.example.com" }.Changed(d =>
        {
            d["components"]!["securitySchemes"] = new JsonObject { ["other"] = new JsonObject { ["type"] = "apiKey", ["in"] = "query", ["name"] = "k" } };
            d.Operation(0)["deprecated"] = true;
        });
        var before = await StoreDump.OfAsync(host);
        var path = $"connector/{connector.Id}/http/import";
        var uploaded = (await acme.PostAsync($"{path}?dryRun=true", Upload.Of(newer, new { format = "openapi", version = "2" }))).Expect(200);
        await using var upstream = await Upstream.StartAsync(newer);
        var fetched = (await acme.PostAsync($"{path}?dryRun=true&against=1.0.0", new { schemaURL = $"{upstream.Address}api.json", format = "openapi", version = "2" })).Expect(200);

        Assert.Equal(before, await StoreDump.OfAsync(host));
        Assert.Equal(uploaded.Text, fetched.Text);
        Assert.Equal("2 1.0.0", $"{uploaded["version"]} {uploaded["difference"]["from"]!["name"]}");
        Assert.Equal((2, 2), (uploaded["difference"]["added"]!.GetValue<int>(), uploaded["difference"]["changed"]!.GetValue<int>()));
        var settings = uploaded["connector"].AsArray().Select(c => $"{c!["kind"]} {c["taken"]} {(c["own"] is null ? "" : "own")} {(c["offered"] is null ? "" : "offered")}").ToList();
        Assert.Equal(["base-url false own offered", "auth-scheme-config true  offered", "auth-scheme-config false own ", "auth-scheme-config false own "], settings);
        Assert.Contains("base URL: https://api.example.com", uploaded["hosts"].AsArray().Select(h => h!.GetValue<string>()));
        (await acme.PostAsync($"{path}?dryRun=true", Upload.Of(newer, new { format = "openapi", version = "1.0.0" }))).ExpectError(409, "version_exists");
        (await acme.PostAsync($"{path}?dryRun=true&against=none", Upload.Of(newer, new { format = "openapi", version = "2" }))).ExpectError(400, "invalid_request", "against");
        (await acme.PostAsync($"{path}?dryRun=maybe", Upload.Of(newer, new { format = "openapi", version = "2" }))).ExpectError(400, "invalid_request", "dryRun");
        Assert.Equal(before, await StoreDump.OfAsync(host));

        // What was foretold comes true.
        var imported = (await acme.PostAsync(path, Upload.Of(newer, new { format = "openapi", version = "2" }))).Expect(201);
        Assert.Equal(uploaded["difference"]["items"]!.ToJsonString(), imported["difference"]["items"]!.ToJsonString());
        Assert.Equal(uploaded["messages"].ToJsonString(), imported["messages"].ToJsonString());
    }

    [Theory, EachDatabase]
    public async Task The_difference_of_an_import_stays_with_the_draft_whatever_is_edited(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.ImportAsync();
        Assert.Null((await acme.GetAsync($"connectors/{connector.Id}/versions/{connector.Version}/changes")).Expect(200).Json["difference"]);
        var imported = (await acme.PostAsync($"connector/{connector.Id}/http/import", Upload.Of(new Description { Actions = 4 }.ToString(), new { format = "openapi", version = "2" }))).Expect(201);
        // Nothing is published: it is held against the newest draft.
        Assert.Equal("1.0.0", imported["difference"]["from"]!["name"]!.GetValue<string>());
        var kept = (await acme.GetAsync($"connectors/{connector.Id}/versions/2/changes")).Expect(200);
        Assert.Equal(imported["difference"].ToJsonString(), kept["difference"].ToJsonString());

        await acme.EditActionAsync(await acme.VersionIdAsync(connector.Id, "2"), "getParcel0", _ => null);
        (await acme.PutVersionAsync(connector.Id, "2", v => v["name"] = "two")).Expect(200);
        await acme.PublishAsync(connector.Id, "two");
        (await acme.DeleteAsync($"connectors/{connector.Id}/versions/1.0.0")).Expect(204);
        Assert.Equal(kept.Text, (await acme.GetAsync($"connectors/{connector.Id}/versions/two/changes")).Expect(200).Text);
        (await acme.GetAsync($"connectors/{connector.Id}/versions/none/changes")).ExpectError(404, "version_not_found");
    }

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
