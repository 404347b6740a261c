using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Execution;

public sealed class ExecuteActionTests(Hosts hosts)
{
    private const string Things = """
          /things/{id}:
            put:
              operationId: putThing
              parameters:
                - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }
                - { name: tags, in: query, schema: { type: array, items: { type: string } } }
                - { name: limit, in: query, schema: { type: integer, default: 20 } }
                - { name: X-Trace, in: header, schema: { type: string } }
              requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } }, text/csv: { schema: { type: string } } } }
              responses:
                "200": { description: It, headers: { X-Total: { required: true, schema: { type: integer } } }, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }
                4XX: { description: No, content: { application/json: { schema: { type: object, required: [code], properties: { code: { type: string } } } } } }
          /things:
            get:
              operationId: listThings
              responses:
                "200": { description: All, content: { application/json: { schema: { type: array } } } }
                default: { description: Else }
            post:
              operationId: addThing
              requestBody: { content: { multipart/form-data: { schema: { type: object, required: [file], properties: { file: { type: string, format: binary }, note: { type: string } } } } } }
              responses: { "201": { description: Made } }
        """;

    private const string Schemas = """
            Thing:
              type: object
              required: [id, name, items]
              properties:
                id: { type: integer, readOnly: true }
                name: { type: string, minLength: 2 }
                items: { type: array, items: { type: object, required: [price], properties: { price: { type: number, exclusiveMinimum: 0 } } } }
              additionalProperties: false
        """;

    private static readonly object Good = new { name = "one", items = new[] { new { price = 1.5 } } };

