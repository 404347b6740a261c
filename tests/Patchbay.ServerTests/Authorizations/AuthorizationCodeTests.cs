using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorizations;

/// <summary>A user's consent becomes a connection, once and for whoever asked for it.</summary>
public sealed class AuthorizationCodeTests(Hosts hosts)
{
    private const string MadeUpId = "01JDF3Q2M8V7K5T9XW4RZ6YB1C";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_users_consent_becomes_a_connection_that_calls_the_API(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());

        var url = (await connector.InitialiseAsync()).Expect(200)["url"].GetValue<string>();
        var asked = Query(url);
        var connection = (await connector.ConnectAsync(await signIn.ConsentAsync(url))).Expect(200);
        var me = (await connector.CallAsync(connection.Id)).Expect(200);

        Assert.StartsWith(signIn.Provider.AuthorizeUrl.AbsoluteUri + "?", url, StringComparison.Ordinal);
        Assert.Equal(("code", "S256", "login", "read offline_access", SignIn.ClientId), (asked["response_type"], asked["code_challenge_method"], asked["prompt"], asked["scope"], asked["client_id"]));
        Assert.Equal(new Uri(signIn.Host.Address, "/oauth2/callback").AbsoluteUri, asked["redirect_uri"]);
        Assert.Equal(43, asked["state"].Length);
        Assert.Equal("alice", me["subject"].GetValue<string>());
        var exchange = Assert.Single(signIn.Provider.Observed.TokenRequests);
        Assert.Equal(("authorization_code", "client_secret_basic", true), (exchange.GrantType, exchange.Authentication, exchange.HasCodeVerifier));

