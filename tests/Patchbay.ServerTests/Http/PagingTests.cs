using System.Text;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Http;

public sealed class PagingTests(Hosts hosts)
{
    private const int Rows = 57;

    [Theory, EachDatabase]
    public async Task A_walk_forth_and_back_meets_every_row_once_in_order(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        foreach (var sort in (string[])["", "&sort=id:asc", "&sort=id:desc", "&sort=name:asc", "&sort=name:desc,updatedAt:asc", "&sort=createdAt:desc"])
        {
            foreach (var first in (int[])[1, 7, 19, 57, 100])
            {
                var forth = await WalkAsync(acme, $"connectors/{connector}/versions?first={first}{sort}", "next", "after");
                Assert.Equal(Rows, forth.Names.Count);
                Assert.Equal(Rows, forth.Names.Distinct().Count());
                if (sort.StartsWith("&sort=name", StringComparison.Ordinal))
                    Assert.Equal(sort.Contains("desc", StringComparison.Ordinal) ? forth.Names.OrderDescending(StringComparer.Ordinal) : forth.Names.Order(StringComparer.Ordinal), forth.Names);
                else
                    Assert.Equal(sort is "&sort=id:asc" ? Enumerable.Range(0, Rows).Select(Name) : Enumerable.Range(0, Rows).Reverse().Select(Name), forth.Names);

                if (forth.Last.Json["prev"] is not { } prev)
                {
                    Assert.True(first >= Rows);
                    continue;
                }

                var lastPage = forth.Last["items"].AsArray().Select(i => i!["name"]!.GetValue<string>());
                var back = await WalkAsync(acme, $"connectors/{connector}/versions?first={first}{sort}&before={prev}", "prev", "before");
                Assert.Equal(forth.Names.SkipLast(lastPage.Count()), back.Names);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Cursors_are_there_only_where_there_is_such_a_page(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        var page = await acme.GetAsync($"connectors/{connector}/versions");
        Assert.Equal(20, page.Expect(200)["items"].AsArray().Count);
        Assert.Equal(Rows, page["totalCount"].GetValue<int>());
        Assert.Null(page.Json["prev"]);
        var second = await acme.GetAsync($"connectors/{connector}/versions?after={page["next"]}");
        Assert.NotNull(second["prev"]);
        var third = await acme.GetAsync($"connectors/{connector}/versions?after={second["next"]}");
        Assert.Equal(17, third["items"].AsArray().Count);
        Assert.Null(third.Json["next"]);
        var first = await acme.GetAsync($"connectors/{connector}/versions?before={second["prev"]}");
        Assert.Equal(page["items"].ToJsonString(), first["items"].ToJsonString());
        Assert.Null(first.Json["prev"]);
        Assert.NotNull(first["next"]);

        var whole = await acme.GetAsync($"connectors/{connector}/versions?first=57");
        Assert.Null(whole.Json["next"]);
        Assert.Null(whole.Json["prev"]);
        var empty = (await acme.GetAsync("connectors/" + (await acme.CreateConnectorAsync()).Id + "/versions")).Expect(200);
        Assert.Equal("""{"items":[],"totalCount":0}""", empty.Text);
    }

    [Theory]
    [InlineData("first=0", "first")]
    [InlineData("first=101", "first")]
    [InlineData("first=-1", "first")]
    [InlineData("first=+1", "first")]
    [InlineData("first=x", "first")]
    [InlineData("first=", "first")]
    [InlineData("first=1e1", "first")]
    [InlineData("first=1.0", "first")]
    [InlineData("first=99999999999", "first")]
    [InlineData("first=5&first=6", "first")]
    [InlineData("after=", "after")]
    [InlineData("after=x", "after")]
    [InlineData("after=!!", "after")]
    [InlineData("before=bnVsbA", "before")]
    public async Task A_page_that_cannot_be_is_refused(string query, string field)
    {
        var (acme, connector) = await ArrangeAsync(Database.Sqlite, rows: 1);
        foreach (var list in (string[])["connectors", $"connectors/{connector}/versions", $"connectors/{connector}/connections", "/api/connect/v1/connectors",
            $"connectors/{connector}/versions/v00/actions", $"connectors/{connector}/versions/v00/triggers", $"connectors/{connector}/versions/v00/definitions"])
        {
            (await acme.GetAsync($"{list}?{query}")).ExpectError(400, "invalid_request", field);
        }
    }

    [Theory, EachDatabase]
    public async Task A_forged_cursor_is_refused_or_understood_but_no_bug(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database, rows: 3);
        const string Id = "01JDF3Q2M8V7K5T9XW4RZ6YB1C";
        foreach (var forged in (string[])
        [
            "[]", "{}", "1", "\"x\"", "[null]", "[\"updatedAt:desc,id:asc\"]", "[\"updatedAt:desc,id:asc\",\"1\"]",
            $"[\"updatedAt:desc,id:asc\",\"-1\",\"{Id}\"]", $"[\"updatedAt:desc,id:asc\",\"0\",\"{Id}\"]",
            $"[\"updatedAt:desc,id:asc\",\"9223372036854775807\",\"{Id}\"]", $"[\"updatedAt:desc,id:asc\",\"3155378975999999999\",\"{Id}\"]",
            "[\"updatedAt:desc,id:asc\",\"0\",\"nonsense\"]", $"[\"updatedAt:desc,id:asc\",\"0\",\"{Id}\",\"more\"]", "[\"updatedAt:desc,id:asc\",null,null]",
            "[\"name:asc,id:asc\",\"\\u0000\",\"x\"]", $"[\"updatedAt:desc,id:asc\",\"0\",\"{Id}\\u0000\"]", "[[[[[[[[[[[[[[[[[[", "\ud83d",
            $"[\"name:asc,id:asc\",\"\\ud800\",\"{Id}\"]", $"[\"name:asc,id:asc\",\"{new string('x', 2500)}\",\"{Id}\"]",
        ])
        {
            var cursor = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(forged));
            foreach (var sort in (string[])["", "&sort=name:asc"])
            {
                foreach (var name in (string[])["after", "before"])
                {
                    var answer = await acme.GetAsync($"connectors/{connector}/versions?{name}={cursor}{sort}");
                    if (answer.Status != 200)
                        answer.ExpectError(400, "invalid_request", name);
                }
            }
        }

        // A cursor of one order or list is none of another.
        var next = (await acme.GetAsync($"connectors/{connector}/versions?first=1"))["next"];
        (await acme.GetAsync($"connectors/{connector}/versions?first=1&sort=name:asc&after={next}")).ExpectError(400, "invalid_request", "after");
        (await acme.GetAsync($"connectors/{connector}/versions?first=1&after={next}&before={next}")).ExpectError(400, "invalid_request", "before");
    }

    [Theory, EachDatabase]
    public async Task Concurrent_writes_make_a_walk_neither_repeat_nor_lose_what_was_not_written(Database database)
    {
        var (acme, connector) = await ArrangeAsync(database);
        for (var round = 0; round < Counts.Of(2, 30); round++)
        {
            var untouched = Enumerable.Range(0, Rows).Where(i => i % 3 != 0).Select(Name).ToHashSet();
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 2).Select(async writer =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var name = Name(3 * ((i + writer * 10) % (Rows / 3)));
                    (await acme.PutVersionAsync(connector, name, v => v["description"] = $"{writer} {i}")).ExpectOneOf(200, 400);
                    var fresh = await acme.PostAsync($"connectors/{connector}/versions", new { name = $"new {round} {writer} {i}" });
                    (await acme.DeleteAsync($"connectors/{connector}/versions/{Uri.EscapeDataString(fresh.Expect(201)["name"].GetValue<string>())}")).Expect(204);
                }
            }).ToList();
            foreach (var sort in (string[])["", "&sort=id:asc"])
            {
                var walk = await WalkAsync(acme, $"connectors/{connector}/versions?first=5{sort}", "next", "after");
                Assert.Equal(walk.Names.Count, walk.Names.Distinct().Count());
                // By id nothing moves, so that even rows that were written meanwhile are met.
                var expected = sort.Length == 0 ? untouched : [.. Enumerable.Range(0, Rows).Select(Name)];
                Assert.Empty(expected.Except(walk.Names));
            }

            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    [Theory, EachDatabase]
    public async Task Rows_that_were_made_meanwhile_are_met_by_a_walk_in_the_order_of_ids(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        for (var i = 0; i < 6; i++)
            await acme.CreateVersionAsync(connector, $"before {i}");
        var made = new List<string>();
        var met = new List<string>();
        for (var page = $"connectors/{connector}/versions?first=2&sort=id:asc"; page is not null;)
        {
            var answer = (await acme.GetAsync(page)).Expect(200);
            met.AddRange(answer["items"].AsArray().Select(i => i!["name"]!.GetValue<string>()));
            // A walk by id runs towards what is new: it catches up with it, however much comes.
            if (made.Count < 10 && answer.Json["next"] is not null)
            {
                var fresh = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => acme.CreateVersionAsync(connector, $"meanwhile {made.Count + i}")));
                made.AddRange(fresh.Select(f => f["name"].GetValue<string>()));
            }

