using Patchbay.Functions;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Functions;

public sealed class FunctionDefinitionTests
{
    [Theory]
    [InlineData("https://login.example.com", "https://login.example.com/token", true)]
    [InlineData("login.example.com", "https://LOGIN.example.com:443/", true)]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/x", true)]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example/", true)]
    [InlineData("https://login.example.com", "http://login.example.com/", false)]
    [InlineData("https://login.example.com", "https://login.example.com:8443/", false)]
    [InlineData("https://login.example.com", "https://login.example.com./", false)]
    [InlineData("https://login.example.com", "https://a.login.example.com/", false)]
    public void A_host_is_named_with_scheme_and_port(string named, string address, bool allowed)
    {
        Assert.True(FunctionDefinition.TryCreate("x", [named], out var definition, out _));
        Assert.Equal(allowed, Origin.Of(new Uri(address)) is { } origin && definition.MayReach(origin));
    }

    [Fact]
    public void Everything_that_is_wrong_is_listed()
    {
        Assert.False(FunctionDefinition.TryCreate(" ", ["ok.example.com", "*.example.com", "ftp://x", ""], out _, out var faults));

        Assert.Equal("source, allowedHosts[1], allowedHosts[2], allowedHosts[3]", string.Join(", ", faults.Select(fault => fault.Subject)));
    }

    [Fact]
    public void Sizes_are_limited()
    {
        Assert.False(FunctionDefinition.TryCreate(new string('ü', FunctionDefinition.LongestSource), Enumerable.Repeat("a.example", 33).ToList(), out _, out var faults));

        Assert.Equal("source, allowedHosts", string.Join(", ", faults.Select(fault => fault.Subject)));
    }
}