        var credential = connection["credentials"]["action"]![0]!["credential"]!;
        Assert.Equal("oauth2-token", credential["type"]!.GetValue<string>());
        Assert.Contains("read", credential["data"]!["scopes"]!.AsArray().Select(s => s!.GetValue<string>()));
        Assert.Equal("[]", credential["errors"]!.ToJsonString());
        Assert.Equal(connection.Text, (await connector.Tenant.GetAsync($"connectors/{connector.Id}/connections/{connection.Id}")).Expect(200).Text);
    }

    [Theory, EachDatabase]
    public async Task A_state_serves_once_however_many_come_with_it_at_a_time(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());
        var user = await connector.ConsentAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => connector.ConnectAsync(user)));
        var replayed = await connector.ConnectAsync(user);

        var connected = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != connected).Append(replayed), a => a.ExpectError(400, "state_used", "credentials.action[0].credential.data.state"));
        Assert.Equal(1, signIn.Provider.Observed.CountOf("authorization_code"));
        Assert.Equal(0, signIn.Provider.Observed.ReusedCodes);
        (await connector.CallAsync(connected.Id)).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task A_state_serves_nobody_and_nothing_else(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var acme = await signIn.Host.NewOrganisationAsync();
        var stranger = await signIn.Host.NewOrganisationAsync();
        var connector = await signIn.ConnectorAsync(acme);
        var (other, theirs) = (await signIn.ConnectorAsync(acme), await signIn.ConnectorAsync(stranger));
        var secondKey = signIn.Host.As((await acme.PostAsync($"/api/organisations/v1/organisations/{acme.Id}/api-keys", new { name = "second" })).Expect(201)["key"].GetValue<string>());
        var user = await connector.ConsentAsync();
        var ofEndUser = await signIn.ConsentAsync(await InitialiseForEndUserAsync(connector));

        (await connector.ConnectAsync(user, secondKey)).ExpectError(400, "state_foreign", "credentials.action[0].credential.data.state");
        (await connector.ConnectAsync(user, signIn.Host.Operator)).ExpectError(400, "state_foreign");
        (await other.ConnectAsync(user)).ExpectError(400, "state_foreign");
        (await connector.ConnectAsync(ofEndUser)).ExpectError(400, "state_foreign");
        // Of another organisation's state nobody learns even that it exists.
        (await theirs.ConnectAsync(user)).ExpectError(400, "state_unknown");

        Assert.Empty(signIn.Provider.Observed.TokenRequests);
        (await connector.ConnectAsync(user)).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task A_state_serves_no_other_application_of_the_same_connector(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());
        var user = await connector.ConsentAsync();
        var replaced = await connector.ConfigAsync();
        replaced["grant"]!["clientId"] = "another";
        replaced["grant"]!["clientSecret"] = "another-secret";
        (await connector.PutConfigAsync(replaced)).Expect(200);

        (await connector.ConnectAsync(user)).ExpectError(400, "state_foreign");
        Assert.Empty(signIn.Provider.Observed.TokenRequests);
    }

    [Theory, EachDatabase]
    public async Task A_user_who_comes_back_too_late_begins_again(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        await using var signIn = await SignIn.AtAsync(host);
        var connector = await signIn.ConnectorAsync(await host.NewOrganisationAsync());
        var (late, intime) = (await connector.ConsentAsync(), await connector.ConsentAsync());

        clock.Shift = TimeSpan.FromMinutes(14);
        (await connector.ConnectAsync(intime)).Expect(200);
        clock.Shift = TimeSpan.FromMinutes(15.5);
        (await connector.ConnectAsync(late)).ExpectError(400, "state_expired", "credentials.action[0].credential.data.state");

        Assert.Equal(1, signIn.Provider.Observed.CountOf("authorization_code"));
    }

    [Theory, EachDatabase]
    public async Task A_tampered_state_or_code_is_refused(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());
        var (first, second, third) = (await connector.ConsentAsync(), await connector.ConsentAsync(), await connector.ConsentAsync());

        foreach (var state in (string[])[Tampered(first.State), first.State[..^1], first.State + "A", first.State.ToUpperInvariant(), "x"])
            (await connector.ConnectAsync(first with { State = state })).ExpectError(400, "state_unknown", "credentials.action[0].credential.data.state");
        Assert.Empty(signIn.Provider.Observed.TokenRequests);

        (await connector.ConnectAsync(first with { Code = Tampered(first.Code) })).ExpectError(400, "code_refused", "credentials.action[0].credential.data.code");
        // A try with a wrong code uses the state up: codes cannot be tried one after the other.
        (await connector.ConnectAsync(first)).ExpectError(400, "state_used");
        // A code that was stolen and put behind one's own state lacks its verifier.
        (await connector.ConnectAsync(second with { Code = third.Code })).ExpectError(400, "code_refused", "credentials.action[0].credential.data.code");

        Assert.Equal(0, (await connector.Tenant.GetAsync($"connectors/{connector.Id}/connections")).Expect(200)["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task The_request_for_consent_is_what_was_asked_for(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync());

        var plain = await AskedAsync(connector, b => (b["disableOfflineAccess"], b["prompt"]) = (true, ""));
        var rich = await AskedAsync(connector, b =>
            (b["scopes"], b["prompt"], b["additionalParams"]) = (new JsonArray("read", "write"), "consent+select_account", "audience=a%20b&login_hint=ada%40example.com"));

        Assert.Equal("read", plain["scope"]);
        Assert.False(plain.ContainsKey("prompt"));
        Assert.Equal(("read write offline_access", "consent select_account", "a b", "ada@example.com"), (rich["scope"], rich["prompt"], rich["audience"], rich["login_hint"]));
        Assert.NotEqual(plain["state"], rich["state"]);
        Assert.NotEqual(plain["code_challenge"], rich["code_challenge"]);
    }

    [Theory, EachDatabase]
    public async Task What_contradicts_the_request_or_the_config_is_refused(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var connector = await signIn.ConnectorAsync(await signIn.Host.NewOrganisationAsync(), change: c => c["authorize"] = JsonNode.Parse("""{"parameters":{"tenant":"blue"}}"""));

        foreach (var parameters in (string[])["state=x", "redirect_uri=https%3A%2F%2Fevil.example", "response_type=token", "client_id=other", "scope=admin", "prompt=none", "code_challenge=x", "tenant=red"])
            (await connector.InitialiseAsync(b => b["additionalParams"] = parameters)).ExpectError(400, "invalid_request", "additionalParams");
        foreach (var (field, value) in ((string, string)[])[("authorizeUrl", "https://evil.example/authorize"), ("clientId", "other")])
            (await connector.InitialiseAsync(b => b[field] = value)).ExpectError(400, "invalid_request", field);
        (await connector.InitialiseAsync(b => b["credential"]!["id"] = MadeUpId)).ExpectError(400, "invalid_request", "credential.id");
        (await connector.InitialiseAsync(b => b["credential"]!["organisationId"] = MadeUpId)).ExpectError(400, "invalid_request", "credential.id");
        (await connector.InitialiseAsync(b => b["authSchemeConfigId"] = "none")).ExpectError(400, "invalid_request", "authSchemeConfigId");
        (await connector.InitialiseAsync(b => b["additionalParams"] = "tenant=blue")).Expect(200);
    }

    /// <summary>As the embedded API does it for a user of the organisation's application.</summary>
    private static async Task<string> InitialiseForEndUserAsync(SignInConnector connector)
    {
        await using var scope = connector.SignIn.Host.Services.CreateAsyncScope();
        var organisation = Ulid.Parse(connector.Tenant.Id);
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(new Caller.Backend(Ulid.Parse(connector.Tenant.KeyId), organisation, Allowance.All), organisation);
        var made = await scope.ServiceProvider.GetRequiredService<InitialiseAuthorization>().RunAsync(connector.Id, new InitialiseOAuth2ConnectionRequestJson
        {
            Credential = new() { Id = Ulid.Parse(connector.ApplicationId), OrganisationId = organisation },
            AuthorizeUrl = connector.SignIn.Provider.AuthorizeUrl.AbsoluteUri,
            ClientId = SignIn.ClientId,
        }, endUser: "user-1", Token);
        Assert.True(made.Succeeded(out var url, out var failure), failure?.Message);
        return url;
    }

    private static async Task<Dictionary<string, string>> AskedAsync(SignInConnector connector, Action<JsonObject> change) =>
        Query((await connector.InitialiseAsync(change)).Expect(200)["url"].GetValue<string>());

    private static Dictionary<string, string> Query(string url) =>
        QueryHelpers.ParseQuery(new Uri(url).Query).ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);

    /// <summary>The same text with one character changed in the middle.</summary>
    private static string Tampered(string text)
    {
        var at = text.Length / 2;
        return $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}";
    }

    /// <summary>The system's clock, put forward.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
