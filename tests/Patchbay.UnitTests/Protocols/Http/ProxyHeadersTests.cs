using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class ProxyHeadersTests
{
    [Theory]
    [InlineData("Accept", true)]
    [InlineData("Content-Type", true)]
    [InlineData("Forwarded", true)]
    [InlineData("X-Forwarded-For", true)]
    [InlineData("X-Forwarded-Host", true)]
    [InlineData("Via", true)]
    [InlineData("Origin", true)]
    [InlineData("traceparent", true)]
    [InlineData("Range", true)]
    [InlineData("Authorization", false)]
    [InlineData("cookie", false)]
    [InlineData("Host", false)]
    [InlineData("Connection", false)]
    [InlineData("Keep-Alive", false)]
    [InlineData("TE", false)]
    [InlineData("transfer-encoding", false)]
    [InlineData("Upgrade", false)]
    [InlineData("Proxy-Connection", false)]
    [InlineData("Proxy-Authorization", false)]
    [InlineData("X-Versori-Connection-Variable", false)]
    [InlineData("x-versori-unknown", false)]
    [InlineData("X-Versorium", true)]
    public void Headers_of_the_caller_that_are_between_the_two_of_us_stay_here(string name, bool passes) =>
        Assert.Equal(passes, ProxyHeaders.PassesToUpstream(name));

    [Theory]
    [InlineData("Content-Type", true)]
    [InlineData("ETag", true)]
    [InlineData("Location", true)]
    [InlineData("WWW-Authenticate", true)]
    [InlineData("Content-Security-Policy", true)]
    [InlineData("Set-Cookie", false)]
    [InlineData("set-cookie2", false)]
    [InlineData("Clear-Site-Data", false)]
    [InlineData("Connection", false)]
    [InlineData("Transfer-Encoding", false)]
    [InlineData("Proxy-Authenticate", false)]
    public void Headers_of_the_upstream_that_would_act_on_our_origin_stay_here(string name, bool passes) =>
        Assert.Equal(passes, ProxyHeaders.PassesToCaller(name));

    [Theory]
    [InlineData("", null)]
    [InlineData("close", null)]
    [InlineData("keep-alive", null)]
    [InlineData("Keep-Alive, Upgrade", null)]
    [InlineData("X-Hop", "X-Hop")]
    [InlineData("close,X-Hop , x-other,, bad name,X-HOP", "X-Hop x-other")]
    public void Headers_that_the_connection_names_are_hop_by_hop_too(string value, string? expected)
    {
        var names = ProxyHeaders.NamedByConnection([value, null]);
        Assert.Equal(expected, names is null ? null : string.Join(' ', names.Order(StringComparer.Ordinal)));
        Assert.NotEqual(names is null, names?.Contains("x-hop") ?? false);
    }

    [Fact]
    public void Every_answer_is_marked_as_foreign() =>
        Assert.Equal(
            "X-Content-Type-Options: nosniff, Content-Security-Policy: sandbox",
            string.Join(", ", ProxyHeaders.AddedToResponses.Select(header => $"{header.Key}: {header.Value}")));
}
