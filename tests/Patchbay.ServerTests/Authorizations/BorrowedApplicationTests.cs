using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Secrets;
using Xunit;

namespace Patchbay.ServerTests.Authorizations;

/// <summary>
/// A publisher lends its OAuth application to whoever imports its connector: they can connect through it, and neither read it nor have it sent
/// anywhere else.
/// </summary>
public sealed class BorrowedApplicationTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task An_importer_connects_through_the_publishers_application_and_nobody_reads_its_secret(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, level: LogLevel.Trace, keepAnswers: true);
        await using var signIn = await SignIn.AtAsync(host);
        await using var api = await Upstream.StartAsync("{}");
        var (source, copy) = await LendAsync(signIn, api.Address);

        var user = await copy.ConsentAsync();
        var connection = (await copy.ConnectAsync(user)).Expect(200);
        (await copy.CallAsync(connection.Id)).Expect(200);
        await copy.ReadAsync();
        await copy.Tenant.GetAsync($"connectors/{copy.Id}/connections/{connection.Id}");
        (await copy.Tenant.GetAsync($"/api/connect/v1/o/{source.Tenant.Id}/connectors/{source.Id}")).Expect(200);
        (await copy.Tenant.DeleteAsync($"connectors/{copy.Id}/connections/{connection.Id}")).Expect(204);
        await host.StopAsync();

        Assert.Equal((source.ApplicationId, source.Tenant.Id), (copy.ApplicationId, copy.ApplicationOwner));
        Assert.Equal(SignIn.ClientId, Assert.Single(signIn.Provider.Observed.TokenRequests).ClientId);
        Assert.Equal(2, signIn.Provider.Observed.Revocations);
        var token = api.Requests.Single().Headers["Authorization"]["Bearer ".Length..];
        var forms = new SecretForms([SignIn.ClientSecret, token, user.Code]);
        Assert.All(host.Answers, a => Assert.Empty(forms.FoundIn(a.Text)));
        Assert.All(host.Log.Lines, l => Assert.Empty(forms.FoundIn(l)));
        Assert.Empty(forms.FoundIn(await StoreDump.OfAsync(host)));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task No_field_of_the_importers_config_leads_the_application_elsewhere(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        await using var evil = await Upstream.StartAsync("""{"access_token":"evil","token_type":"Bearer"}""");
        var (_, copy) = await LendAsync(signIn);
        var before = (await copy.ConfigAsync()).ToJsonString();
        foreach (var change in (Action<JsonObject>[])
        [
            c => c["authorizeUrl"] = $"{evil.Address}authorize", c => c["tokenUrl"] = $"{evil.Address}token", c => c["refreshUrl"] = $"{evil.Address}token",
            c => c["revocationUrl"] = $"{evil.Address}revoke", c => c.Remove("revocationUrl"), c => c["additionalTokenParams"] = "resource=x",
            c => c["clientAuthentication"] = "client_secret_post", c => c["clientAssertion"] = JsonNode.Parse("""{"claims":{"aud":"x"}}"""),
            c => c["token"] = JsonNode.Parse("""{"headers":{"X-Secret":"{{client_secret}}"}}"""), c => c["refresh"] = JsonNode.Parse("""{"parameters":{"a":"b"}}"""),
            c => c["revocation"] = JsonNode.Parse("""{"headers":{"X-Secret":"{{client_secret}}"}}"""), c => c["authorize"] = JsonNode.Parse("""{"parameters":{"secret":"x"}}"""),
            c => c["mtlsEnabled"] = true, c => (c["mtlsEnabled"], c["mtlsCredentialId"]) = (true, copy.ApplicationId),
            c => c["grant"]!["clientId"] = "other", c => c["grant"]!["clientSecret"] = "mine",
            // Without the reference, the stored one stays; with a secret of one's own too.
            c => (c["grant"], c["tokenUrl"]) = (JsonNode.Parse("""{"grantType":"authorization_code","clientId":"app"}"""), $"{evil.Address}token"),
            c => (c["grant"], c["tokenUrl"]) = (JsonNode.Parse("""{"grantType":"authorization_code","clientId":"mine","clientSecret":"mine"}"""), $"{evil.Address}token"),
        ])
        {
            var config = await copy.ConfigAsync();
            change(config);
            (await copy.PutConfigAsync(config)).ExpectError(400, "borrowed_credential");
        }

        Assert.Equal(before, (await copy.ConfigAsync()).ToJsonString());
        (await copy.CallAsync(await copy.ConnectUserAsync())).Expect(200);
        Assert.Empty(evil.Requests);
    }

    [Theory, EachDatabase]
    public async Task What_the_importer_may_describe_anew_changes_nothing_about_where_the_secret_goes(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var (_, copy) = await LendAsync(signIn);
        var config = await copy.ConfigAsync();
        (config["description"], config["placement"], config["pkce"]) = ("mine", JsonNode.Parse("""{"in":"header","name":"X-Token","prefix":""}"""), "off");
        (config["answer"], config["defaultScopes"]) = (JsonNode.Parse("""{"accessToken":"refresh_token"}"""), new JsonArray("write"));
        (await copy.PutConfigAsync(config)).Expect(200);

        // All of it is the publisher's: PKCE, which the provider insists on, where the token stands in the answer, and where requests carry it.
        (await copy.CallAsync(await copy.ConnectUserAsync())).Expect(200);
        Assert.True(Assert.Single(signIn.Provider.Observed.TokenRequests).HasCodeVerifier);
    }

    [Theory, EachDatabase]
    public async Task The_application_cannot_be_named_in_any_other_config_or_connector(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var (source, copy) = await LendAsync(signIn);
        var borrowing = await copy.ConfigAsync();
        borrowing["tokenUrl"] = "https://evil.example/token";
        var own = await signIn.ConnectorAsync(copy.Tenant);
        foreach (var id in (string[])["other", SignIn.ConfigId])
        {
            borrowing["id"] = id;
            (await own.PutConfigAsync(borrowing.DeepClone().AsObject())).ExpectError(400, "invalid_request", "grant.credentialId");
        }

        borrowing["id"] = "other";
        (await copy.PutConfigAsync(borrowing.DeepClone().AsObject())).ExpectError(400, "invalid_request", "grant.credentialId");
        (await copy.Tenant.PostAsync("protocols/http/connectors", new { name = "Mine", baseUrl = "https://evil.example", authSchemeConfigs = new[] { borrowing } }))
            .ExpectError(400, "invalid_request", "authSchemeConfigs[0].grant.credentialId");
        // Another organisation's connector, with the right ids.
        (await own.InitialiseAsync(b => b["credential"] = new JsonObject { ["id"] = source.ApplicationId, ["organisationId"] = source.Tenant.Id })).ExpectError(400, "invalid_request", "credential.id");
        (await copy.Tenant.PutAsync($"/api/connect/v1/o/{source.Tenant.Id}/connectors/{source.Id}/auth-scheme-configs/{SignIn.ConfigId}", borrowing)).Expect(404);
    }

    [Theory, EachDatabase]
    public async Task No_variable_of_the_importer_leads_the_application_elsewhere(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        await using var evil = await Upstream.StartAsync("{}");
        var provider = signIn.Provider.Url.GetLeftPart(UriPartial.Authority);
        var (_, free) = await LendAsync(signIn, change: c => c["tokenUrl"] = "https://{{host}}/connect/token");
        var (_, bound) = await LendAsync(signIn, change: c => c["tokenUrl"] = $"{provider}/{{{{area}}}}/token");
        static Action<JsonObject> With(string name, string value) => b => b["variables"] = new JsonArray(new JsonObject { ["name"] = name, ["value"] = value });

        // Where a variable names the host, the application is not lent at all.
        foreach (var host in (string[])["evil.example", signIn.Provider.Url.Host])
            (await free.InitialiseAsync(With("host", host))).ExpectError(409, "borrowed_credential");

        // Elsewhere a value stays in its place, whatever is in it.
        foreach (var area in (string[])["connect/../../evil", "@evil.example/", "..", "connect?x=", "//evil.example"])
        {
            var user = await bound.InitialiseAsync(With("area", area));
            if (user.Status != 200)
            {
                user.ExpectError(400, "invalid_request", "variables");
                continue;
            }

            var variables = new JsonArray(new JsonObject { ["name"] = "area", ["value"] = area }).ToJsonString();
            (await bound.ConnectAsync(await signIn.ConsentAsync(user["url"].GetValue<string>()), variables: variables)).ExpectOneOf(400, 502);
        }

        Assert.Empty(evil.Requests);
        Assert.Empty(signIn.Provider.Observed.TokenRequests);
    }

    [Theory, EachDatabase]
    public async Task An_application_that_is_lent_no_more_serves_no_more(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var (source, copy) = await LendAsync(signIn);
        var connection = await copy.ConnectUserAsync();
        var onTheWay = await copy.ConsentAsync();
        (await copy.CallAsync(connection)).Expect(200);

        await source.Tenant.ChangeConnectorAsync(source.Id, c => c["public"] = false);
        (await copy.InitialiseAsync()).ExpectError(409, "borrowed_credential_withdrawn");
        (await copy.ConnectAsync(onTheWay)).ExpectError(409, "borrowed_credential_withdrawn");
        // What is remembered of the connection is trusted for a second.
        (await UntilAsync(() => copy.CallAsync(connection), a => a.Status != 200)).ExpectError(409, "borrowed_credential_withdrawn");
        (await copy.Tenant.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).ExpectError(404, "public_version_not_found");

        await source.Tenant.ChangeConnectorAsync(source.Id, c => c["public"] = true);
        (await UntilAsync(() => copy.CallAsync(connection), a => a.Status != 409)).Expect(200);

        (await source.Tenant.DeleteAsync($"connectors/{source.Id}/auth-scheme-configs/{SignIn.ConfigId}")).Expect(200);
        (await copy.InitialiseAsync()).ExpectError(409, "borrowed_credential_withdrawn");
    }

    [Theory, EachDatabase]
    public async Task Importing_again_and_passing_on_keeps_to_the_publishers_terms(Database database)
    {
        await using var signIn = await SignIn.AtAsync(await hosts.OfAsync(database));
        var (source, copy) = await LendAsync(signIn);
        await source.Tenant.CreateVersionAsync(source.Id, "2.0.0", "latest");
        await source.Tenant.PublishAsync(source.Id, "2.0.0");
        var before = (await copy.ConfigAsync()).ToJsonString();
        (await copy.Tenant.PostAsync($"connectors/{source.Id}/versions/2.0.0/library/import")).Expect(200);
        Assert.Equal(before, (await copy.ConfigAsync()).ToJsonString());
        (await copy.CallAsync(await copy.ConnectUserAsync())).Expect(200);

        // Whoever imports from the importer borrows from the publisher, for as long as every connector on the way is public.
        await copy.Tenant.PublishAsync(copy.Id, "2.0.0");
        await copy.Tenant.ChangeConnectorAsync(copy.Id, c => c["public"] = true);
        var third = await signIn.Host.NewOrganisationAsync();
        var passedOn = signIn.Of(third, (await third.PostAsync($"connectors/{copy.Id}/versions/2.0.0/library/import")).Expect(200));
        (await passedOn.CallAsync(await passedOn.ConnectUserAsync())).Expect(200);
        await source.Tenant.ChangeConnectorAsync(source.Id, c => c["public"] = false);
        (await passedOn.InitialiseAsync()).ExpectError(409, "borrowed_credential_withdrawn");
        await source.Tenant.ChangeConnectorAsync(source.Id, c => c["public"] = true);
        await copy.Tenant.ChangeConnectorAsync(copy.Id, c => c["public"] = false);
        (await passedOn.InitialiseAsync()).ExpectError(409, "borrowed_credential_withdrawn");
    }

    /// <summary>A connector in the library with an application, and the copy of one who imported it.</summary>
    private static async Task<(SignInConnector Source, SignInConnector Copy)> LendAsync(SignIn signIn, Uri? api = null, Action<JsonObject>? change = null)
    {
        var (publisher, importer) = (await signIn.Host.NewOrganisationAsync("publisher"), await signIn.Host.NewOrganisationAsync("importer"));
        var imported = await publisher.ImportPublicAsync(new Description { Server = (api ?? signIn.Provider.ApiUrl).AbsoluteUri.TrimEnd('/') });
        var config = signIn.Config();
        change?.Invoke(config);
        var source = signIn.Of(publisher, (await publisher.PutAsync($"connectors/{imported.Id}/auth-scheme-configs/{SignIn.ConfigId}", config)).Expect(200));
        var copy = (await importer.PostAsync($"connectors/{imported.Id}/versions/latest/library/import")).Expect(200);
        return (source, signIn.Of(importer, copy));
    }

    /// <summary>Asks until an answer is other than before, for some seconds at most.</summary>
    private static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Predicate<Answer> isNew)
    {
        var answer = await ask();
        for (var i = 0; i < 300 && !isNew(answer); i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            answer = await ask();
        }

        return answer;
    }
}
