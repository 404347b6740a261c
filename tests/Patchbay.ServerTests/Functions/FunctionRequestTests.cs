using Patchbay.Functions;
using Xunit;

namespace Patchbay.ServerTests.Functions;

/// <summary>The way out of a script: its requests, to the hosts of its config.</summary>
public sealed class FunctionRequestTests(FunctionsFixture functions) : IClassFixture<FunctionsFixture>
{
    [Theory]
    [InlineData("https://evil.example.com/")]
    [InlineData("http://login.example.com/")]
    public async Task A_host_that_the_config_does_not_name_ends_the_run(string address)
    {
        var asked = 0;

        // Even where the script catches whatever is thrown.
        var result = await functions.RunAsync(
            $"async function authenticate() {{ try {{ await fetch('{address}'); }} catch {{}} return {{ headers: {{}} }}; }}",
            answer: _ =>
            {
                asked++;
                return FunctionsFixture.Json("{}");
            });

        Assert.IsType<FunctionFailure.HostNotAllowed>(result.Failure);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task A_request_that_is_none_throws_and_is_not_sent()
    {
        string[] requests = ["'/relative'", "'https://login.example.com/', { method: 'CONNECT' }", "'https://login.example.com/', { headers: { Host: 'evil' } }", "'https://login.example.com/', { method: 'POST', body: 'x'.repeat(5e6) }"];
        var asked = 0;

        var seen = await functions.SeenAsync(
            $"(await Promise.all([{string.Join(", ", requests.Select(request => $"fetch({request}).catch(error => error.name)"))}])).join()",
            answer: _ =>
            {
                asked++;
                return FunctionsFixture.Json("{}");
            });

        Assert.Equal(string.Join(',', requests.Select(_ => "TypeError")), seen);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task A_request_that_fails_throws_the_reason() =>
        Assert.Equal("TypeError: The host is not reachable.", await functions.SeenAsync(
            $"await fetch('{FunctionsFixture.Host}').catch(error => error)", answer: _ => FunctionHttpResponse.Failed("The host is not reachable.")));

    [Fact]
    public async Task A_connection_that_breaks_throws() =>
        Assert.StartsWith("TypeError", await functions.SeenAsync(
            $"await fetch('{FunctionsFixture.Host}').catch(error => error)", answer: _ => throw new HttpRequestException("secret")));

    [Fact]
    public async Task An_answer_over_the_limit_throws() =>
        Assert.Contains("bytes", await functions.SeenAsync(
            $"await fetch('{FunctionsFixture.Host}').catch(error => error)", answer: _ => FunctionsFixture.Json(new string('x', 300_000))));

    [Fact]
    public async Task Answers_with_characters_that_JSON_writes_at_length_arrive() =>
        Assert.Equal("262144", await functions.SeenAsync(
            $"(await (await fetch('{FunctionsFixture.Host}')).text()).length", answer: _ => FunctionsFixture.Json(new string('\u0001', 256 * 1024))));

    [Fact]
    public async Task Requests_are_counted()
    {
        var asked = 0;

        var result = await functions.RunAsync($"async function authenticate() {{ for (;;) try {{ await fetch('{FunctionsFixture.Host}'); }} catch {{}} }}", answer: _ =>
        {
            asked++;
            return FunctionsFixture.Json("{}");
        });

        Assert.IsType<FunctionFailure.TooManyRequests>(result.Failure);
        Assert.Equal(new FunctionLimits().Requests, asked);
    }

    [Fact]
    public async Task Requests_side_by_side_all_get_their_answers() =>
        Assert.Equal("1,2,3", await functions.SeenAsync(
            $"(await Promise.all([1, 2, 3].map(async n => (await fetch('{FunctionsFixture.Host}/' + n)).text()))).join()",
            answer: request => FunctionsFixture.Json(request.Address.AbsolutePath[1..])));
}
