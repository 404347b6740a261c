using System.Text;
using Patchbay.Functions;
using Patchbay.Functions.Parent;
using Patchbay.Functions.Wire;
using Xunit;

namespace Patchbay.UnitTests.Functions;

public sealed class RequestGateTests
{
    private const string Host = "https://login.example.com";

    [Fact]
    public void A_request_to_a_named_host_passes_as_it_is()
    {
        var decision = Gate().Check(new RequestMessage($"{Host}/a?b=c", "POST", Headers("X-A", "1"), "text"));

        Assert.Equal($"{Host}/a?b=c", decision.Request!.Address.AbsoluteUri);
        Assert.Equal("text", Encoding.UTF8.GetString(decision.Request.Body!.Value.Span));
        Assert.Equal("X-A", Assert.Single(decision.Request.Headers).Key);
        Assert.Equal($"POST {Host}", $"{decision.Request}");
    }

    [Theory]
    [InlineData("https://evil.example.com/")]
    [InlineData("http://login.example.com/")]
    [InlineData("https://login.example.com:8443/")]
    [InlineData("https://login.example.com.evil.example.com/")]
    [InlineData("https://sub.login.example.com/")]
    [InlineData("https://login.example.com%2eevil.example.com/")]
    [InlineData("https://evil.example.com#@login.example.com/")]
    [InlineData("https://evil.example.com\\@login.example.com/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://localhost:8080/")]
    [InlineData("http://[::1]/")]
    public void A_request_to_any_other_host_does_not(string url)
    {
        var decision = Gate().Check(new RequestMessage(url, "GET", Headers: null, Body: null));

        Assert.Null(decision.Request);
        Assert.True(decision.Failure is FunctionFailure.HostNotAllowed || decision.Error is not null);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "GET", "X-A", "1", null)]
    [InlineData("ftp://login.example.com/", "GET", "X-A", "1", null)]
    [InlineData("/relative", "GET", "X-A", "1", null)]
    [InlineData("", "GET", "X-A", "1", null)]
    [InlineData("https://user:password@login.example.com/", "GET", "X-A", "1", null)]
    [InlineData(Host, "CONNECT", "X-A", "1", null)]
    [InlineData(Host, "get", "X-A", "1", null)]
    [InlineData(Host, "GET /\r\nX: y", "X-A", "1", null)]
    [InlineData(Host, "GET", "Host", "evil", null)]
    [InlineData(Host, "GET", "Content-Length", "1", null)]
    [InlineData(Host, "GET", "transfer-encoding", "chunked", null)]
    [InlineData(Host, "GET", "Proxy-Authorization", "x", null)]
    [InlineData(Host, "GET", "X-A", "a\r\nHost: evil", null)]
    [InlineData(Host, "GET", "X A", "1", null)]
    [InlineData(Host, "GET", "", "1", null)]
    [InlineData(Host, "GET", "X-A", null, null)]
    [InlineData(Host, "GET", "X-A", "1", "body")]
    public void A_request_that_is_none_is_an_error_of_the_script(string url, string method, string name, string? value, string? body)
    {
        var decision = Gate().Check(new RequestMessage(url, method, Headers(name, value!), body));

        Assert.Null(decision.Request);
        Assert.NotNull(decision.Error);
    }

    [Fact]
    public void Sizes_are_limited()
    {
        Assert.NotNull(Gate().Check(new RequestMessage(Host + "/" + new string('x', 9000), "GET", Headers: null, Body: null)).Error);
        Assert.NotNull(Gate().Check(new RequestMessage(Host, "POST", Headers: null, new string('ü', 200_000))).Error);
        Assert.NotNull(Gate().Check(new RequestMessage(Host, "GET", Headers("X-A", new string('x', 17_000)), Body: null)).Error);
    }

    [Fact]
    public void Requests_are_counted_whatever_becomes_of_them()
    {
        var gate = Gate();
        for (var i = 0; i < new FunctionLimits().Requests; i++) Assert.NotNull(gate.Check(new RequestMessage("/", "GET", Headers: null, Body: null)).Error);

        Assert.IsType<FunctionFailure.TooManyRequests>(gate.Check(new RequestMessage(Host, "GET", Headers: null, Body: null)).Failure);
    }

    [Fact]
    public void A_secret_in_a_host_that_is_not_allowed_is_not_repeated()
    {
        var decision = Gate("s3cretvalue").Check(new RequestMessage("https://s3cretvalue.evil.example.com", "GET", Headers: null, Body: null));

        Assert.DoesNotContain("s3cretvalue", Assert.IsType<FunctionFailure.HostNotAllowed>(decision.Failure).Message);
    }

    private static RequestGate Gate(params string[] secrets)
    {
        Assert.True(FunctionDefinition.TryCreate("x", [Host], out var definition, out _));
        return new RequestGate(definition, new FunctionLimits(), new SecretText(secrets));
    }

    private static Dictionary<string, string> Headers(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
