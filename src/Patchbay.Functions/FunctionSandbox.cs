using System.Text;
using Patchbay.Functions.Child;
using Patchbay.Functions.Parent;
using Patchbay.Functions.Wire;

namespace Patchbay.Functions;

/// <summary>Whether this machine confines scripts, seen by trying.</summary>
/// <param name="Problem">Why it does not, as the end of a sentence; null where it does.</param>
public sealed record FunctionSandboxState(string? Problem)
{
    /// <summary>Whether custom functions may run.</summary>
    public bool IsAvailable => Problem is null;
}

/// <summary>Proves the sandbox.</summary>
public static class FunctionSandbox
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Starts a child that confines itself and then tries what a script must not be able to do: open files and sockets, start processes,
    /// signal others, lift its limits, take more memory. Where anything of it works, or this is not Linux, custom functions must stay off.
    /// </summary>
    /// <param name="program">How a child is started.</param>
    /// <param name="limits">What a run may use.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the child.</param>
    /// <returns>Whether the sandbox holds.</returns>
    public static async Task<FunctionSandboxState> CheckAsync(
        FunctionHostProgram program, FunctionLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Confinement.WhyNot is { } reason) return new(reason);
        if (await ChildProcess.StartAsync(program, limits, probe: true) is not { } child) return new("the program cannot start itself");
        await using (child)
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await using var kill = ending.Token.UnsafeRegister(static state => ((ChildProcess)state!).Kill(), child);
            if (child.ResidentBytes == 0) return new("the memory of a process cannot be watched");
            var frame = await child.ReadAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            if (frame is not { Kind: FrameKind.Report } report) return new("the child process ended before it was checked");
            var found = Encoding.UTF8.GetString(report.Content.Span);
            return new(found.Length == 0 ? null : $"the sandbox is not tight ({found.Trim().ReplaceLineEndings(", ")})");
        }
    }
}