            page = answer.Json["next"] is { } next ? $"connectors/{connector}/versions?first=2&sort=id:asc&after={next}" : null;
        }

        Assert.Equal(16, met.Count);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"before {i}").Concat(made).Order(), met.Order());
    }

    private static string Name(int i) => $"v{i:00}";

    /// <summary>A connector with versions v00, v01 and so on, made in this order.</summary>
    private async Task<(Tenant Tenant, string ConnectorId)> ArrangeAsync(Database database, int rows = Rows)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        for (var i = 0; i < rows; i++)
            await acme.CreateVersionAsync(connector, Name(i));
        return (acme, connector);
    }

    private static async Task<(List<string> Names, Answer Last)> WalkAsync(Tenant tenant, string path, string link, string parameter)
    {
        var names = new List<string>();
        for (var page = path; ;)
        {
            var answer = (await tenant.GetAsync(page)).Expect(200);
            var here = answer["items"].AsArray().Select(i => i!["name"]!.GetValue<string>()).ToList();
            names.InsertRange(link == "next" ? names.Count : 0, here);
            if (answer.Json[link] is not { } cursor)
                return (names, answer);
            page = string.Join('&', path.Split('&').Where(p => !p.StartsWith(parameter + "=", StringComparison.Ordinal))) + $"&{parameter}={cursor}";
        }
    }
}
