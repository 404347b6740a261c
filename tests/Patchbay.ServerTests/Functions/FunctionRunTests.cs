using System.Text;
using Patchbay.Functions;
using Xunit;

namespace Patchbay.ServerTests.Functions;

/// <summary>What an honest script can do.</summary>
public sealed class FunctionRunTests(FunctionsFixture functions) : IClassFixture<FunctionsFixture>
{
    [Fact]
    public async Task A_script_exchanges_its_secrets_for_a_token()
    {
        FunctionHttpRequest? sent = null;

        var result = await functions.RunAsync(
            $$"""
            async function authenticate({ values, variables, previous }) {
                const response = await fetch('{{FunctionsFixture.Host}}/token?tenant=' + variables.tenant, {
                    method: 'post',
                    headers: { 'X-Signature': crypto.hmac('sha256', values.key, 'text') },
                    body: new URLSearchParams({ grant_type: 'password', password: values.password }),
                });
                if (!response.ok) throw new Error('status ' + response.status);
                const { access_token, expires_in } = await response.json();
                return { headers: { 'X-Tenant': variables.tenant }, token: { accessToken: access_token, expiresIn: expires_in }, variables: { part: response.headers.get('X-PART') } };
            }
            """,
            new Dictionary<string, string> { ["key"] = "key", ["password"] = "a b&c=ü" },
            request =>
            {
                sent = request;
                return FunctionsFixture.Json("""{"access_token":"t-1","expires_in":3600}""");
            });

        Assert.Null(result.Failure);
        Assert.Equal("t-1", result.Answer!.Token!.AccessToken);
        Assert.Equal(TimeSpan.FromHours(1), result.Answer.Token.ExpiresIn);
        Assert.Equal("acme", result.Answer.Headers["X-Tenant"]);
        Assert.Equal("a, b", result.Answer.Variables["part"]);
        Assert.Equal("POST", sent!.Method);
        Assert.Equal($"{FunctionsFixture.Host}/token?tenant=acme", sent.Address.AbsoluteUri);
        Assert.Equal("grant_type=password&password=a+b%26c%3D%C3%BC", Encoding.UTF8.GetString(sent.Body!.Value.Span));
        Assert.Contains(sent.Headers, header => header is { Key: "Content-Type", Value: "application/x-www-form-urlencoded" });
        // openssl dgst -sha256 -hmac key
        Assert.Contains(sent.Headers, header => header is { Key: "X-Signature", Value: "6afa9046a9579cad143a384c1b564b9a250d27d6f6a63f9f20bf3a7594c9e2c6" });
    }

    [Theory]
    [InlineData("function authenticate() { return { query: { key: 'v' } }; }")]
    [InlineData("const authenticate = () => ({ query: { key: 'v' } });")]
    [InlineData("var authenticate = async function () { return { query: { key: 'v' } }; };")]
    public async Task A_function_may_be_written_in_any_way(string source)
    {
        var result = await functions.RunAsync(source);

        Assert.Null(result.Failure);
        Assert.Equal("v", result.Answer!.Query["key"]);
    }

    [Fact]
    public async Task A_refresh_sees_what_the_function_returned_last()
    {
        const string Source = "function authenticate({ previous }) { return { token: { accessToken: (previous?.token.accessToken ?? '') + 'x' } }; }";
        var first = await functions.RunAsync(Source);

        var second = await functions.RunAsync(Source, previous: first.Answer);

        Assert.Equal("xx", second.Answer!.Token!.AccessToken);
    }

