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
