using CsCheck;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("API.Example.COM", "api.example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("my_bucket.example.com", "my_bucket.example.com")]
    [InlineData("a--b.example.com", "a--b.example.com")]
    [InlineData("1.example.com", "1.example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[2001:DB8:0:0::1]", "[2001:db8::1]")]
    public void A_host_has_one_form(string text, string expected) => Assert.Equal(expected, HostName.Normalise(text));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".example.com")]
    [InlineData("example.com.")]
    [InlineData("example..com")]
    [InlineData("exa mple.com")]
    [InlineData("example.com/")]
    [InlineData("example.com:80")]
    [InlineData("user@example.com")]
    [InlineData("example.com#")]
    [InlineData("example.com?")]
    [InlineData("example.com\\")]
    [InlineData("exam%70le.com")]
    [InlineData("example.com\r\n")]
    [InlineData("example。com")]
    [InlineData("example．com")]
    [InlineData("example℀com")]
    [InlineData("exa\u200bmple.com")]
    [InlineData("exa\u00admple.com")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("127.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("example.0x1")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[127.0.0.1]")]
    [InlineData("[]")]
    public void What_could_be_taken_for_another_host_is_none(string text) => Assert.Null(HostName.Normalise(text));

    [Fact]
    public void Labels_and_names_have_their_longest_lengths()
    {
        var label = new string('a', 63);
        Assert.NotNull(HostName.Normalise($"{label}.com"));
        Assert.Null(HostName.Normalise($"{label}a.com"));
        Assert.NotNull(HostName.Normalise(string.Join('.', label, label, label, new string('a', 61))));
        Assert.Null(HostName.Normalise(string.Join('.', label, label, label, new string('a', 62))));
        Assert.Null(HostName.Normalise(new string('ü', 60) + ".com"));
    }

    [Fact]
    public void Normalising_twice_changes_nothing_and_nothing_throws() =>
        Gen.Select(Gen.String, Gen.OneOf(Gen.Const(""), Gen.Const(".com"), Gen.Const(".ü"), Gen.Const("xn--")), Gen.String).Sample((start, middle, end) =>
            HostName.Normalise(start + middle + end) is not { } host || HostName.Normalise(host) == host);
}
