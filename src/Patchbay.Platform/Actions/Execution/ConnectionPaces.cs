using System.Collections.Concurrent;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>How many requests go through at once and in a time.</summary>
/// <param name="Concurrency">At once.</param>
/// <param name="Queue">How many calls may wait.</param>
/// <param name="Requests">How many in a period; null for as many as there are.</param>
/// <param name="Period">The period.</param>
internal sealed record PaceLimits(int Concurrency, int Queue, int? Requests = null, TimeSpan Period = default)
{
    /// <summary>The limits of a connection; the server's where it has none of its own.</summary>
    public static PaceLimits Of(ConnectionPlan plan, PatchbaySettings settings) => new(
        plan.Limits?.Concurrency ?? settings.ActionConcurrency, plan.Limits?.Queue ?? settings.ActionQueue, plan.Limits?.Requests, TimeSpan.FromSeconds(plan.Limits?.PerSeconds ?? 1));
}

/// <summary>
/// Keeps each connection within its limits, and off an API that asked for a pause: whoever comes then waits its turn, first come first served.
/// Each server of several does so by itself.
/// </summary>
internal sealed class ConnectionPaces(TimeProvider clock)
{
    private const int MostKept = 10_000;

    /// <summary>However long an API asks to be left alone, others are not held up longer for it: its next answer says so again.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Ulid, Pace> _paces = new();

    /// <summary>Waits for the turn of a request.</summary>
    /// <param name="connectionId">The connection.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The turn, to be disposed after the request; or <c>connection_busy</c>.</returns>
    public ValueTask<Outcome<Turn>> EnterAsync(Ulid connectionId, PaceLimits limits, TimeSpan patience, CancellationToken cancellationToken) =>
        PaceOf(connectionId).EnterAsync(limits, patience, cancellationToken);

    /// <summary>Lets nobody through for a while, since the API asked for it.</summary>
    public void Pause(Ulid connectionId, TimeSpan time) => PaceOf(connectionId).Pause(time < LongestPause ? time : LongestPause);

    private Pace PaceOf(Ulid connectionId)
    {
        if (_paces.TryGetValue(connectionId, out var pace))
            return pace;
        if (_paces.Count >= MostKept)
        {
            foreach (var (id, idle) in _paces)
            {
                if (idle.IsIdle)
                    _paces.TryRemove(id, out _);
            }
        }

        return _paces.GetOrAdd(connectionId, _ => new Pace(clock));
    }

    /// <summary>The turn of one request.</summary>
    internal sealed class Turn(Pace pace) : IDisposable
    {
        private Pace? _pace = pace;

        public void Dispose() => Interlocked.Exchange(ref _pace, null)?.Leave();
    }

    /// <summary>The requests of one connection.</summary>
    internal sealed class Pace(TimeProvider clock)
    {
        private readonly Lock _lock = new();
        private readonly LinkedList<TaskCompletionSource> _waiting = new();
        private PaceLimits _limits = new(1, 1);
        private int _running;
        private double _tokens = double.MaxValue;
        private long _filledAt = clock.GetTimestamp();
        private long? _pausedAt;
        private TimeSpan _pause;
        private ITimer? _wake;

        public bool IsIdle
        {
            get
            {
                lock (_lock)
                    return _running == 0 && _waiting.Count == 0 && _limits.Requests is null && TimeToGo() == TimeSpan.Zero;
            }
        }

        public async ValueTask<Outcome<Turn>> EnterAsync(PaceLimits limits, TimeSpan patience, CancellationToken cancellationToken)
        {
            LinkedListNode<TaskCompletionSource> place;
            lock (_lock)
            {
                _limits = limits;
                if (_waiting.Count == 0 && TryGo())
                    return new Turn(this);
                if (_waiting.Count >= limits.Queue)
                    return Busy("More calls wait for it than its queue takes.");
                place = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                Schedule();
            }

            try
            {
                await place.Value.Task.WaitAsync(patience, clock, cancellationToken);
                return new Turn(this);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                lock (_lock)
                {
                    if (place.List is not null)
                    {
                        _waiting.Remove(place);
                    }
                    else
                    {
                        // It was given the turn in the moment in which it gave up.
                        _running--;
                        Admit();
                    }
                }

                if (e is TimeoutException)
                    return Busy("Its turn did not come in the time that the call has.");
                throw;
            }
        }

        public void Pause(TimeSpan time)
        {
            lock (_lock)
            {
                if (_pausedAt is { } at && _pause - clock.GetElapsedTime(at) > time)
                    return;
                (_pausedAt, _pause) = (clock.GetTimestamp(), time);
                Schedule();
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                _running--;
                Admit();
            }
        }

        private Failure Busy(string why) =>
            new(FailureKind.TooManyRequests, "connection_busy", $"The connection makes as many requests as it may. {why} Try again later.")
            {
                RetryAfter = TimeToGo() is var time && time > TimeSpan.Zero ? time : TimeSpan.FromSeconds(1),
            };

        private void Admit()
        {
            while (_waiting.First is { } first && TryGo())
            {
                _waiting.RemoveFirst();
                first.Value.TrySetResult();
            }

            Schedule();
        }

        private bool TryGo()
        {
            if (_running >= _limits.Concurrency || TimeToGo() > TimeSpan.Zero)
                return false;
            if (_limits.Requests is not null)
                _tokens--;
            _running++;
            return true;
        }

        /// <summary>How long until pause and rate let one more through, however many are running.</summary>
        private TimeSpan TimeToGo()
        {
            var paused = _pausedAt is { } at ? _pause - clock.GetElapsedTime(at) : TimeSpan.Zero;
            if (paused <= TimeSpan.Zero)
                (paused, _pausedAt) = (TimeSpan.Zero, null);
            if (_limits.Requests is not { } requests)
                return paused;
            var now = clock.GetTimestamp();
            _tokens = Math.Min(requests, _tokens + (clock.GetElapsedTime(_filledAt, now) / _limits.Period * requests));
            _filledAt = now;
            var refill = _tokens >= 1 ? TimeSpan.Zero : _limits.Period * ((1 - _tokens) / requests);
            return refill > paused ? refill : paused;
        }

        /// <summary>Wakes when time alone lets the first one through.</summary>
        private void Schedule()
        {
            if (_waiting.Count == 0 || _running >= _limits.Concurrency)
                return;
            var time = TimeToGo() + TimeSpan.FromMilliseconds(1);
            if (_wake is null)
                _wake = clock.CreateTimer(static pace => ((Pace)pace!).Wake(), this, time, Timeout.InfiniteTimeSpan);
            else
                _wake.Change(time, Timeout.InfiniteTimeSpan);
        }

        private void Wake()
        {
            lock (_lock)
                Admit();
        }
    }
}
