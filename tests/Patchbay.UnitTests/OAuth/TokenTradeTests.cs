using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Patchbay.OAuth;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.OAuth.Trades;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class TokenTradeTests : TokenFixture
{
    private static readonly Dictionary<string, string> Values = Texts.Of(("user", "me@example.com"), ("password", "p\"ä&=+ word"), ("tenant", "acme"));

    [Fact]
    public async Task Json_takes_the_users_values_as_texts_and_the_answer_gives_a_token()
    {
        await using var provider = await Provider.StartAsync("""{"session":{"id":"session-1"},"validUntil":"2026-03-01T14:00:00Z","server":"eu1"}""");
        var trade = new TokenTrade
        {
            Url = $"{provider.Url}/{{{{tenant}}}}/login",
            Query = Texts.Of(("as", "{{user}}")),
            Headers = Texts.Of(("X-Tenant", "{{tenant}}")),
            Json = new JsonObject { ["login"] = new JsonObject { ["name"] = "{{user}}", ["secret"] = "{{ password }}" }, ["keep"] = true, ["list"] = new JsonArray("{{tenant}}", 1) },
            Answer = new TokenAnswerShape { AccessToken = "session.id", Expiry = "validUntil", ExpiryUnit = ExpiryUnit.Rfc3339, Captured = Texts.Of(("server", "server")) },
        };
        Assert.Empty(trade.Validate());
        var grant = await TradeAsync(trade);
        Assert.Equal(("session-1", Time.Now.AddHours(2), "eu1"), (grant.AccessToken, grant.ExpiresAt, grant.Captured["server"]));

        var request = provider.Last;
        Assert.Equal(("POST", "/acme/login", "?as=me%40example.com", "acme"), (request.Method, request.Path, request.Query, request.Header("X-Tenant")));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"login":{"name":"me@example.com","secret":"p\"ä&=+ word"},"keep":true,"list":["acme",1]}"""), JsonNode.Parse(request.Body)), request.Body);
    }

    [Fact]
    public async Task A_form_and_basic_authentication_are_encoded_each_in_its_way()
    {
        await using var provider = await Provider.StartAsync("plain-session", contentType: "text/plain");
        var trade = new TokenTrade
        {
            Url = $"{provider.Url}/login?v=1",
            Query = Texts.Of(("w", "2")),
            Form = Texts.Of(("password", "{{password}}")),
            Basic = new TradeBasicAuth { Username = "{{user}}", Password = "{{password}}" },
            Answer = new TokenAnswerShape { AccessToken = "$" },
            DefaultLifetimeSeconds = 600,
        };
        Assert.Empty(trade.Validate());
        var grant = await TradeAsync(trade);
        Assert.Equal(("plain-session", Time.Now.AddMinutes(10)), (grant.AccessToken, grant.ExpiresAt));
        Assert.Equal("?v=1&w=2", provider.Last.Query);
        Assert.Equal("p\"ä&=+ word", provider.Last.Form["password"]);
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me@example.com:p\"ä&=+ word"))}", provider.Last.Header("Authorization"));
    }

    [Fact]
    public async Task A_self_signed_jwt_is_traded_as_github_apps_do()
    {
        using var rsa = RSA.Create(2048);
        Assert.True(SigningKey.Parse(rsa.ExportRSAPrivateKeyPem()).TryGet(out var key, out _));
        using var owned = key;
        Assert.True(JsonWebToken.Create(new JwtTemplate { Claims = new JsonObject { ["iss"] = "{{app}}" }, BackdatedSeconds = 60, LifetimeSeconds = 600 }, key, Texts.Of(("app", "12345")), Time.Now).TryGet(out var jwt, out _));
        await using var provider = await Provider.StartAsync("""{"token":"ghs_abc","expires_at":"2026-03-01T13:00:00Z","permissions":{"contents":"read"}}""", 201);
        var trade = new TokenTrade
        {
            Url = $"{provider.Url}/app/installations/{{{{installation}}}}/access_tokens",
            Headers = Texts.Of(("Authorization", "Bearer {{jwt}}"), ("Accept", "application/vnd.github+json")),
            Answer = new TokenAnswerShape { AccessToken = "token", Expiry = "expires_at", ExpiryUnit = ExpiryUnit.Rfc3339 },
        };
        var grant = await TradeAsync(trade, Texts.Of(("jwt", jwt), ("installation", "77")));
        Assert.Equal(("ghs_abc", Time.Now.AddHours(1)), (grant.AccessToken, grant.ExpiresAt));
        Assert.Equal(($"Bearer {jwt}", "application/vnd.github+json"), (provider.Last.Header("Authorization"), provider.Last.Header("Accept")));
    }

    [Theory]
    [InlineData(401, """{"message":"wrong password p\"ä&=+ word"}""", true)]
    [InlineData(401, "", true)]
    [InlineData(200, """{"ok":false,"error":"bad_login"}""", true)]
    [InlineData(403, """{"error":"blocked"}""", false)]
    [InlineData(500, """{"ok":false}""", null)]
    [InlineData(200, """{"ok":true}""", null)]
    [InlineData(401, """{"error":"please_wait"}""", null)]
    public async Task Wrong_values_are_told_from_a_server_that_has_a_bad_day(int status, string body, bool? definitive)
    {
        await using var provider = await Provider.StartAsync(body, status);
        var trade = new TokenTrade
        {
            Url = provider.Url,
            Rejected = [new AnswerRule { Statuses = [401] }, new AnswerRule { Path = "ok", EqualTo = "false" }],
            Answer = new TokenAnswerShape { Transient = [new AnswerRule { Path = "error", EqualTo = "please_wait" }] },
        };
        var failure = (await Trader.TradeAsync(trade, Values, Token)).Failure;
        Assert.Equal(definitive, (failure as EndpointFailure.Refused)?.Definitive);
        if (definitive == true) Assert.Equal(RefusalKind.DeadGrant, Assert.IsType<EndpointFailure.Refused>(failure).Kind);
        Assert.DoesNotContain(Values["password"], failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trade_that_cannot_be_made_is_not_sent_and_says_why()
    {
        await using var provider = await Provider.StartAsync("{}");
        await NotSent(new TokenTrade { Url = $"{provider.Url}/{{{{nobody}}}}" }, "url");
        await NotSent(new TokenTrade { Url = "https://{{user}}.example.com/" }, "url");
        await NotSent(new TokenTrade { Url = provider.Url, Headers = Texts.Of(("X-A", "{{password}}")) }, "headers.X-A");
        await NotSent(new TokenTrade { Url = provider.Url, Headers = Texts.Of(("Host", "x")) }, "headers.Host");
        await NotSent(new TokenTrade { Url = provider.Url, Json = new JsonObject { ["a"] = new JsonArray("{{nobody}}") } }, "json.a[0]");
        await NotSent(new TokenTrade { Url = provider.Url, Basic = new TradeBasicAuth { Username = "a:b" } }, "basic.username");
        Assert.Empty(provider.Requests);

        async Task NotSent(TokenTrade trade, string field)
        {
            var failure = Assert.IsType<EndpointFailure.NotSent>((await Trader.TradeAsync(trade, Values, Token)).Failure);
            Assert.Equal(field, Assert.Single(failure.Faults).Field);
            Assert.DoesNotContain(Values["password"], failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_fault_is_told_with_its_field()
    {
        var trade = new TokenTrade
        {
            Method = "GET",
            Url = "nowhere",
            Query = Texts.Of(("a", "{{")),
            Headers = Texts.Of(("Authorization", "x"), ("b c", "x")),
            Basic = new TradeBasicAuth { Username = "{{ }}" },
            Form = Texts.Of(("a", "{{!}}")),
            Json = new JsonObject { ["a"] = "{{" },
            Answer = new TokenAnswerShape { AccessToken = "" },
            Rejected = [new AnswerRule()],
            DefaultLifetimeSeconds = 0,
        };
        Assert.Equal(
            "answer.accessToken basic.username defaultLifetimeSeconds form.a headers.Authorization headers.b c json json.a method query.a rejected[0] url",
            string.Join(' ', trade.Validate().Select(fault => fault.Field).Order(StringComparer.Ordinal)));
        Assert.True(new TokenTrade { Url = "https://{{host}}/" }.HasFreeHost());
        Assert.False(new TokenTrade { Url = "https://{{host}}.example.com/" }.HasFreeHost());
    }

    [Fact]
    public async Task No_value_changes_the_shape_of_the_request()
    {
        await using var provider = await Provider.StartAsync("""{"access_token":"a"}""");
        var trade = new TokenTrade
        {
            Url = $"{provider.Url}/a/{{{{v}}}}/b",
            Query = Texts.Of(("q", "{{v}}")),
            Json = new JsonObject { ["a"] = "{{v}}", ["b"] = "fixed" },
        };
        await Gen.OneOf(Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 10], Gen.String[Gen.Char["\"\\{}/.%&=?#,:"], 0, 10]).SampleAsync(
            async value =>
            {
                var result = await Trader.TradeAsync(trade, Texts.Of(("v", value)), Token);
                if (!result.Succeeded) return result.Failure is EndpointFailure.NotSent;
                var body = JsonNode.Parse(provider.Last.Body)!.AsObject();
                return body.Count == 2 && body["a"]!.GetValue<string>() == value && provider.Last.QueryParameters.Count == 1
                    && provider.Last.Path.StartsWith("/a/", StringComparison.Ordinal) && provider.Last.Path.EndsWith("/b", StringComparison.Ordinal);
            },
            iter: 100,
            threads: 1);
    }

    private TokenTrader Trader => new(Invoker, Time);

    private async Task<TokenGrant> TradeAsync(TokenTrade trade, IReadOnlyDictionary<string, string>? values = null)
    {
        var result = await Trader.TradeAsync(trade, values ?? Values, Token);
        Assert.True(result.Succeeded, result.Failure?.Message);
        return result.Value;
    }
}
