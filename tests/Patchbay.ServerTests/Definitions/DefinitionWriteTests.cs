using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Definitions;

public sealed class DefinitionWriteTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Definitions_that_refer_to_each_other_in_circles_are_created_at_once(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("Address", """{"type":"object"}"""))).Expect(201);
        var url = (await draft.GetAsync("definitions/Address"))["url"].GetValue<string>();

        var created = await draft.PostAsync("definitions", new
        {
            definitions = new[]
            {
                Draft.Definition("Pet", """{"properties":{"owner":{"$ref":"#/$defs/Owner"},"home":{"$ref":"Address.json"}}}"""),
                Draft.Definition("Owner", """{"properties":{"pets":{"items":{"$ref":"Pet.json"}},"home":{"$ref":"URL#"}}}""".Replace("URL", url, StringComparison.Ordinal), "application/json", "application/json", "text/json"),
                Draft.Definition("Old", "$schema: http://json-schema.org/draft-07/schema#\ntype: array\nitems: [{$ref: 'Pet.json#/properties/home'}]\n", "application/schema+yaml; charset=utf-8"),
            },
        });

        created.Expect(201);
        Assert.Equal(["Pet", "Owner", "Old"], created["definitions"].AsArray().Select(d => d!["name"]!.GetValue<string>()));
        Assert.Equal($"/api/connect/v1/o/{draft.Tenant.Id}/{draft.Path}/definitions", created.Headers["Location"]);
        Assert.Equal(["application/json", "text/json"], created["definitions"][1]!["accept"]!.AsArray().Select(a => a!.GetValue<string>()));
        Assert.Equal(created["definitions"][0]!.ToJsonString(), (await draft.GetAsync("definitions/Pet")).Expect(200).Text);
        Assert.Equal("""{"properties":{"owner":{"$ref":"Owner.json"},"home":{"$ref":"Address.json"}}}""", await draft.SchemaAsync("Pet"));
        Assert.Equal("""{"properties":{"pets":{"items":{"$ref":"Pet.json"}},"home":{"$ref":"Address.json"}}}""", await draft.SchemaAsync("Owner"));
        Assert.Equal("""{"$schema":"http://json-schema.org/draft-07/schema#","type":"array","items":[{"$ref":"Pet.json#/properties/home"}]}""", await draft.SchemaAsync("Old"));
        Assert.Equal("definition Old, definition Owner", await draft.ReferencedByAsync("Pet"));
        Assert.Equal("definition Owner, definition Pet", await draft.ReferencedByAsync("Address"));
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
    }

    [Theory, EachDatabase]
    public async Task All_faults_of_new_definitions_are_named_and_nothing_is_created(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("Taken", "{}"))).Expect(201);
        var answer = await draft.PostAsync("definitions", new
        {
            definitions = new[]
            {
                Draft.Definition("Sound", """{"type":"object"}"""),
                Draft.Definition("Taken", """{"type":"object"}"""),
                Draft.Definition("Typo", """{"type":"objekt","properties":{"a":{"minLength":"x"}}}"""),
                Draft.Definition("Lost", """{"$ref":"Missing.json"}""", accept: ["nonsense"]),
                Draft.Definition("Binary", "PK", "application/zip"),
                Draft.Definition("Far", """{"$ref":"https://elsewhere.example/x.json"}"""),
                Draft.Definition("Sound", "true"),
            },
        });

        answer.ExpectError(400, "invalid_request", "definitions[1].name", "definitions[2].schema.content", "definitions[3].schema.content", "definitions[3].accept[0]",
            "definitions[4].schema.contentType", "definitions[5].schema.content", "definitions[6].name");
        Assert.Contains("/type must be one of", answer.Text, StringComparison.Ordinal);
        Assert.Contains("/properties/a/minLength must be a whole number from 0 (line 1, column ", answer.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await draft.GetAsync("definitions"))["totalCount"].GetValue<int>());
        (await draft.PostAsync("definitions", new { definitions = Array.Empty<object>() })).ExpectError(400, "invalid_request", "definitions");
        (await draft.DefineAsync(("a/b", "{}"))).ExpectError(400, "invalid_request", "definitions[0].name");
        (await draft.DefineAsync(("New", "{}"), ("Taken", "{}"))).ExpectError(409, "definition_exists", "definitions[1].name");
        (await draft.GetAsync("definitions/New")).ExpectError(404, "definition_not_found");
    }

    [Theory, EachDatabase]
    public async Task Nothing_of_a_published_version_is_written(Database database)
    {
        var draft = await Draft.ImportAsync(await hosts.OfAsync(database));
        var action = (await draft.GetAsync("actions/getParcel0")).Json;
        var trigger = (await draft.GetAsync("triggers/parcelArrived")).Json;
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
        foreach (var version in (string[])[draft.Version, "latest", "default"])
        {
            var published = draft with { Version = version };
            (await published.DefineAsync(("New", "{}"))).ExpectError(409, "version_published");
            (await published.PutDefinitionAsync("Parcel0", schema: "{}")).ExpectError(409, "version_published");
            (await published.DeleteAsync("definitions/Parcel0?force=true")).ExpectError(409, "version_published");
            (await published.DeleteAsync("definitions?force=true", new { all = true })).ExpectError(409, "version_published");
            (await published.PostAsync("actions", Draft.Action("new"))).ExpectError(409, "version_published");
            (await published.PutAsync("actions/getParcel0", action)).ExpectError(409, "version_published");
            (await published.DeleteAsync("actions/getParcel0")).ExpectError(409, "version_published");
            (await published.PostAsync("triggers", Draft.Trigger("new"))).ExpectError(409, "version_published");
            (await published.PutAsync("triggers/parcelArrived", trigger)).ExpectError(409, "version_published");
            (await published.DeleteAsync("triggers/parcelArrived")).ExpectError(409, "version_published");
        }

        foreach (var unknown in (Draft[])[draft with { Version = "none" }, draft with { ConnectorId = "01JDF3Q2M8V7K5T9XW4RZ6YB1C" }, draft with { ConnectorId = "x" }])
        {
            (await unknown.DefineAsync(("New", "{}"))).Expect(404);
            (await unknown.DeleteAsync("definitions/Parcel0")).Expect(404);
            (await unknown.PostAsync("actions", Draft.Action("new"))).Expect(404);
            (await unknown.DeleteAsync("triggers/parcelArrived")).Expect(404);
        }
    }

    [Theory, EachDatabase]
    public async Task A_new_name_is_followed_by_every_reference(Database database)
    {
        var draft = await Draft.ImportAsync(await hosts.OfAsync(database));
        var action = Draft.Action("search");
        action["parameters"] = new JsonArray(new JsonObject
        {
            ["name"] = "filter", ["in"] = "query", ["required"] = false, ["type"] = "string", ["schema"] = new JsonObject { ["$ref"] = "Parcel0.json#/properties/id" },
        });
        (await draft.PostAsync("actions", action)).Expect(201);
        (await draft.DefineAsync(("Self", """{"properties":{"a":{"$ref":"Self.json"},"b":{"$ref":"Parcel0.json"}}}"""))).Expect(201);
        var before = await draft.ReferencedByAsync("Parcel0");
        Assert.Equal("definition Parcel2, definition Self, action getParcel0, action search, trigger parcelArrived", before);
        var parcel2 = await draft.SchemaAsync("Parcel2");

        var renamed = (await draft.PutDefinitionAsync("Parcel0", "Package")).Expect(200);
        Assert.Equal("Package", renamed["name"].GetValue<string>());
        Assert.EndsWith("/Package.json", renamed["url"].GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(before, await draft.ReferencedByAsync("Package"));
        Assert.Equal(parcel2.Replace("Parcel0", "Package", StringComparison.Ordinal), await draft.SchemaAsync("Parcel2"));
        Assert.Equal("Package", (await draft.GetAsync("actions/getParcel0"))["responses"][0]!["definitions"]![0]!["definition"]!["name"]!.GetValue<string>());
        Assert.Equal("Package.json#/properties/id", (await draft.GetAsync("actions/search"))["parameters"][0]!["schema"]!["$ref"]!.GetValue<string>());
        Assert.Equal("Package", (await draft.GetAsync("triggers/parcelArrived"))["requestBody"]["definitions"]![0]!["definition"]!["name"]!.GetValue<string>());
        (await draft.GetAsync("definitions/Parcel0")).ExpectError(404, "definition_not_found");

        // With a new schema at the same time, which may still say the old name.
        (await draft.PutDefinitionAsync("Self", "Own", """{"properties":{"a":{"$ref":"Self.json"},"b":{"$ref":"Package.json"}}}""")).Expect(200);
        Assert.Equal("""{"properties":{"a":{"$ref":"Own.json"},"b":{"$ref":"Package.json"}}}""", await draft.SchemaAsync("Own"));
        Assert.Equal("definition Own", await draft.ReferencedByAsync("Own"));
        (await draft.PutDefinitionAsync("Own", "Package")).ExpectError(409, "definition_exists");
        (await draft.PutDefinitionAsync("Own", "Own2")).Expect(200);
        Assert.Equal("""{"properties":{"a":{"$ref":"Own2.json"},"b":{"$ref":"Package.json"}}}""", await draft.SchemaAsync("Own2"));
        foreach (var kind in (string[])["actions", "triggers"])
            Assert.All((await draft.GetAsync(kind))[kind].AsArray(), part => Assert.Empty(part!["errors"]!.AsArray()));
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
    }

    [Theory, EachDatabase]
    public async Task A_definition_is_changed_and_keeps_what_was_not_sent(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("A", """{"properties":{"x":{"type":"string"}}}"""), ("B", """{"$ref":"A.json#/properties/x"}"""))).Expect(201);
        var a = (await draft.GetAsync("definitions/A")).Json.AsObject();
        object Update(params string[] accept) => new { id = a["id"]!.GetValue<string>(), name = "A", accept };
        var changed = (await draft.PutAsync("definitions/A", new { id = a["id"]!.GetValue<string>(), name = "A", accept = (string[])["application/xml", "*/*"], description = "what it is" })).Expect(200);
        Assert.Equal("what it is", changed["description"].GetValue<string>());
        Assert.Equal("""["application/xml","*/*"]""", changed["accept"].ToJsonString());
        Assert.Equal("""{"properties":{"x":{"type":"string"}}}""", await draft.SchemaAsync("A"));

        (await draft.PutDefinitionAsync("A", schema: """{"properties":{"y":{"$ref":"B.json"},"x":{"type":"string"}}}""")).Expect(200);
        Assert.Equal("definition A", await draft.ReferencedByAsync("B"));
        (await draft.PutDefinitionAsync("A", schema: """{"properties":{"z":{}}}""")).ExpectError(400, "invalid_request", "schema.content");
        (await draft.PutDefinitionAsync("A", schema: """{"properties":{"x":{"$ref":"B.json"}}}""")).ExpectError(400, "invalid_request", "schema.content");
        (await draft.PutDefinitionAsync("A", schema: "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>", contentType: "text/xml")).ExpectError(400, "invalid_request", "schema.contentType");
        (await draft.PutAsync("definitions/A", Update("a", "b", "a"))).ExpectError(400, "invalid_request");
        (await draft.PutAsync("definitions/A", new { id = "01JDF3Q2M8V7K5T9XW4RZ6YB1C", name = "A", accept = Array.Empty<string>() })).ExpectError(400, "invalid_request", "id");
        (await draft.PutAsync("definitions/none", new { id = "01JDF3Q2M8V7K5T9XW4RZ6YB1C", name = "A", accept = Array.Empty<string>() })).ExpectError(404, "definition_not_found");
        Assert.Equal("""{"properties":{"y":{"$ref":"B.json"},"x":{"type":"string"}}}""", await draft.SchemaAsync("A"));
    }

    [Theory, EachDatabase]
    public async Task What_is_referred_to_is_deleted_by_force_only_and_then_shows_as_an_error(Database database)
    {
        var draft = await Draft.ImportAsync(await hosts.OfAsync(database));
        var id = (await draft.GetAsync("definitions/Parcel0")).Id;
        var refused = await draft.DeleteAsync("definitions/Parcel0");
        refused.ExpectError(412, "definition_in_use");
        Assert.Equal((id, "Parcel0"), (refused["definition"]["id"]!.GetValue<string>(), refused["definition"]["name"]!.GetValue<string>()));
        Assert.Equal(["definition Parcel2", "action getParcel0", "trigger parcelArrived"],
            refused["definition"]["referencedBy"]!.AsArray().Select(r => $"{r!["type"]} {r["name"]}"));
        (await draft.DeleteAsync("definitions/Parcel0?force=false")).ExpectError(412, "definition_in_use");
        (await draft.DeleteAsync("definitions/Parcel0?force=maybe")).ExpectError(400, "invalid_request", "force");

        (await draft.DeleteAsync("definitions/Parcel0?force=true")).Expect(204);
        (await draft.DeleteAsync("definitions/Parcel0?force=true")).ExpectError(404, "definition_not_found");
        var action = (await draft.GetAsync("actions/getParcel0")).Expect(200);
        Assert.Empty(action["responses"][0]!["definitions"]!.AsArray());
        Assert.Equal("/responses/0/definitions refers to the definition 'Parcel0', which does not exist (error)",
            string.Join(", ", action["errors"].AsArray().Select(e => $"{e!["field"]} {e["message"]} ({e["severity"]})")));
        Assert.Equal("/requestBody/definitions", (await draft.GetAsync("triggers/parcelArrived"))["errors"][0]!["field"]!.GetValue<string>());
        (await draft.Tenant.PostAsync($"{draft.Path}/publish")).ExpectError(400, "version_invalid", "actions.getParcel0", "triggers.parcelArrived", "definitions.Parcel2");

        // Another of the name takes its place, and must fit.
        (await draft.DefineAsync(("Parcel0", """{"allOf":[{"$ref":"Parcel2.json"}]}"""))).Expect(201);
        Assert.Empty((await draft.GetAsync("actions/getParcel0"))["errors"].AsArray());
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
    }

    [Theory, EachDatabase]
    public async Task Several_are_deleted_all_or_none_and_references_among_them_do_not_count(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("A", """{"properties":{"b":{"$ref":"B.json"},"a":{"$ref":"A.json"}}}"""), ("B", """{"properties":{"a":{"$ref":"A.json"}}}"""), ("C", """{"$ref":"B.json"}"""), ("D", "{}"))).Expect(201);
        var id = (await draft.GetAsync("definitions/A")).Id;
        (await draft.DeleteAsync("definitions", new { names = (string[])["A", "B"] })).ExpectError(412, "definition_in_use");
        var refused = await draft.DeleteAsync("definitions", new { ids = new[] { id }, names = new[] { "D" } });
        refused.ExpectError(412, "definition_in_use");
        Assert.Equal("A", refused["definition"]["name"]!.GetValue<string>());
        Assert.Single(refused["definitions"].AsArray());
        Assert.Equal(4, (await draft.GetAsync("definitions"))["totalCount"].GetValue<int>());

        foreach (var (body, field) in ((object, string)[])
        [
            (new { }, "names"), (new { all = false }, "names"), (new { all = true, names = new[] { "A" } }, "all"), (new { ids = new[] { id }, names = new[] { "A" } }, "names[0]"),
            (new { names = (string[])["D", "none"] }, "names[1]"), (new { ids = new[] { "01JDF3Q2M8V7K5T9XW4RZ6YB1C" } }, "ids[0]"), (new { ids = new[] { "x" } }, "ids[0]"),
        ])
        {
            (await draft.DeleteAsync("definitions", body)).ExpectError(400, "invalid_request", field);
        }

        (await draft.DeleteAsync("definitions", new { ids = new[] { id }, names = (string[])["B", "C"] })).Expect(204);
        Assert.Equal("D", Assert.Single((await draft.GetAsync("definitions"))["definitions"].AsArray())!["name"]!.GetValue<string>());
        (await draft.PostAsync("actions", Draft.Action("use", "D"))).Expect(201);
        (await draft.DeleteAsync("definitions", new { all = true })).ExpectError(412, "definition_in_use");
        (await draft.DeleteAsync("definitions?force=true", new { all = true })).Expect(204);
        (await draft.DeleteAsync("definitions", new { all = true })).Expect(204);
        Assert.Equal(0, (await draft.GetAsync("definitions"))["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task Xml_schemas_include_each_other_by_name(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        const string Start = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">";
        var types = $"{Start}<xs:simpleType name=\"Code\"><xs:restriction base=\"xs:string\"/></xs:simpleType></xs:schema>";
        var order = $"{Start}<xs:include schemaLocation=\"Types.xsd\"/><xs:element name=\"order\" type=\"Code\"/></xs:schema>";
        (await draft.PostAsync("definitions", new { definitions = new[] { Draft.Definition("Order", order, "text/xml", "application/xml"), Draft.Definition("Types", types, "application/xml", "text/xml") } })).Expect(201);
        (await draft.PostAsync("definitions", new { definitions = new[] { Draft.Definition("Wrong", order.Replace("Code", "Missing", StringComparison.Ordinal), "text/xml", "application/json") } }))
            .ExpectError(400, "invalid_request", "definitions[0].schema.content", "definitions[0].accept[0]");
        (await draft.DefineAsync(("Mixed", """{"$ref":"Order.json"}"""))).ExpectError(400, "invalid_request", "definitions[0].schema.content");

        var url = (await draft.GetAsync("definitions/Order"))["url"].GetValue<string>();
        Assert.EndsWith("/Order.xsd", url, StringComparison.Ordinal);
        var raw = (await draft.Tenant.Api.GetAsync(url)).Expect(200);
        Assert.Equal("application/xml", raw.Headers["Content-Type"]);
        Assert.Contains($"schemaLocation=\"{url.Replace("Order", "Types", StringComparison.Ordinal)}\"", raw.Text, StringComparison.Ordinal);
        (await draft.Tenant.Api.GetAsync(url.Replace(".xsd", ".json", StringComparison.Ordinal))).ExpectError(404, "definition_not_found");

        (await draft.PutDefinitionAsync("Types", "Kinds")).Expect(200);
        Assert.Contains("schemaLocation=\"Kinds.xsd\"", await draft.SchemaAsync("Order", ".xsd"), StringComparison.Ordinal);
        (await draft.DeleteAsync("definitions/Kinds")).ExpectError(412, "definition_in_use");
        var read = (await draft.Tenant.Api.GetAsync(url)).Expect(200).Text;
        (await draft.PutDefinitionAsync("Order", schema: read, contentType: "application/xml")).Expect(200);
        Assert.Equal(read, (await draft.Tenant.Api.GetAsync(url)).Expect(200).Text);
    }

    [Theory, EachDatabase]
    public async Task The_times_of_a_version_and_its_connector_move_with_each_change_of_contents(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        var moved = await TimesAsync();
        foreach (var change in (Func<Task<Answer>>[])
        [
            () => draft.DefineAsync(("A", "{}"), ("B", "{}")), () => draft.PutDefinitionAsync("A", schema: "true"), () => draft.PutDefinitionAsync("A", "C"),
            () => draft.DeleteAsync("definitions/C"), () => draft.DeleteAsync("definitions", new { names = new[] { "B" } }),
            () => draft.PostAsync("actions", Draft.Action("a")), () => draft.DeleteAsync("actions/a"),
            () => draft.PostAsync("triggers", Draft.Trigger("t")), () => draft.DeleteAsync("triggers/t"),
        ])
        {
            (await change()).ExpectOneOf(200, 201, 204);
            var now = await TimesAsync();
            Assert.True(string.CompareOrdinal(now.Version, moved.Version) > 0 && string.CompareOrdinal(now.Connector, moved.Connector) > 0, $"{now} is not after {moved}");
            moved = now;
        }

        async Task<(string Version, string Connector)> TimesAsync() => (
            (await draft.Tenant.GetAsync(draft.Path)).Expect(200)["updatedAt"].GetValue<string>(),
            (await draft.Tenant.GetAsync($"connectors/{draft.ConnectorId}")).Expect(200)["updatedAt"].GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task Of_many_that_create_one_name_at_once_one_succeeds(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => draft.DefineAsync(("Same", "{}"))));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.ExpectError(409, "definition_exists"));
    }
}
