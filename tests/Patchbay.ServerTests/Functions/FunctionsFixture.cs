using System.Text;
using Patchbay.Functions;
using Xunit;

namespace Patchbay.ServerTests.Functions;

/// <summary>A runner whose children are the built server, and what their requests come to.</summary>
public sealed class FunctionsFixture : IAsyncDisposable
{
    public const string Host = "https://login.example.com";

    /// <summary>The built server, as tests start it.</summary>
    public static FunctionHostProgram Program { get; } = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "patchbay.dll")]);

    /// <summary>With time to spare: on a busy machine, children come last.</summary>
    public FunctionRunner Runner { get; } = new(Program, new FunctionLimits { Wall = TimeSpan.FromMinutes(2) }, new FunctionQueueLimits(), TimeProvider.System);

    public ValueTask DisposeAsync() => Runner.DisposeAsync();

    /// <summary>Runs a script that may reach <see cref="Host"/>.</summary>
    public Task<FunctionResult> RunAsync(
        string source, IReadOnlyDictionary<string, string>? values = null, Func<FunctionHttpRequest, FunctionHttpResponse>? answer = null, FunctionAnswer? previous = null) =>
        Runner.RunAsync(Run(source, values, answer, previous), TestContext.Current.CancellationToken);

    /// <summary>A run of an owner of its own.</summary>
    public static FunctionRun Run(
        string source,
        IReadOnlyDictionary<string, string>? values = null,
        Func<FunctionHttpRequest, FunctionHttpResponse>? answer = null,
        FunctionAnswer? previous = null,
        string? owner = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Custom functions need Linux.");
        Assert.True(FunctionDefinition.TryCreate(source, [Host], out var definition, out _));
        var context = new FunctionContext
        {
            Values = values ?? new Dictionary<string, string>(),
            Variables = new Dictionary<string, string> { ["tenant"] = "acme" },
            Previous = previous,
        };
        return new FunctionRun(owner ?? Ulid.NewUlid(TimeProvider.System.GetUtcNow()).ToString(), definition, context,
            (request, _) => Task.FromResult(answer?.Invoke(request) ?? FunctionHttpResponse.Failed("Nobody is there.")));
    }

    /// <summary>The children that were started with a limit that no other test has: their folders in <c>/proc</c>.</summary>
    public static List<string> ChildrenWith(FunctionLimits limits)
    {
        return [.. Directory.GetDirectories("/proc").Where(IsOne)];

        bool IsOne(string process)
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "cmdline")).Contains($"{limits.MemoryBytes}", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>A response in JSON.</summary>
    public static FunctionHttpResponse Json(string body, int status = 200) =>
        FunctionHttpResponse.Of(status, [new("Content-Type", "application/json"), new("X-Part", "a"), new("x-part", "b")], Encoding.UTF8.GetBytes(body));

    /// <summary>Runs the body of <c>authenticate</c> and gives what its result has as the header <c>X-Seen</c>.</summary>
    public async Task<string> SeenAsync(string expression, IReadOnlyDictionary<string, string>? values = null, Func<FunctionHttpRequest, FunctionHttpResponse>? answer = null)
    {
        var result = await RunAsync($"async function authenticate(context) {{ return {{ headers: {{ 'X-Seen': String({expression}) }} }}; }}", values, answer);
        Assert.Null(result.Failure);
        return result.Answer!.Headers["X-Seen"];
    }
}
