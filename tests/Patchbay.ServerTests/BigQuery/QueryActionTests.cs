using System.Text.Json.Nodes;
using Patchbay.Platform;
using Patchbay.ServerTests.Definitions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.BigQuery;

/// <summary>Actions that are queries, against a stand-in for BigQuery's REST API.</summary>
public sealed class QueryActionTests
{
    private static readonly object[] EveryType =
    [
        .. ((string[])["STRING", "INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "BOOL", "BYTES", "DATE", "DATETIME", "TIME", "TIMESTAMP", "JSON"])
            .Select(t => new { name = t.ToLowerInvariant(), type = t, required = false }),
        new { name = "list", type = "ARRAY", items = new { type = "INT64" }, required = false },
        new
        {
            name = "deep", type = "STRUCT", required = false,
            fields = new object[] { new { name = "at", type = "TIMESTAMP" }, new { name = "tags", type = "ARRAY", items = new { type = "STRUCT", fields = new[] { new { name = "k", type = "STRING" }, new { name = "v", type = "FLOAT64" } } } } },
        },
    ];

    private static readonly string EveryColumn = "SELECT " + string.Join(", ", EveryType.Select(p => JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(p))!["name"]!.GetValue<string>()).Select(n => $"@{n} AS {n}"));

    [Theory, EachDatabase]
    public async Task Every_type_goes_there_and_comes_back_as_documented(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("all", EveryColumn, EveryType);
        const string Values = """
            {"string":"it's; DROP TABLE x --","int64":9007199254740993,"float64":1.5,"numeric":"12345678901234567890123456789.123456789","bignumeric":"0.00000000000000000000000000000000000001",
             "bool":true,"bytes":"AAEC/w==","date":"2026-02-28","datetime":"2026-11-24T12:34:56.789","time":"23:59:59.999999","timestamp":"2026-11-24T13:34:56.789+01:00","json":{"a":[1,null,"x"]},
             "list":[1,-2,9223372036854775807],"deep":{"at":"1969-12-31T23:59:59Z","tags":[{"k":"a","v":2},{"k":"b","v":"NaN"}]}}
            """;

        var executed = (await sales.ExecuteAsync("all", JsonNode.Parse(Values)!)).Expect(200);

        Assert.Equal(200, executed["status"].GetValue<int>());
        var row = Assert.Single(executed["body"]["rows"]!.AsArray())!;
        var expected = JsonNode.Parse("""
            {"string":"it's; DROP TABLE x --","int64":9007199254740993,"float64":1.5,"numeric":"12345678901234567890123456789.123456789","bignumeric":"0.00000000000000000000000000000000000001",
             "bool":true,"bytes":"AAEC/w==","date":"2026-02-28","datetime":"2026-11-24T12:34:56.789","time":"23:59:59.999999","timestamp":"2026-11-24T12:34:56.789000Z","json":{"a":[1,null,"x"]},
             "list":[1,-2,9223372036854775807],"deep":{"at":"1969-12-31T23:59:59Z","tags":[{"k":"a","v":2},{"k":"b","v":"NaN"}]}}
            """)!;
        Assert.Equal(expected.ToJsonString(), row.ToJsonString());

        // What is left out is NULL.
        var nulls = Assert.Single((await sales.ExecuteAsync("all", new JsonObject())).Expect(200)["body"]["rows"]!.AsArray())!.AsObject();
        Assert.All(nulls.Where(m => m.Key != "list"), m => Assert.Null(m.Value));
        Assert.Empty(nulls["list"]!.AsArray());
        Assert.Empty(sales.Host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Every_fault_of_a_call_is_told_at_once_before_anything_is_sent(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("all", EveryColumn, [.. EveryType, new { name = "needed", type = "STRING", required = true }]);
        var sent = sales.StandIn.Requests.Count;

        (await sales.ExecuteAsync("all", JsonNode.Parse("""
            {"string":1,"int64":1.5,"float64":"one","numeric":"1e40","bignumeric":"x","bool":"true","bytes":"%","date":"2026-02-30","datetime":"2026-11-24","time":"24:00:00","timestamp":"2026-11-24T12:00:00",
             "list":[1,null,"x"],"deep":{"at":1,"tags":[{"k":1,"other":2}]},"unknown":1}
            """)!)).ExpectError(400, "invalid_request",
            "parameters.string", "parameters.int64", "parameters.float64", "parameters.numeric", "parameters.bignumeric", "parameters.bool", "parameters.bytes", "parameters.date", "parameters.datetime",
            "parameters.time", "parameters.timestamp", "parameters.list[1]", "parameters.list[2]", "parameters.deep.at", "parameters.deep.tags[0].k", "parameters.deep.tags[0].other", "parameters.unknown", "parameters.needed");

        Assert.Equal(sent, sales.StandIn.Requests.Count);
    }

    [Theory, EachDatabase]
    public async Task A_large_result_is_gathered_page_by_page_up_to_the_limit(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database, new PatchbaySettings { MaxQueryRows = 1500 });
        await sales.CreateAsync("some", "SELECT n, text FROM NUMBERS(1111)", []);
        await sales.CreateAsync("many", "SELECT n, text FROM NUMBERS(4000)", []);

        var some = (await sales.ExecuteAsync("some")).Expect(200)["body"];
        Assert.Equal(Enumerable.Range(1, 1111), some["rows"]!.AsArray().Select(r => r!["n"]!.GetValue<int>()));
        Assert.Equal(1111, some["totalRows"]!.GetValue<int>());
        Assert.Null(some["truncated"]);
        Assert.Null(some["rows"]![6]!["text"]);

        var many = (await sales.ExecuteAsync("many")).Expect(200)["body"];
        Assert.Equal((1500, 4000, true), (many["rows"]!.AsArray().Count, many["totalRows"]!.GetValue<int>(), many["truncated"]!.GetValue<bool>()));
    }

    [Theory, EachDatabase]
    public async Task Every_row_streams_line_by_line_whatever_the_limit(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database, new PatchbaySettings { MaxQueryRows = 10 });
        await sales.CreateAsync("many", "SELECT n, text FROM NUMBERS(1000)", []);
        await sales.CreateAsync("wrong", "SELEC 1", []);

        var lines = (await sales.ExecuteAsync("many", more: """{"stream":true}""")).Expect(200).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(1, 1000), lines[..^1].Select(l => l["item"]!["n"]!.GetValue<int>()));
        Assert.Equal("""{"pages":3,"items":1000,"complete":true,"conforms":true}""", lines[^1]["end"]!.ToJsonString());

        Assert.Equal("invalidQuery", (string?)(await sales.ExecuteAsync("wrong", more: """{"stream":true}""")).Expect(200)["body"]["error"]!["reason"]);
        (await sales.ExecuteAsync("many", more: """{"pagination":{"type":"page","parameter":"p"}}""")).ExpectError(400, "invalid_request");
    }

