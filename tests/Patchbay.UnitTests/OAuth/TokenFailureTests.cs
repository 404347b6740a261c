using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Patchbay.OAuth;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.UnitTests.Protocols;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

/// <summary>What providers answer when they do not grant.</summary>
public sealed class TokenFailureTests : TokenFixture
{
    public static TheoryData<string, int, string, RefusalKind, string, bool> Refusals() => new()
    {
        // RFC 6749, 5.2
        { "rfc", 400, """{"error":"invalid_grant","error_description":"Token has been expired or revoked."}""", RefusalKind.DeadGrant, "invalid_grant", true },
        { "rfc", 401, """{"error":"invalid_client"}""", RefusalKind.Client, "invalid_client", true },
        { "rfc", 400, """{"error":"unauthorized_client"}""", RefusalKind.Client, "unauthorized_client", true },
        { "rfc", 400, """{"error":"unsupported_grant_type"}""", RefusalKind.Request, "unsupported_grant_type", true },
        { "rfc", 400, """{"error":"invalid_scope"}""", RefusalKind.Request, "invalid_scope", true },
        { "rfc", 400, """{"error":"invalid_request"}""", RefusalKind.Request, "invalid_request", false },

        // OpenID Connect and Microsoft
        { "interaction", 400, """{"error":"interaction_required","error_codes":[50076]}""", RefusalKind.UserAction, "interaction_required", true },
        { "auth0 rule", 403, """{"error":"access_denied","error_description":"Policy"}""", RefusalKind.UserAction, "access_denied", false },

        // Failures with the status 200
        { "github", 200, """{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."}""", RefusalKind.DeadGrant, "invalid_grant", true },
        { "github form", 200, "error=incorrect_client_credentials&error_description=no", RefusalKind.Client, "invalid_client", true },
        { "slack", 200, """{"ok":false,"error":"invalid_refresh_token"}""", RefusalKind.DeadGrant, "invalid_grant", true },
        { "zoho", 200, """{"error":"invalid_code"}""", RefusalKind.DeadGrant, "invalid_grant", true },

        // Other shapes
        { "hubspot", 400, """{"status":"BAD_REFRESH_TOKEN","message":"missing or unknown refresh token","correlationId":"x"}""", RefusalKind.DeadGrant, "invalid_grant", true },
        { "facebook", 400, """{"error":{"message":"Invalid","type":"OAuthException","code":100}}""", RefusalKind.Unknown, "OAuthException", false },
        { "google api", 403, """{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}""", RefusalKind.Unknown, "PERMISSION_DENIED", false },
        { "capitals", 400, """{"error":"INVALID_GRANT"}""", RefusalKind.DeadGrant, "invalid_grant", true },
        { "salesforce", 400, """{"error":"unknown_error","error_description":"retry your request"}""", RefusalKind.Unknown, "unknown_error", false },
        { "no code", 400, """{"message":"Bad"}""", RefusalKind.Unknown, "unspecified_error", false },
        { "numbers", 404, """{"status":404,"code":12}""", RefusalKind.Unknown, "unspecified_error", false },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_tells_whose_fault_it_is_and_whether_it_lasts(string provider, int status, string body, RefusalKind kind, string code, bool definitive)
    {
        await using var server = await Provider.StartAsync(body, status);
        var refused = await FailureAsync<EndpointFailure.Refused>(Profile(server));
        Assert.Equal((provider, kind, code, definitive, status), (provider, refused.Kind, refused.Code, refused.Definitive, refused.Status));
    }

    public static TheoryData<int, string, UnavailableKind> Outages() => new()
    {
        { 429, """{"error":"invalid_grant"}""", UnavailableKind.RateLimited },
        { 500, """{"error":"invalid_grant"}""", UnavailableKind.ServerError },
        { 502, "<html>Bad gateway</html>", UnavailableKind.ServerError },
        { 503, "", UnavailableKind.ServerError },
        { 408, "", UnavailableKind.ServerError },
        { 400, """{"error":"temporarily_unavailable"}""", UnavailableKind.ServerError },
        { 400, """{"error":"server_error"}""", UnavailableKind.ServerError },
        { 200, """{"ok":false,"error":"ratelimited"}""", UnavailableKind.RateLimited },
        { 302, "", UnavailableKind.Unreadable },
        { 401, "", UnavailableKind.Unreadable },
        { 403, "<html>Blocked</html>", UnavailableKind.Unreadable },
        { 400, "Bad Request", UnavailableKind.Unreadable },
        { 200, "", UnavailableKind.Unreadable },
        { 204, "", UnavailableKind.Unreadable },
        { 200, "<html>Sign in</html>", UnavailableKind.Unreadable },
        { 200, """{"status":"success"}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":""}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":null}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":{"a":1}}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":"a\r\nb"}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":"\ud800"}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":"tök"}""", UnavailableKind.Unreadable },
        { 200, """{"access_token":"a" """, UnavailableKind.Unreadable },
        { 200, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", UnavailableKind.Unreadable },
    };

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task What_says_nothing_about_the_grant_is_tried_again(int status, string body, UnavailableKind kind)
    {
        await using var provider = await Provider.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return status == 204 ? Task.CompletedTask : context.Response.WriteAsync(body, context.RequestAborted);
        });
        Assert.Equal((kind, status), ((await FailureAsync<EndpointFailure.Unavailable>(Profile(provider))) is { } failure ? (failure.Kind, failure.Status) : default));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("Sun, 01 Mar 2026 12:02:00 GMT", 120)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 0)]
    [InlineData("999999999", 86400)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    public async Task Retry_after_is_honoured_within_reason(string value, int? seconds)
    {
        await using var provider = await Provider.StartAsync("{}", 429, headers: ("Retry-After", value));
        Assert.Equal(seconds is { } expected ? TimeSpan.FromSeconds(expected) : null, (await FailureAsync<EndpointFailure.Unavailable>(Profile(provider))).RetryAfter);
    }

    [Fact]
    public async Task Codes_and_rules_of_the_profile_come_before_what_is_known_by_itself()
    {
        await using var provider = await Provider.StartAsync("""{"ok":false,"fault":{"n":1042,"say":"gone"},"access_token":"not-to-be-used"}""");
        var shape = new TokenAnswerShape
        {
            Failed = [new AnswerRule { Path = "ok", EqualTo = "false" }],
            Error = "fault.n",
            ErrorDescription = "fault.say",
            ErrorCodes = Texts.Of(("1042", "invalid_grant")),
        };
        var refused = await FailureAsync<EndpointFailure.Refused>(Profile(provider) with { Answer = shape });
        Assert.Equal((RefusalKind.DeadGrant, "invalid_grant", "1042", "gone"), (refused.Kind, refused.Code, refused.ProviderCode, refused.Description));

        var passing = shape with { Transient = [new AnswerRule { Path = "fault.say", Contains = "GONE" }] };
        Assert.Equal(UnavailableKind.ServerError, (await FailureAsync<EndpointFailure.Unavailable>(Profile(provider) with { Answer = passing })).Kind);
    }

    [Fact]
    public async Task What_the_provider_says_is_one_short_line_without_the_secrets_of_the_request()
    {
        await using var provider = await Provider.StartAsync((context, received) => Provider.WriteAsync(
            context,
            $$"""
            {"error":"bad {{Refresh}}","error_description":"No\r\n\u202e<b>{{Refresh}}</b> for {{ClientSecret}}, {{Uri.EscapeDataString(received.Header("Authorization")![6..])}} {{new string('x', 5000)}}"}
            """,
            400));
        var refused = await FailureAsync<EndpointFailure.Refused>(Profile(provider));
        Assert.StartsWith("No <b>[redacted]</b> for [redacted], [redacted] xxx", refused.Description, StringComparison.Ordinal);
        Assert.Equal("bad [redacted]", refused.Code);
        Assert.InRange(refused.Description!.Length, 1, 301);
        Assert.DoesNotContain(Refresh, $"{refused}{refused.Message}{refused.Code}{refused.ProviderCode}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var failure = await FailureAsync<EndpointFailure.Unavailable>(new ProviderProfile { TokenUrl = "http://127.0.0.1:1/token" });
        Assert.Equal(UnavailableKind.Network, failure.Kind);
        Assert.IsType<SocketException>(failure.Cause?.InnerException);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_unavailable()
    {
        await using var upstream = new RawUpstream(_ => "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_token\":\"a\"");
        Assert.Equal(UnavailableKind.Network, (await FailureAsync<EndpointFailure.Unavailable>(new ProviderProfile { TokenUrl = $"http://127.0.0.1:{upstream.Port}/" })).Kind);
    }

    [Fact]
    public async Task A_server_that_never_finishes_runs_into_the_time_limit()
    {
        await using var upstream = new RawUpstream(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"u8.ToArray(), token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        var tokens = TokensWithin(new ExchangeLimits(TimeSpan.FromMilliseconds(200), 1000));
        var result = await tokens.RequestAsync(new ProviderProfile { TokenUrl = $"http://127.0.0.1:{upstream.Port}/" }, Client, new GrantRequest.RefreshToken(Refresh), Token);
        Assert.Equal(UnavailableKind.Timeout, Assert.IsType<EndpointFailure.Unavailable>(result.Failure).Kind);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_the_cancellation_and_no_result()
    {
        using var giveUp = new CancellationTokenSource();
        await using var upstream = new RawUpstream(async (_, _, token) =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Tokens.RequestAsync(
            new ProviderProfile { TokenUrl = $"http://127.0.0.1:{upstream.Port}/" }, Client, new GrantRequest.RefreshToken(Refresh), giveUp.Token));
    }

    [Fact]
    public async Task An_answer_of_the_longest_length_is_read_and_one_byte_more_is_not()
    {
        const string Start = """{"access_token":"a","x":" """;
        var body = new StringBuilder(Start).Append('x', 1024 * 1024 - Start.Length - 2).Append("\"}").ToString();
        await using var provider = await Provider.StartAsync((context, _) => Provider.WriteAsync(context, body));
        Assert.Equal("a", (await GrantAsync(Profile(provider))).AccessToken);
        body += " ";
        Assert.Equal(UnavailableKind.TooLarge, (await FailureAsync<EndpointFailure.Unavailable>(Profile(provider))).Kind);
    }
}