    [Fact]
    public async Task Scripts_find_what_they_need_to_sign_and_encode()
    {
        (string Expression, string Expected)[] examples =
        [
            ("crypto.hash('sha256', '')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("crypto.hash('SHA-1', 'abc', 'base64')", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
            ("crypto.hash('md5', 'ü')", "c03410a5204b21cd8229ff754688d743"),
            ("crypto.hmac('sha512', 'k', 'd', 'base64url').length", "86"),
            ("crypto.hmac('sha256', crypto.hmac('sha256', 'AWS4', '1', 'bytes'), 'x') === crypto.hmac('sha256', base64.decodeBytes(crypto.hmac('sha256', 'AWS4', '1', 'base64')), 'x')", "true"),
            ("btoa('\\u00ff\\u0000')", "/wA="),
            ("atob('_wA').charCodeAt(0)", "255"),
            ("base64.encode('ü') + base64.encodeUrl('ü?>') + base64.decode('w7w')", "w7w=w7w_Pgü"),
            ("/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())", "true"),
            ("crypto.randomBytes(20).length", "20"),
            ("new URLSearchParams('?a=b+c&d=%26').get('d')", "&"),
            ("new Date(0).toString().includes('1970') && Date.now() > 1.7e12", "true"),
            ("new Date(86400000).toLocaleDateString('en-GB', { timeZone: 'UTC' }).length > 5", "true"),
            ("[console.log('x'), console.error('x')].length", "2"),
            ("(2n ** 64n).toString(16) + (255).toString(2) + [3, 1, 2].toSorted().join() + 'aXb'.replace(/x/i, '-')", "10000000000000000111111111,2,3a-b"),
            ("(() => { try { crypto.hash('sha3', 'x'); } catch (error) { return error.message; } })()", "The algorithm is md5, sha1, sha256, sha384 or sha512."),
            ("(() => { try { crypto.hash('sha1', 'x', 'latin'); } catch (error) { return error.message; } })()", "The encoding is hex, base64, base64url or bytes."),
            ("(() => { try { atob('%'); } catch (error) { return error.message; } })()", "The text is not base64."),
            ("(() => { try { btoa('€'); } catch (error) { return error.name; } })()", "TypeError"),
            ("(() => { try { crypto.randomBytes(1e9); } catch (error) { return error.name; } })()", "TypeError"),
        ];

        var result = await functions.RunAsync(
            $"function authenticate() {{ return {{ variables: {{ {string.Join(", ", examples.Select((example, index) => $"e{index}: String({example.Expression})"))} }} }}; }}");

        Assert.Null(result.Failure);
        Assert.Multiple([.. examples.Select((example, index) => (Action)(() => Assert.Equal(example.Expected, result.Answer!.Variables[$"e{index}"])))]);
    }

    [Fact]
    public async Task An_error_has_its_text_and_its_line()
    {
        var result = await functions.RunAsync("// first\nasync function authenticate() {\n  await null;\n  throw new RangeError('no such tenant');\n}");

        var error = Assert.IsType<FunctionFailure.ScriptError>(result.Failure);
        Assert.Equal("RangeError: no such tenant", error.Text);
        Assert.Equal(4, error.Line);
    }

    [Theory]
    [InlineData("// first\nfunction authenticate( {", 2)]
    [InlineData("// first\nnull.x;", 2)]
    public async Task A_source_that_cannot_be_loaded_has_the_line_of_its_error(string source, int line)
    {
        var result = await functions.RunAsync(source);

        Assert.Equal(line, Assert.IsType<FunctionFailure.ScriptError>(result.Failure).Line);
    }

    [Theory]
    [InlineData("let x = 1;")]
    [InlineData("const authenticate = 5;")]
    public async Task A_source_without_the_function_is_an_error(string source)
    {
        var result = await functions.RunAsync(source);

        Assert.Contains("no function named authenticate", Assert.IsType<FunctionFailure.ScriptError>(result.Failure).Text);
    }

    [Theory]
    [InlineData("'nothing'")]
    [InlineData("undefined")]
    [InlineData("{ headers: { 'X-A': 'a\\r\\nX-B: b' } }")]
    public async Task A_result_that_is_none_is_listed(string result) =>
        Assert.NotEmpty(Assert.IsType<FunctionFailure.BadResult>((await functions.RunAsync($"function authenticate() {{ return {result}; }}")).Failure).Faults);

    [Fact]
    public async Task A_result_that_is_too_long_is_an_error() =>
        Assert.Contains("too long", Assert.IsType<FunctionFailure.ScriptError>(
            (await functions.RunAsync("function authenticate() { return { query: { a: 'x'.repeat(5e6) } }; }")).Failure).Text);

    [Theory]
    [InlineData("values.key")]
    [InlineData("JSON.stringify(context)")]
    [InlineData("base64.encode(values.key)")]
    [InlineData("encodeURIComponent(values.key)")]
    [InlineData("await (await fetch('https://login.example.com')).text()")]
    [InlineData("context.previous.token.accessToken")]
    [InlineData("'x'.repeat(490) + values.key")]
    [InlineData("'x'.repeat(70000) + values.key")]
    public async Task Secrets_do_not_stand_in_failures(string thrown)
    {
        const string Key = "s3cr3t \"of\" the/key";
        Assert.True(FunctionAnswer.TryRead("""{"token":{"accessToken":"previous-token-1"}}"""u8, out var previous, out _));

        var result = await functions.RunAsync(
            $"async function authenticate(context) {{ const {{ values }} = context; throw new Error('so: ' + ({thrown})); }}",
            new Dictionary<string, string> { ["key"] = Key },
            _ => FunctionsFixture.Json("""{"access_token":"eyJhbGciOiJIUzI1NiJ9"}"""),
            previous);

        var text = Assert.IsType<FunctionFailure.ScriptError>(result.Failure).Message;
        Assert.DoesNotContain("s3cr3t", text);
        Assert.DoesNotContain("czNjcjN0", text);
        Assert.DoesNotContain("eyJhbGci", text);
        Assert.DoesNotContain("previous-token", text);
        Assert.InRange(text.Length, 1, 600);
    }
}
