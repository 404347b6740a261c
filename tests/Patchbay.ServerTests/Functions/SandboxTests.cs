using Patchbay.Functions;
using Xunit;

namespace Patchbay.ServerTests.Functions;

/// <summary>The sandbox is seen to hold before anything runs in it, and nothing runs where it does not.</summary>
public sealed class SandboxTests
{
    [Fact]
    public async Task A_confined_process_can_do_nothing_that_a_script_must_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Custom functions need Linux.");

        var state = await FunctionSandbox.CheckAsync(FunctionsFixture.Program, new FunctionLimits(), TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Null(state.Problem);
    }

    [Fact]
    public async Task A_child_gets_only_the_time_that_nobody_else_wants()
    {
        // By a limit of its own its child is known from those of other tests.
        var limits = new FunctionLimits { MemoryBytes = 134_567_890 };
        await using var runner = new FunctionRunner(FunctionsFixture.Program, limits, new FunctionQueueLimits(), TimeProvider.System);
        List<(string Policy, string Group)> seen = [];
        var run = FunctionsFixture.Run($"async function authenticate() {{ await fetch('{FunctionsFixture.Host}'); return {{}}; }}", answer: _ =>
        {
            seen = [.. FunctionsFixture.ChildrenWith(limits).Where(IsReady).Select(child => (Policy(child), Group(child)))];
            return FunctionsFixture.Json("{}");
        });

        var result = await runner.RunAsync(run, TestContext.Current.CancellationToken);

        Assert.True(result.Succeeded, $"{result}");
        Assert.NotEmpty(seen);
        Assert.All(seen, child => Assert.Equal(("5", "nice 19"), child));

        // Confined, so that the one that is being started does not count.
        static bool IsReady(string child) => File.ReadAllText(Path.Combine(child, "status")).Contains("Seccomp:\t2", StringComparison.Ordinal);

        // Field 41 of proc(5): SCHED_IDLE is 5. The name before may have anything in it but ends with the last bracket.
        static string Policy(string child)
        {
            var stat = File.ReadAllText(Path.Combine(child, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38];
        }

        static string Group(string child) =>
            File.Exists("/proc/sys/kernel/sched_autogroup_enabled") && File.ReadAllText("/proc/sys/kernel/sched_autogroup_enabled").Trim() == "1"
                ? string.Join(' ', File.ReadAllText(Path.Combine(child, "autogroup")).Trim().Split(' ')[1..])
                : "nice 19";
    }

    [Fact]
    public async Task What_a_process_could_do_all_the_same_is_the_reason_why_functions_are_off()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Custom functions need Linux.");
        // Says what a child says that could open a socket and fork.
        var leaky = new FunctionHostProgram("sh", ["-c", @"printf '\007\014\000\000\000socket\nfork\n'; cat"]);
        await using var runner = new FunctionRunner(leaky, new FunctionLimits(), new FunctionQueueLimits(), TimeProvider.System);

        var result = await runner.RunAsync(FunctionsFixture.Run("function authenticate() { return {}; }"), TestContext.Current.CancellationToken);

        Assert.Contains("socket, fork", Assert.IsType<FunctionFailure.SandboxUnavailable>(result.Failure).Reason);
    }

    [Theory]
    [InlineData("/nowhere/patchbay")]
    [InlineData("true")]
    public async Task Where_no_child_confines_itself_functions_are_off(string program)
    {
        await using var runner = new FunctionRunner(new FunctionHostProgram(program, []), new FunctionLimits(), new FunctionQueueLimits(), TimeProvider.System);

        var result = await runner.RunAsync(FunctionsFixture.Run("function authenticate() { return {}; }"), TestContext.Current.CancellationToken);

        Assert.NotEmpty(Assert.IsType<FunctionFailure.SandboxUnavailable>(result.Failure).Reason);
        Assert.False((await runner.CheckAsync(TestContext.Current.CancellationToken)).IsAvailable);
    }
}
