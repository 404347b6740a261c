using System.Text.Json.Nodes;
using Patchbay.ServerTests.Definitions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Triggers;

public sealed class TriggerWriteTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_trigger_is_created_read_changed_renamed_and_deleted(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        (await draft.DefineAsync(("Event", "{}"))).Expect(201);
        var sent = Draft.Trigger("arrived", "Event");
        sent["deprecated"] = true;
        sent["parameters"] = new JsonArray(new JsonObject
        {
            ["name"] = "X-Sign", ["in"] = "header", ["required"] = true, ["type"] = "string", ["description"] = "who it is", ["schema"] = new JsonObject { ["$ref"] = "Event.json" },
        });
        var created = (await draft.PostAsync("triggers", sent)).Expect(201);
        Assert.Equal($"/api/connect/v1/o/{draft.Tenant.Id}/{draft.Path}/triggers/arrived", created.Headers["Location"]);
        Assert.True(created["deprecated"].GetValue<bool>());
        Assert.Equal(created.Text, (await draft.GetAsync("triggers/arrived")).Expect(200).Text);
        Assert.Equal("trigger arrived", await draft.ReferencedByAsync("Event"));
        Assert.Equal(created.Text, (await draft.PutAsync("triggers/arrived", created.Json)).Expect(200).Text);

        var changed = created.Json.AsObject();
        (changed["name"], changed["method"], changed["summary"]) = ("came", "PUT", "It came");
        changed["parameters"]![0]!.AsObject().Remove("schema");
        changed["requestBody"]!["definitions"] = new JsonArray();
        var renamed = (await draft.PutAsync("triggers/arrived", changed)).Expect(200);
        Assert.Equal(("came", "PUT", created.Id), (renamed["name"].GetValue<string>(), renamed["method"].GetValue<string>(), renamed.Id));
        Assert.Equal("trigger came", await draft.ReferencedByAsync("Event"));
        changed["parameters"]![0]!["schema"] = new JsonObject();
        (await draft.PutAsync("triggers/came", changed)).Expect(200);
        Assert.Equal("", await draft.ReferencedByAsync("Event"));
        (await draft.GetAsync("triggers/arrived")).ExpectError(404, "trigger_not_found");
        (await draft.DeleteAsync("triggers/came")).Expect(204);
        (await draft.DeleteAsync("triggers/came")).ExpectError(404, "trigger_not_found");
    }

    [Theory, EachDatabase]
    public async Task All_faults_of_a_trigger_are_named_at_once_and_what_it_lacks_shows(Database database)
    {
        var draft = await Draft.NewAsync(await hosts.OfAsync(database));
        var faulty = Draft.Trigger("arrived", "Missing");
        faulty["responses"]!.AsArray().Add(new JsonObject { ["status"] = 600, ["definitions"] = new JsonArray() });
        (await draft.PostAsync("triggers", faulty)).ExpectError(400, "invalid_request", "requestBody.definitions[0].definition.name", "responses[1].status");
        faulty["parameters"] = new JsonArray(new JsonObject { ["name"] = "id", ["in"] = "path", ["required"] = true, ["type"] = "string" });
        (await draft.PostAsync("triggers", faulty)).ExpectError(400, "invalid_request", "parameters[0].in");

        var silent = Draft.Trigger("silent");
        silent["responses"] = new JsonArray();
        var created = (await draft.PostAsync("triggers", silent)).Expect(201);
        Assert.Equal("/responses", Assert.Single(created["errors"].AsArray())!["field"]!.GetValue<string>());
        (await draft.Tenant.PostAsync($"{draft.Path}/publish")).ExpectError(400, "version_invalid", "triggers.silent.responses");
        (await draft.PostAsync("triggers", silent)).ExpectError(409, "trigger_exists");
    }
}
