using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Concurrency;

public sealed class PreconditionTests(Hosts hosts)
{
    /// <summary>Writes that take no If-Match, and why. A new one is a decision: nobody can be told there that somebody was faster.</summary>
    private static readonly Dictionary<string, string> Unguarded = new(StringComparer.Ordinal)
    {
        ["CreateOrganisation"] = "Makes something new, and changes nothing that is there.",
        ["CreateApiKey"] = "Makes something new.",
        ["CreateRole"] = "Makes something new.",
        ["CreateGroup"] = "Makes something new.",
        ["CreateServiceAccount"] = "Makes something new.",
        ["CreateServiceAccountToken"] = "Makes something new.",
        ["InviteMember"] = "Makes something new.",
        ["ResendInvitation"] = "Sends it again, whatever became of it.",
        ["DeleteInvitation"] = "An invitation is there or not; what it is to never changes.",
        ["AcceptInvitation"] = "Uses up an invitation, which works once.",
        ["SetActiveOrganisation"] = "A person's own choice.",
        ["/sign-in/password"] = "Begins a session.",
        ["/sign-out"] = "Ends a session, which is there or not.",
        ["/account/token"] = "Makes something new.",
        ["/account/invitations/{invitation_id}"] = "Uses up an invitation, which works once.",
        ["CreateHub"] = "Makes something new.",
        ["CreateEndUser"] = "Makes something new.",
        ["CreateIntegration"] = "Makes something new.",
        ["CreateHubConnectionTemplate"] = "Makes something new.",
        ["ActivateIntegration"] = "Makes something new, once for each user.",
        ["CreateEndUserConnection"] = "Adds a connection, whose name is taken or not.",
        ["InitialiseOAuth2EmbeddedConnection"] = "Begins a sign-in.",
        ["UpdateEndUserConnection"] = "Replaces a credential whole; nothing that was read before is written back.",
        ["CreateEndUserSession"] = "Makes something new.",
        ["OpenEndUserSession"] = "Uses up a code, which works once.",
        ["CreateSigningKey"] = "Makes something new.",
        ["DeleteSigningKey"] = "A signing key is there or not, and never changes.",
        ["CreateHTTPConnector"] = "Makes something new.",
        ["CreateBigQueryConnector"] = "Makes something new.",
        ["ImportHTTPConnector"] = "Makes something new.",
        ["ImportPublicConnectorVersion"] = "Its resource is another organisation's; what it adds to has a version of that name or not.",
        ["CreateTriggerEndpoint"] = "Adds an endpoint, which is there or not; the connection stays what it is.",
        ["CreateConnectorConnection"] = "Adds a connection, whose name is taken or not; the connector stays what it is.",
        ["ExecuteAction"] = "Asks the API, and stores nothing.",
        ["ExecuteActionRaw"] = "Asks the API, and stores nothing.",
        ["TestConnection"] = "Asks the API, and notes what that says.",
        ["InitialiseOAuth2Connection"] = "Begins a sign-in.",
        ["InitialiseOAuth1Connection"] = "Begins a sign-in.",
        ["DiscoverOAuth2"] = "Asks a provider, and stores nothing.",
        ["GetLandingOrigins"] = "Reads.",
        ["CreateSubscription"] = "Makes something new.",
        ["CreatePoll"] = "Makes something new.",
        ["ReplayEvent"] = "Sends again what has come, which never changes.",
        ["ReplayEvents"] = "Sends again what has come, which never changes.",
        ["CallMcp"] = "Runs actions, which change nothing here.",
        ["CallMcpOfOrganisation"] = "Runs actions, which change nothing here.",
        ["UploadFile"] = "Takes one file once: the second is refused.",
    };

