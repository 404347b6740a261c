using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform;
using Patchbay.Server;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

/// <summary>A server on a real socket, whose connectors may reach this machine.</summary>
public sealed class ProxyServer : IAsyncLifetime
{
    private const string OperatorKey = "op_the_operator_of_the_proxy_tests_";

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());
    private readonly string? _sharedFolder;
    private readonly string _folder;
    private readonly string _networks;
    private readonly TimeSpan? _idleTimeout;
    private WebApplication? _app;

    public ProxyServer()
        : this(networks: "127.0.0.0/8")
    {
    }

    internal ProxyServer(string networks = "127.0.0.0/8", TimeSpan? idleTimeout = null, string? sharedFolder = null)
    {
        _networks = networks;
        _idleTimeout = idleTimeout;
        _sharedFolder = sharedFolder;
        _folder = sharedFolder ?? Directory.CreateTempSubdirectory("patchbay-proxy-tests-").FullName;
    }

    internal string Folder => _folder;

    internal int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var options = ServerOptions.Load(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["DataDir"] = _folder,
            ["OperatorKey"] = OperatorKey,
            ["AllowNetwork"] = _networks,
        });
        _app = await PatchbayServer.CreateAsync(options, TestContext.Current.CancellationToken, configure: builder =>
        {
            builder.Logging.ClearProviders();
            if (_idleTimeout is { } timeout)
                builder.Services.AddSingleton(new PatchbaySettings { ProxyIdleTimeout = timeout });
        });
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Port = new Uri(_app.Urls.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        if (_app is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }

        if (_sharedFolder is null)
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A new organisation with an API key.</summary>
    internal async Task<ProxyTenant> AddTenantAsync()
    {
        var slug = string.Create(CultureInfo.InvariantCulture, $"t{Random.Shared.NextInt64():x}");
        var organisation = await CallAsync(HttpMethod.Post, "/api/organisations/v1/organisations", OperatorKey, new { slug, displayName = slug });
        var id = organisation["id"]!.GetValue<string>();
        var key = await CallAsync(HttpMethod.Post, $"/api/organisations/v1/organisations/{id}/api-keys", OperatorKey, new { name = "tests" });
        return new ProxyTenant(this, id, key["id"]!.GetValue<string>(), key["key"]!.GetValue<string>());
    }

    /// <summary>Calls one of our own APIs and expects that it succeeds.</summary>
    internal async Task<JsonNode> CallAsync(HttpMethod method, string path, string key, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{Port}{path}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await _invoker.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path} answered {(int)response.StatusCode}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}

/// <summary>An organisation of the tests.</summary>
internal sealed record ProxyTenant(ProxyServer Server, string Id, string KeyId, string Key)
{
    private static readonly object NoCredential = new { schemeType = "none", id = "none", description = "" };

    /// <summary>A connector and a connection of it.</summary>
    /// <param name="baseUrl">The base URL.</param>
    /// <param name="schemes">The auth scheme configs; for each one the connection has a credential, in this order.</param>
    /// <param name="variables">The connection's variables.</param>
    /// <param name="allowedHosts">Where else credentials may go.</param>
    public async Task<ProxyConnection> ConnectAsync(
        string baseUrl, IReadOnlyList<ProxyScheme>? schemes = null, IReadOnlyDictionary<string, string>? variables = null,
        IReadOnlyList<string>? allowedHosts = null)
    {
        schemes ??= [];
        var connector = await Server.CallAsync(HttpMethod.Post, $"/api/connect/v1/o/{Id}/protocols/http/connectors", Key, new
        {
            name = "An API",
            baseUrl,
            allowedHosts = allowedHosts ?? [],
            authSchemeConfigs = schemes.Count == 0 ? [NoCredential] : schemes.Select(s => s.Config).ToArray(),
        });
        var connectorId = connector["id"]!.GetValue<string>();
        var connection = await Server.CallAsync(HttpMethod.Post, $"/api/connect/v1/o/{Id}/connectors/{connectorId}/connections", Key, new
        {
            name = "A connection",
            variables = (variables ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(v => new { name = v.Key, value = v.Value }).ToArray(),
            credentials = new { action = schemes.Select(s => s.Credential).ToArray() },
        });
        return new ProxyConnection(this, connectorId, connection["id"]!.GetValue<string>(), baseUrl);
    }
}

/// <summary>An auth scheme config, and a credential for it, as JSON.</summary>
internal sealed record ProxyScheme(object Config, object Credential)
{
    public static ProxyScheme ApiKey(string id, string @in, string name, string value) => new(
        new { schemeType = "api-key", id, description = "", name, @in },
        new { authSchemeConfig = new { id }, credential = new { name = id, type = "string", data = new { value } } });

    public static ProxyScheme Basic(string id, string username, string password) => new(
        new { schemeType = "basic-auth", id, description = "" },
        new { authSchemeConfig = new { id }, credential = new { name = id, type = "basic-auth", data = new { username, password } } });
}

/// <summary>A connection of the tests.</summary>
internal sealed record ProxyConnection(ProxyTenant Tenant, string ConnectorId, string Id, string BaseUrl)
{
    public string ConnectorPath => $"/api/connect/v1/o/{Tenant.Id}/connectors/{ConnectorId}";

    /// <summary>The head of a request through the connection, with the tenant's key.</summary>
    /// <param name="method">The method.</param>
    /// <param name="remainder">What follows the connection's id, as it goes over the wire.</param>
    /// <param name="headers">Further header lines.</param>
    public string Head(string method, string remainder, params string[] headers) =>
        RawConnection.Head(method, $"/api/proxy/{Id}{remainder}", [$"Authorization: Bearer {Tenant.Key}", .. headers]);

    /// <summary>Sends one request and reads the answer whole.</summary>
    public Task<RawAnswer> SendAsync(string method, string remainder, params string[] headers) =>
        RawConnection.ExchangeAsync(Tenant.Server.Port, Head(method, remainder, headers), method);

    /// <summary>Changes the base URL.</summary>
    public Task MoveAsync(string baseUrl, ProxyServer? by = null) => (by ?? Tenant.Server).CallAsync(HttpMethod.Put, ConnectorPath, Tenant.Key, new
    {
        id = ConnectorId,
        organisationId = Tenant.Id,
        name = "An API",
        protocol = "http",
        baseUrl,
    });
}
