using System.Text;
using Patchbay.Functions.Wire;

namespace Patchbay.Functions.Parent;

/// <summary>A child that has confined itself and waits for its run, or why there is none.</summary>
internal readonly record struct PreparedChild(ChildProcess? Child, string? Problem);

/// <summary>
/// Keeps one child ready, once there has been a first run, so that starting the runtime is not in the way of most runs. Each child serves
/// one run: nothing of one script is there for the next.
/// </summary>
internal sealed class PreparedChildren(FunctionHostProgram program, FunctionLimits limits, TimeProvider time) : IAsyncDisposable
{
    // Far over what it takes on a machine all of whose processors others want all the time: a child then gets half a percent of one.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private Task<PreparedChild>? _next;
    private bool _closed;

    /// <summary>Takes a child, and has the next one made ready.</summary>
    public async Task<PreparedChild> TakeAsync(CancellationToken cancellationToken)
    {
        Task<PreparedChild> taken;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            taken = _next ?? StartAsync(program, limits, time);
            _next = StartAsync(program, limits, time);
        }

        try
        {
            var prepared = await taken.WaitAsync(cancellationToken);
            if (prepared.Child is not { HasExited: true } dead) return prepared;
            // It was ended while it waited, as the kernel may when memory is short.
            await dead.DisposeAsync();
            taken = StartAsync(program, limits, time);
            return await taken.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(taken);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<PreparedChild>? last;
        lock (_lock)
        {
            _closed = true;
            last = _next;
            _next = null;
        }

        if (last is not null) await EndAsync(last);
    }

    private static async Task EndAsync(Task<PreparedChild> starting)
    {
        if ((await starting).Child is { } child) await child.DisposeAsync();
    }

    private static async Task<PreparedChild> StartAsync(FunctionHostProgram program, FunctionLimits limits, TimeProvider time)
    {
        if (await ChildProcess.StartAsync(program, limits, probe: false) is not { } child) return new(Child: null, "the program cannot start itself");
        using var patience = new CancellationTokenSource(Patience, time);
        await using var ending = patience.Token.UnsafeRegister(static state => ((ChildProcess)state!).Kill(), child);
        var frame = await child.ReadAsync(CancellationToken.None);
        if (frame is { Kind: FrameKind.Ready }) return new(child, Problem: null);

        await child.DisposeAsync();
        return new(Child: null, frame is { Kind: FrameKind.Report } report ? Encoding.UTF8.GetString(report.Content.Span)
            : patience.IsCancellationRequested ? "the child process was not ready in time"
            : "the child process ended before it was ready");
    }
}
