using CsCheck;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class AllowedHostsTests
{
    [Theory]
    [InlineData("files.example.com", "https://files.example.com", true)]
    [InlineData("FILES.example.com", "https://files.example.com", true)]
    [InlineData("files.example.com", "https://files.example.com:8443", false)]
    [InlineData("files.example.com", "http://files.example.com", false)]
    [InlineData("files.example.com", "http://files.example.com:443", false)]
    [InlineData("files.example.com", "https://example.com", false)]
    [InlineData("files.example.com", "https://a.files.example.com", false)]
    [InlineData("files.example.com:8443", "https://files.example.com:8443", true)]
    [InlineData("files.example.com:8443", "https://files.example.com", false)]
    [InlineData("https://files.example.com", "https://files.example.com", true)]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080", true)]
    [InlineData("http://127.0.0.1:8080", "https://127.0.0.1:8080", false)]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:80", true)]
    [InlineData("[::1]:8443", "https://[::1]:8443", true)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("*.example.com", "https://a.example.com", true)]
    [InlineData("*.example.com", "https://a.b.example.com", true)]
    [InlineData("*.example.com", "https://example.com", false)]
    [InlineData("*.example.com", "https://evilexample.com", false)]
    [InlineData("*.example.com", "https://a.example.com.evil.example", false)]
    [InlineData("*.example.com", "http://a.example.com", false)]
    [InlineData("*.example.com:8443", "https://a.example.com:8443", true)]
    [InlineData("http://*.example.com", "http://a.example.com", true)]
    public void An_entry_stands_for_its_places_only(string entry, string origin, bool expected)
    {
        Assert.True(AllowedHosts.Parse(["other.example", entry]).TryGet(out var hosts, out _));
        Assert.Equal(expected, hosts.Contains(Origin.Of(new Uri(origin))!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.com")]
    [InlineData("*.127.0.0.1")]
    [InlineData("*example.com")]
    [InlineData("a.*.example.com")]
    [InlineData("*.*.example.com")]
    [InlineData("example.com/")]
    [InlineData("example.com/path")]
    [InlineData("example.com?x")]
    [InlineData("user@example.com")]
    [InlineData("example.com:0")]
    [InlineData("example.com:")]
    [InlineData("ftp://example.com")]
    [InlineData("https://")]
    [InlineData("exa mple.com")]
    [InlineData("127.1")]
    [InlineData("example.com, other.example")]
    public void What_is_no_place_is_a_fault_of_its_entry(string entry) =>
        Assert.Equal("[1]", Assert.Single(AllowedHosts.Parse(["example.com", entry, "other.example"]).Faults).Subject);

    [Fact]
    public void An_empty_list_allows_nothing() => Assert.False(AllowedHosts.None.Contains(Origin.Of(new Uri("https://example.com"))!));

    [Fact]
    public void Entries_from_anywhere_never_throw() => Gen.String.Sample(text => AllowedHosts.Parse([text, "*." + text, "https://" + text]).Faults is not null);
}