    [Theory, EachDatabase]
    public async Task A_job_that_runs_is_waited_for_and_what_passes_is_tried_again_without_running_twice(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("slow", "SELECT n FROM NUMBERS(3) -- RUNNING(3)", []);
        await sales.CreateAsync("busy", "SELECT n FROM NUMBERS(2) -- BUSY(2)", []);

        Assert.Equal(3, (await sales.ExecuteAsync("slow")).Expect(200)["body"]["rows"]!.AsArray().Count);
        var busy = (await sales.ExecuteAsync("busy")).Expect(200);
        Assert.Equal([503, 503, 200], busy["attempts"].AsArray().Select(a => a!["status"]!.GetValue<int>()));
        Assert.Equal(2, sales.StandIn.Runs);
        Assert.Empty(sales.StandIn.Cancelled);
    }

    [Theory, EachDatabase]
    public async Task A_query_that_does_not_end_in_time_is_told_to_stop(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database, new PatchbaySettings { ActionTimeLimit = TimeSpan.FromSeconds(1) });
        await sales.CreateAsync("endless", "SELECT n FROM NUMBERS(3) -- RUNNING(100000)", []);

        var late = (await sales.ExecuteAsync("endless")).ExpectError(504, "upstream_timeout");

        Assert.Contains("told to stop", late.Text, StringComparison.Ordinal);
        Assert.Single(sales.StandIn.Cancelled);
    }

    [Theory, EachDatabase]
    public async Task What_BigQuery_refuses_is_told_with_its_reason(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("wrong", "SELEC 1", []);
        await sales.CreateAsync("forbidden", "SELECT * FROM forbidden", []);
        await sales.CreateAsync("dear", "SELECT n FROM NUMBERS(3)", [], maximumBytesBilled: 999);
        foreach (var (action, status, reason, location) in ((string, int, string, string?)[])[("wrong", 400, "invalidQuery", "query"), ("forbidden", 403, "accessDenied", null), ("dear", 400, "bytesBilledLimitExceeded", null)])
        {
            var answer = (await sales.ExecuteAsync(action)).Expect(200);
            Assert.Equal((status, reason, location), (answer["status"].GetValue<int>(), answer["body"]["error"]!["reason"]!.GetValue<string>(), (string?)answer["body"]["error"]!["location"]));
        }

        Assert.Equal(0, sales.StandIn.Runs);
    }

    [Theory, EachDatabase]
    public async Task A_token_that_has_expired_is_renewed_once(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("some", "SELECT n FROM NUMBERS(1)", []);
        (await sales.ExecuteAsync("some")).Expect(200);
        sales.StandIn.ExpireTokens();

        var renewed = (await sales.ExecuteAsync("some")).Expect(200);

        Assert.Equal(200, renewed["status"].GetValue<int>());
        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], sales.StandIn.Requests.Where(r => r.Target.EndsWith("/queries", StringComparison.Ordinal)).Select(r => r.Headers["Authorization"]));
    }

    [Theory, EachDatabase]
    public async Task A_statement_that_changes_rows_says_how_many_and_a_dry_run_changes_nothing(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("update", "UPDATE t SET a = 1 WHERE TRUE", []);
        await sales.CreateAsync("some", "SELECT n FROM NUMBERS(5)", []);

        var dry = (await sales.ExecuteAsync("some", more: """{"dryRun":true}""")).Expect(200)["body"];
        Assert.Equal((0, 1000, 0), (dry["rows"]!.AsArray().Count, dry["bytesProcessed"]!.GetValue<int>(), sales.StandIn.Runs));
        Assert.Equal("""{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}""", dry["schema"]!["properties"]!["n"]!.ToJsonString());

        Assert.Equal(3, (await sales.ExecuteAsync("update")).Expect(200)["body"]["affectedRows"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task The_definition_of_the_result_is_made_of_a_dry_run_when_the_action_is_saved(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        var created = await sales.CreateAsync("all", EveryColumn, EveryType, withConnection: true);
        Assert.Equal("allResult", created["result"]["name"]!.GetValue<string>());
        var schema = (await sales.Tenant.Api.GetAsync((string)created["result"]["url"]!)).Expect(200).Json;
        Assert.Equal("""["integer","null"]""", schema["properties"]!["rows"]!["items"]!["properties"]!["int64"]!["type"]!.ToJsonString());

        // Another query, checked: the same definition, changed. Unchecked: none, since nobody knows what it gives.
        var read = (await sales.Tenant.GetAsync($"{sales.Actions}/all")).Expect(200).Json.AsObject();
        Assert.Equal(created.Text, read.ToJsonString());
        (read["query"], read["parameters"], read["connectionId"]) = ("SELECT n FROM NUMBERS(1)", new JsonArray(), sales.ConnectionId);
        var changed = (await sales.Tenant.PutAsync($"{sales.Actions}/all", read)).Expect(200);
        Assert.Equal((string?)created["result"]["id"], (string?)changed["result"]["id"]);
        schema = (await sales.Tenant.Api.GetAsync((string)created["result"]["url"]!)).Expect(200).Json;
        Assert.NotNull(schema["properties"]!["rows"]!["items"]!["properties"]!["n"]);
        read = changed.Json.AsObject();
        read["query"] = "SELECT n FROM NUMBERS(2)";
        Assert.Null((await sales.Tenant.PutAsync($"{sales.Actions}/all", read)).Expect(200).Json["result"]);

        // What BigQuery refuses is not saved.
        read["query"] = "SELEC 1";
        read["connectionId"] = sales.ConnectionId;
        var refused = (await sales.Tenant.PutAsync($"{sales.Actions}/all", read)).ExpectError(400, "invalid_request", "query");
        Assert.Contains("invalidQuery", refused.Text, StringComparison.Ordinal);
        read["type"] = "http";
        (await sales.Tenant.PutAsync($"{sales.Actions}/all", read)).Expect(400);
        Assert.Equal(0, sales.StandIn.Runs);
        Assert.Empty(sales.Host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_result_that_its_definition_does_not_fit_any_more_is_reported_and_given_all_the_same(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        await sales.CreateAsync("some", "SELECT n FROM NUMBERS(2)", [], withConnection: true);
        Assert.Equal("""{"declared":"200","conforms":true,"mismatches":[]}""", (await sales.ExecuteAsync("some")).Expect(200)["response"].ToJsonString());
        var draft = new Draft(sales.Tenant, sales.Id, "draft");
        (await draft.PutDefinitionAsync("someResult", schema: """{"properties":{"rows":{"items":{"properties":{"n":{"maximum":1}}}}}}""")).Expect(200);

        var executed = (await sales.ExecuteAsync("some")).Expect(200);

        Assert.Equal("""{"declared":"200","conforms":false,"mismatches":[{"field":"body.rows[1].n","message":"must be 1 or less"}]}""", executed["response"].ToJsonString());
        Assert.Equal(2, executed["body"]["rows"]!.AsArray().Count);
        var lines = (await sales.ExecuteAsync("some", more: """{"stream":true}""")).Expect(200).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("""{"end":{"pages":1,"items":2,"complete":true,"conforms":false}}""", lines[^1]);
    }

    [Theory, EachDatabase]
    public async Task A_connection_asks_as_many_queries_at_once_as_it_may_send_requests(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database, new PatchbaySettings { ActionConcurrency = 1, ActionQueue = 0, ActionTimeLimit = TimeSpan.FromSeconds(3) });
        await sales.CreateAsync("endless", "SELECT n FROM NUMBERS(3) -- RUNNING(100000)", []);
        var first = sales.ExecuteAsync("endless");
        await Eventually.HoldsAsync(() => Task.FromResult(sales.StandIn.Requests.Any(r => r.Target.EndsWith("/queries", StringComparison.Ordinal))));

        (await sales.ExecuteAsync("endless")).ExpectError(429, "connection_busy");

        (await first).ExpectError(504, "upstream_timeout");
    }

    [Theory, EachDatabase]
    public async Task A_query_that_cannot_be_one_is_refused_with_every_fault(Database database)
    {
        await using var sales = await SalesConnector.StartAsync(database);
        (await sales.Tenant.PostAsync(sales.Actions, new
        {
            type = "bigquery", name = "x", query = "SELECT 1",
            parameters = new object[]
            {
                new { name = "a", type = "ARRAY", required = false }, new { name = "A", type = "INT64", required = false }, new { name = "b", type = "STRUCT", required = false },
                new { name = "c", type = "ARRAY", items = new { type = "ARRAY", items = new { type = "INT64" } }, required = false }, new { name = "d", type = "INT64", required = false, @default = "x" },
            },
        })).ExpectError(400, "invalid_request", "parameters[0].items", "parameters[1].name", "parameters[2].fields", "parameters[3].items", "parameters[4].default");
        (await sales.Tenant.PostAsync(sales.Actions, new { type = "bigquery", name = "x", query = "SELECT 1", parameters = new[] { new { name = "a b", type = "TEXT", required = false } } })).ExpectError(400, "invalid_request");
        (await sales.Tenant.PostAsync(sales.Actions, new { type = "http", name = "x", method = "GET", path = "/", parameters = Array.Empty<object>(), responses = Array.Empty<object>() })).ExpectError(400, "invalid_request", "type");
    }
}
