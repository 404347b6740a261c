using Patchbay.Functions;
using Xunit;

namespace Patchbay.ServerTests.Functions;

/// <summary>What a script may do to others: nothing. Each ends within its caps, and as what it is.</summary>
public sealed class HostileFunctionTests(FunctionsFixture functions) : IClassFixture<FunctionsFixture>
{
    private const string Answer = "return { headers: {} };";

    [Theory]
    [InlineData("for (;;) {}")]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + 'b');")]
    [InlineData("let n = 3n; for (;;) n = n * n % (2n ** 4000n);")]
    [InlineData("[...Array(1e5).keys()].sort(() => { for (;;) {} });")]
    [InlineData("({ get x() { for (;;) {} } }).x;")]
    [InlineData("new Proxy({}, { ownKeys() { for (;;) {} } }) instanceof Object; Object.keys(new Proxy({}, { ownKeys() { for (;;) {} } }));")]
    public async Task A_script_that_does_not_end_meets_its_limit_of_processor_time(string body)
    {
        var result = await functions.RunAsync($"async function authenticate() {{ {body} {Answer} }}");

        Assert.True(result.Failure is FunctionFailure.CpuExceeded, $"{result} {(result.Failure as FunctionFailure.Crashed)?.ExitCode}");
    }

    [Theory]
    [InlineData("const all = []; for (;;) all.push(new Array(1000).fill(1.5));")]
    [InlineData("const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));")]
    [InlineData("let text = 'x'; for (;;) text += text + Math.random();")]
    [InlineData("'x'.repeat(5e8).length;")]
    [InlineData("new ArrayBuffer(1.5e9);")]
    [InlineData("const map = new Map(); for (let i = 0; ; i++) map.set(i, { i, text: 'text ' + i });")]
    [InlineData("JSON.stringify(Array(1e6).fill('x'.repeat(1000)));")]
    [InlineData("'x'.padEnd(2e9).split('');")]
    [InlineData("await new Promise(resolve => { const spin = () => Promise.resolve().then(spin); spin(); });")]
    public async Task A_script_that_takes_too_much_memory_meets_a_limit(string body)
    {
        var result = await functions.RunAsync($"async function authenticate() {{ {body} {Answer} }}");

        // What cannot be allocated at once may also be an error of the script's: there is no array of that length.
        Assert.True(result.Failure is FunctionFailure.OutOfMemory or FunctionFailure.CpuExceeded or FunctionFailure.ScriptError, $"{result}");
    }

    [Theory]
    [InlineData("const down = () => down() + 1; down();")]
    [InlineData("const o = { get x() { return this.x; } }; o.x;")]
    [InlineData("const o = { toString() { return `${this}`; } }; `${o}`;")]
    [InlineData("class A { constructor() { new A(); } } new A();")]
    [InlineData("JSON.parse('['.repeat(1e5) + ']'.repeat(1e5));")]
    [InlineData("let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; JSON.stringify(deep);")]
    [InlineData("let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; String(deep);")]
    public async Task A_script_that_goes_too_deep_takes_down_nothing_but_itself(string body)
    {
        var result = await functions.RunAsync($"async function authenticate() {{ {body} {Answer} }}");

        Assert.True(result.Failure is FunctionFailure.ScriptError or FunctionFailure.Crashed or FunctionFailure.CpuExceeded or FunctionFailure.OutOfMemory, $"{result}");
    }

    [Fact]
    public async Task A_source_that_is_nested_too_deeply_takes_down_nothing_but_itself()
    {
        var result = await functions.RunAsync($"async function authenticate() {{ return {new string('(', 100_000)}1{new string(')', 100_000)}; }}");

        Assert.True(result.Failure is FunctionFailure.ScriptError or FunctionFailure.Crashed, $"{result}");
    }

    [Fact]
    public async Task A_script_that_only_waits_meets_its_limit_of_time()
    {
        await using var runner = new FunctionRunner(
            FunctionsFixture.Program, new FunctionLimits { Wall = TimeSpan.FromMilliseconds(300) }, new FunctionQueueLimits(), TimeProvider.System);
        var run = FunctionsFixture.Run($"async function authenticate() {{ await fetch('{FunctionsFixture.Host}'); {Answer} }}") with
        {
            SendAsync = async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return FunctionHttpResponse.Failed("");
            },
        };

        var result = await runner.RunAsync(run, TestContext.Current.CancellationToken);

        Assert.IsType<FunctionFailure.TimedOut>(result.Failure);
    }

    [Fact]
    public async Task A_promise_that_is_never_kept_is_an_error()
    {
        var result = await functions.RunAsync("async function authenticate() { await new Promise(() => {}); }");

        Assert.Contains("neither kept nor broken", Assert.IsType<FunctionFailure.ScriptError>(result.Failure).Text);
    }

    [Fact]
    public async Task There_is_no_way_to_the_runtime()
    {
        string[] expressions =
        [
            "System", "importNamespace", "clr", "require", "module", "process", "WebSocket", "XMLHttpRequest", "EventSource", "Worker", "WebAssembly",
            "setTimeout", "native", "fetch.GetType", "crypto.hash.GetType", "context.GetType", "Object.prototype.GetType", "globalThis.Type",
        ];

        var seen = await functions.SeenAsync($"[{string.Join(", ", expressions.Select(expression => $"typeof {expression}"))}].join()");

        Assert.Equal(string.Join(',', expressions.Select(_ => "undefined")), seen);
    }

    [Fact]
    public async Task There_are_no_modules() =>
        Assert.IsType<FunctionFailure.ScriptError>((await functions.RunAsync($"async function authenticate() {{ try {{ await import('/etc/passwd'); }} catch {{}} {Answer} }}")).Failure);

    [Fact]
    public async Task What_would_lead_further_throws()
    {
        string[] expressions =
        [
            "eval('1')", "(0, eval)('1')", "new Function('return 1')()", "fetch.constructor('return 1')()",
            "(async () => {}).constructor('return 1')()", "(function* () {}).constructor('yield 1')()",
            "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000)",
        ];

        var seen = await functions.SeenAsync($"await (async () => {{ let out = ''; {string.Concat(expressions.Select(expression => $"try {{ {expression}; out += 'led on,'; }} catch {{ out += 'threw,'; }} "))} return out; }})()");

        Assert.Equal(string.Concat(expressions.Select(_ => "threw,")), seen);
    }

    [Theory]
    [InlineData("Object.prototype.toJSON = () => ({ headers: { Host: 'evil.example.com' } });")]
    [InlineData("JSON.stringify = () => '{\"headers\":{\"Host\":\"evil.example.com\"}}'; JSON.parse = JSON.stringify; return { headers: { Host: 'x' } };")]
    [InlineData("Object.prototype.Host = 'evil'; return { headers: { Host: 'x' } };")]
    [InlineData("Promise.prototype.then = function (f) { f({ headers: { Host: 'x' } }); }; return { headers: { Host: 'x' } };")]
    [InlineData("return new Proxy({}, { ownKeys: () => ['headers'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: (_, name) => name === 'headers' ? { Host: 'x' } : undefined });")]
    [InlineData("return { toJSON: () => ({ headers: { Host: 'x' } }) };")]
    [InlineData("return { __proto__: { headers: {} }, ['__proto__']: 1 };")]
    public async Task Tricks_with_prototypes_do_not_pass_the_check_of_the_result(string body)
    {
        var result = await functions.RunAsync($"async function authenticate() {{ {body} {Answer} }}");

        Assert.NotNull(result.Failure);
    }

    [Theory]
    [InlineData("for (const name of Object.getOwnPropertyNames(Object.prototype)) try { Object.prototype[name] = () => { throw 1; }; } catch {}")]
    [InlineData("Array.prototype[Symbol.iterator] = function* () { yield 1; };")]
    [InlineData("Map.prototype.get = () => { throw 1; }; Error.prototype.toString = null; Object.defineProperty(Error.prototype, 'message', { get() { throw 1; } });")]
    public async Task A_script_that_breaks_the_language_breaks_it_for_itself_only(string before)
    {
        await functions.RunAsync($"{before} async function authenticate() {{ throw new Error('x'); }}");

        Assert.Equal("1", await functions.SeenAsync("[...new Map([[1, 1]]).values()][0]"));
    }

    [Fact]
    public async Task Nothing_of_one_run_is_there_for_the_next()
    {
        await functions.RunAsync($"globalThis.kept = 'secret'; Object.prototype.kept = 'secret'; async function authenticate() {{ {Answer} }}");

        Assert.Equal("undefined", await functions.SeenAsync("typeof kept"));
    }

    [Fact]
    public async Task One_owner_with_many_hostile_scripts_does_not_hold_up_another()
    {
        var queue = new FunctionQueueLimits { Running = 2 };
        await using var runner = new FunctionRunner(FunctionsFixture.Program, new FunctionLimits(), queue, TimeProvider.System);
        var hostile = Enumerable.Range(0, 6)
            .Select(_ => runner.RunAsync(FunctionsFixture.Run("function authenticate() { for (;;) {} }", owner: "hostile"), TestContext.Current.CancellationToken))
            .ToList();

        var honest = await runner.RunAsync(FunctionsFixture.Run($"function authenticate() {{ {Answer} }}", owner: "honest"), TestContext.Current.CancellationToken);

        Assert.True(honest.Succeeded);
        Assert.Contains(hostile, run => !run.IsCompleted);
    }

    [Fact]
    public async Task Hostile_scripts_leave_no_process_behind()
    {
        // By a limit of its own its children are known from those of other tests.
        var limits = new FunctionLimits { MemoryBytes = 123_456_789 };
        await using var runner = new FunctionRunner(FunctionsFixture.Program, limits, new FunctionQueueLimits(), TimeProvider.System);
        using var cancelled = new CancellationTokenSource();
        var sent = new TaskCompletionSource();
        var run = FunctionsFixture.Run($"async function authenticate() {{ await fetch('{FunctionsFixture.Host}'); for (;;) {{}} }}", answer: _ =>
        {
            sent.SetResult();
            return FunctionsFixture.Json("{}");
        });

        var running = runner.RunAsync(run, cancelled.Token);
        await sent.Task;
        var children = FunctionsFixture.ChildrenWith(limits);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await runner.DisposeAsync();

        Assert.NotEmpty(children);
        Assert.DoesNotContain(children, Directory.Exists);
    }
}
