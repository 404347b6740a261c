using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.ApiKeys;

public sealed class ApiKeyTests(Hosts hosts)
{
    private static string Keys(Tenant tenant) => $"/api/organisations/v1/organisations/{tenant.Id}/api-keys";

    [Theory, EachDatabase]
    public async Task A_new_key_is_shown_once_and_works(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = (await acme.PostAsync(Keys(acme), new { name = "second" })).Expect(201);
        var key = created["key"].GetValue<string>();
        Assert.Equal("no-store", created.Headers["Cache-Control"]);
        (await acme.Host.As(key).GetAsync(acme.Whole("connectors"))).Expect(200);

        var listed = (await acme.GetAsync(Keys(acme))).Expect(200);
        Assert.Equal([created.Id, acme.KeyId], listed["apiKeys"].AsArray().Select(k => k!["id"]!.GetValue<string>()));
        Assert.DoesNotContain(key, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"key\"", listed.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_deleted_key_fails_at_once_even_while_it_is_in_use(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        for (var round = 0; round < Counts.Of(10, 100); round++)
        {
            var created = (await acme.PostAsync(Keys(acme), new { name = $"key {round}" })).Expect(201);
            var client = acme.Host.As(created["key"].GetValue<string>());
            var deleted = false;
            var users = Enumerable.Range(0, 4).Select(async _ =>
            {
                while (true)
                {
                    var late = Volatile.Read(ref deleted);
                    var answer = await client.GetAsync(acme.Whole("connectors"));
                    if (late)
                        return answer;
                }
            }).ToList();
            (await acme.DeleteAsync($"{Keys(acme)}/{created.Id}")).Expect(204);
            Volatile.Write(ref deleted, true);
            Assert.All(await Task.WhenAll(users), a => a.ExpectError(401, "invalid_key"));
        }
    }

    [Theory, EachDatabase]
    public async Task Keys_of_other_organisations_are_neither_seen_nor_deleted(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        (await acme.GetAsync(Keys(other))).ExpectError(404, "organisation_not_found");
        (await acme.DeleteAsync($"{Keys(other)}/{other.KeyId}")).ExpectError(404, "organisation_not_found");
        (await acme.DeleteAsync($"{Keys(acme)}/{other.KeyId}")).ExpectError(404, "api_key_not_found");
        (await other.GetAsync("connectors")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task The_operator_manages_the_keys_of_every_organisation(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var created = (await acme.Host.Operator.PostAsync(Keys(acme), new { name = "by the operator" })).Expect(201);
        (await acme.Host.Operator.DeleteAsync($"{Keys(acme)}/{created.Id}")).Expect(204);
        (await acme.Host.Operator.DeleteAsync($"{Keys(acme)}/{created.Id}")).ExpectError(404, "api_key_not_found");
        (await acme.Host.Operator.GetAsync("/api/organisations/v1/organisations/01JDF3Q2M8V7K5T9XW4RZ6YB1C/api-keys")).ExpectError(404, "organisation_not_found");
    }

    [Theory]
    [InlineData(null, "unauthenticated")]
    [InlineData("Bearer", "unauthenticated")]
    [InlineData("Basic YTpi", "unauthenticated")]
    [InlineData("JWT x.y.z", "invalid_key")]
    [InlineData("JWT", "unauthenticated")]
    [InlineData("Bearer pb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid_key")]
    [InlineData("Bearer op_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid_key")]
    [InlineData("Bearer x", "invalid_key")]
    public async Task What_is_no_key_is_refused_and_told_how(string? authorization, string code)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var refused = await host.Nobody.SendAsync(HttpMethod.Get, "/api/connect/v1/connectors", null,
            authorization is null ? [] : [("Authorization", authorization)]);
        refused.ExpectError(401, code);
        Assert.Equal("Bearer", refused.Headers["WWW-Authenticate"]);
    }
}
