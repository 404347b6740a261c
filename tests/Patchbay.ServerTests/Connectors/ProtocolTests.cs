using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Connectors;

public sealed class ProtocolTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Protocols_and_auth_schemes_are_listed_with_ids_that_stay(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var protocols = (await acme.GetAsync("protocols")).Expect(200);
        Assert.Equal(2, protocols["totalCount"].GetValue<int>());
        Assert.Equal(
            [("http", "01JDF3Q2M80000000000000H11"), ("bigquery", "01JDF3Q2M80000000000000H21")],
            protocols["protocols"].AsArray().Select(p => (p!["slug"]!.GetValue<string>(), p["id"]!.GetValue<string>())));
        Assert.All(protocols["protocols"].AsArray(), p => Assert.True(Uri.TryCreate(p!["iconURL"]!.GetValue<string>(), UriKind.Absolute, out _)));
        Assert.Null(protocols.Json["next"]);

        var schemes = (await acme.GetAsync("protocols/http/auth-schemes")).Expect(200);
        Assert.Equal(9, schemes["totalCount"].GetValue<int>());
        Assert.Equal(
            ["api-key", "basic-auth", "certificate", "custom-function", "google-service-account", "hmac", "jwt-bearer", "none", "oauth2"],
            schemes["authSchemes"].AsArray().Select(s => s!["type"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal(9, schemes["authSchemes"].AsArray().Select(s => s!["id"]!.GetValue<string>()).Where(id => Ulid.TryParse(id, out _)).Distinct().Count());
        Assert.Equal("01JDF3Q2M80000000000000A04", schemes["authSchemes"].AsArray().Single(s => (string)s!["type"]! == "oauth2")!["id"]!.GetValue<string>());

        var ofBigQuery = (await acme.GetAsync("protocols/bigquery/auth-schemes")).Expect(200);
        Assert.Equal(["google-service-account", "oauth2"], ofBigQuery["authSchemes"].AsArray().Select(s => s!["type"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal(2, ofBigQuery["totalCount"].GetValue<int>());

        (await acme.GetAsync("protocols/gopher/auth-schemes")).ExpectError(404, "protocol_not_found");
    }

    [Fact]
    public async Task The_list_of_protocols_pages_like_every_other()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var last = (await acme.GetAsync("protocols?first=1&sort=name:desc")).Expect(200);
        Assert.Equal("http", Assert.Single(last["protocols"].AsArray())!["slug"]!.GetValue<string>());
        Assert.Equal("bigquery", Assert.Single((await acme.GetAsync($"protocols?first=1&sort=name:desc&after={last["next"]}")).Expect(200)["protocols"].AsArray())!["slug"]!.GetValue<string>());
        (await acme.GetAsync("protocols?first=0")).ExpectError(400, "invalid_request", "first");
        (await acme.GetAsync("protocols?after=x")).ExpectError(400, "invalid_request", "after");
        (await acme.GetAsync("protocols?sort=size:asc")).ExpectError(400, "invalid_request", "sort");

        // Behind the last one there is nothing, and the way back from there leads to it.
        var behind = System.Buffers.Text.Base64Url.EncodeToString("""["id:asc","01JDF3Q2M80000000000000H31"]"""u8);
        var empty = (await acme.GetAsync($"protocols?after={behind}")).Expect(200);
        Assert.Empty(empty["protocols"].AsArray());
        Assert.Equal(2, (await acme.GetAsync($"protocols?before={empty["prev"]}")).Expect(200)["protocols"].AsArray().Count);
    }
}
