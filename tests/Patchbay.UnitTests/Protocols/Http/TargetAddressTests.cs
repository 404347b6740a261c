using CsCheck;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class TargetAddressTests
{
    [Theory]
    [InlineData("https://api.example.com", "https://api.example.com", "", null)]
    [InlineData("https://api.example.com/", "https://api.example.com", "", null)]
    [InlineData("HTTPS://API.example.com:443/V1/", "https://api.example.com", "/V1", null)]
    [InlineData("http://api.example.com:8080/v1", "http://api.example.com:8080", "/v1", null)]
    [InlineData("http://api.example.com:443", "http://api.example.com:443", "", null)]
    [InlineData("https://[::1]:8443/x", "https://[::1]:8443", "/x", null)]
    [InlineData("https://[::ffff:127.0.0.1]", "https://[::ffff:127.0.0.1]", "", null)]
    [InlineData("https://api.example.com?version=1", "https://api.example.com", "", "version=1")]
    [InlineData("https://api.example.com/v1/?version=1&x", "https://api.example.com", "/v1", "version=1&x")]
    [InlineData("https://api.example.com/%2E%7e/%zz/a b/é{x}", "https://api.example.com", "/%2E%7e/%25zz/a%20b/%C3%A9%7Bx%7D", null)]
    [InlineData("https://api.example.com/a?b=c d&e=%20'\"", "https://api.example.com", "/a", "b=c%20d&e=%20'%22")]
    [InlineData("https://api.example.com//double//", "https://api.example.com", "//double", null)]
    [InlineData("https://bücher.example/x", "https://xn--bcher-kva.example", "/x", null)]
    public void A_base_url_is_taken_apart(string text, string origin, string prefix, string? query)
    {
        Assert.True(TargetAddress.Parse(text).TryGet(out var address, out var faults), string.Join(' ', faults));
        Assert.Equal((origin, prefix, query), (address.Origin.ToString(), address.PathPrefix, address.Query));
    }

    [Theory]
    [InlineData("", "scheme")]
    [InlineData("api.example.com", "scheme")]
    [InlineData("//api.example.com", "scheme")]
    [InlineData("://api.example.com", "scheme")]
    [InlineData("ftp://api.example.com", "scheme")]
    [InlineData(" https://api.example.com", "scheme")]
    [InlineData("javascript://x", "scheme")]
    [InlineData("https:/api.example.com", "scheme")]
    [InlineData("https://", "host")]
    [InlineData("https:///x", "host")]
    [InlineData("https://:443", "host")]
    [InlineData("https://user@api.example.com", "host")]
    [InlineData("https://user:password@api.example.com", "host")]
    [InlineData("https://api.example.com\\@evil.example", "host")]
    [InlineData("https://api.example.com\\x", "host")]
    [InlineData("https://[::1]x", "host")]
    [InlineData("https://127.1", "host")]
    [InlineData("https://api.example.com:", "port")]
    [InlineData("https://api.example.com:0", "port")]
    [InlineData("https://api.example.com:65536", "port")]
    [InlineData("https://api.example.com:80:90", "port")]
    [InlineData("https://api.example.com:+80", "port")]
    [InlineData("https://api.example.com:８０", "port")]
    [InlineData("https://api.example.com/x#y", "fragment")]
    [InlineData("https://api.example.com#", "fragment")]
    [InlineData("https://api.example.com/a/../b", "path")]
    [InlineData("https://api.example.com/a/%2e%2E", "path")]
    public void What_is_no_base_url_is_a_fault_of_its_part(string text, string part)
    {
        var fault = Assert.Single(TargetAddress.Parse(text).Faults);
        Assert.Equal(part, fault.Subject);
        Assert.DoesNotContain("password", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_reported_at_once() =>
        Assert.Equal(
            "scheme port host path",
            string.Join(' ', TargetAddress.Parse("ftp://a..b:x/..").Faults.Select(fault => fault.Subject)));

    [Fact]
    public void What_was_read_means_the_same_host_to_the_client() =>
        Gen.Select(
            Gen.String,
            Gen.OneOf(Gen.Const("https://"), Gen.Const("http://a"), Gen.Const("https://a.b:8/")),
            Gen.OneOf(Gen.String, Gen.String[Gen.Char["./@:a1x-[]?%é"], 0, 10])).Sample((before, start, text) =>
        {
            foreach (var candidate in (string[])[start + text, before + start + text])
            {
                if (!TargetAddress.Parse(candidate).TryGet(out var address, out _)) continue;
                if (!RawTarget.Join(address, "/x").TryGet(out var target, out _)) return false;
                if (Origin.Of(target.ToUri()) != address.Origin) return false;
            }

            return true;
        });

    [Theory]
    [InlineData("https://example.com/x", "https://EXAMPLE.com:443/y?z", true)]
    [InlineData("https://example.com", "http://example.com", false)]
    [InlineData("https://example.com", "https://example.com:444", false)]
    [InlineData("https://example.com", "https://www.example.com", false)]
    [InlineData("http://example.com:443", "https://example.com", false)]
    public void Origins_are_equal_when_scheme_host_and_port_are(string first, string second, bool equal) =>
        Assert.Equal(equal, Origin.Of(new Uri(first)) == Origin.Of(new Uri(second)));

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("mailto:a@example.com")]
    [InlineData("relative")]
    public void Other_addresses_have_no_origin(string address) => Assert.Null(Origin.Of(new Uri(address, UriKind.RelativeOrAbsolute)));
}
