using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connectors;

public sealed class ConnectorSearchTests(Hosts hosts)
{
    /// <summary>Three connectors: a, b and c.</summary>
    private async Task<Tenant> ArrangeAsync(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        await AddAsync("a: Straße 100%", new { team = new[] { "blue", "red" }, tier = new[] { "1" } }, "CRM", "ERP");
        await AddAsync("b: strasse_2", new { team = new[] { "red" }, beta = Array.Empty<string>() }, "CRM");
        await AddAsync("c: ÄRGER", new { });
        return acme;

        async Task AddAsync(string name, object tags, params string[] categories)
        {
            var id = (await acme.CreateConnectorAsync(name)).Id;
            (await acme.PutAsync($"connectors/{id}/tags", new { tags })).Expect(204);
            (await acme.PutAsync($"connectors/{id}/categories", new { categories })).Expect(204);
        }
    }

    [Theory, EachDatabase]
    public async Task Connectors_are_found_by_tags_categories_name_and_protocol(Database database)
    {
        var acme = await ArrangeAsync(database);
        foreach (var (query, expected) in ((string, string)[])
        [
            ("", "abc"),
            ("tags=team", "ab"), ("tags=team:blue", "a"), ("tags=team:red", "ab"), ("tags=team:red,team:blue", "a"), ("tags=team:red,beta", "b"),
            ("tags=tier:1", "a"), ("tags=tier:2", ""), ("tags=TEAM", ""), ("tags=nothing", ""), ("tags=", "abc"),
            ("categories=CRM", "ab"), ("categories=CRM&categories=ERP", "a"), ("categories=HR", ""),
            ("name=STRASSE", "b"), ("name=stra%C3%9Fe", "a"), ("name=100%25", "a"), ("name=%25", "a"), ("name=_", "b"), ("name=%C3%A4rger", "c"), ("name=%5C", ""),
            ("name=%27", ""), ("name=", "abc"),
            ("protocol=http", "abc"), ("protocol=HT", "abc"), ("protocol=bigquery", ""), ("protocol=%25", ""),
            ("name=str&tags=team:red&categories=ERP&protocol=http", "a"),
        ])
        {
            var found = (await acme.GetAsync($"connectors?sort=name:asc&{query}")).Expect(200);
            var names = string.Concat(found["connectors"].AsArray().Select(c => c!["name"]!.GetValue<string>()[0]));
            Assert.True(expected == names, $"{query} found '{names}', not '{expected}'");
            Assert.Equal(expected.Length, found["totalCount"].GetValue<int>());
        }
    }

    [Theory]
    [InlineData("tags=:x", "tags")]
    [InlineData("tags=a,,b", "tags")]
    [InlineData("tags=a:", "tags")]
    [InlineData("categories=Nonsense", "categories")]
    [InlineData("categories=CRM,ERP", "categories")]
    [InlineData("categories=", "categories")]
    [InlineData("sort=nonsense:asc", "sort")]
    [InlineData("sort=name", "sort")]
    [InlineData("sort=name:up", "sort")]
    [InlineData("sort=name:asc,name:desc", "sort")]
    [InlineData("sort=", "sort")]
    public async Task A_search_that_cannot_be_understood_is_refused(string query, string field)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        (await acme.GetAsync($"connectors?{query}")).ExpectError(400, "invalid_request", field);
        (await acme.GetAsync($"/api/connect/v1/connectors?{query}")).ExpectError(400, "invalid_request", field);
    }
}
