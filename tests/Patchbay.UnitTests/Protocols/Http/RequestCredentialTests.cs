using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;
using Patchbay.UnitTests.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class RequestCredentialTests
{
    [Fact]
    public async Task A_header_credential_replaces_the_callers_in_any_case()
    {
        var head = await SendAsync("/", [("x-api-KEY", "caller's"), ("X-API-Key", "too")], Made(HeaderCredential.Create("X-Api-Key", "secret")));
        Assert.Equal("X-Api-Key: secret", Assert.Single(Lines(head), line => line.StartsWith("x-api-key", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_query_credential_replaces_the_callers_however_it_is_spelt() =>
        Assert.StartsWith(
            "GET /x?a=%2e&b=c+d&api%20key=s%26t HTTP/1.1\r\n",
            await SendAsync("/x?api+key=1&a=%2e&%61pi%20key=2&b=c+d", [], Made(QueryCredential.Create("api key", "s&t"))),
            StringComparison.Ordinal);

    [Fact]
    public async Task Cookies_of_several_credentials_go_into_one_field() =>
        Assert.Contains(
            "\r\nCookie: b=2; a=3\r\n",
            await SendAsync("/", [], Made(CookieCredential.Create("a", "1")), Made(CookieCredential.Create("b", "2")), Made(CookieCredential.Create("a", "3"))),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_header_credential_named_cookie_is_joined_with_the_cookies() =>
        Assert.Contains(
            "\r\nCookie: session=1; a=2\r\n",
            await SendAsync("/", [], Made(CookieCredential.Create("a", "2")), Made(HeaderCredential.Create("Cookie", "session=1"))),
            StringComparison.Ordinal);

    [Fact]
    public async Task User_name_and_password_are_sent_as_UTF8() =>
        Assert.Contains(
            $"\r\nAuthorization: Basic {Convert.ToBase64String("jürgen:p:ä"u8)}\r\n",
            await SendAsync("/", [("Authorization", "Bearer caller's")], Made(BasicCredential.Create("jürgen", "p:ä"))),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_later_credential_of_the_same_name_wins()
    {
        var head = await SendAsync("/", [], Made(BasicCredential.Create("u", "p")), Made(HeaderCredential.Create("authorization", "Bearer later")));
        Assert.Equal("authorization: Bearer later", Assert.Single(Lines(head), line => line.StartsWith("authorization", StringComparison.OrdinalIgnoreCase)), ignoreCase: true);
    }

    [Fact]
    public async Task No_credential_changes_nothing() =>
        Assert.StartsWith("GET /%7e?%2e HTTP/1.1\r\n", await SendAsync("/%7e?%2e", [], NoCredential.Instance), StringComparison.Ordinal);

    [Fact]
    public async Task Values_beyond_ASCII_go_out_as_UTF8() =>
        Assert.Contains("\r\nX-Key: \u00c3\u00a9\r\n", await SendAsync("/", [], Made(HeaderCredential.Create("X-Key", "é"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "v", "name")]
    [InlineData("X Key", "v", "name")]
    [InlineData("X:Key", "v", "name")]
    [InlineData("X-Key\r\n", "v", "name")]
    [InlineData("Ü", "v", "name")]
    [InlineData("host", "v", "name")]
    [InlineData("Transfer-Encoding", "v", "name")]
    [InlineData("content-length", "0", "name")]
    [InlineData("Content-Type", "v", "name")]
    [InlineData("X-Key", "a\r\nX-Evil: b", "value")]
    [InlineData("X-Key", "a\n", "value")]
    [InlineData("X-Key", "a\0", "value")]
    [InlineData("X-Key", "a\u007f", "value")]
    public void A_header_credential_that_would_break_the_message_is_refused(string name, string value, string subject) =>
        Assert.Equal(subject, Assert.Single(HeaderCredential.Create(name, value).Faults).Subject);

    [Theory]
    [InlineData("", "v", "name")]
    [InlineData("a=b", "v", "name")]
    [InlineData("a;b", "v", "name")]
    [InlineData("a", "v; admin=1", "value")]
    [InlineData("a", "v\r\n", "value")]
    public void A_cookie_credential_that_would_be_two_is_refused(string name, string value, string subject) =>
        Assert.Equal(subject, Assert.Single(CookieCredential.Create(name, value).Faults).Subject);

    [Theory]
    [InlineData("a:b", "p", "username")]
    [InlineData("a\n", "p", "username")]
    [InlineData("a", "p\r", "password")]
    public void User_name_and_password_that_RFC_7617_forbids_are_refused(string username, string password, string subject) =>
        Assert.Equal(subject, Assert.Single(BasicCredential.Create(username, password).Faults).Subject);

    [Fact]
    public void A_query_credential_needs_a_name() => Assert.Equal("name", Assert.Single(QueryCredential.Create("", "v").Faults).Subject);

    [Fact]
    public void No_value_becomes_a_second_line_or_throws() =>
        Gen.Select(Gen.String, Gen.String).Sample((name, value) =>
        {
            using var message = new HttpRequestMessage();
            var request = new OutgoingRequest(message, Requests.Target("http://example.com", "/x"));
            foreach (var credential in new IRequestCredential?[]
            {
                HeaderCredential.Create("X-Key", value).TryGet(out var header, out _) ? header : null,
                HeaderCredential.Create(name, "v").TryGet(out var named, out _) ? named : null,
                CookieCredential.Create("c", value).TryGet(out var cookie, out _) ? cookie : null,
                QueryCredential.Create(name, value).TryGet(out var query, out _) ? query : null,
                BasicCredential.Create(name, value).TryGet(out var basic, out _) ? basic : null,
            })
            {
                credential?.Apply(request);
            }

            request.Complete();
            return message.Headers.NonValidated.All(field => field.Value.All(line => !line.AsSpan().ContainsAny('\r', '\n', '\0')))
                && message.RequestUri!.AbsoluteUri.StartsWith("http://example.com/x", StringComparison.Ordinal);
        });

    [Fact]
    public void No_credential_shows_its_secret_as_text() =>
        Assert.All(
            new IRequestCredential[]
            {
                Made(HeaderCredential.Create("X-Key", "s3cret")),
                Made(QueryCredential.Create("k", "s3cret")),
                Made(CookieCredential.Create("k", "s3cret")),
                Made(BasicCredential.Create("u", "s3cret")),
            },
            credential => Assert.DoesNotContain("s3cret", $"{credential}{Outcome.Of(credential)}", StringComparison.Ordinal));

    private static IRequestCredential Made<T>(Outcome<T> outcome)
        where T : class, IRequestCredential => Requests.Made(outcome);

    /// <returns>The head of the request as it arrived.</returns>
    private static async Task<string> SendAsync(string remainder, (string Name, string Value)[] callers, params IRequestCredential[] credentials)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var invoker = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateProxyInvoker();
        using var message = new HttpRequestMessage();
        foreach (var (name, value) in callers) message.Headers.TryAddWithoutValidation(name, value);

        var request = new OutgoingRequest(message, Requests.Target($"http://127.0.0.1:{upstream.Port}", remainder));
        foreach (var credential in credentials) credential.Apply(request);
        request.Complete();
        using var response = await invoker.SendAsync(message, TestContext.Current.CancellationToken);
        return Assert.Single(upstream.Heads);
    }

    private static string[] Lines(string head) => head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
}
