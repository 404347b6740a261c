using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Execution;

public sealed class PaginationTests(Hosts hosts)
{
    private const int Total = 25;

    private const string Paths = """
          /items:
            get:
              operationId: list
              parameters:
                - { name: cursor, in: query, schema: { type: string } }
                - { name: offset, in: query, schema: { type: integer } }
                - { name: page, in: query, schema: { type: integer } }
              responses: { default: { description: Them } }
            post:
              operationId: search
              requestBody: { content: { application/json: { schema: { type: object } } } }
              responses: { default: { description: Them } }
        """;

    public static TheoryData<string, object> Ways => new()
    {
        { "a cursor by an expression", new { type = "cursor", items = "data.items", next = "data.next", parameter = "cursor" } },
        { "a cursor by a pointer", new { type = "cursor", items = "/data/items", next = "/data/next", parameter = "cursor" } },
        { "a number as cursor", new { type = "cursor", items = "data.items[*]", next = "data.number", parameter = "cursor" } },
        { "an offset", new { type = "offset", items = "data.items", parameter = "offset" } },
        { "an offset with a known size", new { type = "offset", items = "data.items", parameter = "offset", pageSize = 10 } },
        { "a page", new { type = "page", items = "data.items", parameter = "page" } },
        { "the header Link", new { type = "link", items = "data.items" } },
        { "an address in the body", new { type = "link", items = "data.items", next = "data.url" } },
    };

    [Theory, MemberData(nameof(Ways))]
    public async Task Every_item_comes_once_and_in_order(string way, object pagination)
    {
        await using var upstream = await Upstream.StartAsync(AnswerAsync);
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync("list", more: new { pagination })).Expect(200);

