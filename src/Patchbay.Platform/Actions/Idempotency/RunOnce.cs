using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>
/// Runs a call that was named by a key at most once, however often it is sent, on however many servers. The key is claimed in the store before
/// the call runs. Whoever comes while it runs waits for its outcome; whoever comes after gets it again. Where the server that ran it ended in
/// between, nobody knows what happened, and that is the answer.
/// </summary>
/// <remarks>
/// A run does not end with the caller who began it: an answer that nobody waited for is what a caller who lost the connection asks for next.
/// </remarks>
internal sealed partial class RunOnce(IServiceScopeFactory scopes, OutcomeStore store, TimeProvider clock, ILogger<RunOnce> logger) : IHostedService
{
    /// <summary>How long a call outlives a process that was killed, which then is known to have been interrupted.</summary>
    private static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(3);

    /// <summary>How long others wait for the one that runs.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(75);

    /// <summary>How long the store is asked to take an outcome that is there.</summary>
    private static readonly TimeSpan LongestRescue = TimeSpan.FromMinutes(1);

    private readonly string _holder = Identifiers.New(clock).ToString();
    private readonly ConcurrentDictionary<string, Flight> _flights = new(StringComparer.Ordinal);

    /// <summary>Runs a call, unless it ran.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fingerprint">Of its request.</param>
    /// <param name="run">Makes the call, with services of its own that live as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait, never the call.</param>
    public async Task<Outcome<NamedOutcome>> RunAsync(
        OutcomeKey key, byte[] fingerprint, Func<IServiceProvider, CancellationToken, Task<RunResult>> run, CancellationToken cancellationToken)
    {
        while (true)
        {
            var flight = _flights.GetOrAdd(key.Text, static _ => new Flight());
            var (landing, isOwn) = flight.StartOnce(() => Task.Run(async () =>
            {
                try
                {
                    return await FlyAsync(key, fingerprint, run);
                }
                finally
                {
                    _flights.TryRemove(new KeyValuePair<string, Flight>(key.Text, flight));
                }
            }, CancellationToken.None));
            if (isOwn)
                return Answer(await landing.WaitAsync(cancellationToken), fingerprint);
            Landing others;
            try
            {
                others = await landing.WaitAsync(LongestWait, clock, cancellationToken);
            }
            catch (TimeoutException) when (!landing.IsCompleted)
            {
                return IdempotencyFailures.InUse;
            }

            // Nothing was sent, so the key is free; and what was wrong there need not be wrong here.
            if (others is not { RanHere: true, Failure: not null })
                return Answer(others with { RanHere = false }, fingerprint);
        }
    }

