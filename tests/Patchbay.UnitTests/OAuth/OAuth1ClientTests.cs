using Patchbay.OAuth;
using Patchbay.OAuth.OAuth1;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class OAuth1ClientTests : TokenFixture
{
    private static readonly OAuth1Credentials Consumer = new("consumer-1") { ConsumerSecret = "consumer-secret" };

    private OAuth1Client OAuth1 => new(Invoker, Time);

    [Theory]
    [InlineData(OAuth1Placement.Header)]
    [InlineData(OAuth1Placement.Query)]
    [InlineData(OAuth1Placement.Body)]
    public async Task A_user_is_sent_out_and_comes_back_to_lasting_credentials(OAuth1Placement placement)
    {
        await using var provider = await Provider.StartAsync((context, received) =>
        {
            var sent = Sent(received, placement);
            var answer = received.Path == "/request" && sent["oauth_callback"] == "https://app.example.com/back?x=1" && received.Form["scope"] == "read write"
                ? "oauth_token=temporary-1&oauth_token_secret=temporary-secret&oauth_callback_confirmed=true"
                : received.Path == "/access" && sent["oauth_token"] == "temporary-1" && sent["oauth_verifier"] == "verifier-1"
                    ? "oauth_token=lasting-1&oauth_token_secret=lasting-secret&screen_name=me"
                    : "oauth_problem=parameter_absent";
            return Provider.WriteAsync(context, answer, contentType: "application/x-www-form-urlencoded");
        });
        var profile = Profile(provider) with { Placement = placement, RequestParameters = Texts.Of(("scope", "read write")), Captured = Texts.Of(("name", "screen_name")) };

        var temporary = await OAuth1.RequestTemporaryAsync(profile, Consumer, "https://app.example.com/back?x=1", Token);
        Assert.True(temporary.Succeeded, temporary.Failure?.Message);
        var first = Sent(provider.Last, placement);
        Assert.Equal(("consumer-1", "HMAC-SHA1", "1.0", "1772366400"), (first["oauth_consumer_key"], first["oauth_signature_method"], first["oauth_version"], first["oauth_timestamp"]));
        Assert.False(first.ContainsKey("oauth_token"));

        Assert.True(OAuth1Client.AuthorizeUrl(profile with { AuthorizeUrl = $"{provider.Url}/authorize?lang=en" }, temporary.Value).TryGet(out var url, out _));
        Assert.Equal($"{provider.Url}/authorize?lang=en&oauth_token=temporary-1", url);

        var lasting = await OAuth1.RequestTokenAsync(profile, Consumer, temporary.Value, "verifier-1", Token);
        Assert.True(lasting.Succeeded, lasting.Failure?.Message);
        Assert.Equal(("lasting-1", "lasting-secret", "me"), (lasting.Value.Token, lasting.Value.Secret, lasting.Value.Captured["name"]));
        Assert.DoesNotContain("lasting", $"{lasting.Value}{lasting}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unconfirmed_callback_is_believed_only_where_the_profile_says_so()
    {
        await using var provider = await Provider.StartAsync("oauth_token=t&oauth_token_secret=s", contentType: "text/html");
        var strict = await OAuth1.RequestTemporaryAsync(Profile(provider), Consumer, "https://app.example.com/", Token);
        Assert.Equal(UnavailableKind.Unreadable, Assert.IsType<EndpointFailure.Unavailable>(strict.Failure).Kind);
        Assert.True((await OAuth1.RequestTemporaryAsync(Profile(provider) with { AllowsUnconfirmedCallback = true }, Consumer, "https://app.example.com/", Token)).Succeeded);
    }

    [Theory]
    [InlineData(401, "oauth_problem=token_rejected&oauth_problem_advice=Ask%20again%20verifier-1", RefusalKind.DeadGrant, "token_rejected", true)]
    [InlineData(400, "oauth_problem=consumer_key_unknown", RefusalKind.Client, "consumer_key_unknown", true)]
    [InlineData(401, "oauth_problem=timestamp_refused", RefusalKind.Request, "timestamp_refused", false)]
    [InlineData(401, "oauth_problem=user_refused", RefusalKind.UserAction, "user_refused", false)]
    [InlineData(401, "Invalid / expired Token", RefusalKind.DeadGrant, "unauthorized", false)]
    [InlineData(401, "", RefusalKind.DeadGrant, "unauthorized", false)]
    [InlineData(403, """{"errors":[{"code":32}],"error":"no_luck"}""", RefusalKind.Unknown, "no_luck", false)]
    public async Task A_refusal_tells_whose_fault_it_is(int status, string body, RefusalKind kind, string code, bool definitive)
    {
        await using var provider = await Provider.StartAsync(body, status, "text/plain");
        var temporary = new OAuth1Token { Token = "t", Secret = "temporary-secret" };
        var refused = Assert.IsType<EndpointFailure.Refused>((await OAuth1.RequestTokenAsync(Profile(provider), Consumer, temporary, "verifier-1", Token)).Failure);
        Assert.Equal((kind, code, definitive), (refused.Kind, refused.Code, refused.Definitive));
        Assert.DoesNotContain("verifier-1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outages_and_requests_that_cannot_be_made_are_told_apart()
    {
        await using var provider = await Provider.StartAsync("", 503, headers: ("Retry-After", "7"));
        var busy = Assert.IsType<EndpointFailure.Unavailable>((await OAuth1.RequestTemporaryAsync(Profile(provider), Consumer, "https://app.example.com/", Token)).Failure);
        Assert.Equal((UnavailableKind.ServerError, TimeSpan.FromSeconds(7)), (busy.Kind, busy.RetryAfter));
        Assert.Single(provider.Requests);
        Assert.IsType<EndpointFailure.NotSent>((await OAuth1.RequestTemporaryAsync(new OAuth1Profile(), Consumer, "https://app.example.com/", Token)).Failure);
        Assert.IsType<EndpointFailure.NotSent>((await OAuth1.RequestTemporaryAsync(Profile(provider), new OAuth1Credentials(""), "https://app.example.com/", Token)).Failure);
        Assert.Single(provider.Requests);
        Assert.Equal("authorizeUrl", Assert.Single(OAuth1Client.AuthorizeUrl(new OAuth1Profile(), new OAuth1Token { Token = "t", Secret = "s" }).Faults).Field);
    }

    private static new OAuth1Profile Profile(Provider provider) => new()
    {
        RequestTokenUrl = $"{provider.Url}/request",
        AuthorizeUrl = $"{provider.Url}/authorize",
        AccessTokenUrl = $"{provider.Url}/access",
    };

    private static Dictionary<string, string> Sent(Received received, OAuth1Placement placement) => placement switch
    {
        OAuth1Placement.Header => received.Header("Authorization")!["OAuth ".Length..].Split(", ")
            .ToDictionary(part => part[..part.IndexOf('=', StringComparison.Ordinal)], part => Uri.UnescapeDataString(part.Split('"')[1]), StringComparer.Ordinal),
        OAuth1Placement.Query => new(received.QueryParameters, StringComparer.Ordinal),
        _ => new(received.Form, StringComparer.Ordinal),
    };
}