        Assert.Equal("application/x-ndjson", answer.Headers["Content-Type"]);
        var lines = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(0, Total), lines.SkipLast(1).Select(l => (int)l["item"]!["id"]!));
        Assert.True((bool)lines[^1]["end"]!["complete"]!, $"{way}: {lines[^1]}");
        Assert.Equal(Total, (int)lines[^1]["end"]!["items"]!);
        Assert.All(upstream.Requests, r => Assert.Equal(RunningAction.Secret, r.Headers["X-Key"]));
    }

    [Fact]
    public async Task A_cursor_goes_into_the_body_where_it_belongs_there()
    {
        await using var upstream = await Upstream.StartAsync(AnswerAsync);
        var running = await MakeAsync(upstream);

        var answer = (await running.RunAsync("search", body: new { query = "all" }, more: new { pagination = new { type = "cursor", items = "data.items", next = "data.next", field = "/paging/cursor" } })).Expect(200);

        Assert.Equal(Total + 1, answer.Text.Count(c => c == '\n'));
        Assert.Contains("""{"query":"all","paging":{"cursor":"10"}}""", upstream.Requests.Select(r => System.Text.Encoding.UTF8.GetString(r.Body)));
    }

    [Fact]
    public async Task Limits_end_the_walk_and_it_can_go_on_from_there()
    {
        await using var upstream = await Upstream.StartAsync(AnswerAsync);
        var running = await MakeAsync(upstream);

        var first = Last(await running.RunAsync("list", more: new { pagination = new { type = "cursor", items = "data.items", next = "data.next", parameter = "cursor", maxPages = 1 } }));
        var second = Last(await running.RunAsync("list", more: new { pagination = new { type = "cursor", items = "data.items", next = "data.next", parameter = "cursor", start = first["end"]!["next"] } }));
        var third = Last(await running.RunAsync("list", more: new { pagination = new { type = "cursor", items = "data.items", next = "data.next", parameter = "cursor", maxItems = 12 } }));

        Assert.Equal((10, false, "10"), ((int)first["end"]!["items"]!, (bool)first["end"]!["complete"]!, (string)first["end"]!["next"]!));
        Assert.Equal((15, true), ((int)second["end"]!["items"]!, (bool)second["end"]!["complete"]!));
        Assert.Equal((12, false), ((int)third["end"]!["items"]!, (bool)third["end"]!["complete"]!));
    }

    [Fact]
    public async Task What_goes_wrong_on_the_way_is_the_last_line()
    {
        await using var upstream = await Upstream.StartAsync(context => context.Request.Query["cursor"] == "20"
            ? RunningAction.Json("""{"error":"gone"}""", 410)(context) : AnswerAsync(context));
        var running = await MakeAsync(upstream);

        var last = Last(await running.RunAsync("list", more: new { pagination = new { type = "cursor", items = "data.items", next = "data.next", parameter = "cursor" } }));

        Assert.Equal(("upstream_status", 410, 20), ((string)last["error"]!["code"]!, (int)last["error"]!["status"]!, (int)last["error"]!["items"]!));
    }

    [Fact]
    public async Task A_walk_in_a_circle_ends()
    {
        await using var upstream = await Upstream.StartAsync(RunningAction.Json("""{"data":{"items":[1],"next":"same"}}"""));
        var running = await MakeAsync(upstream);

        var last = Last(await running.RunAsync("list", more: new { pagination = new { type = "cursor", items = "data.items", next = "data.next", parameter = "cursor" } }));

        Assert.Equal("pages_repeat", (string)last["error"]!["code"]!);
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Theory]
    [InlineData("https://elsewhere.example.com/items")]
    [InlineData("http://127.0.0.1:1/items")]
    [InlineData("//elsewhere.example.com/items")]
    public async Task No_next_page_takes_the_credentials_elsewhere(string next)
    {
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
            return RunningAction.Json("[1]")(context);
        });
        var running = await MakeAsync(upstream);

        var last = Last(await running.RunAsync("list", more: new { pagination = new { type = "link" } }));

        Assert.Equal(("host_not_allowed", 1), ((string)last["error"]!["code"]!, (int)last["error"]!["items"]!));
    }

    [Fact]
    public async Task What_is_wrong_with_the_first_page_is_told_as_without_pages()
    {
        await using var upstream = await Upstream.StartAsync(RunningAction.Json("{}", 404));
        var running = await MakeAsync(upstream);

        Assert.Equal(404, (int)(await running.RunAsync("list", more: new { pagination = new { type = "link" } })).Expect(200)["status"]);
        (await running.RunAsync("list", new { offset = "x" }, more: new { pagination = new { type = "cursor", items = "[" } }))
            .ExpectError(400, "invalid_request", "pagination.items", "pagination.next", "pagination.parameter", "parameters.offset");
        (await running.RunAsync("list", more: new { pagination = new { type = "offset", parameter = "made-up" } })).ExpectError(400, "invalid_request", "pagination.parameter");
        (await running.RunAsync("list", more: new { stream = true, pagination = new { type = "link" } })).ExpectError(400, "invalid_request", "stream");
        Assert.Single(upstream.Requests);
    }

    private static JsonNode Last(Answer answer) => JsonNode.Parse(answer.Expect(200).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;

    private async Task<RunningAction> MakeAsync(Upstream upstream) =>
        await RunningAction.MakeAsync(await hosts.OfAsync(Database.Sqlite), upstream.Address.ToString(), Paths);

    /// <summary>Ten items a page, by whatever the request says.</summary>
    private static async Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var at = query.TryGetValue("page", out var page) ? (int.Parse(page.ToString(), CultureInfo.InvariantCulture) - 1) * 10
            : int.Parse(query["cursor"].FirstOrDefault() ?? query["offset"].FirstOrDefault() ?? query["at"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        if (context.Request.Method == "POST")
        {
            var body = JsonNode.Parse((byte[])context.Items["body"]!)!;
            at = int.Parse((string?)body["paging"]?["cursor"] ?? "0", CultureInfo.InvariantCulture);
        }

        var items = Enumerable.Range(at, Math.Max(0, Math.Min(10, Total - at))).Select(i => $$"""{ "id" : {{i}} }""");
        var next = at + 10 < Total ? at + 10 : (int?)null;
        if (next is not null)
            context.Response.Headers.Link = $"</items?at={next}>; rel=\"next\", </items>; rel=first";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""{"data": {"items": [{{string.Join(",\n", items)}}], "next": {{(next is null ? "null" : $"\"{next}\"")}}, "number": {{next?.ToString(CultureInfo.InvariantCulture) ?? "null"}}, "url": {{(next is null ? "null" : $"\"items?at={next}\"")}} } }""",
            context.RequestAborted);
    }
}
