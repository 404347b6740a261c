using System.Text.Json.Nodes;
using Patchbay.ServerTests.Definitions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Actions;

public sealed class ActionWriteTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task An_action_is_created_read_changed_renamed_and_deleted(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("Pet", """{"properties":{"id":{"type":"string"}}}"""), ("Error", "{}"))).Expect(201);
        var pet = (await draft.GetAsync("definitions/Pet")).Id;
        var created = await draft.PostAsync("actions", Whole(pet));
        created.Expect(201);
        Assert.Equal($"/api/connect/v1/o/{draft.Tenant.Id}/{draft.Path}/actions/updatePet", created.Headers["Location"]);
        Assert.Empty(created["errors"].AsArray());
        var read = (await draft.GetAsync("actions/updatePet")).Expect(200);
        Assert.Equal(created.Text, read.Text);
        AssertHolds(Whole(pet), read.Json.AsObject());
        Assert.Equal("Pet", read["requestBody"]["definitions"]![0]!["definition"]!["name"]!.GetValue<string>());
        Assert.Equal("action updatePet", await draft.ReferencedByAsync("Error"));
        Assert.Equal("action updatePet", await draft.ReferencedByAsync("Pet"));

        var time = await TimeAsync(draft);
        Assert.Equal(read.Text, (await draft.PutAsync("actions/updatePet", read.Json)).Expect(200).Text);
        Assert.Equal(time, await TimeAsync(draft));

        var changed = read.Json.AsObject();
        (changed["name"], changed["summary"], changed["path"]) = ("replacePet", "Replaces", "/pets");
        changed.Remove("description");
        changed.Remove("requestBody");
        changed["parameters"] = new JsonArray();
        var renamed = (await draft.PutAsync("actions/updatePet", changed)).Expect(200);
        Assert.Equal(("replacePet", read.Id), (renamed["name"].GetValue<string>(), renamed.Id));
        Assert.Null(renamed.Json["description"]);
        Assert.Null(renamed.Json["requestBody"]);
        Assert.NotEqual(time, await TimeAsync(draft));
        (await draft.GetAsync("actions/updatePet")).ExpectError(404, "action_not_found");
        Assert.Equal("", await draft.ReferencedByAsync("Pet"));
        Assert.Equal("action replacePet", await draft.ReferencedByAsync("Error"));
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
        (await draft.Tenant.PostAsync($"{draft.Path}/unpublish")).Expect(200);

        (await draft.DeleteAsync("actions/replacePet")).Expect(204);
        (await draft.DeleteAsync("actions/replacePet")).ExpectError(404, "action_not_found");
        (await draft.PutAsync("actions/replacePet", renamed.Json)).ExpectError(404, "action_not_found");
        Assert.Equal("", await draft.ReferencedByAsync("Error"));
    }

    [Theory, EachDatabase]
    public async Task All_faults_of_an_action_are_named_at_once(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("Pet", "{}"), ("Two", "{}"))).Expect(201);
        var faulty = Whole("01JDF3Q2M8V7K5T9XW4RZ6YB1C");
        var parameters = faulty["parameters"]!.AsArray();
        parameters.Add(parameters[1]!.DeepClone());
        parameters[1]!["schema"] = new JsonObject { ["$ref"] = "Missing.json" };
        parameters[0]!["style"] = "zigzag";
        parameters[2]!["allowReserved"] = true;
        parameters[2]!["schema"] = new JsonObject { ["type"] = "objekt" };
        var responses = faulty["responses"]!.AsArray();
        responses[0]!["statusRange"] = "2XX";
        responses[1]!["statusRange"] = "9XX";
        responses.Add(new JsonObject { ["status"] = 42, ["definitions"] = new JsonArray(Link("Missing"), Link("Pet"), Link("Two"), Link("Two", "text/plain"), new JsonObject { ["definition"] = new JsonObject() }) });
        responses.Add(new JsonObject { ["definitions"] = new JsonArray() });
        responses.Add(new JsonObject { ["definitions"] = new JsonArray() });

        (await draft.PostAsync("actions", faulty)).ExpectError(400, "invalid_request", "requestBody.definitions[0].definition.id", "parameters[0].style", "parameters[1].schema",
            "parameters[2].allowReserved", "parameters[2].schema", "parameters[3].name", "responses[0].statusRange", "responses[1].statusRange", "responses[3].status",
            "responses[3].definitions[0].definition.name", "responses[3].definitions[2].mediaTypes", "responses[3].definitions[3].mediaTypes",
            "responses[3].definitions[4].definition", "responses[5].status");
        Assert.Equal(0, (await draft.GetAsync("actions"))["totalCount"].GetValue<int>());

        (await draft.PostAsync("actions", Draft.Action("taken"))).Expect(201);
        (await draft.PostAsync("actions", Draft.Action("taken"))).ExpectError(409, "action_exists");
        (await draft.PostAsync("actions", Draft.Action("a b"))).ExpectError(400, "invalid_request", "name");
        (await draft.PostAsync("actions", Draft.Action("other", "Pet"))).Expect(201);
        var other = (await draft.GetAsync("actions/other")).Json.AsObject();
        other["name"] = "taken";
        (await draft.PutAsync("actions/other", other)).ExpectError(409, "action_exists");
        other["id"] = "01JDF3Q2M8V7K5T9XW4RZ6YB1C";
        other["responses"]![0]!["definitions"]![0]!["definition"]!["name"] = "Two";
        (await draft.PutAsync("actions/other", other)).ExpectError(400, "invalid_request", "id", "name", "responses[0].definitions[0].definition.name");
    }

    [Theory, EachDatabase]
    public async Task What_publishing_would_refuse_is_seen_while_editing(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        var action = Draft.Action("broken");
        action["path"] = "/pets/{{ param.id }}/{{ param.other }}";
        action["responses"] = new JsonArray();
        var created = (await draft.PostAsync("actions", action)).Expect(201);
        Assert.Equal(["/responses must have at least one response", "/path takes the parameter 'id', which is no path parameter of the action",
            "/path takes the parameter 'other', which is no path parameter of the action"], Errors(created.Json));
        Assert.Equal(created["errors"].ToJsonString(), (await draft.GetAsync("actions"))["actions"][0]!["errors"]!.ToJsonString());
        (await draft.Tenant.PostAsync($"{draft.Path}/publish")).ExpectError(400, "version_invalid", "actions.broken.responses", "actions.broken.path");

        var mended = created.Json.AsObject();
        mended["parameters"] = new JsonArray(Parameter("id", "path"));
        mended["responses"] = new JsonArray(new JsonObject { ["id"] = created.Id, ["definitions"] = new JsonArray() });
        Assert.Equal(["/path takes the parameter 'other', which is no path parameter of the action"], Errors((await draft.PutAsync("actions/broken", mended)).Expect(200).Json));
        mended["path"] = "/pets/{{ param.id";
        Assert.StartsWith("/path ", Assert.Single(Errors((await draft.PutAsync("actions/broken", mended)).Expect(200).Json)), StringComparison.Ordinal);
        mended["path"] = "/pets/{{ param.id }}";
        Assert.Empty(Errors((await draft.PutAsync("actions/broken", mended)).Expect(200).Json));
        await draft.Tenant.PublishAsync(draft.ConnectorId, draft.Version);
    }

    [Theory, EachDatabase]
    public async Task A_client_that_knows_the_published_fields_only_loses_nothing_of_ours(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("Pet", """{"properties":{"id":{"type":"string"}}}"""), ("Error", "{}"))).Expect(201);
        var read = (await draft.PostAsync("actions", Whole((await draft.GetAsync("definitions/Pet")).Id))).Expect(201);
        var published = read.Json.AsObject();
        Strip(published);
        Assert.Equal(read.Text, (await draft.PutAsync("actions/updatePet", published)).Expect(200).Text);

        // What is ours is taken away by its empty value.
        var bare = (await draft.GetAsync("actions/updatePet")).Json.AsObject();
        bare["deprecated"] = false;
        foreach (var parameter in bare["parameters"]!.AsArray().Select(p => p!.AsObject()))
        {
            (parameter["description"], parameter["schema"], parameter["contentType"], parameter["deprecated"], parameter["allowReserved"]) = ("", new JsonObject(), "", false, false);
            var isForm = parameter["in"]!.GetValue<string>() is "query" or "cookie";
            (parameter["style"], parameter["explode"]) = (isForm ? "form" : "simple", isForm);
        }

        foreach (var response in bare["responses"]!.AsArray().Select(r => r!.AsObject()))
            (response["description"], response["headers"], response["statusRange"]) = ("", new JsonArray(), "");
        bare["requestBody"]!["description"] = "";
        bare["requestBody"]!["definitions"]![0]!["encoding"] = new JsonObject();
        bare["requestBody"]!["definitions"]![0]!["mediaTypes"] = new JsonArray();
        var stripped = (await draft.PutAsync("actions/updatePet", bare)).Expect(200).Json.AsObject();
        var text = stripped.ToJsonString();
        Strip(stripped);
        stripped["requestBody"]!["definitions"]![0]!["mediaTypes"] = new JsonArray("application/json");
        stripped["responses"]![0]!["definitions"]![0]!["mediaTypes"] = new JsonArray("application/json");
        Assert.True(JsonNode.DeepEquals(stripped, JsonNode.Parse(text)), $"{stripped.ToJsonString()} is not {text}");
    }

    /// <summary>An action with a value in every field.</summary>
    private static JsonObject Whole(string petId) => new()
    {
        ["type"] = "http",
        ["name"] = "updatePet",
        ["summary"] = "Update a pet",
        ["description"] = "Of *this* shop",
        ["deprecated"] = true,
        ["method"] = "PUT",
        ["path"] = "/pets/{{ param.id }}",
        ["parameters"] = new JsonArray(
            With(Parameter("id", "path"), ("style", "label"), ("explode", true)),
            With(Parameter("filter", "query"), ("style", "deepObject"), ("explode", true), ("allowReserved", true), ("description", "which"), ("deprecated", true), ("default", "{{ conn.x }}"),
                ("schema", new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["id"] = new JsonObject { ["$ref"] = "Pet.json#/properties/id" } } })),
            With(Parameter("X-Doc", "header"), ("contentType", "application/json"), ("schema", new JsonObject { ["minimum"] = 1 }))),
        ["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["description"] = "the pet",
            ["definitions"] = new JsonArray(new JsonObject
            {
                ["definition"] = new JsonObject { ["id"] = petId }, ["mediaTypes"] = new JsonArray("application/json"), ["encoding"] = new JsonObject { ["photo"] = new JsonObject { ["contentType"] = "image/png" } },
            }),
        },
        ["responses"] = new JsonArray(
            new JsonObject
            {
                ["status"] = 200, ["description"] = "done", ["definitions"] = new JsonArray(Link("Error")),
                ["headers"] = new JsonArray(new JsonObject { ["name"] = "X-Rate", ["required"] = false, ["type"] = "integer", ["description"] = "left" }),
            },
            new JsonObject { ["statusRange"] = "4XX", ["description"] = "no", ["definitions"] = new JsonArray() },
            new JsonObject { ["status"] = 500, ["definitions"] = new JsonArray() }),
    };

    /// <summary>Takes away what the published contract does not know.</summary>
    private static void Strip(JsonNode? node)
    {
        string[] ours = ["deprecated", "schema", "style", "explode", "allowReserved", "contentType", "statusRange", "headers", "mediaTypes", "encoding"];
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Strip(item);
        }

        if (node is not JsonObject holder)
            return;
        foreach (var name in ours.Append(holder.ContainsKey("in") || holder.ContainsKey("definitions") ? "description" : ""))
            holder.Remove(name);
        foreach (var (_, value) in holder.ToList())
            Strip(value);
    }

    /// <summary>Every field that was sent is read back.</summary>
    private static void AssertHolds(JsonNode sent, JsonNode read)
    {
        switch (sent)
        {
            case JsonObject o:
                foreach (var (name, value) in o.Where(m => m.Key != "definition"))
                {
                    Assert.True(read[name] is not null, $"{name} is missing in {read.ToJsonString()}");
                    AssertHolds(value!, read[name]!);
                }

                break;
            case JsonArray a:
                Assert.Equal(a.Count, read.AsArray().Count);
                foreach (var (item, there) in a.Zip(read.AsArray()))
                    AssertHolds(item!, there!);
                break;
            default:
                Assert.True(JsonNode.DeepEquals(sent, read), $"{sent.ToJsonString()} was read as {read.ToJsonString()}");
                break;
        }
    }

    private static JsonObject Parameter(string name, string place) => new() { ["name"] = name, ["in"] = place, ["required"] = place == "path", ["type"] = "string" };

    private static JsonObject With(JsonObject json, params (string Name, JsonNode Value)[] fields)
    {
        foreach (var (name, value) in fields)
            json[name] = value;
        return json;
    }

    private static JsonObject Link(string name, string? mediaType = null)
    {
        var link = new JsonObject { ["definition"] = new JsonObject { ["name"] = name } };
        if (mediaType is not null)
            link["mediaTypes"] = new JsonArray(mediaType);
        return link;
    }

    private static IEnumerable<string> Errors(JsonNode action) => action["errors"]!.AsArray().Select(e => $"{e!["field"]} {e["message"]}");

    private static async Task<string> TimeAsync(Draft draft) => (await draft.Tenant.GetAsync(draft.Path)).Expect(200)["updatedAt"].GetValue<string>();
}