    [Fact]
    public async Task Every_write_takes_a_precondition_or_is_on_the_list_of_those_that_need_none()
    {
        var writes = GuardedWrite.AllOf(await hosts.OfAsync(Database.Sqlite));

        Assert.True(writes.Count > 25, $"The server lists {writes.Count} writes only");
        Assert.Equal(Unguarded.Keys.Order(StringComparer.Ordinal), writes.Where(w => !w.IsGuarded).Select(w => w.Write.Name).Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_write_over_a_state_that_is_no_more_is_refused_and_changes_nothing(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await Upstream.StartAsync(new Description().ToString());
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        acme.DescriptionUrl = upstream.Address.ToString();
        await acme.MakeEndpointAsync();
        var before = await StoreDump.OfAsync(host);
        foreach (var (write, _) in GuardedWrite.AllOf(host).Where(w => w.IsGuarded))
        {
            var tag = await write.TagAsync(acme);
            Assert.Matches("^\"[A-Za-z0-9_-]{20,}\"$", tag);
            // Of a weak tag nobody knows whether it stands for the same bytes.
            foreach (var other in (string[])["\"no-such-tag\"", "\"\"", $"W/{tag}", "\"a\", \"b\",W/\"c\"", $"\"{tag.Trim('"').ToUpperInvariant()}x\""])
            {
                var refused = (await write.SendAsync(acme, other)).ExpectError(412, "precondition_failed");
                Assert.Contains("Read it again", refused.Text, StringComparison.Ordinal);
            }

            foreach (var malformed in (string[])["nonsense", "\"open", "", "*, *", $"{tag} {tag}", $"*, {tag}", "'a'"])
                (await write.SendAsync(acme, malformed)).ExpectError(400, "invalid_request", "If-Match");
        }

        Assert.Equal(before, await StoreDump.OfAsync(host));
        Assert.Empty(host.Log.Errors);
    }

    [Theory]
    [InlineData(Database.Sqlite, "the tag")]
    [InlineData(Database.Sqlite, "a list")]
    [InlineData(Database.Sqlite, "the star")]
    [InlineData(Database.Postgres, "the tag")]
    public async Task A_write_over_the_state_that_was_read_goes_through(Database database, string how)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync(new Description().ToString());
        foreach (var (write, _) in GuardedWrite.AllOf(host).Where(w => w.IsGuarded))
        {
            var acme = await write.SubjectAsync(await PopulatedTenant.MakeAsync(host, upstream, "guarded"));
            acme.DescriptionUrl = upstream.Address.ToString();
            if (write.Name.EndsWith("TriggerEndpoint", StringComparison.Ordinal))
                await acme.MakeEndpointAsync();
            var tag = await write.TagAsync(acme);
            (await write.SendAsync(acme, how switch { "the tag" => tag, "a list" => $"\"x\", W/\"y\" ,{tag},\"z\"", _ => "*" })).ExpectOneOf(200, 201, 204);
        }
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"x\"")]
    public async Task A_write_that_makes_something_new_refuses_to_ignore_a_precondition(string ifMatch)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var acme = await host.NewOrganisationAsync();
        var body = Api.ContentOf(new { name = "New", baseUrl = "", authSchemeConfigs = Array.Empty<object>() });

        (await acme.Api.SendAsync(HttpMethod.Post, acme.Whole("protocols/http/connectors"), body, ("If-Match", ifMatch))).ExpectError(400, "precondition_not_supported");

        Assert.Equal(0, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task Of_a_published_version_it_is_said_that_it_is_published_whatever_the_tag(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = await acme.ImportPublishedAsync();
        foreach (var ifMatch in (string[])["*", "\"old\""])
            (await acme.Api.SendAsync(HttpMethod.Post, acme.Whole($"connectors/{imported.Id}/versions/{imported.Version}/publish"), null, ("If-Match", ifMatch))).ExpectError(409, "version_published");
        (await acme.Api.SendAsync(HttpMethod.Post, acme.Whole($"connectors/{imported.Id}/versions/made-up/publish"), null, ("If-Match", "*"))).ExpectError(404, "version_not_found");
    }
}
