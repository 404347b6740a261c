using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using Patchbay.Platform;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Agents;

public sealed partial class ToolTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Every_action_of_a_connected_connector_is_a_tool_that_can_be_called(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("""{"id":"7","next":{"id":"8"}}""");
        var acme = await host.NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync(new Description { Server = upstream.Address.ToString().TrimEnd('/') });
        await using var client = await AgentClient.ConnectAsync(host, acme.Key);

        // Without a connection there is nothing to call it through.
        Assert.Empty(await client.ActionsAsync());
        await acme.ConnectWithKeyAsync(connector.Id, value: "a-secret-of-the-connection");
        var tools = await client.ActionsAsync();
        Assert.Equal(["parcels__getParcel0", "parcels__getParcel1", "parcels__getParcel2"], tools.Select(t => t.Name));
        var tool = tools[0];
        Assert.Contains("a parcel 0", tool.Description, StringComparison.Ordinal);
        Assert.True(tool.Annotations?.ReadOnlyHint);
        Assert.Equal("""["production"]""", tool.InputSchema.GetProperty("properties").GetProperty("connection").GetProperty("enum").GetRawText());

        var result = await client.CallAsync("parcels__getParcel0", new { parameters = new { id = "a/b" } });
        Assert.NotEqual(true, result.IsError);
        var json = JsonNode.Parse(AgentClient.TextOf(result))!;
        Assert.Equal(("""{"id":"7","next":{"id":"8"}}""", 200), (json["body"]!.ToJsonString(), json["status"]!.GetValue<int>()));
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(JsonSerializer.Serialize(result.StructuredContent))));
        Assert.True(Valid(tool.OutputSchema!.Value, json));
        var request = Assert.Single(upstream.Requests);
        Assert.Equal(("/parcels0/a%2Fb", "a-secret-of-the-connection"), (request.Target, request.Headers["X-Key"]));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_wrong_call_is_a_result_that_names_every_fault_and_sends_nothing(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await host.NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync(new Description { Server = upstream.Address.ToString().TrimEnd('/') });
        await acme.ConnectWithKeyAsync(connector.Id, "first");
        await acme.ConnectWithKeyAsync(connector.Id, "second");
        await using var client = await AgentClient.ConnectAsync(host, acme.Key);

        foreach (var (arguments, faults) in ((object, string[])[])
        [
            (new { parameters = new { id = "1" } }, ["connection: is required: one of first, second"]),
            (new { connection = "third", paramaters = 1 }, ["connection: is no connection of Parcels, which has first, second", "paramaters: is no argument"]),
            (new { connection = 1, parameters = "x" }, ["connection: must be a string", "parameters: must be an object"]),
            (new { connection = "first", parameters = new { id = 1, other = 2 }, body = new { } }, ["parameters.id: ", "parameters.other: is not a parameter", "body: the action takes none"]),
        ])
        {
            foreach (var (tool, sent) in ((string, object)[])[("parcels__getParcel0", arguments), ("run_action", new { tool = "parcels__getParcel0", arguments })])
            {
                var refused = await client.CallAsync(tool, sent);
                Assert.True(refused.IsError);
                Assert.All(faults, f => Assert.Contains(f, AgentClient.TextOf(refused), StringComparison.Ordinal));
            }
        }

        Assert.True((await client.CallAsync("search_actions", new { limit = 0 })).IsError);
        Assert.True((await client.CallAsync("describe_action", new { tool = "made-up" })).IsError);
        var unknown = await Assert.ThrowsAsync<McpProtocolException>(() => client.CallAsync("parcels__madeUp"));
        Assert.Equal(McpErrorCode.InvalidParams, unknown.ErrorCode);
        await Assert.ThrowsAsync<McpProtocolException>(() => client.PageAsync("no-cursor"));
        Assert.Empty(upstream.Requests);
        Assert.Equal(200, (await client.ResultAsync("parcels__getParcel0", new { connection = "first", parameters = new { id = "1" } }))["status"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task Another_organisations_tools_are_not_there(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var connector = await acme.ImportPublicAsync(new Description("Hidden parcels") { Server = upstream.Address.ToString().TrimEnd('/') });
        var connection = await acme.ConnectWithKeyAsync(connector.Id);
        await using var stranger = await AgentClient.ConnectAsync(host, other.Key);

        Assert.Empty(await stranger.ActionsAsync());
        Assert.Equal(0, (await stranger.ResultAsync("search_actions", new { query = "parcel" }))["total"]!.GetValue<int>());
        foreach (var call in (Func<Task<ModelContextProtocol.Protocol.CallToolResult>>[])
        [
            () => stranger.CallAsync("hidden_parcels__getParcel0", new { connection = connection.Id, parameters = new { id = "1" } }),
        ])
            await Assert.ThrowsAsync<McpProtocolException>(call);
        foreach (var tool in (string[])["run_action", "describe_action"])
            Assert.Contains("is the name of no action", AgentClient.TextOf(await stranger.CallAsync(tool, new { tool = "hidden_parcels__getParcel0" })), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => AgentClient.ConnectAsync(host, other.Key, $"/mcp/o/{acme.Id}"));

        // The library's connector, taken over and connected, is the taker's own tool.
        var taken = (await other.PostAsync($"connectors/{connector.Id}/versions/latest/library/import")).Expect(200);
        await other.PublishAsync(taken.Id, connector.Version);
        await other.ConnectWithKeyAsync(taken.Id);
        Assert.Equal(3, (await stranger.ActionsAsync()).Count);

        // The operator names the organisation.
        await using var operating = await AgentClient.ConnectAsync(host, host.OperatorKey, $"/mcp/o/{acme.Id}");
        Assert.Equal(3, (await operating.ActionsAsync()).Count);
        await Assert.ThrowsAnyAsync<Exception>(() => AgentClient.ConnectAsync(host, host.OperatorKey));
        Assert.Empty(upstream.Requests);
    }

    [Theory, EachDatabase]
    public async Task A_thousand_actions_are_listed_by_pages_and_found_by_words(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("""{"id":"x"}""");
        var acme = await host.NewOrganisationAsync();
        var connector = await acme.ImportPublishedAsync(new Description("Thousand") { Actions = 1000, Server = upstream.Address.ToString().TrimEnd('/') });
        var small = await acme.ImportPublishedAsync(new Description("Small") { Server = upstream.Address.ToString().TrimEnd('/') });
        await acme.ConnectWithKeyAsync(connector.Id);
        await acme.ConnectWithKeyAsync(small.Id);
        await using var client = await AgentClient.ConnectAsync(host, acme.Key);

        var began = Stopwatch.GetTimestamp();
        var first = await client.PageAsync();
        var cold = Stopwatch.GetElapsedTime(began);
        var (names, pages, slowest) = (first.Tools.Select(t => t.Name).ToList(), 1, TimeSpan.Zero);
        for (var cursor = first.NextCursor; cursor is not null; pages++)
        {
            began = Stopwatch.GetTimestamp();
            var page = await client.PageAsync(cursor);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            Assert.InRange(page.Tools.Count, 1, 50);
            names.AddRange(page.Tools.Select(t => t.Name));
            cursor = page.NextCursor;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{names.Count} tools on {pages} pages; the first page {cold.TotalMilliseconds:F0} ms, the slowest other {slowest.TotalMilliseconds:F0} ms");
        Assert.Equal(1003 + 3, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, n => Assert.Matches(ToolName(), n));

        var found = await client.ResultAsync("search_actions", new { query = "getParcel777 parcel", limit = 5 });
        Assert.Equal(("thousand__getParcel777", 5), ((string?)found["actions"]![0]!["tool"], found["actions"]!.AsArray().Count));
        Assert.Equal("Small", (string?)(await client.ResultAsync("search_actions", new { query = "getParcel1", connector = "small" }))["actions"]![0]!["connector"]);
        var described = await client.ResultAsync("describe_action", new { tool = "thousand__getParcel777" });
        Assert.Equal("string", (string?)described["inputSchema"]!["properties"]!["parameters"]!["properties"]!["id"]!["type"]);
        Assert.Equal(200, (await client.ResultAsync("run_action", new { tool = "thousand__getParcel777", arguments = new { parameters = new { id = "1" } } }))["status"]!.GetValue<int>());
        Assert.Equal("/parcels777/1", Assert.Single(upstream.Requests).Target);

        await using var narrow = await AgentClient.ConnectAsync(host, acme.Key, "/mcp?connector=small&search=parcel+getparcel1");
        Assert.Equal(["small__getParcel1"], (await narrow.ActionsAsync()).Select(t => t.Name));
        await Assert.ThrowsAsync<McpProtocolException>(() => narrow.CallAsync("thousand__getParcel1"));
        await using var searching = await AgentClient.ConnectAsync(host, acme.Key, "/mcp?tools=search");
        Assert.Empty(await searching.ActionsAsync());
        Assert.Equal(3, (await searching.PageAsync()).Tools.Count);
    }

    [Theory, EachDatabase]
    public async Task A_long_answer_is_cut_and_says_so(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, settings: new PatchbaySettings { MaxToolResultBytes = 1000 });
        var answer = "";
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.ContentType = answer.StartsWith('<') ? "text/plain" : "application/json";
            return context.Response.WriteAsync(answer, context.RequestAborted);
        });
        var acme = await host.NewOrganisationAsync();
        await acme.ConnectWithKeyAsync((await acme.ImportPublishedAsync(new Description { Server = upstream.Address.ToString().TrimEnd('/') })).Id);
        await using var client = await AgentClient.ConnectAsync(host, acme.Key);
        Task<JsonObject> CallAsync() => client.ResultAsync("parcels__getParcel0", new { parameters = new { id = "1" } });

        answer = JsonSerializer.Serialize(Enumerable.Range(0, 500).Select(i => new { id = $"{i}" }));
        var list = await CallAsync();
        Assert.InRange(list["body"]!.AsArray().Count, 10, 100);
        Assert.Contains("of 500 items", (string?)list["truncated"], StringComparison.Ordinal);

        answer = $$"""{"text":"{{new string('é', 2000)}}"}""";
        var text = await CallAsync();
        Assert.StartsWith("{\"text\":\"é", (string?)text["body"], StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', (string)text["body"]!);
        Assert.Contains("of 4011 bytes", (string?)text["truncated"], StringComparison.Ordinal);

        // Deeper than a message may be.
        answer = string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60));
        Assert.Equal(answer, (string?)(await CallAsync())["body"]);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task What_an_API_refuses_is_a_result_that_says_so(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"message":"no such parcel"}""", context.RequestAborted);
        });
        var acme = await host.NewOrganisationAsync();
        await acme.ConnectWithKeyAsync((await acme.ImportPublishedAsync(new Description { Server = upstream.Address.ToString().TrimEnd('/') })).Id, value: "the-secret-value");
        await using var client = await AgentClient.ConnectAsync(host, acme.Key);

        var refused = await client.CallAsync("parcels__getParcel0", new { parameters = new { id = "1" } });

        Assert.True(refused.IsError);
        Assert.Contains("no such parcel", AgentClient.TextOf(refused), StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret-value", AgentClient.TextOf(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_none_is_refused_in_the_shape_of_every_error()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var acme = await host.NewOrganisationAsync();
        Task<Answer> SendAsync(Api api, object body, string path = "/mcp", (string, string)[]? headers = null) =>
            api.SendAsync(HttpMethod.Post, path, Api.ContentOf(body), [("Accept", "application/json, text/event-stream"), .. headers ?? []]);
        const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

        (await SendAsync(acme.Api, List)).Expect(200);
        (await SendAsync(host.Nobody, List)).ExpectError(401, "unauthenticated");
        (await SendAsync(host.Operator, List)).ExpectError(400, "organisation_required");
        (await SendAsync(host.Operator, List, $"/mcp/o/{acme.Id}")).Expect(200);
        (await SendAsync(acme.Api, List, "/mcp/o/01JDF3Q2M8V7K5T9XW4RZ6YB1C")).ExpectError(404, "organisation_not_found");
        (await SendAsync(acme.Api, "{")).ExpectError(400, "malformed_json");
        (await SendAsync(acme.Api, "[]")).ExpectError(400, "invalid_request");
        (await SendAsync(acme.Api, "{}")).ExpectError(400, "invalid_request");
        (await SendAsync(acme.Api, string.Concat(Enumerable.Repeat("[", 100)))).ExpectError(400, "malformed_json");
        (await SendAsync(acme.Api, new byte[(16 * 1024 * 1024) + 1])).ExpectError(413, "body_too_large");
        (await SendAsync(acme.Api, List, headers: [("Origin", "https://evil.example")])).ExpectError(403, "origin_not_allowed");
        (await SendAsync(acme.Api, List, headers: [("Origin", host.Address.GetLeftPart(UriPartial.Authority))])).Expect(200);
        (await acme.PutAsync($"/api/organisations/v1/organisations/{acme.Id}/allowed-origins", new { origins = new[] { "https://app.example.com" } })).ExpectOneOf(200, 204);
        (await SendAsync(acme.Api, List, headers: [("Origin", "https://app.example.com")])).Expect(200);
        foreach (var odd in (string[])["""{"jsonrpc":"2.0","id":1}""", """{"jsonrpc":"2.0","id":{},"method":"tools/list"}""", """{"jsonrpc":"2.0","id":1,"method":7}""", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}""", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}"""])
        {
            var answer = await SendAsync(acme.Api, odd);
            Assert.True(answer.Status < 500, answer.ToString());
        }

        Assert.Empty(host.Log.Errors);
    }

    /// <summary>Whether a value is valid by a schema that stands by itself.</summary>
    private static bool Valid(JsonElement schema, JsonNode value) =>
        JsonSchema.FromText(schema.GetRawText()).Evaluate(JsonSerializer.SerializeToElement(value)).IsValid;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, 1000)]
    private static partial Regex ToolName();
}
