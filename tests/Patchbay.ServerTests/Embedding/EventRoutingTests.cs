using System.Text.Json.Nodes;
using Patchbay.Protocols.Webhooks;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Subscriptions;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

/// <summary>Where events of activated users go. Each test has a server of its own, whose deliveries nobody else waits for.</summary>
public sealed class EventRoutingTests
{
    private const string Activations = "/api/embedded/v1/activations";

    [Theory, EachDatabase]
    public async Task An_event_of_an_activated_user_goes_where_the_deployment_says_with_the_activation_in_it(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var receiver = await EventReceiver.StartAsync();
        await using var listener = await EventReceiver.StartAsync();
        var made = await MadeAsync(host);
        var routed = await made.Source.SubscribeAsync(receiver, s => s["activationsOnly"] = true);
        var everything = await made.Source.SubscribeAsync(listener);
        var deployed = (await made.DeployAsync(routed.Id)).Expect(200);
        Assert.Equal($$"""[{"templateId":"{{made.Template}}","triggerName":"{{EventSource.Trigger}}","subscriptionId":"{{routed.Id}}"}]""", deployed["events"].ToJsonString());
        var (ada, bob) = (await made.ActivateAsync("ada", "general"), await made.ActivateAsync("bob", "random"));

        var adas = await made.SendAsync("ada", """{"n":1}""");
        await made.SendAsync("bob", """{"n":2}""");
        // The organisation's own connection is none of an activation.
        var own = await made.Source.AcceptAsync("""{"n":3}""");

        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count == 2 && listener.Messages.Count == 3));
        await Eventually.HoldsAsync(async () => await routed.PendingAsync() == 0 && await everything.PendingAsync() == 0);
        Assert.Equal(2, receiver.Messages.Count);
        var first = receiver.Messages.Single(m => m.Number == 1);
        Assert.Equal($"{adas}-{ada}", first.Headers.Id);
        Assert.Equal(WebhookVerdict.Valid, routed.Verify(first));
        Assert.Equal(
            $$"""{"id":"{{ada}}","integrationId":"{{made.Integration}}","hubId":"{{made.Hub.Id}}","userId":"ada","dynamicVariables":{"channel":"general"} }""".Replace("} }", "}}", StringComparison.Ordinal),
            first.Json["data"]!["activation"]!.ToJsonString());
        Assert.Equal((bob, "random"), ((string?)receiver.Messages.Single(m => m.Number == 2).Json["data"]!["activation"]!["id"], (string?)receiver.Messages.Single(m => m.Number == 2).Json["data"]!["activation"]!["dynamicVariables"]!["channel"]));
        Assert.All(listener.Messages, m => Assert.Null(m.Json["data"]!["activation"]));
        Assert.Contains(listener.Messages, m => m.Headers.Id == own);
        var shown = (await made.Tenant.GetAsync($"events/{adas}")).Expect(200)["deliveries"].AsArray();
        Assert.Equal([null, ada], shown.Select(d => (string?)d!["activationId"]).Order(StringComparer.Ordinal));

        // Sent again, it goes to the same two, for the same activation.
        (await made.Tenant.PostAsync($"events/{adas}/replay", new { })).Expect(200);
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count == 3 && listener.Messages.Count == 4));
        Assert.Equal($"{adas}-{ada}", receiver.Messages.Last().Headers.Id);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_filter_sees_the_activation_and_one_that_is_gone_is_told_of_as_such(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var receiver = await EventReceiver.StartAsync();
        await using var late = EventReceiver.Down();
        var made = await MadeAsync(host);
        var picky = await made.Source.SubscribeAsync(receiver, s => (s["activationsOnly"], s["filter"]) = (true, "data.activation.dynamicVariables.channel == 'general'"));
        var waiting = await made.Source.SubscribeAsync(late, s => s["activationsOnly"] = true);
        (await made.DeployAsync(picky.Id, waiting.Id)).Expect(200);
        var (ada, bob) = (await made.ActivateAsync("ada", "general"), await made.ActivateAsync("bob", "random"));

        await made.SendAsync("bob", """{"n":1}""");
        await made.SendAsync("ada", """{"n":2}""");

        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count == 1));
        Assert.Equal(ada, (string?)receiver.Messages.Single().Json["data"]!["activation"]!["id"]);
        await Eventually.HoldsAsync(async () => await waiting.PendingAsync() == 2);
        (await made.Tenant.DeleteAsync($"{Activations}/{bob}")).Expect(204);
        await late.ComeUpAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(late.Accepted.Count() == 2));
        Assert.Equal($$"""{"id":"{{bob}}","deleted":true}""", late.Accepted.Single(m => m.Number == 1).Json["data"]!["activation"]!.ToJsonString());
        Assert.Single(receiver.Messages);
    }

    [Theory, EachDatabase]
    public async Task Urls_of_triggers_come_with_the_first_activation_that_needs_them_and_go_with_the_last(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var receiver = await EventReceiver.StartAsync();
        var made = await MadeAsync(host);
        var subscription = await made.Source.SubscribeAsync(receiver, s => s["activationsOnly"] = true);
        // Activated before there are events: the next deployment makes up for it, and another takes it back.
        var ada = await made.ActivateAsync("ada", "general");
        Assert.Equal(0, await EndpointsAsync(host));
        (await made.DeployAsync(subscription.Id)).Expect(200);
        Assert.Equal(1, await EndpointsAsync(host));
        var url = await made.UrlAsync("ada");
        (await made.DeployAsync()).Expect(200);
        Assert.Equal(0, await EndpointsAsync(host));
        (await host.Nobody.PostAsync(url, new { n = 1 })).Expect(404);
        (await made.DeployAsync(subscription.Id)).Expect(200);

        // Two activations of one connection: an event goes out for each, and the URL stays until both are gone.
        var second = await IntegrateAsync(made);
        (await made.DeployAsync(second.Integration, second.Template, [subscription.Id])).Expect(200);
        var connection = (await made.Tenant.GetAsync($"/api/embedded/v1/connection-templates/{made.Template}/users/ada")).Expect(200).Id;
        var both = (await made.Tenant.PostAsync(Activations, new
        {
            userId = "ada", integrationId = second.Integration, connections = new[] { new { templateId = second.Template, connectionId = connection } },
        })).Expect(200).Id;
        Assert.Equal(1, await EndpointsAsync(host));
        var sent = await made.SendAsync("ada", """{"n":7}""");
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count == 2));
        Assert.Equal(((string[])[$"{sent}-{ada}", $"{sent}-{both}"]).Order(StringComparer.Ordinal), receiver.Messages.Select(m => m.Headers.Id!).Order(StringComparer.Ordinal));
        (await made.Tenant.DeleteAsync($"{Activations}/{ada}")).Expect(204);
        Assert.Equal(1, await EndpointsAsync(host));
        (await made.Tenant.PostAsync($"/api/embedded/v1/integrations/{second.Integration}/undeploy")).Expect(200);
        Assert.Equal(1, await EndpointsAsync(host));
        (await made.Tenant.DeleteAsync($"/api/embedded/v1/integrations/{second.Integration}")).Expect(204);
        Assert.Equal(0, await EndpointsAsync(host));

        // One that the organisation made by itself stays.
        (await made.Tenant.PostAsync($"connectors/{made.Source.ConnectorId}/connections/{connection}/triggers/{EventSource.Trigger}/endpoint", new { })).Expect(201);
        var again = (await made.Tenant.PostAsync(Activations, new
        {
            userId = "ada", integrationId = made.Integration, connections = new[] { new { templateId = made.Template, connectionId = connection } },
        })).Expect(200).Id;
        (await made.Tenant.DeleteAsync($"{Activations}/{again}")).Expect(204);
        Assert.Equal(1, await EndpointsAsync(host));
        (await made.Tenant.DeleteAsync($"{made.Hub.Path}/users/ada")).Expect(204);
        Assert.Equal(0, await EndpointsAsync(host));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Events_that_cannot_be_sent_are_refused_with_every_fault(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var receiver = await EventReceiver.StartAsync();
        var made = await MadeAsync(host);
        var subscription = await made.Source.SubscribeAsync(receiver);
        var stranger = await (await EventSource.MakeAsync(host)).SubscribeAsync(receiver);
        (await made.Tenant.PostAsync($"/api/embedded/v1/integrations/{made.Integration}/deploy", new
        {
            versions = new[] { new { templateId = made.Template, version = EventSource.Version } },
            events = new object[]
            {
                new { templateId = made.Integration, triggerName = EventSource.Trigger, subscriptionId = subscription.Id },
                new { templateId = made.Template, triggerName = "no-such-trigger", subscriptionId = subscription.Id },
                new { templateId = made.Template, triggerName = EventSource.Trigger, subscriptionId = stranger.Id },
                new { templateId = made.Template, triggerName = EventSource.Trigger, subscriptionId = subscription.Id },
                new { templateId = made.Template, triggerName = EventSource.Trigger, subscriptionId = subscription.Id },
            },
        })).ExpectError(400, "invalid_request", "events[0].templateId", "events[1].triggerName", "events[2].subscriptionId", "events[4]");
        (await made.DeployAsync(subscription.Id)).Expect(200);
        var other = (await made.Tenant.CreateConnectorAsync("Other")).Id;
        (await made.Tenant.PutAsync(subscription.Path, new { id = subscription.Id, name = "moved", url = receiver.Url, connectorId = other })).ExpectError(400, "invalid_request", "connectorId");
        (await made.Tenant.DeleteAsync(subscription.Path)).Expect(204);
        Assert.False((await made.Tenant.GetAsync($"/api/embedded/v1/integrations/{made.Integration}")).Expect(200).Json.AsObject().ContainsKey("events"));
    }

    private static Task<long> EndpointsAsync(PatchbayHost host) => host.ScalarAsync<long>("SELECT COUNT(*) FROM trigger_endpoints");

    private static async Task<(string Integration, string Template)> IntegrateAsync(Made made)
    {
        var integration = (await made.Tenant.PostAsync($"{made.Hub.Path}/integrations", new
        {
            organisationId = made.Tenant.Id, name = "Parcels", connectionTemplate = new { connectorId = made.Source.ConnectorId, authSchemeConfig = new { id = "key" } },
        })).Expect(200).Id;
        var template = (string)(await made.Tenant.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"][1]!["id"]!;
        (await made.Tenant.PutAsync($"/api/embedded/v1/integrations/{integration}/metadata", new { usedConnectionTemplates = new[] { template } })).Expect(204);
        return (integration, template);
    }

    private static async Task<Made> MadeAsync(PatchbayHost host)
    {
        var source = await EventSource.MakeAsync(host);
        var made = new Made(source, await EmbeddedHub.MakeAsync(source.Tenant), "", "");
        var (integration, template) = await IntegrateAsync(made);
        made = made with { Integration = integration, Template = template };
        (await made.DeployAsync()).Expect(200);
        return made;
    }

    /// <summary>An integration for whose only template in use there are events.</summary>
    private sealed record Made(EventSource Source, EmbeddedHub Hub, string Integration, string Template)
    {
        public Tenant Tenant => Source.Tenant;

        public Task<Answer> DeployAsync(params string[] subscriptions) => DeployAsync(Integration, Template, subscriptions);

        public Task<Answer> DeployAsync(string integration, string template, string[] subscriptions) => Tenant.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new
        {
            versions = new[] { new { templateId = template, version = EventSource.Version } },
            events = subscriptions.Select(s => new { templateId = template, triggerName = EventSource.Trigger, subscriptionId = s }),
        });

        public async Task<string> ActivateAsync(string user, string channel)
        {
            await Hub.CreateUserAsync(user);
            var connection = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(TenantSteps.Connection($"parcels of {user}")))!.AsObject();
            connection["templateId"] = Template;
            return (await Tenant.PostAsync(Activations, new JsonObject
            {
                ["userId"] = user, ["integrationId"] = Integration, ["connections"] = new JsonArray(connection), ["dynamicVariables"] = new JsonObject { ["channel"] = channel },
            })).Expect(200).Id;
        }

        /// <summary>The path of the URL that the user's trigger has.</summary>
        public async Task<string> UrlAsync(string user)
        {
            var connection = (await Tenant.GetAsync($"/api/embedded/v1/connection-templates/{Template}/users/{user}")).Expect(200).Id;
            return new Uri((string)(await Tenant.GetAsync($"connectors/{Source.ConnectorId}/connections/{connection}/triggers/{EventSource.Trigger}/endpoint")).Expect(200)["url"]!).PathAndQuery;
        }

        /// <summary>Tells of something as the API does.</summary>
        /// <returns>The event's id.</returns>
        public async Task<string> SendAsync(string user, string json)
        {
            var before = (await Tenant.GetAsync("events?first=1&sort=id:desc")).Expect(200)["events"].AsArray().Select(e => (string?)e!["id"]).FirstOrDefault();
            (await Tenant.Host.Nobody.SendAsync(HttpMethod.Post, await UrlAsync(user), new StringContent(json, System.Text.Encoding.UTF8, "application/json"))).Expect(200);
            var after = (string)(await Tenant.GetAsync("events?first=1&sort=id:desc")).Expect(200)["events"][0]!["id"]!;
            Assert.NotEqual(before, after);
            return after;
        }
    }
}