    [Theory, EachDatabase]
    public async Task An_action_runs_with_its_parameters_and_the_connections_credentials(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.Headers.Append("X-Total", "7");
            context.Response.Headers.Append("Set-Cookie", "a=b");
            context.Response.Headers.Append("Clear-Site-Data", "*");
            return RunningAction.Json("""{"id":1,"name":"one","items":[{"price":1.50}]}""")(context);
        });
        var running = await RunningAction.MakeAsync(host, upstream.Address + "v1", Things, Schemas);

        var answer = (await running.RunAsync("putThing", new Dictionary<string, object> { ["id"] = 7, ["tags"] = new[] { "a b", "c" }, ["X-Trace"] = "t" }, Good)).Expect(200);

        var request = Assert.Single(upstream.Requests);
        Assert.Equal(("PUT", "/v1/things/7?tags=a%20b&tags=c&limit=20"), (request.Method, request.Target));
        Assert.Equal(("t", RunningAction.Secret, "application/json"), (request.Headers["X-Trace"], request.Headers["X-Key"], request.Headers["Content-Type"]));
        Assert.Equal("""{"name":"one","items":[{"price":1.5}]}""", Encoding.UTF8.GetString(request.Body));
        Assert.Equal(200, (int)answer["status"]);
        Assert.Contains("\"price\":1.50", answer.Text, StringComparison.Ordinal);
        Assert.Equal(("json", "200", true), ((string)answer["bodyEncoding"]!, (string)answer["response"]["declared"]!, (bool)answer["response"]["conforms"]!));
        Assert.Equal("7", (string)answer["headers"]["x-total"]!);
        Assert.Null(answer["headers"]["set-cookie"]);
        Assert.Null(answer["headers"]["clear-site-data"]);
        Assert.Equal(200, (int)Assert.Single(answer["attempts"].AsArray())!["status"]!);
        Assert.DoesNotContain(RunningAction.Secret, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_is_told_at_once_and_nothing_is_sent()
    {
        await using var upstream = await Upstream.StartAsync("{}");
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        var refused = (await running.RunAsync(
            "putThing", new Dictionary<string, object> { ["tags"] = "one", ["limit"] = "ten", ["made-up"] = 1 },
            new { name = "x", items = new[] { new { price = (object)0 }, new { price = (object)"?" } }, more = 1 })).ExpectError(400, "invalid_request",
            "parameters.id", "parameters.tags", "parameters.limit", "parameters.made-up", "body.name", "body.items[0].price", "body.items[1].price", "body.more");

        Assert.DoesNotContain("body.id", refused.Text, StringComparison.Ordinal);
        (await running.RunAsync("putThing", new { id = 0 }, Good)).ExpectError(400, "invalid_request", "parameters.id");
        (await running.RunAsync("putThing", new { id = 1 })).ExpectError(400, "invalid_request", "body");
        (await running.RunAsync("putThing", new { id = 1 }, Good, "application/xml")).ExpectError(400, "invalid_request", "contentType");
        (await running.RunAsync("putThing", new { id = 1 }, Good, "text/csv")).ExpectError(400, "invalid_request", "body");
        (await running.RunAsync("listThings", null, Good)).ExpectError(400, "invalid_request", "body");
        (await running.RunAsync("addThing", null, new { note = 1 })).ExpectError(400, "invalid_request", "body.file", "body.note");
        (await running.RunAsync("addThing", null, new { file = "§" })).ExpectError(400, "invalid_request", "body.file");
        (await running.RunAsync("putThing", new { id = 1 }, Good, null, new { retry = new { maxAttempts = 11 } })).ExpectError(400, "invalid_request", "retry.maxAttempts");
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Definitions_count_wherever_others_refer_to_them_and_one_that_is_gone_says_nothing()
    {
        const string Paths = """
              /trees:
                post:
                  operationId: plant
                  requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Tree" } } } }
                  responses: { "200": { description: Done } }
            """;
        const string Forest = """
                Tree: { type: object, required: [kind], properties: { kind: { $ref: "#/components/schemas/Kind" }, leaf: { $ref: "#/components/schemas/Leaf" }, branches: { type: array, items: { $ref: "#/components/schemas/Tree" } } } }
                Leaf: { type: object, required: [area], properties: { area: { $ref: "#/components/schemas/Area" } } }
                Area: { type: number, minimum: 0 }
                Kind: { type: string, enum: [oak, elm] }
            """;
        await using var upstream = await Upstream.StartAsync("{}");
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Paths, Forest);

        (await running.RunAsync("plant", null, new { kind = "oak", branches = new[] { new { kind = (object)"fir", leaf = (object)new { area = -1 } }, new { kind = (object)"elm", leaf = (object)new { } } } }))
            .ExpectError(400, "invalid_request", "body.branches[0].kind", "body.branches[0].leaf.area", "body.branches[1].leaf.area");
        Assert.Empty(upstream.Requests);

        (await running.Tenant.DeleteAsync($"connectors/{running.ConnectorId}/versions/{running.Version}/definitions/Kind?force=true")).Expect(204);
        (await running.RunAsync("plant", null, new { kind = "fir", leaf = new { area = "wide" } })).ExpectError(400, "invalid_request", "body.leaf.area");
        (await running.RunAsync("plant", null, new { kind = "fir", leaf = new { area = 1 } })).Expect(200);
    }

    [Fact]
    public async Task An_answer_that_is_otherwise_than_declared_is_given_with_what_differs()
    {
        await using var upstream = await Upstream.StartAsync(RunningAction.Json("""{"id":"x","name":"y","items":[]}"""));
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        var answer = (await running.RunAsync("putThing", new { id = 1 }, Good)).Expect(200);

        Assert.Equal("""["headers.x-total","body.id","body.name"]""", Fields(answer));
        Assert.Equal("x", (string)answer["body"]["id"]!);
    }

    [Theory]
    [InlineData("[1]", "[]")]
    [InlineData("one", """["body"]""")]
    public async Task An_answer_that_does_not_say_what_it_is_is_held_against_what_was_declared(string body, string mismatches)
    {
        await using var upstream = await Upstream.StartAsync(context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted).AsTask());
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        var answer = (await running.RunAsync("listThings")).Expect(200);

        Assert.Equal(mismatches, Fields(answer));
    }

    [Theory]
    [InlineData(404, """{"code":"none"}""", "4XX", "[]")]
    [InlineData(404, """{"other":1}""", "4XX", """["body.code"]""")]
    [InlineData(500, "{}", null, """["status"]""")]
    public async Task The_declared_response_is_found_by_status_range_or_default(int status, string body, string? declared, string mismatches)
    {
        await using var upstream = await Upstream.StartAsync(RunningAction.Json(body, status));
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        var answer = (await running.RunAsync("putThing", new { id = 1 }, Good)).Expect(200);

        Assert.Equal((status, declared, mismatches), ((int)answer["status"], (string?)answer["response"]["declared"], Fields(answer)));
        Assert.Equal("default", (string?)(await running.RunAsync("listThings")).Expect(200)["response"]["declared"]);
    }

    [Fact]
    public async Task Bodies_are_given_as_what_they_are()
    {
        (string Type, byte[] Body, string? Coding) next = default;
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            context.Response.ContentType = next.Type;
            if (next.Coding is not null)
                context.Response.Headers.ContentEncoding = next.Coding;
            await context.Response.Body.WriteAsync(next.Body, context.RequestAborted);
        });
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        await ExpectAsync("text/plain; charset=iso-8859-1", [0xe9], null, "text", "\"\\u00E9\"");
        await ExpectAsync("application/pdf", [0, 255, 1], null, "base64", "\"AP8B\"");
        await ExpectAsync("application/json", "[1.10, \"\\ud800\", 1e400]"u8.ToArray(), null, "json", "[1.10, \"\\ud800\", 1e400]");
        await ExpectAsync("application/json", "{broken"u8.ToArray(), null, "text", "\"{broken\"");
        await ExpectAsync("application/json", [0xff], null, "base64", "\"/w==\"");
        await ExpectAsync("application/json", Encoding.UTF8.GetBytes(new string('[', 200) + new string(']', 200)), null, "text", $"\"{new string('[', 200)}{new string(']', 200)}\"");
        await ExpectAsync("application/json", Zip("[1]"u8.ToArray()), "gzip", "json", "[1]");
        await ExpectAsync("text/plain", [1, 2, 3], "zstd", "base64", "\"AQID\"");
        await ExpectAsync("application/json", [], null, null, null);

        (next.Type, next.Body, next.Coding) = ("application/json", Zip(new byte[30_000_000]), "gzip");
        (await running.RunAsync("listThings")).ExpectError(502, "answer_too_large");
        (next.Type, next.Body, next.Coding) = ("application/json", [1, 2, 3], "gzip");
        (await running.RunAsync("listThings")).ExpectError(502, "answer_unreadable");

        async Task ExpectAsync(string type, byte[] body, string? coding, string? encoding, string? shown)
        {
            next = (type, body, coding);
            var answer = (await running.RunAsync("listThings")).Expect(200);
            Assert.Equal(encoding, (string?)answer.Json["bodyEncoding"]);
            Assert.True(shown is null ? !answer.Text.Contains("\"body\":", StringComparison.Ordinal) : answer.Text.Contains($"\"body\":{shown},", StringComparison.Ordinal), answer.ToString());
        }
    }

    [Fact]
    public async Task Forms_and_files_are_sent_as_forms()
    {
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 201;
            return Task.CompletedTask;
        });
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        (await running.RunAsync("addThing", null, new { file = new { content = "AP8=", filename = "a.bin", contentType = "image/png" }, note = "n" })).Expect(200);
        (await running.RunAsync("addThing", null, new { file = "AP8=" })).Expect(200);

        var sent = Encoding.Latin1.GetString(upstream.Requests.First().Body);
        Assert.Contains("name=\"file\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\n\0\u00ff\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("name=\"note\"\r\n\r\nn\r\n", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Xml_is_held_against_its_schema()
    {
        const string Schema = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="order"><xs:complexType><xs:sequence><xs:element name="count" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:schema>""";
        await using var upstream = await Upstream.StartAsync("<order><count>many</count></order>", "application/xml");
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);
        var version = $"connectors/{running.ConnectorId}/versions/{running.Version}";
        (await running.Tenant.PostAsync($"{version}/definitions", new { definitions = new[] { new { name = "Order", accept = new[] { "application/xml" }, schema = new { contentType = "application/xml", content = Schema } } } })).Expect(201);
        var links = new[] { new { definition = new { name = "Order" } } };
        (await running.Tenant.PostAsync($"{version}/actions", new
        {
            type = "http", name = "order", method = "POST", path = "/orders", parameters = Array.Empty<object>(), requestBody = new { required = true, definitions = links },
            responses = new[] { new { status = 200, definitions = links } },
        })).Expect(201);

        (await running.RunAsync("order", body: "<order><count>x</count></order>")).ExpectError(400, "invalid_request", "body");
        (await running.RunAsync("order", body: "<other/>")).ExpectError(400, "invalid_request", "body");
        (await running.RunAsync("order", body: "<order>")).ExpectError(400, "invalid_request", "body");
        (await running.RunAsync("order", body: "<!DOCTYPE order [<!ENTITY a \"b\">]><order><count>1</count></order>")).ExpectError(400, "invalid_request", "body");
        Assert.Empty(upstream.Requests);
        var answer = (await running.RunAsync("order", body: "<order><count>1</count></order>")).Expect(200);

        Assert.Equal("application/xml", Assert.Single(upstream.Requests).Headers["Content-Type"]);
        Assert.Equal(("text", """["body"]"""), ((string)answer["bodyEncoding"]!, Fields(answer)));
    }

    [Fact]
    public async Task A_hostile_pattern_does_not_hold_the_server_up()
    {
        await using var upstream = await Upstream.StartAsync("[]");
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), """
              /slow:
                get:
                  operationId: slow
                  parameters:
                    - { name: a, in: query, schema: { type: string, pattern: "^(a+)+$" } }
                    - { name: b, in: query, schema: { type: string, pattern: "^(?=(a+)+$)b" } }
                  responses: { default: { description: It } }
            """);

        var hostile = new string('a', 40) + "!";
        (await running.RunAsync("slow", new { a = hostile, b = hostile })).ExpectError(400, "invalid_request", "parameters.a", "parameters.b");
    }

    [Fact]
    public async Task Data_as_deep_as_a_request_may_have_it_is_checked()
    {
        await using var upstream = await Upstream.StartAsync("[]");
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), """
              /tree:
                post:
                  operationId: tree
                  requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Node" } } } }
                  responses: { default: { description: It } }
            """, """
                Node: { type: object, additionalProperties: false, properties: { next: { allOf: [{ $ref: "#/components/schemas/Node" }] } } }
            """);
        var (deep, wrong) = (new JsonObject(), new JsonObject { ["other"] = 1 });
        for (var i = 0; i < 50; i++)
            (deep, wrong) = (new JsonObject { ["next"] = deep }, new JsonObject { ["next"] = wrong });

        (await running.RunAsync("tree", body: deep)).Expect(200);
        (await running.RunAsync("tree", body: wrong)).ExpectError(400, "invalid_request", "body" + string.Concat(Enumerable.Repeat(".next", 50)) + ".other");
    }

    [Fact]
    public async Task What_the_credentials_say_comes_back_as_withheld()
    {
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.Headers.Append("X-Echo", context.Request.Headers["X-Key"]);
            return RunningAction.Json($$"""{"you":"{{context.Request.Headers["X-Key"]}}"}""")(context);
        });
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);

        var answer = (await running.RunAsync("listThings")).Expect(200);

        Assert.Equal(("[redacted]", "[redacted]"), ((string)answer["body"]["you"]!, (string)answer["headers"]["x-echo"]!));
        Assert.Equal(RunningAction.Secret, Assert.Single(upstream.Requests).Headers["X-Key"]);
    }

    [Fact]
    public async Task Nobody_else_runs_it_and_the_connection_must_belong_to_it()
    {
        await using var upstream = await Upstream.StartAsync("[]");
        var host = await hosts.OfAsync(Database.Sqlite);
        var running = await RunningAction.MakeAsync(host, upstream.Address.ToString(), Things, Schemas);
        var stranger = await RunningAction.MakeAsync(host, upstream.Address.ToString(), Things, Schemas);
        var own = await stranger.Tenant.CreateConnectorAsync("Other", upstream.Address.ToString(), TenantSteps.ApiKeyConfig);
        var other = (await stranger.Tenant.ConnectAsync(own.Id)).Id;

        (await stranger.Tenant.PostAsync(running.Tenant.Whole(running.Path("listThings")), running.Call())).ExpectError(404, "organisation_not_found");
        (await stranger.Tenant.PostAsync(running.Path("listThings"), running.Call())).ExpectError(404, "connector_not_found");
        (await stranger.Tenant.PostAsync(stranger.Path("listThings"), running.Call())).ExpectError(404, "connection_not_found");
        (await stranger.Tenant.PostAsync(stranger.Path("listThings"), new { connectionId = other })).ExpectError(400, "invalid_request", "connectionId");
        (await stranger.Tenant.PostAsync(stranger.Path("noThings"), stranger.Call())).ExpectError(404, "action_not_found");
        (await stranger.Tenant.PostAsync(stranger.Path("listThings").Replace("/1/", "/latest/", StringComparison.Ordinal), stranger.Call())).ExpectError(404, "version_not_found");
        Assert.Empty(upstream.Requests);

        (await stranger.RunAsync("listThings")).Expect(200);
        await stranger.Tenant.PublishAsync(stranger.ConnectorId, stranger.Version);
        (await stranger.Tenant.PostAsync(stranger.Path("listThings").Replace("/1/", "/default/", StringComparison.Ordinal), stranger.Call())).Expect(200);
        await stranger.Tenant.ChangeConnectorAsync(stranger.ConnectorId, c => c["public"] = true);
        (await running.Tenant.PostAsync(stranger.Tenant.Whole(stranger.Path("listThings")), running.Call())).ExpectError(404, "organisation_not_found");
    }

    [Fact]
    public async Task Editing_a_draft_counts_at_the_next_run()
    {
        await using var upstream = await Upstream.StartAsync("[]");
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Things, Schemas);
        (await running.RunAsync("putThing", new { id = 1 }, new { name = "one", items = Array.Empty<object>(), more = 1 })).ExpectError(400, "invalid_request", "body.more");
        var path = $"connectors/{running.ConnectorId}/versions/{running.Version}/definitions/Thing";
        var definition = (await running.Tenant.GetAsync(path)).Expect(200).Json.AsObject();
        definition.Remove("url");
        definition.Remove("referencedBy");
        definition["schema"] = new JsonObject { ["contentType"] = "application/schema+json", ["content"] = """{"type":"object","required":["more"]}""" };
        (await running.Tenant.PutAsync(path, definition)).Expect(200);

        (await running.RunAsync("putThing", new { id = 1 }, new { more = 1 })).Expect(200);
        (await running.RunAsync("putThing", new { id = 1 }, Good)).ExpectError(400, "invalid_request", "body.more");
    }

    [Fact]
    public async Task An_api_that_is_not_there_is_told_with_the_attempts()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), $"http://127.0.0.1:{port}", Things, Schemas);

        var answer = (await running.RunAsync("listThings", more: new { retry = new { maxAttempts = 2 } })).ExpectError(502, "upstream_unreachable");

        Assert.Equal(["upstream_unreachable", "upstream_unreachable"], answer["attempts"].AsArray().Select(a => (string)a!["failure"]!));
    }

    [Fact]
    public async Task No_action_leads_into_the_servers_own_network()
    {
        var running = await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), "http://10.0.0.1", Things, Schemas);

        (await running.RunAsync("listThings")).ExpectError(400, "host_not_allowed");
    }

    private static string Fields(Answer answer) => new JsonArray([.. answer["response"]["mismatches"]!.AsArray().Select(m => m!["field"]!.DeepClone())]).ToJsonString();

    private static byte[] Zip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest))
            packing.Write(body);
        return packed.ToArray();
    }
}
