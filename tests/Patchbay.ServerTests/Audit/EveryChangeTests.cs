using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Credentials;
using Patchbay.ServerTests.Concurrency;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Audit;

/// <summary>Every write that the server lists leaves a record, and none is made without one.</summary>
public sealed class EveryChangeTests
{
    /// <summary>Routes by other methods than GET that change nothing, and why. A new one is a decision.</summary>
    private static readonly Dictionary<string, string> NoChange = new(StringComparer.Ordinal)
    {
        ["CreateServiceAccountToken"] = "Gives out a token: a use of the account.",
        ["SetActiveOrganisation"] = "A person's own choice; nothing of the organisation's.",
        ["AcceptInvitation"] = "By the operator it is refused; by a person it has a test of its own.",
        ["/sign-in/password"] = "Begins a session, which belongs to no organisation; the log has it.",
        ["/sign-out"] = "Ends a session, which belongs to no organisation.",
        ["/account/token"] = "Makes a token of a session, which belongs to no organisation.",
        ["/account/invitations/{invitation_id}"] = "The operator has no cookie here; a person's acceptance has a test of its own.",
        ["DiscoverOAuth2"] = "Asks a provider, and stores nothing.",
        ["GetLandingOrigins"] = "Reads.",
        ["ExecuteAction"] = "Runs an action at somebody else's API: a use of secrets, which is counted.",
        ["ExecuteActionRaw"] = "Runs an action at somebody else's API: a use of secrets, which is counted.",
        ["CallMcp"] = "Runs actions at somebody else's API.",
        ["CallMcpOfOrganisation"] = "Runs actions at somebody else's API.",
        ["TestConnection"] = "Of a connection whose configs have no verification request it stores nothing; with one it has a test of its own.",
    };

    /// <summary>What is done to the instance, whose chain it is in.</summary>
    private static readonly HashSet<string> OfInstance = new(StringComparer.Ordinal) { "CreateOrganisation", "DeleteOrganisation" };

