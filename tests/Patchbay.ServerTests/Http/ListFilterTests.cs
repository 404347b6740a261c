using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Http;

/// <summary>Filters and orders of every list, together with pages.</summary>
public sealed class ListFilterTests(Hosts hosts)
{
    private static int _titles;

    [Theory, EachDatabase]
    public async Task Parts_of_a_version_are_found_by_a_part_of_their_name_and_sorted(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = await acme.ImportAsync(new Description { Actions = 12 });
        var version = $"connectors/{imported.Id}/versions/{imported.Version}";
        foreach (var (list, field, query, expected) in ((string, string, string, int)[])
        [
            ("actions", "actions", "name=PARCEL1", 3), ("actions", "actions", "name=getparcel", 12), ("actions", "actions", "name=arcel11", 1), ("actions", "actions", "name=_", 0),
            ("actions", "actions", "name=%25", 0), ("actions", "actions", "name=%5C", 0), ("actions", "actions", "name=", 12), ("actions", "actions", "name=%27", 0), ("actions", "actions", "name=%C3%89", 0),
            ("triggers", "triggers", "name=ARRIVED", 1), ("triggers", "triggers", "name=left", 0), ("triggers", "triggers", "", 1),
            ("definitions", "definitions", "name=parcel1", 3), ("definitions", "definitions", "name=%25", 0), ("definitions", "definitions", "name=PARCEL0", 1),
        ])
        {
            var found = (await acme.GetAsync($"{version}/{list}?first=100&{query}")).Expect(200);
            Assert.True(expected == found["totalCount"].GetValue<int>(), $"{list}?{query}: {found["totalCount"]}");
            Assert.Equal(expected, found[field].AsArray().Count);
        }

        foreach (var list in (string[])["actions", "definitions"])
        {
            foreach (var sort in (string[])["name:asc", "name:desc", "id:desc", "updatedAt:asc,name:desc", "name:asc,id:desc"])
            {
                var walked = new List<string>();
                for (var page = $"{version}/{list}?first=5&name=parcel&sort={sort}"; page is not null;)
                {
                    var answer = (await acme.GetAsync(page)).Expect(200);
                    Assert.Equal(12, answer["totalCount"].GetValue<int>());
                    walked.AddRange(answer[list].AsArray().Select(a => a!["name"]!.GetValue<string>()));
                    page = answer.Json["next"] is { } next ? $"{version}/{list}?first=5&name=parcel&sort={sort}&after={next}" : null;
                }

                Assert.Equal(12, walked.Distinct(StringComparer.Ordinal).Count());
                if (sort.Contains("name:asc", StringComparison.Ordinal))
                    Assert.Equal(walked.Order(StringComparer.Ordinal), walked);
                else if (sort.Contains("name:desc", StringComparison.Ordinal))
                    Assert.Equal(walked.OrderDescending(StringComparer.Ordinal), walked);
            }
        }

        foreach (var list in (string[])["actions", "triggers", "definitions"])
            (await acme.GetAsync($"{version}/{list}?sort=summary:asc")).ExpectError(400, "invalid_request", "sort");
    }

    [Theory, EachDatabase]
    public async Task The_library_is_searched_like_ones_own_connectors(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, stranger) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        // The library is everyone's: a mark of this run tells its connectors from the others'.
        var mark = $"run{Interlocked.Increment(ref _titles)}x{acme.Id[^6..]}";
        foreach (var (name, tags, categories) in ((string, object, string[])[])
        [
            ("a", new { run = new[] { mark }, tier = new[] { "gold" } }, ["CRM", "ERP"]), ("b", new { run = new[] { mark }, beta = Array.Empty<string>() }, ["CRM"]), ("c", new { run = new[] { mark } }, []),
        ])
        {
            var connector = await acme.ImportPublicAsync(new Description($"{name} {mark}"));
            (await acme.PutAsync($"connectors/{connector.Id}/tags", new { tags })).Expect(204);
            (await acme.PutAsync($"connectors/{connector.Id}/categories", new { categories })).Expect(204);
        }

