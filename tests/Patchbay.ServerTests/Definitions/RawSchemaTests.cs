using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Definitions;

public sealed class RawSchemaTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task References_of_a_served_schema_are_absolute_and_are_taken_back_as_they_were(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(
            ("A", """{"properties":{"b":{"$ref":"B.json#/properties/c%20d"},"s":{"$ref":"#/properties/b"}},"examples":[{"$ref":"B.json"}]}"""),
            ("B", """{"properties":{"c d":{"$ref":"A.json"}}}"""))).Expect(201);
        var url = (await draft.GetAsync("definitions/A"))["url"].GetValue<string>();
        var folder = url[..^"A.json".Length];

        var raw = (await draft.Tenant.Api.GetAsync(url)).Expect(200);
        Assert.Equal("application/schema+json", raw.Headers["Content-Type"]);
        Assert.Equal($"{folder}B.json#/properties/c%20d", raw["properties"]["b"]!["$ref"]!.GetValue<string>());
        Assert.Equal("#/properties/b", raw["properties"]["s"]!["$ref"]!.GetValue<string>());
        Assert.Equal("B.json", raw["examples"][0]!["$ref"]!.GetValue<string>());
        var before = (await draft.GetAsync("definitions/A")).Text;
        var time = (await draft.Tenant.GetAsync(draft.Path))["updatedAt"].GetValue<string>();
        (await draft.PutDefinitionAsync("A", schema: raw.Text)).Expect(200);
        Assert.Equal(raw.Text, (await draft.Tenant.Api.GetAsync(url)).Text);
        Assert.Equal(before, (await draft.GetAsync("definitions/A")).Text);
        Assert.Equal(time, (await draft.Tenant.GetAsync(draft.Path))["updatedAt"].GetValue<string>());

        // Stored text stays relative: a copy refers to itself.
        (await draft.Tenant.PutVersionAsync(draft.ConnectorId, draft.Version, v => v["name"] = "2.0 final")).Expect(200);
        var copy = draft with { Version = Uri.EscapeDataString("2.0 final") };
        var renamed = (await copy.GetAsync("definitions/A"))["url"].GetValue<string>();
        Assert.StartsWith(renamed[..^"A.json".Length], (await draft.Tenant.Api.GetAsync(renamed)).Expect(200)["properties"]["b"]!["$ref"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task What_was_read_once_is_not_sent_again_and_how_long_it_holds_is_said(Database database)
    {
        var draft = await Draft.ImportAsync(await hosts.OfAsync(database));
        var path = draft.Tenant.Whole($"schemas/{draft.ConnectorId}/{draft.Version}/Parcel0.json");
        var first = (await draft.Tenant.Api.GetAsync(path)).Expect(200);
        var tag = first.Headers["ETag"];
        Assert.Matches("^\"[0-9a-f]{64}\"$", tag);
        Assert.Equal("no-cache", first.Headers["Cache-Control"]);
        foreach (var match in (string[])[tag, $"W/{tag}", $"\"other\", {tag}", "*"])
        {
            var unchanged = await draft.Tenant.Api.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", match));
            Assert.Empty(unchanged.Expect(304).Bytes);
            Assert.Equal((tag, "no-cache"), (unchanged.Headers["ETag"], unchanged.Headers["Cache-Control"]));
        }

        (await draft.Tenant.Api.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", "\"other\""))).Expect(200);
        (await draft.PutDefinitionAsync("Parcel0", schema: """{"type":"object","title":"changed"}""")).Expect(200);
        Assert.NotEqual(tag, (await draft.Tenant.Api.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag))).Expect(200).Headers["ETag"]);

        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
        Assert.Equal("immutable, max-age=31536000, private", string.Join(", ", (await draft.Tenant.Api.GetAsync(path)).Expect(200).Headers["Cache-Control"].Split(", ").Order(StringComparer.Ordinal)));
        foreach (var word in (string[])["latest", "default"])
        {
            var moving = (await draft.Tenant.GetAsync($"schemas/{draft.ConnectorId}/{word}/Parcel0.json")).Expect(200);
            Assert.Equal("no-cache", moving.Headers["Cache-Control"]);
        }
    }

    [Theory, EachDatabase]
    public async Task Readers_of_the_library_see_published_contents_with_the_owners_addresses(Database database)
    {
        var host = await hosts.OfAsync(database);
        var draft = await Draft.NewAsync(host);
        var stranger = await host.NewOrganisationAsync("stranger");
        (await draft.DefineAsync(("A", """{"properties":{"b":{"$ref":"B.json"}}}"""), ("B", "{}"))).Expect(201);
        (await draft.PostAsync("actions", Draft.Action("use", "A"))).Expect(201);
        var path = $"/api/connect/v1/o/{draft.Tenant.Id}/{draft.Path}";
        (await stranger.GetAsync($"{path}/actions/use")).Expect(404);
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
        await draft.Tenant.ChangeConnectorAsync(draft.ConnectorId, c => c["public"] = true);

        var action = (await stranger.GetAsync($"{path}/actions/use")).Expect(200);
        Assert.Empty(action["errors"].AsArray());
        var url = action["responses"][0]!["definitions"]![0]!["definition"]!["url"]!.GetValue<string>();
        Assert.Contains($"/o/{draft.Tenant.Id}/", url, StringComparison.Ordinal);
        var schema = (await stranger.GetAsync(url[host.Address.ToString().TrimEnd('/').Length..])).Expect(200);
        Assert.Equal(url.Replace("A.json", "B.json", StringComparison.Ordinal), schema["properties"]["b"]!["$ref"]!.GetValue<string>());
        (await stranger.Api.GetAsync(schema["properties"]["b"]!["$ref"]!.GetValue<string>())).Expect(200);
        (await stranger.Api.SendAsync(HttpMethod.Delete, $"{path}/definitions?force=true", Api.ContentOf(new JsonObject { ["all"] = true }))).Expect(404);
        (await stranger.PostAsync($"{path}/actions", Draft.Action("mine"))).Expect(404);
    }
}
