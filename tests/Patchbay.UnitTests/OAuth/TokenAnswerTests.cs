using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

/// <summary>What providers answer when they grant.</summary>
public sealed class TokenAnswerTests : TokenFixture
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_answer_of_the_rfc_is_read_in_full()
    {
        var grant = await ReadAsync("""
            {"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","scope":"read write"}
            """);
        Assert.Equal(("2YotnFZFEjr1zCsicMWpAA", "Bearer", "tGzv3JOkF0XG5Qx2TlKWIA"), (grant.AccessToken, grant.TokenType, grant.RefreshToken));
        Assert.Equal(Now.AddHours(1), grant.ExpiresAt);
        Assert.Equal(["read", "write"], grant.Scopes);
    }

    [Theory]
    [InlineData("a form, as GitHub answers", "access_token=a-token&scope=repo%2Cgist&token_type=bearer", "application/x-www-form-urlencoded; charset=utf-8")]
    [InlineData("a form called text", "access_token=a-token&token_type=bearer&scope=repo,gist", "text/plain")]
    [InlineData("JSON called text", """{"access_token":"a-token","scope":"repo,gist"}""", "text/plain;charset=UTF-8")]
    [InlineData("JSON called HTML", """{"access_token":"a-token","scope":"repo,gist"}""", "text/html")]
    [InlineData("JSON behind a byte order mark", "\uFEFF {\"access_token\":\"a-token\",\"scope\":\"repo gist\"}", "application/json")]
    [InlineData("scopes in an array", """{"access_token":"a-token","token_type":"BEARER","scope":["repo","gist"]}""", "application/json")]
    [InlineData("scopes with commas and spaces", """{"access_token":" a-token ","scope":"repo, gist"}""", "application/json")]
    public async Task Forms_and_mislabelled_json_are_read_as_what_they_are(string what, string body, string contentType)
    {
        var grant = await ReadAsync(body, contentType);
        Assert.True(grant.AccessToken == "a-token", what);
        Assert.Equal("Bearer", grant.TokenType);
        Assert.Equal(["repo", "gist"], grant.Scopes);
        Assert.Null(grant.RefreshToken);
        Assert.Null(grant.ExpiresAt);
    }

    [Theory]
    [InlineData(ExpiryUnit.Seconds, "3600", 3600d)]
    [InlineData(ExpiryUnit.Seconds, "\"3600\"", 3600d)]
    [InlineData(ExpiryUnit.Seconds, "3600.5", 3600.5)]
    [InlineData(ExpiryUnit.Milliseconds, "3600000", 3600d)]
    [InlineData(ExpiryUnit.UnixSeconds, "1772370000", 3600d)]
    [InlineData(ExpiryUnit.UnixMilliseconds, "\"1772370000000\"", 3600d)]
    [InlineData(ExpiryUnit.Rfc3339, "\"2026-03-01T13:00:00Z\"", 3600d)]
    [InlineData(ExpiryUnit.Rfc3339, "\"2026-03-01T15:00:00+02:00\"", 3600d)]
    [InlineData(ExpiryUnit.Rfc3339, "\"2026-03-01 13:00:00\"", 3600d)]
    [InlineData(ExpiryUnit.Seconds, "0", null)]
    [InlineData(ExpiryUnit.Seconds, "-1", null)]
    [InlineData(ExpiryUnit.Seconds, "\"never\"", null)]
    [InlineData(ExpiryUnit.Seconds, "1e400", null)]
    [InlineData(ExpiryUnit.Seconds, "\"NaN\"", null)]
    [InlineData(ExpiryUnit.Seconds, "null", null)]
    [InlineData(ExpiryUnit.Seconds, "{}", null)]
    [InlineData(ExpiryUnit.Seconds, "99999999999999", null)]
    [InlineData(ExpiryUnit.UnixMilliseconds, "9223372036854775807", null)]
    [InlineData(ExpiryUnit.Rfc3339, "\"soon\"", null)]
    [InlineData(ExpiryUnit.Rfc3339, "\"0001-01-01T00:00:00Z\"", null)]
    public async Task Expiries_are_read_in_every_unit_and_senseless_ones_are_none(ExpiryUnit unit, string value, double? expected)
    {
        var shape = new TokenAnswerShape { ExpiryUnit = unit };
        var grant = await ReadAsync($$"""{"access_token":"a","expires_in":{{value}}}""", shape: shape);
        Assert.Equal(expected is { } seconds ? Now.AddSeconds(seconds) : null, grant.ExpiresAt);
    }

    [Fact]
    public async Task A_default_lifetime_counts_where_the_answer_has_none()
    {
        await using var provider = await Provider.StartAsync((context, received) => Provider.WriteAsync(
            context, received.Form.ContainsKey("scope") ? """{"access_token":"a","expires_in":60}""" : """{"access_token":"a"}"""));
        var profile = Profile(provider) with { DefaultLifetimeSeconds = 7200 };
        Assert.Equal(Now.AddHours(2), (await GrantAsync(profile)).ExpiresAt);
        Assert.Equal(Now.AddMinutes(1), (await GrantAsync(profile, new GrantRequest.RefreshToken(Refresh, ["read"]))).ExpiresAt);
    }

    [Fact]
    public async Task The_lifetime_counts_from_before_the_request_was_sent()
    {
        await using var provider = await Provider.StartAsync((context, _) =>
        {
            Time.Now = Now.AddSeconds(20);
            return Provider.WriteAsync(context, """{"access_token":"a","expires_in":60}""");
        });
        Assert.Equal(Now.AddSeconds(60), (await GrantAsync(Profile(provider))).ExpiresAt);
    }

    [Fact]
    public async Task Scopes_that_the_answer_leaves_out_are_those_that_were_asked_for()
    {
        await using var provider = await Provider.StartAsync("""{"access_token":"a"}""");
        Assert.Equal(["read", "write"], (await GrantAsync(Profile(provider), new GrantRequest.ClientCredentials(["read", "write"]))).Scopes);
        Assert.Null((await GrantAsync(Profile(provider))).Scopes);
    }

    [Fact]
    public async Task Values_stand_wherever_the_profile_says()
    {
        // Slack's answer for a user's token.
        var slack = await ReadAsync(
            """
            {"ok":true,"access_token":"xoxb-bot","token_type":"bot","team":{"id":"T1","name":"Acme"},
             "authed_user":{"id":"U1","access_token":"xoxp-user","refresh_token":"xoxe-1","expires_in":43200,"scope":"chat:write,search:read","token_type":"user"}}
            """,
            shape: new TokenAnswerShape
            {
                AccessToken = "authed_user.access_token",
                RefreshToken = "/authed_user/refresh_token",
                Expiry = "authed_user.expires_in",
                Scope = "authed_user.scope",
                TokenType = "authed_user.token_type",
                Captured = Texts.Of(("team", "team.id"), ("ok", "ok"), ("all", "team"), ("missing", "nowhere.at.all")),
            });
        Assert.Equal(("xoxp-user", "xoxe-1", "user", Now.AddHours(12)), (slack.AccessToken, slack.RefreshToken, slack.TokenType, slack.ExpiresAt));
        Assert.Equal(["chat:write", "search:read"], slack.Scopes);
        Assert.Equal([("ok", "true"), ("team", "T1")], slack.Captured.Select(pair => (pair.Key, pair.Value)).Order());

        // Salesforce tells by the answer which host is the user's.
        var salesforce = await ReadAsync(
            """{"access_token":"00D!x","instance_url":"https://acme.my.salesforce.com","issued_at":"1772366400000","signature":"s"}""",
            shape: new TokenAnswerShape { Captured = Texts.Of(("instance_url", "instance_url")) });
        Assert.Equal("https://acme.my.salesforce.com", salesforce.Captured["instance_url"]);

        // A token that is listed, under a name with a dot.
        var listed = await ReadAsync("""{"data":[{"a.token":"first"},{"a.token":"second"}]}""", shape: new TokenAnswerShape { AccessToken = "/data/1/a.token" });
        Assert.Equal("second", listed.AccessToken);
    }

    [Fact]
    public async Task A_token_can_stand_in_a_header_or_be_the_whole_answer()
    {
        await using var provider = await Provider.StartAsync("{}", headers: ("X-Subject-Token", "from-the-header"));
        var grant = await GrantAsync(Profile(provider) with { Answer = new TokenAnswerShape { AccessToken = "header:x-subject-token" } });
        Assert.Equal("from-the-header", grant.AccessToken);

        foreach (var body in new[] { "\"plain-token\"", "plain-token\n" })
        {
            Assert.Equal("plain-token", (await ReadAsync(body, "text/plain", new TokenAnswerShape { AccessToken = "$" })).AccessToken);
        }
    }

    [Fact]
    public async Task A_refresh_is_answered_in_a_shape_of_its_own_where_the_profile_has_one()
    {
        await using var provider = await Provider.StartAsync("""{"access_token":"top","authed_user":{"access_token":"inner"}}""");
        var profile = Profile(provider) with { Answer = new TokenAnswerShape { AccessToken = "authed_user.access_token" }, RefreshAnswer = new TokenAnswerShape() };
        Assert.Equal("inner", (await GrantAsync(profile, new GrantRequest.ClientCredentials([]))).AccessToken);
        Assert.Equal("top", (await GrantAsync(profile)).AccessToken);
    }

    [Fact]
    public async Task A_token_beside_an_error_is_not_lost()
    {
        Assert.Equal("a", (await ReadAsync("""{"access_token":"a","refresh_token":"r","error":""}""")).AccessToken);
        Assert.Equal("a", (await ReadAsync("""{"access_token":"a","refresh_token":"r","error":"warning"}""")).AccessToken);
    }

    [Fact]
    public async Task A_grant_shows_no_token_when_it_is_printed()
    {
        var grant = await ReadAsync("""{"access_token":"hidden-1","refresh_token":"hidden-2","x":"hidden-3"}""",
            shape: new TokenAnswerShape { Captured = Texts.Of(("x", "x")) });
        Assert.DoesNotContain("hidden", $"{grant}{EndpointResultText(grant)}", StringComparison.Ordinal);
        Assert.DoesNotContain(Refresh, new GrantRequest.RefreshToken(Refresh).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(ClientSecret, Client.ToString(), StringComparison.Ordinal);
    }

    private static string EndpointResultText(TokenGrant grant) => EndpointResult.Of(grant).ToString();

    private async Task<TokenGrant> ReadAsync(string body, string contentType = "application/json", TokenAnswerShape? shape = null)
    {
        await using var provider = await Provider.StartAsync(body, contentType: contentType);
        return await GrantAsync(Profile(provider) with { Answer = shape ?? new TokenAnswerShape() });
    }
}