        var bigQuery = (await acme.PostAsync("protocols/bigquery/connectors", new { name = $"d {mark}", datasetId = "a.b", connections = Array.Empty<object>() })).Expect(201).Id;
        (await acme.PutAsync($"connectors/{bigQuery}", new { id = bigQuery, organisationId = acme.Id, protocol = "bigquery", name = $"d {mark}", datasetId = "a.b", @public = true, tags = new { run = new[] { mark } } })).Expect(200);
        await acme.CreateVersionAsync(bigQuery, "1");
        await acme.PublishAsync(bigQuery, "1");
        foreach (var (query, expected) in ((string, string)[])
        [
            ("", "abcd"), ("tags=tier:gold", "a"), ("tags=tier", "a"), ("tags=beta", "b"), ("tags=tier:gold,beta", ""), ("tags=TIER", ""), ("categories=CRM", "ab"), ("categories=CRM&categories=ERP", "a"),
            ("protocol=http", "abc"), ("protocol=BIGQ", "d"), ("protocol=sql", ""), ("protocol=http&categories=CRM&tags=beta", "b"),
        ])
        {
            var tags = query.Contains("tags=", StringComparison.Ordinal) ? query.Replace("tags=", $"tags=run:{mark},", StringComparison.Ordinal) : $"{query}&tags=run:{mark}";
            foreach (var (sort, order) in ((string, string)[])[("name:asc", expected), ("name:desc", new string([.. expected.Reverse()]))])
            {
                var found = (await stranger.GetAsync($"/api/connect/v1/connectors?{tags}&sort={sort}&name={mark.ToUpperInvariant()}")).Expect(200);
                Assert.Equal((order, expected.Length), (string.Concat(found["connectors"].AsArray().Select(c => c!["name"]!.GetValue<string>()[0])), found["totalCount"].GetValue<int>()));
                Assert.Equal(found["connectors"].AsArray().Count, (await acme.GetAsync($"connectors?{tags}&sort={sort}&name={mark}")).Expect(200)["connectors"].AsArray().Count);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task Every_paged_list_is_sorted_by_what_its_items_are_called_and_by_their_times(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync("b", configs: TenantSteps.ApiKeyConfig);
        await acme.CreateConnectorAsync("a");
        await acme.CreateConnectorAsync("C");
        foreach (var name in (string[])["b", "a", "C"])
        {
            await acme.ConnectAsync(connector.Id, name);
            await acme.CreateVersionAsync(connector.Id, name);
        }

        foreach (var (list, field) in ((string, string)[])
            [("connectors", "connectors"), ($"connectors/{connector.Id}/connections", "items"), ($"connectors/{connector.Id}/versions", "items"), ("credentials", "items")])
        {
            // By their bytes, on every database.
            foreach (var (sort, expected) in ((string, string)[])[("name:asc", "Cab"), ("name:desc", "baC"), ("createdAt:asc", "baC"), ("createdAt:desc", "Cab"), ("id:asc", "baC"), ("id:desc,name:asc", "Cab")])
            {
                var names = new List<string>();
                for (var page = $"{list}?first=2&sort={sort}"; page is not null;)
                {
                    var answer = (await acme.GetAsync(page)).Expect(200);
                    names.AddRange(answer[field].AsArray().Select(i => i!["name"]!.GetValue<string>()));
                    page = answer.Json["next"] is { } next ? $"{list}?first=2&sort={sort}&after={next}" : null;
                }

                Assert.True(expected == string.Concat(names), $"{list}?sort={sort}: {string.Concat(names)}");
            }

            Assert.Equal(3, (await acme.GetAsync($"{list}?sort=updatedAt:asc")).Expect(200)[field].AsArray().Count);
            foreach (var bad in (string[])["sort=nonsense:asc", "sort=name", "sort=name:ASC", "sort=:asc", "sort=name:asc,,id:asc", "sort=name:asc;drop"])
                (await acme.GetAsync($"{list}?{bad}")).ExpectError(400, "invalid_request", "sort");
        }

        // Where the published list has no pages, all rows are in the answer.
        var organisations = (await acme.Host.Operator.GetAsync("/api/organisations/v1/organisations")).Expect(200);
        Assert.Equal(organisations["totalCount"].GetValue<int>(), organisations["organisations"].AsArray().Count);
        Assert.Equal(9, (await acme.GetAsync("protocols/http/auth-schemes?first=1")).Expect(200)["authSchemes"].AsArray().Count);
    }
}
