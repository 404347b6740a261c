using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;
using Patchbay.UnitTests.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class RawTargetTests
{
    [Theory]
    [InlineData("https://example.com", "", "https://example.com/")]
    [InlineData("https://example.com", "/", "https://example.com/")]
    [InlineData("https://example.com", "x", "https://example.com/x")]
    [InlineData("https://example.com", "?a=b", "https://example.com/?a=b")]
    [InlineData("https://example.com/base/", "", "https://example.com/base")]
    [InlineData("https://example.com/base/", "/", "https://example.com/base/")]
    [InlineData("https://example.com/base", "/x", "https://example.com/base/x")]
    [InlineData("https://example.com/base", "x", "https://example.com/base/x")]
    [InlineData("https://example.com/base", "//x//", "https://example.com/base//x//")]
    [InlineData("https://example.com/base", "?", "https://example.com/base?")]
    [InlineData("https://example.com/base?v=1", "/x", "https://example.com/base/x?v=1")]
    [InlineData("https://example.com/base?v=1", "/x?a=b?c&v=2", "https://example.com/base/x?v=1&a=b?c&v=2")]
    [InlineData("https://example.com/base?", "/x?a", "https://example.com/base/x?a")]
    public void Path_and_query_go_behind_the_base_url(string baseUrl, string remainder, string expected) =>
        Assert.Equal(expected, Join(baseUrl, remainder).ToString());

    [Theory]
    [InlineData("/.")]
    [InlineData("/..")]
    [InlineData("..")]
    [InlineData("/a/./b")]
    [InlineData("/a/../b")]
    [InlineData("/a/..")]
    [InlineData("/%2e")]
    [InlineData("/%2E%2e/")]
    [InlineData("/.%2e/x")]
    [InlineData("/a/%2e./x")]
    [InlineData("/a%2f..%2fb")]
    [InlineData("/a%2F%2e%2E%2Fb")]
    [InlineData("/a\\..\\b")]
    [InlineData("/a%5c..%5Cb")]
    [InlineData("/a%5C..")]
    [InlineData("/a/..;x=y/b")]
    [InlineData("/a/..%3bx/b")]
    [InlineData("/..?a=b")]
    public void Dot_segments_are_refused_in_every_spelling(string remainder)
    {
        Assert.True(TargetAddress.Parse("https://example.com/base").TryGet(out var address, out _));
        Assert.Equal(FaultKind.DotSegment, Assert.Single(RawTarget.Join(address, remainder).Faults).Kind);
    }

    [Theory]
    [InlineData("/...")]
    [InlineData("/a..b/.c/d./..e")]
    [InlineData("/%2e%2e%2e")]
    [InlineData("/.%2ea")]
    [InlineData("/a?b=/../c")]
    [InlineData("/%252e%252e/")]
    [InlineData("/a;..")]
    [InlineData("/%2")]
    [InlineData("/%")]
    [InlineData("/.%2")]
    public void Other_dots_are_not_touched(string remainder) =>
        Assert.Equal($"https://example.com{remainder}", Join("https://example.com", remainder).ToString());

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/a\tb")]
    [InlineData("/a\0")]
    [InlineData("/é")]
    [InlineData("/a#b")]
    [InlineData("/a?b#c")]
    [InlineData("/\u007f")]
    public void What_no_request_line_can_hold_is_refused(string remainder)
    {
        Assert.True(TargetAddress.Parse("https://example.com").TryGet(out var address, out _));
        Assert.Equal(FaultKind.Malformed, Assert.Single(RawTarget.Join(address, remainder).Faults).Kind);
    }

    [Fact]
    public void No_remainder_changes_the_place_that_a_request_goes_to() =>
        Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 20], Gen.String[Gen.Char["/.%2e?@:\\"], 0, 12]).Sample(remainder =>
        {
            Assert.True(TargetAddress.Parse("https://example.com:8443/base").TryGet(out var address, out _));
            if (!RawTarget.Join(address, remainder).TryGet(out var target, out _)) return true;
            var uri = target.ToUri();
            return Origin.Of(uri) == address.Origin && uri.UserInfo.Length == 0 && uri.PathAndQuery.StartsWith("/base", StringComparison.Ordinal);
        });

    [Fact]
    public async Task Targets_arrive_byte_for_byte()
    {
        const string All = "/%2e%2e%2e/%7E/%7e//a/b%2Fc+d/!\"$&'()*,-.;<=>@[\\]^_`{|}~:%zz?x=%2e&&y=%7E+/?{}|\\^`\"<>[]%";
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var invoker = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateProxyInvoker();

        await SendAsync(invoker, Join($"http://127.0.0.1:{upstream.Port}/base%2D", All));
        await Gen.String[Gen.Char['!', '~'], 0, 30].Where(text => !text.Contains('#', StringComparison.Ordinal)).SampleAsync(
            async text =>
            {
                Assert.True(TargetAddress.Parse($"http://127.0.0.1:{upstream.Port}").TryGet(out var address, out _));
                if (!RawTarget.Join(address, "/" + text).TryGet(out var target, out _)) return;
                await SendAsync(invoker, target);
                Assert.Contains(upstream.Heads, head => head.StartsWith($"GET /{text} HTTP/1.1\r\n", StringComparison.Ordinal));
            },
            iter: 100,
            threads: 1);

        Assert.Contains(upstream.Heads, head => head.StartsWith($"GET /base%2D{All} HTTP/1.1\r\n", StringComparison.Ordinal));
    }

    private static async Task SendAsync(HttpMessageInvoker invoker, RawTarget target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target.ToUri());
        using var response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static RawTarget Join(string baseUrl, string remainder)
    {
        Assert.True(TargetAddress.Parse(baseUrl).TryGet(out var address, out _));
        Assert.True(RawTarget.Join(address, remainder).TryGet(out var target, out var faults), string.Join(' ', faults));
        return target;
    }
}
