using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Organisations;

public sealed class OrganisationTests(Hosts hosts)
{
    private const string Root = "/api/organisations/v1";

    [Theory, EachDatabase]
    public async Task The_operator_creates_an_organisation_and_reads_it_back(Database database)
    {
        var host = await hosts.OfAsync(database);
        var created = (await host.Operator.PostAsync($"{Root}/organisations", new { slug = $"made-{database}".ToLowerInvariant(), displayName = "Made" })).Expect(201);
        Assert.Equal("Made", created["displayName"].GetValue<string>());
        Assert.NotEmpty(created["owner"].GetValue<string>());
        Assert.NotEmpty(created["systemServiceAccountClientID"].GetValue<string>());
        Assert.Equal($"{Root}/organisations/{created.Id}", created.Headers["Location"]);

        var read = (await host.Operator.GetAsync($"{Root}/organisations/{created.Id}")).Expect(200);
        Assert.Equal(created.Text, read.Text);
    }

    [Theory, EachDatabase]
    public async Task Only_the_operator_creates_organisations(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var refused = await acme.PostAsync($"{Root}/organisations", new { slug = "not-mine-to-make", displayName = "X" });
        refused.ExpectError(403, "operator_required");
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("-abc")]
    [InlineData("Abc")]
    [InlineData("ab_c")]
    [InlineData("ab c")]
    [InlineData("abc\n")]
    [InlineData("äbc")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_slug_that_breaks_the_rules_is_refused_and_not_available(string slug)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        (await host.Operator.PostAsync($"{Root}/organisations", new { slug, displayName = "X" })).ExpectError(400, "invalid_request", "slug");
        if (slug.Length == 0)
            return;
        var availability = (await host.Operator.GetAsync($"{Root}/slug/{Uri.EscapeDataString(slug)}/availability")).Expect(200);
        Assert.False(availability["ok"].GetValue<bool>());
        Assert.NotEmpty(availability["messages"].AsArray());
    }

    [Theory]
    [InlineData("a23")]
    [InlineData("a--")]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")]
    public async Task A_slug_within_the_rules_is_available_until_it_is_taken(string slug)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        Assert.Equal("""{"ok":true,"messages":[]}""", (await host.Operator.GetAsync($"{Root}/slug/{slug}/availability")).Expect(200).Text);
        (await host.Operator.PostAsync($"{Root}/organisations", new { slug, displayName = "X" })).Expect(201);
        Assert.False((await host.Operator.GetAsync($"{Root}/slug/{slug}/availability")).Expect(200)["ok"].GetValue<bool>());
    }

    [Theory, EachDatabase]
    public async Task A_slug_belongs_to_one_organisation_even_when_many_ask_at_once(Database database)
    {
        var host = await hosts.OfAsync(database);
        var body = new { slug = $"wanted-{database}".ToLowerInvariant(), displayName = "X" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Operator.PostAsync($"{Root}/organisations", body)));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.ExpectError(409, "slug_taken", "slug"));
    }

    [Theory, EachDatabase]
    public async Task A_key_lists_its_own_organisation_only_and_the_operator_lists_all(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync("lister"), await host.NewOrganisationAsync("unlisted"));
        var own = (await acme.GetAsync($"{Root}/organisations")).Expect(200);
        Assert.Equal([acme.Id], own["organisations"].AsArray().Select(o => o!["id"]!.GetValue<string>()));
        Assert.Equal(1, own["totalCount"].GetValue<int>());

        var all = (await host.Operator.GetAsync($"{Root}/organisations")).Expect(200)["organisations"].AsArray().Select(o => o!["id"]!.GetValue<string>()).ToList();
        Assert.Contains(acme.Id, all);
        Assert.Contains(other.Id, all);

        var filtered = (await host.Operator.GetAsync($"{Root}/organisations?filter={other.Slug.ToUpperInvariant()}")).Expect(200);
        Assert.Equal([other.Id], filtered["organisations"].AsArray().Select(o => o!["id"]!.GetValue<string>()));
        Assert.Equal(0, (await acme.GetAsync($"{Root}/organisations?filter={other.Slug}")).Expect(200)["totalCount"].GetValue<int>());
    }
}
