using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class OutgoingRequestTests
{
    [Fact]
    public void A_signer_sees_method_url_headers_and_body_as_they_are_sent()
    {
        using var message = new HttpRequestMessage(HttpMethod.Put, "http://unused.example/");
        var request = Requests.To(message, "https://API.example.com:443/v1", "/%7e/a%2Fb?x=%2e", "{}", ("X-A", "1"), ("x-a", "2"), ("Content-Type", "text/json"));

        Assert.Equal("PUT", request.Method);
        Assert.Equal("https://api.example.com/v1/%7e/a%2Fb?x=%2e", request.Url);
        Assert.Equal("1, 2", request.HeaderValue("X-a"));
        Assert.Equal("text/json", request.HeaderValue("content-type"));
        Assert.Null(request.HeaderValue("X-B"));
        Assert.Equal("X-A: 1, 2; Content-Type: text/json", string.Join("; ", request.Headers.Select(header => $"{header.Key}: {header.Value}")));
        Assert.Equal("{}"u8, request.Body!.Value.Span);
    }

    [Fact]
    public void Values_that_fit_are_set_in_place_of_those_of_their_name()
    {
        using var message = new HttpRequestMessage();
        var request = Requests.To(message, "https://example.com", "/x?a=1&b=2", body: null, ("X-A", "1"));

        Assert.Empty(request.TrySetHeader("x-a", "é"));
        Assert.Empty(request.TrySetQueryParameter("a", "3&4"));
        Assert.Empty(request.TryAppendQuery("oauth_token=x%20y&oauth_nonce=1"));
        Assert.Empty(request.TrySetCookie("c", "1"));
        Assert.Empty(request.TrySetCookie("d", "2"));
        Assert.Equal("c=1; d=2", request.HeaderValue("cookie"));
        request.Complete();

        Assert.Equal("https://example.com/x?b=2&a=3%264&oauth_token=x%20y&oauth_nonce=1", message.RequestUri!.AbsoluteUri);
        Assert.Equal("\u00c3\u00a9", message.Headers.NonValidated["X-A"].ToString());
        Assert.Equal("c=1; d=2", message.Headers.NonValidated["Cookie"].ToString());
    }

    [Fact]
    public void Values_that_would_break_the_message_are_faults_and_set_nothing()
    {
        using var message = new HttpRequestMessage();
        var request = Requests.To(message, "https://example.com", "/x");

        Assert.Equal("name value", Subjects(request.TrySetHeader("Host", "a\r\nb")));
        Assert.Equal("name value", Subjects(request.TrySetCookie("a b", "1;2")));
        Assert.Equal("name", Subjects(request.TrySetQueryParameter("", "1")));
        Assert.All(["", "a=b c", "a=#", "é", "a\n"], query => Assert.Equal("query", Subjects(request.TryAppendQuery(query))));
        request.Complete();

        Assert.Equal("https://example.com/x", message.RequestUri!.AbsoluteUri);
        Assert.Empty(message.Headers.NonValidated);
    }

    [Fact]
    public void Nothing_that_is_set_can_lead_elsewhere_or_become_a_second_line() =>
        Gen.Select(Gen.String, Gen.String).Sample((name, value) =>
        {
            using var message = new HttpRequestMessage();
            var request = Requests.To(message, "http://example.com", "/x");
            request.TrySetHeader(name, value);
            request.TrySetQueryParameter(name, value);
            request.TryAppendQuery(value);
            request.TrySetCookie(name, value);
            request.Complete();
            return message.RequestUri!.AbsoluteUri.StartsWith("http://example.com/x", StringComparison.Ordinal)
                && request.Headers.All(header => !header.Value.AsSpan().ContainsAny('\r', '\n', '\0'));
        });

    [Fact]
    public void Signers_go_last_and_the_others_keep_their_order()
    {
        var options = new HmacOptions { Algorithm = HmacAlgorithm.Sha256, In = CredentialPlace.Header, Name = "X-Sig", DigestInputs = ["url"] };
        IRequestCredential signer = Requests.Made(HmacCredential.Create(options, "key", TimeProvider.System));
        IRequestCredential first = Requests.Made(QueryCredential.Create("a", "1"));
        IRequestCredential second = Requests.Made(HeaderCredential.Create("b", "2"));

        Assert.Equal([first, second, signer], RequestCredentialOrder.SigningLast([signer, first, second]));
        Assert.False(first.NeedsBody);
    }

    private static string Subjects(IReadOnlyList<Fault> faults) => string.Join(' ', faults.Select(fault => fault.Subject));
}