    /// <summary>Claims a key for a call whose outcome is streamed, and so never kept.</summary>
    /// <returns>To be ended when the call has.</returns>
    public async Task<Outcome<StreamedCall>> BeginStreamAsync(OutcomeKey key, byte[] fingerprint)
    {
        while (true)
        {
            if (await store.FindAsync(key) is { } row)
            {
                if (await WhatBecameOfAsync(key, row) is { } settled)
                    return Refusal(settled, fingerprint);
                continue;
            }

            if (!(await store.ClaimAsync(key, fingerprint, OutcomeState.Streaming, _holder, LeaseLength)).Succeeded(out var claimed, out var failure) && failure is not null)
                return failure;
            if (claimed is not null)
                return new StreamedCall(key, claimed, this);
        }

        Failure Refusal(Landing settled, byte[] own) => Answer(settled, own).Failure ?? IdempotencyFailures.InUse;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets calls end whose callers have gone: what is interrupted here, nobody can tell afterwards.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_flights.Values.Select(f => f.Landing)).WaitAsync(cancellationToken);
        }
        catch (Exception)
        {
            // Whoever waits for a call hears of its failure; and time is up where it is.
        }
    }

    private async Task<Landing> FlyAsync(OutcomeKey key, byte[] fingerprint, Func<IServiceProvider, CancellationToken, Task<RunResult>> run)
    {
        var started = clock.GetTimestamp();
        for (var waits = 0; ; waits++)
        {
            if (await store.FindAsync(key) is not { } row)
            {
                if (!(await store.ClaimAsync(key, fingerprint, OutcomeState.Running, _holder, LeaseLength)).Succeeded(out var claimed, out var failure) && failure is not null)
                    return new Landing(null) { Failure = failure, RanHere = true };
                if (claimed is not null)
                    return await RunClaimedAsync(key, claimed, fingerprint, run);
                continue;
            }

            if (row.State != OutcomeState.Running || row.LeaseUntil < clock.GetUtcNow())
            {
                if (await WhatBecameOfAsync(key, row) is { } settled)
                    return settled;
                continue;
            }

            if (clock.GetElapsedTime(started) > LongestWait)
                return new Landing(row.State);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(250, 20 * (waits + 1)) * (0.5 + Random.Shared.NextDouble())), clock);
        }
    }

    /// <returns>Null where the row is to be read again.</returns>
    private async Task<Landing?> WhatBecameOfAsync(OutcomeKey key, IdempotentOutcome row)
    {
        if (row.State is OutcomeState.Running or OutcomeState.Streaming && row.LeaseUntil < clock.GetUtcNow())
        {
            await store.GiveUpAsync(key, row);
            return null;
        }

        return new Landing(row.State) { Text = await store.OpenAsync(row) };
    }

    private async Task<Landing> RunClaimedAsync(
        OutcomeKey key, IdempotentOutcome row, byte[] fingerprint, Func<IServiceProvider, CancellationToken, Task<RunResult>> run)
    {
        using var ended = new CancellationTokenSource();
        var beating = BeatAsync(key, row, ended.Token);
        try
        {
            RunResult result;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(key.Caller, key.OrganisationId);
                result = await run(scope.ServiceProvider, CancellationToken.None);
            }
            catch
            {
                await store.EndAsync(key, row, OutcomeState.Unknown);
                throw;
            }

            if (result is RunResult.NotSent { Failure: var failure })
            {
                await store.ReleaseAsync(key, row);
                return new Landing(null) { Failure = failure, RanHere = true };
            }

            var outcome = ((RunResult.Ran)result).Outcome;
            await KeepAsync(key, row, fingerprint, outcome);
            return new Landing(outcome.Length > IdempotentOutcome.MaxBytes ? OutcomeState.NotKept : OutcomeState.Kept)
            {
                Text = new KeptText(fingerprint, outcome), RanHere = true,
            };
        }
        finally
        {
            await ended.CancelAsync();
            await beating;
        }
    }

    /// <summary>Makes an outcome durable. Where that cannot be done the caller still gets it; others are told that it is not known.</summary>
    private async Task KeepAsync(OutcomeKey key, IdempotentOutcome row, byte[] fingerprint, byte[] outcome)
    {
        var began = clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (outcome.Length > IdempotentOutcome.MaxBytes)
                    await store.EndAsync(key, row, OutcomeState.NotKept);
                else if (!await store.KeepAsync(key, row, fingerprint, outcome))
                    Overtaken(logger, row.Id);
                return;
            }
            catch (Exception e) when (IsOfTheStore(e))
            {
                NotStored(logger, e, row.Id, attempt);
                if (clock.GetElapsedTime(began) > LongestRescue)
                    return;
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(2, attempt))), clock);
            }
            catch (DeletedMeanwhileException)
            {
                return;
            }
        }
    }

    private async Task BeatAsync(OutcomeKey key, IdempotentOutcome row, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Heartbeat, clock, ended);
                try
                {
                    await store.ExtendLeaseAsync(key, row, LeaseLength);
                }
                catch (Exception e) when (IsOfTheStore(e))
                {
                    // Without its lease the call may be given up; then its outcome is not stored.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The call has ended.
        }
    }

    private Task EndStreamAsync(OutcomeKey key, IdempotentOutcome row, OutcomeState? state) =>
        state is { } ended ? store.EndAsync(key, row, ended) : store.ReleaseAsync(key, row);

    private static Outcome<NamedOutcome> Answer(Landing landing, byte[] fingerprint)
    {
        if (landing.Failure is not null)
            return landing.Failure;
        if (!landing.RanHere && landing.Text is { } text && !text.Fingerprint.AsSpan().SequenceEqual(fingerprint))
            return IdempotencyFailures.Reused;
        return landing.State switch
        {
            OutcomeState.Kept => new NamedOutcome(landing.Text!.Outcome, !landing.RanHere),
            OutcomeState.NotKept when landing.RanHere => new NamedOutcome(landing.Text!.Outcome, false),
            OutcomeState.NotKept or OutcomeState.Streaming => IdempotencyFailures.NotKept,
            OutcomeState.Running => IdempotencyFailures.InUse,
            _ => IdempotencyFailures.Unknown,
        };
    }

    private static bool IsOfTheStore(Exception exception) =>
        exception is DbException or DbUpdateException or TimeoutException or InvalidOperationException { InnerException: DbException };

    [LoggerMessage(1, LogLevel.Warning, "The outcome of the named call {Id} came after the call was given up; it is not kept")]
    private static partial void Overtaken(ILogger logger, Ulid id);

    [LoggerMessage(2, LogLevel.Error, "The outcome of the named call {Id} could not be stored (attempt {Attempt})")]
    private static partial void NotStored(ILogger logger, Exception exception, Ulid id, int attempt);

    /// <summary>How a flight ended.</summary>
    /// <param name="State">What the row says; null where there is none.</param>
    private sealed record Landing(OutcomeState? State)
    {
        public KeptText? Text { get; init; }

        /// <summary>Why nothing was sent.</summary>
        public Failure? Failure { get; init; }

        /// <summary>Whether the call ran for whoever began the flight.</summary>
        public bool RanHere { get; init; }
    }

    /// <summary>A call under way, or the wait for another server's, which everyone in this process shares.</summary>
    private sealed class Flight
    {
        private readonly Lock _lock = new();
        private Task<Landing>? _task;

        public Task Landing => _task ?? Task.CompletedTask;

        public (Task<Landing> Landing, bool IsOwn) StartOnce(Func<Task<Landing>> start)
        {
            lock (_lock)
            {
                var isOwn = _task is null;
                return (_task ??= start(), isOwn);
            }
        }
    }

    /// <summary>A call whose outcome passes through, with its key claimed until this is disposed.</summary>
    internal sealed class StreamedCall : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly RunOnce _owner;
        private readonly OutcomeKey _key;
        private readonly IdempotentOutcome _row;
        private readonly Task _beating;
        private OutcomeState? _state = OutcomeState.Unknown;

        public StreamedCall(OutcomeKey key, IdempotentOutcome row, RunOnce owner)
        {
            (_key, _row, _owner) = (key, row, owner);
            _beating = owner.BeatAsync(key, row, _ended.Token);
        }

        /// <summary>The call has come to its end.</summary>
        public void Ran() => _state = OutcomeState.NotKept;

        /// <summary>Nothing was sent: the key is free again.</summary>
        public void NotSent() => _state = null;

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await _beating;
            _ended.Dispose();
            await _owner.EndStreamAsync(_key, _row, _state);
        }
    }
}
