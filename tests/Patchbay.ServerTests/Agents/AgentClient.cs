using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Agents;

/// <summary>The official SDK's client, at the server's own endpoint.</summary>
internal sealed class AgentClient : IAsyncDisposable
{
    private AgentClient(McpClient client) => Client = client;

    public McpClient Client { get; }

    public static async Task<AgentClient> ConnectAsync(PatchbayHost host, string key, string path = "/mcp")
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(host.Address, path),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {key}" },
        });
        return new AgentClient(await McpClient.CreateAsync(transport, cancellationToken: TestContext.Current.CancellationToken));
    }

    /// <summary>Every tool of an action; the pages are followed.</summary>
    public async Task<IReadOnlyList<Tool>> ActionsAsync() =>
        [.. (await Client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken)).Select(t => t.ProtocolTool).Where(t => t.Name.Contains("__", StringComparison.Ordinal))];

    public Task<ListToolsResult> PageAsync(string? cursor = null) =>
        Client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, TestContext.Current.CancellationToken).AsTask();

    public Task<CallToolResult> CallAsync(string tool, object? arguments = null) => Client.CallToolAsync(
        new CallToolRequestParams
        {
            Name = tool,
            Arguments = JsonSerializer.SerializeToElement(arguments ?? new { }).EnumerateObject().ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal),
        },
        TestContext.Current.CancellationToken).AsTask();

    /// <summary>What a call gave, as JSON; fails where it was refused.</summary>
    public async Task<JsonObject> ResultAsync(string tool, object? arguments = null)
    {
        var result = await CallAsync(tool, arguments);
        Assert.True(result.IsError != true, TextOf(result));
        return JsonNode.Parse(TextOf(result))!.AsObject();
    }

    public static string TextOf(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
