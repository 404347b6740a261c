using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>The public URLs of triggers: made, read, moved, rotated, deleted; and what they keep from being changed.</summary>
public sealed class TriggerEndpointTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_url_is_read_again_moved_rotated_and_deleted(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var hook = await Hook.MakeAsync(acme);
        var read = (await acme.GetAsync(hook.EndpointPath)).Expect(200);
        Assert.Equal(("default", hook.Url, Hook.Trigger), (read["version"].GetValue<string>(), read["url"].GetValue<string>(), read["triggerName"].GetValue<string>()));
        Assert.StartsWith(host.Address.GetLeftPart(UriPartial.Authority) + "/api/triggers/", hook.Url, StringComparison.Ordinal);
        Assert.True(new Uri(hook.Url).Segments[^1].Length >= 43, "256 bits");
        (await acme.PostAsync(hook.EndpointPath, new { })).ExpectError(409, "trigger_endpoint_exists");

        var moved = (await acme.PutAsync(hook.EndpointPath, new { version = Hook.Version })).Expect(200);
        Assert.Equal((Hook.Version, hook.Url), (moved["version"].GetValue<string>(), moved["url"].GetValue<string>()));
        (await acme.PutAsync(hook.EndpointPath, new { version = "made-up" })).ExpectError(400, "invalid_request", "version");
        (await hook.SendAsync("{}")).Expect(200);

        var rotated = (await acme.PostAsync(hook.EndpointPath + "/rotate", new { graceSeconds = 3600 })).Expect(200);
        var next = hook with { Url = rotated["url"].GetValue<string>() };
        Assert.NotEqual(hook.Url, next.Url);
        Assert.NotNull(rotated["previousUrlUntil"]);
        (await hook.SendAsync("{}")).Expect(200);
        (await next.SendAsync("{}")).Expect(200);
        var last = hook with { Url = (await acme.PostAsync(hook.EndpointPath + "/rotate", new { })).Expect(200)["url"].GetValue<string>() };
        (await hook.SendAsync("{}")).ExpectError(404, "trigger_endpoint_not_found");
        (await next.SendAsync("{}")).ExpectError(404, "trigger_endpoint_not_found");
        (await last.SendAsync("{}")).Expect(200);
        foreach (var seconds in (int[])[-1, 604_801])
            (await acme.PostAsync(hook.EndpointPath + "/rotate", new { graceSeconds = seconds })).ExpectError(400, "invalid_request", "graceSeconds");

        (await acme.DeleteAsync(hook.EndpointPath)).Expect(204);
        (await last.SendAsync("{}")).ExpectError(404, "trigger_endpoint_not_found");
        (await acme.GetAsync(hook.EndpointPath)).ExpectError(404, "trigger_endpoint_not_found");
        Assert.Equal(4, (await hook.EventsAsync()).Count);
        Assert.NotEqual(last.Url, (await acme.PostAsync(hook.EndpointPath, new { version = "latest" })).Expect(201)["url"].GetValue<string>());
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_url_that_was_rotated_ends_when_its_grace_does()
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, clock);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        (await hook.Tenant.PostAsync(hook.EndpointPath + "/rotate", new { graceSeconds = 60 })).Expect(200);
        (await hook.SendAsync("{}")).Expect(200);
        clock.Advance(TimeSpan.FromSeconds(61));
        (await hook.SendAsync("{}")).ExpectError(404, "trigger_endpoint_not_found");
    }

    [Theory, EachDatabase]
    public async Task A_version_that_endpoints_need_is_neither_unpublished_nor_deleted(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var hook = await Hook.MakeAsync(acme);
        var version = $"connectors/{hook.ConnectorId}/versions/{Hook.Version}";
        // The last one that the default can be.
        var refused = (await acme.PostAsync($"{version}/unpublish")).ExpectError(409, "version_in_use");
        Assert.Contains(hook.ConnectionId, refused["details"].GetValue<string>(), StringComparison.Ordinal);
        await acme.CreateVersionAsync(hook.ConnectorId, "2", Hook.Version);
        await acme.PublishAsync(hook.ConnectorId, "2");
        (await acme.PostAsync($"{version}/unpublish")).Expect(200);
        (await hook.SendAsync("{}")).Expect(200);
        Assert.Equal("2", Assert.Single(await hook.EventsAsync()).Row.VersionName);

        // A draft of one's own may be tried out, and stays while it is.
        (await acme.PutAsync(hook.EndpointPath, new { version = Hook.Version })).Expect(200);
        (await acme.DeleteAsync(version)).ExpectError(409, "version_in_use");
        (await acme.PostAsync($"{version}/publish")).Expect(200);
        (await acme.PostAsync($"{version}/unpublish")).ExpectError(409, "version_in_use");
        (await acme.DeleteAsync($"{version}?force=true")).Expect(204);
        // The sender is told to come again: somebody has to mend it first.
        var answer = (await hook.SendAsync("{}")).ExpectError(503, "trigger_unavailable");
        Assert.Equal("60", answer.Headers["Retry-After"]);
        (await acme.PutAsync(hook.EndpointPath, new { version = "latest" })).Expect(200);
        (await hook.SendAsync("{}")).Expect(200);
    }

    [Fact]
    public async Task What_is_not_there_gets_no_url()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var acme = await host.NewOrganisationAsync();
        var hook = await Hook.MakeAsync(acme);
        var connection = $"connectors/{hook.ConnectorId}/connections/{hook.ConnectionId}";
        (await acme.PostAsync($"{connection}/triggers/other/endpoint", new { })).ExpectError(404, "trigger_not_found");
        (await acme.PostAsync($"connectors/{hook.ConnectorId}/connections/{hook.ConnectorId}/triggers/{Hook.Trigger}/endpoint", new { })).ExpectError(404, "connection_not_found");
        (await acme.PostAsync($"{connection}/triggers/{Hook.Trigger}/endpoint", new { version = "" })).ExpectError(400, "invalid_request", "version");
        var stranger = await host.NewOrganisationAsync();
        (await stranger.GetAsync(hook.EndpointPath)).ExpectError(404, "connection_not_found");
        (await stranger.PostAsync(hook.EndpointPath + "/rotate", new { })).ExpectError(404, "connection_not_found");
    }

    [Fact]
    public async Task Whatever_token_is_made_up_is_unknown_and_asks_the_store_nothing()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var token = new Uri(hook.Url).Segments[^1];
        var flipped = (token[5] == 'A' ? 'B' : 'A') + token[1..];
        foreach (var wrong in (string[])["x", token[..^1], token + "A", token.ToLowerInvariant(), flipped, new string('A', token.Length), new string('A', 5000), "%00", "..%2f" + token, token[..^1] + "!"])
        {
            var answer = await host.Nobody.SendAsync(HttpMethod.Post, "/api/triggers/" + wrong);
            Assert.Contains(answer.Status, (int[])[400, 404]);
        }

        (await hook.SendAsync("{}")).Expect(200);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task An_organisation_that_is_deleted_takes_its_events_with_it(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var hook = await Hook.MakeAsync(acme);
        (await hook.SendAsync("{}")).Expect(200);
        (await host.Operator.DeleteAsync($"/api/organisations/v1/organisations/{acme.Id}")).Expect(204);
        (await hook.SendAsync("{}")).ExpectError(404, "trigger_endpoint_not_found");
        Assert.Empty(await hook.EventsAsync());
    }

    [Fact]
    public async Task How_a_trigger_is_taken_in_is_kept_shown_and_held_against_the_connector()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        await acme.CreateVersionAsync(connector, "1");
        var path = $"connectors/{connector}/versions/1/triggers";
        (await acme.PostAsync(path, Hook.AnyPost(new JsonObject { ["duplicateKey"] = "nowhere" }))).ExpectError(400, "invalid_request", "intake.duplicateKey");
        var intake = new JsonObject { ["verifiedBy"] = new JsonArray("github"), ["duplicateKey"] = "header:X-GitHub-Delivery", ["onMismatch"] = "refuse" };
        (await acme.PostAsync(path, Hook.AnyPost(intake))).Expect(201);
        var read = (await acme.GetAsync($"{path}/{Hook.Trigger}")).Expect(200);
        Assert.True(JsonNode.DeepEquals(intake, read["intake"]));
        (await acme.PostAsync($"connectors/{connector}/versions/1/publish")).ExpectError(400, "version_invalid", $"triggers.{Hook.Trigger}.intake.verifiedBy");
        // Left out it stays; empty it is gone.
        var update = read.Json.AsObject();
        update.Remove("intake");
        Assert.True(JsonNode.DeepEquals(intake, (await acme.PutAsync($"{path}/{Hook.Trigger}", update)).Expect(200)["intake"]));
        update["intake"] = new JsonObject();
        Assert.Null((await acme.PutAsync($"{path}/{Hook.Trigger}", update)).Expect(200).Json["intake"]);
        (await acme.PostAsync($"connectors/{connector}/versions/1/publish")).Expect(200);
    }
}
