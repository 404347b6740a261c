using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Events;
using Patchbay.Protocols.Webhooks;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

/// <summary>A connector with connections, whose events tests make.</summary>
internal sealed record EventSource(Tenant Tenant, string ConnectorId, IReadOnlyList<string> Connections)
{
    public const string Trigger = "parcelArrived";
    public const string Version = "1.0.0";

    public static async Task<EventSource> MakeAsync(PatchbayHost host, int connections = 1)
    {
        var tenant = await host.NewOrganisationAsync("events");
        var connector = (await tenant.ImportPublishedAsync()).Id;
        (await tenant.PutAsync($"connectors/{connector}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(200);
        var made = new List<string>();
        for (var i = 0; i < connections; i++)
            made.Add((await tenant.ConnectAsync(connector, $"connection {i}")).Id);
        return new EventSource(tenant, connector, made);
    }

    /// <summary>Takes an event on, as an endpoint does once it has verified it.</summary>
    /// <returns>The event's id.</returns>
    public async Task<string> AcceptAsync(object body, int connection = 0, string trigger = Trigger, string contentType = "application/json", string version = Version)
    {
        var accepted = await Tenant.Host.Services.GetRequiredService<EventIntake>().AcceptAsync(new IncomingEvent
        {
            OrganisationId = Ulid.Parse(Tenant.Id),
            ConnectorId = Ulid.Parse(ConnectorId),
            ConnectionId = Ulid.Parse(Connections[connection]),
            TriggerName = trigger,
            VersionName = version,
            Origin = EventOrigin.Webhook,
            Content = new EventContent
            {
                Method = "POST",
                Query = "a=b",
                Headers = [new EventHeader("Content-Type", contentType), new EventHeader("X-Signature", EventContent.Verified)],
                Body = body as byte[] ?? (body is string text ? Encoding.UTF8.GetBytes(text) : JsonSerializer.SerializeToUtf8Bytes(body)),
            },
        }, TestContext.Current.CancellationToken);
        Assert.True(accepted.Succeeded(out var stored, out var failure), failure?.Message);
        return stored.Id!.Value.ToString();
    }

    public async Task<MadeSubscription> SubscribeAsync(EventReceiver receiver, Action<JsonObject>? more = null)
    {
        var body = new JsonObject { ["name"] = $"to {receiver.Port}", ["url"] = receiver.Url.ToString(), ["connectorId"] = ConnectorId };
        more?.Invoke(body);
        var made = (await Tenant.PostAsync("subscriptions", body)).Expect(201);
        return new MadeSubscription(Tenant, made.Id, made.Json["secret"]?.GetValue<string>() ?? made["signingKeys"][0]!["publicKey"]!.GetValue<string>());
    }
}

/// <summary>A subscription and what its receiver verifies with.</summary>
internal sealed record MadeSubscription(Tenant Tenant, string Id, string Secret)
{
    public string Path => $"subscriptions/{Id}";

    public async Task<JsonNode> HealthAsync() => (await Tenant.GetAsync($"{Path}/health")).Expect(200).Json;

    public async Task<int> PendingAsync() => (int)(await HealthAsync())["pending"]!;

    public WebhookKey Key => WebhookKey.Parse(Secret).TryGet(out var key, out _) ? key : throw new InvalidOperationException("no key");

    /// <summary>Whether a message is signed for it, at the time of the server's clock.</summary>
    public WebhookVerdict Verify(ReceivedMessage message, DateTimeOffset? now = null) => WebhookSignature.Verify([Key], message.Headers, message.Body, now);
}
