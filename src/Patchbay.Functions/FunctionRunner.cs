using Patchbay.Functions.Parent;

namespace Patchbay.Functions;

/// <summary>
/// Runs custom functions, each in a process of its own. Safe for concurrent use; one for a server. Disposing of it ends what runs.
/// </summary>
public sealed class FunctionRunner : IAsyncDisposable
{
    private readonly FunctionHostProgram _program;
    private readonly FunctionLimits _limits;
    private readonly TimeProvider _time;
    private readonly FairQueue _queue;
    private readonly PreparedChildren _children;
    private readonly SemaphoreSlim _checking = new(1);
    private readonly CancellationTokenSource _closing = new();
    private volatile FunctionSandboxState? _state;
    private int _disposed;

    /// <summary>Makes a runner. It starts no process yet.</summary>
    /// <param name="program">How a child is started.</param>
    /// <param name="limits">What one run may use.</param>
    /// <param name="queue">How many runs there are at once.</param>
    /// <param name="time">The clock.</param>
    public FunctionRunner(FunctionHostProgram program, FunctionLimits limits, FunctionQueueLimits queue, TimeProvider time)
    {
        _program = program;
        _limits = limits;
        _time = time;
        _queue = new FairQueue(queue);
        _children = new PreparedChildren(program, limits, time);
    }

    /// <summary>Whether functions can run here. What is found to hold once is not tried again; what is not, is.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state, with the reason where they cannot.</returns>
    public async Task<FunctionSandboxState> CheckAsync(CancellationToken cancellationToken)
    {
        if (_state is { IsAvailable: true } known) return known;
        await _checking.WaitAsync(cancellationToken);
        try
        {
            return _state is { IsAvailable: true } found ? found : _state = await FunctionSandbox.CheckAsync(_program, _limits, _time, cancellationToken);
        }
        finally
        {
            _checking.Release();
        }
    }

    /// <summary>Runs a function and checks what it returns.</summary>
    /// <param name="run">The function, and what it is called with.</param>
    /// <param name="cancellationToken">Ends the run and its process.</param>
    /// <returns>Its answer, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<FunctionResult> RunAsync(FunctionRun run, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        using var turn = await _queue.EnterAsync(run.Owner, ending.Token);
        if (turn is null) return FunctionResult.Of(new FunctionFailure.QueueFull());
        var state = await CheckAsync(ending.Token);
        if (!state.IsAvailable) return FunctionResult.Of(new FunctionFailure.SandboxUnavailable(state.Problem!));

        var prepared = await _children.TakeAsync(ending.Token);
        if (prepared.Child is not { } child) return FunctionResult.Of(new FunctionFailure.SandboxUnavailable(prepared.Problem!));
        await using (child)
        {
            return await new Conversation(run, child, _limits, _time).RunAsync(ending.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _closing.CancelAsync();
        await _children.DisposeAsync();
        _closing.Dispose();
    }
}