    [Theory, EachDatabase]
    public async Task Every_write_of_the_server_leaves_one_record_of_who_did_what_where(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await ApiAsync();
        var seen = 0;
        PopulatedTenant? shared = null;
        foreach (var (write, isGuarded) in GuardedWrite.AllOf(host))
        {
            // What takes something away, or needs it as it was, has an organisation of its own.
            var takesAway = write.Method == "DELETE" || IsOfEndpoint(write) || write.Name is "DeleteDefinitions" or "PublishConnector" or "UnpublishConnector" or "MergeConnectorVersionUpstream";
            var acme = takesAway ? await ReadyAsync(host, upstream, write) : shared ??= await ReadyAsync(host, upstream, write);
            var perform = await PreparedAsync(host, write, isGuarded, acme);
            var before = await host.ChangesAsync();
            var answer = await perform();
            var after = await host.ChangesAsync();
            if (NoChange.ContainsKey(write.Name))
            {
                Assert.True(before.Count == after.Count, $"{write.Name} is said to change nothing, and left a record: {answer}");
                continue;
            }

            answer.ExpectOneOf(200, 201, 202, 204);
            var left = after.Where(r => !before.Contains(r)).ToList();
            Assert.True(left.Count == 1, $"{write.Name} left {left.Count} records: {string.Join('\n', left)}");
            Assert.Equal(write.Name, left[0].Operation);
            Assert.Equal(OfInstance.Contains(write.Name) ? AuditSteps.Instance : acme.Tenant.Id, left[0].Chain);
            if (write.Name == "OpenEndUserSession")
                Assert.StartsWith("end-user:", left[0].Actor, StringComparison.Ordinal);
            else
                Assert.Equal(write.Name == "UploadFile" ? "nobody" : "operator", left[0].Actor);
            Assert.Equal(("succeeded", 1), (left[0].Outcome, left[0].Count));
            Assert.True(left[0].Resources != "[]", $"{write.Name} does not say what it changed");
            seen++;
        }

        Assert.True(seen > 30, $"{seen} writes say little");
        // Names and secrets have these markers in them.
        Assert.All(await host.RecordsAsync(), r => Assert.DoesNotMatch("acme-|fresh|s3cr3t|example", r.ToString()));
        await host.ExpectWholeAsync();
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_write_whose_record_cannot_be_written_does_not_happen(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, level: LogLevel.Error);
        await using var upstream = await ApiAsync();
        var stopped = 0;
        // The first look at a token makes the key of all of them, which is no change of anybody's.
        (await host.Nobody.GetAsync($"/api/triggers/{new string('A', 54)}")).Expect(404);
        foreach (var group in GuardedWrite.AllOf(host).Where(w => !NoChange.ContainsKey(w.Write.Name)).GroupBy(w => IsOfEndpoint(w.Write) || w.Write.Name is "MergeConnectorVersionUpstream" or "UploadFile" or "ImportPublicConnectorVersion"))
        {
            // Nothing is changed, so one organisation serves for all; some need one that is prepared for them.
            PopulatedTenant? shared = null;
            foreach (var (write, isGuarded) in group)
            {
                var acme = group.Key ? await ReadyAsync(host, upstream, write) : shared ??= await ReadyAsync(host, upstream, write);
                var perform = await PreparedAsync(host, write, isGuarded, acme);
                var before = await StoreDump.OfAsync(host);
                await host.BreakAuditAsync();
                var answer = await perform();
                await host.MendAuditAsync();
                answer.ExpectError(503, "audit_unavailable");
                Assert.DoesNotContain("the audit fails", answer.Text, StringComparison.Ordinal);
                Assert.True(before == await StoreDump.OfAsync(host), $"{write.Name} changed the store without a record");
                stopped++;
            }
        }

        Assert.True(stopped > 30, $"{stopped} writes say little");
        await host.ExpectWholeAsync();
        Assert.All(host.Log.Errors, e => Assert.Contains("its audit record could not be written", e, StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_refused_write_leaves_no_record(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        var before = (await host.ChangesAsync()).Count;

        (await acme.PostAsync("protocols/http/connectors", new { name = "" })).Expect(400);
        (await acme.DeleteAsync("connectors/01JDF3Q2M8V7K5T9XW4RZ6YB1C")).Expect(404);
        (await acme.Api.SendAsync(HttpMethod.Delete, acme.Whole($"connectors/{connector}"), null, ("If-Match", "\"no\""))).Expect(412);
        (await acme.DeleteAsync($"/api/organisations/v1/organisations/{acme.Id}")).Expect(403);
        (await acme.PostAsync($"connectors/{connector}/versions", new { name = "1" })).Expect(201);
        (await acme.PostAsync($"connectors/{connector}/versions", new { name = "1" })).Expect(409);
        (await acme.GetAsync($"connectors/{connector}")).Expect(200);

        Assert.Equal(before + 1, (await host.ChangesAsync()).Count);
    }

    [Theory, EachDatabase]
    public async Task A_record_says_what_was_made_changed_and_deleted_by_its_ids(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await ApiAsync();
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        var tenant = acme.Tenant;

        await tenant.ChangeConnectorAsync(acme.ConnectorId, c => c["name"] = "other");
        var made = (await tenant.PostAsync($"connectors/{acme.ConnectorId}/versions/{acme.DraftVersion}/actions", await RequestBodies.ForAsync("CreateAction", acme))).Expect(201);
        (await tenant.PutAsync($"credentials/{acme.CredentialId}", await RequestBodies.ForAsync("UpdateCredential", acme))).Expect(200);
        (await tenant.DeleteAsync($"connectors/{acme.ConnectorId}/connections/{acme.ConnectionId}")).Expect(204);
        (await tenant.GetAsync("protocols/http/upload-url")).Expect(200);

        var records = (await host.ChangesAsync()).Where(r => r.Chain == tenant.Id).ToList();
        Assert.All(records[^5..], r => Assert.Equal($"key:{tenant.KeyId}", r.Actor));
        Assert.Equal([acme.ConnectorId], records[^5].IdsOf("connector", "updated"));
        Assert.Contains("\"name\"", records[^5].Resources, StringComparison.Ordinal);
        Assert.Equal([made.Id], records[^4].IdsOf("action", "created"));
        Assert.Equal([acme.ConnectorId], records[^4].IdsOf("connector"));
        Assert.Single(records[^4].IdsOf("version", "updated"));
        Assert.Equal([acme.CredentialId], records[^3].IdsOf("credential", "updated"));
        Assert.Equal([acme.ConnectionId], records[^2].IdsOf("connection", "deleted"));
        Assert.Equal([acme.CredentialId], records[^2].IdsOf("credential", "deleted"));
        Assert.Equal(("GetProtocolUploadURL", 1), (records[^1].Operation, records[^1].IdsOf("upload", "created").Count));
    }

    [Theory, EachDatabase]
    public async Task What_the_server_does_by_itself_is_recorded_where_it_matters(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        await using var upstream = await ApiAsync();
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync("Tested", upstream.Address.ToString(), TestedConfig)).Id;
        var connection = await acme.ConnectAsync(connector, configId: "tested");
        var credential = connection["credentials"]["action"]![0]!["credential"]!["id"]!.GetValue<string>();
        Assert.Equal(2, (await host.ChangesAsync()).Count(r => r.Operation == "CreateConnectorConnection"));

        (await acme.PostAsync($"connectors/{connector}/connections/{connection.Id}/test")).Expect(200);
        Assert.Equal([credential], (await host.ChangesAsync()).Single(r => r.Operation == "TestConnection").IdsOf("credential", "updated"));

        (await acme.PutAsync($"credentials/{credential}", new JsonObject
        {
            ["name"] = "n", ["type"] = "string", ["data"] = new JsonObject { ["value"] = "v" }, ["expiresAt"] = (clock.GetUtcNow() + TimeSpan.FromHours(1)).ToString("O", CultureInfo.InvariantCulture),
        })).Expect(200);
        clock.Advance(TimeSpan.FromHours(2));
        await host.Services.GetServices<IHostedService>().OfType<CredentialSweep>().Single().RunAsync(TestContext.Current.CancellationToken);
        var ended = (await host.ChangesAsync()).Single(r => r.Operation == "DeleteExpiredCredential");
        Assert.Equal(("server", acme.Id), (ended.Actor, ended.Chain));
        Assert.Equal([credential], ended.IdsOf("credential", "deleted"));
        Assert.Equal([connection.Id], ended.IdsOf("connection", "updated"));
        await host.ExpectWholeAsync();
    }

    private static bool IsOfEndpoint(GuardedWrite write) => write.Name.EndsWith("TriggerEndpoint", StringComparison.Ordinal);

    private static readonly object TestedConfig =
        new { id = "tested", schemeType = "api-key", description = "d", name = "X-Key", @in = "header", verification = new { url = "/me" } };

    /// <summary>An API that serves descriptions, and temporary tokens of OAuth 1.0a.</summary>
    private static Task<Upstream> ApiAsync()
    {
        var description = new Description().ToString();
        return Upstream.StartAsync(context =>
        {
            var isToken = context.Request.Path == PopulatedTenant.OAuth1RequestPath;
            context.Response.ContentType = isToken ? "application/x-www-form-urlencoded" : "application/json";
            return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(
                isToken ? "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true" : description), context.RequestAborted).AsTask();
        });
    }

    private static async Task<PopulatedTenant> ReadyAsync(PatchbayHost host, Upstream upstream, GuardedWrite write)
    {
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        if (write.Name == "MergeConnectorVersionUpstream")
            acme = await acme.WithLibraryCopyAsync();
        acme.DescriptionUrl = upstream.Address.ToString();
        return acme;
    }

    /// <summary>What performs a write, once all that it needs is there.</summary>
    private static async Task<Func<Task<Answer>>> PreparedAsync(PatchbayHost host, GuardedWrite write, bool isGuarded, PopulatedTenant acme)
    {
        switch (write.Name)
        {
            case "UploadFile":
                var signed = (await host.Operator.GetAsync(acme.Tenant.Whole("protocols/http/upload-url"))).Expect(200)["uploadUrl"].GetValue<string>();
                return () => host.Nobody.SendAsync(HttpMethod.Put, new Uri(signed).PathAndQuery, new ByteArrayContent("{}"u8.ToArray()));
            case "ImportPublicConnectorVersion":
                var source = (await (await host.NewOrganisationAsync("publisher")).ImportPublicAsync()).Id;
                return () => host.Operator.PostAsync(acme.Tenant.Whole($"connectors/{source}/versions/latest/library/import"));
            case "OpenEndUserSession":
                var address = (string)(await host.Operator.PostAsync($"/api/embedded/v1/hubs/{acme.HubId}/users/{acme.UserId}/sessions", new { })).Expect(201)["url"]!;
                return () => host.Nobody.PostAsync($"/embed/{acme.HubId}/session", new { code = new Uri(address).Fragment["#code=".Length..] });
            case "UpdateEndUserConnection":
                var own = $"/api/embedded/v1/hubs/{acme.HubId}/users/{acme.UserId}/connections";
                var connected = (await host.Operator.PostAsync(own, await RequestBodies.ForAsync("CreateEndUserConnection", acme))).Expect(201);
                return async () => await host.Operator.PutAsync($"{own}/{connected.Id}", await RequestBodies.ForAsync("UpdateEndUserConnection", acme));
            case "ReplayEvents":
                // The sound body of the others names events that there are none of, and nothing is changed then.
                return () => host.Operator.PostAsync(acme.Tenant.Whole("events/replay"), new { connectionId = acme.ConnectionId });
            case "MoveTriggerEndpoint" or "RotateTriggerEndpoint" or "DeleteTriggerEndpoint":
                await acme.MakeEndpointAsync();
                goto default;
            default:
                return () => write.SendAsync(acme, isGuarded ? "*" : null);
        }
    }
}
