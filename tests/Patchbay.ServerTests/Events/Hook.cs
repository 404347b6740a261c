using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>A trigger of a connection with a public URL.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="ConnectorId">The connector.</param>
/// <param name="ConnectionId">The connection.</param>
/// <param name="Url">The URL.</param>
public sealed record Hook(Tenant Tenant, string ConnectorId, string ConnectionId, string Url)
{
    public const string Trigger = "happened";
    public const string Version = "1";

    public string EndpointPath => $"connectors/{ConnectorId}/connections/{ConnectionId}/triggers/{Trigger}/endpoint";

    /// <summary>The path of the URL, as senders in these tests take it.</summary>
    public string Path => new Uri(Url).AbsolutePath;

    /// <summary>A credential that verifies incoming requests.</summary>
    public static object Secret(string configId, string value, string type = "string") => new
    {
        authSchemeConfig = new { id = configId },
        credential = new { name = "secret", type, data = type == "none" ? (object)new { } : new { value } },
    };

    /// <summary>A trigger by POST without a definition.</summary>
    public static JsonObject AnyPost(JsonObject? intake = null, string method = "POST", int status = 200)
    {
        var trigger = new JsonObject
        {
            ["type"] = "http", ["name"] = Trigger, ["method"] = method, ["parameters"] = new JsonArray(),
            ["responses"] = new JsonArray(new JsonObject { ["status"] = status, ["definitions"] = new JsonArray() }),
        };
        if (intake is not null)
            trigger["intake"] = intake;
        return trigger;
    }

    /// <summary>Makes a connector with a published trigger, a connection and an endpoint.</summary>
    /// <param name="tenant">For whom.</param>
    /// <param name="configs">The connector's auth scheme configs.</param>
    /// <param name="secrets">The connection's trigger credentials.</param>
    /// <param name="trigger">The trigger; any request by POST where left out.</param>
    /// <param name="definitions">Definitions, as CreateDefinitions takes them.</param>
    public static async Task<Hook> MakeAsync(Tenant tenant, object[]? configs = null, object[]? secrets = null, JsonObject? trigger = null, JsonArray? definitions = null)
    {
        var connector = (await tenant.CreateConnectorAsync(configs: configs ?? [])).Id;
        await tenant.CreateVersionAsync(connector, Version);
        if (definitions is not null)
            (await tenant.PostAsync($"connectors/{connector}/versions/{Version}/definitions", new JsonObject { ["definitions"] = definitions })).Expect(201);
        (await tenant.PostAsync($"connectors/{connector}/versions/{Version}/triggers", trigger ?? AnyPost())).Expect(201);
        await tenant.PublishAsync(connector, Version);
        var connection = (await tenant.PostAsync($"connectors/{connector}/connections",
            new { name = "hooked", credentials = new { trigger = secrets ?? [] }, variables = Array.Empty<object>() })).Expect(200).Id;
        var hook = new Hook(tenant, connector, connection, "http://none.invalid/");
        return hook with { Url = (await tenant.PostAsync(hook.EndpointPath, new { })).Expect(201)["url"].GetValue<string>() };
    }

    /// <summary>Sends a request to the URL, without any key.</summary>
    public Task<Answer> SendAsync(byte[] body, params (string Name, string Value)[] headers) => SendAsync("", body, headers);

    /// <summary>Sends a text as JSON to the URL, without any key.</summary>
    public Task<Answer> SendAsync(string body, params (string Name, string Value)[] headers) => SendAsync(Encoding.UTF8.GetBytes(body), headers);

    /// <summary>Sends a request to the URL with a query behind it.</summary>
    public Task<Answer> SendAsync(string query, byte[] body, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(body);
        if (!headers.Any(h => h.Name == "Content-Type"))
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return Tenant.Host.Nobody.SendAsync(HttpMethod.Post, Path + query, content, headers);
    }

    /// <summary>Sends a GET to the URL with a query behind it.</summary>
    public Task<Answer> GetAsync(string query) => Tenant.Host.Nobody.SendAsync(HttpMethod.Get, Path + query);

    /// <summary>Every event of the connection, in the order of their ids, opened.</summary>
    internal async Task<IReadOnlyList<(ReceivedEvent Row, EventContent Content)>> EventsAsync() => await EventsAsync(Tenant.Host.Services, Ulid.Parse(Tenant.Id), Ulid.Parse(ConnectionId));

    internal static async Task<IReadOnlyList<(ReceivedEvent Row, EventContent Content)>> EventsAsync(IServiceProvider services, Ulid organisation, Ulid connection)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, organisation);
        var secrets = scope.ServiceProvider.GetRequiredService<SecretStore>();
        var opened = new List<(ReceivedEvent, EventContent)>();
        foreach (var row in await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Events.AsNoTracking().Where(e => e.ConnectionId == connection)
            .OrderBy(e => e.Id).ToListAsync(TestContext.Current.CancellationToken))
        {
            opened.Add((row, await EventContent.OpenAsync(secrets, row, TestContext.Current.CancellationToken)));
        }

        return opened;
    }
}
