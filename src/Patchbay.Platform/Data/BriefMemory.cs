using System.Collections.Concurrent;

namespace Patchbay.Platform.Data;

/// <summary>
/// What this node remembers of the store, so that a request costs no query. A value is trusted for a second after the store was asked: so
/// another node's change shows within that. This node forgets what it changes itself, and then a value that was being read meanwhile is
/// not remembered either. However many ask for one key, the store is asked once; a value in use is renewed before its second is over, so
/// that nobody waits for it.
/// </summary>
/// <typeparam name="TKey">What is asked for.</typeparam>
/// <typeparam name="TValue">What is remembered; that there is nothing is not.</typeparam>
/// <param name="load">Asks the store, given what is remembered, which it may return where nothing has changed.</param>
/// <param name="clock">The clock.</param>
internal sealed class BriefMemory<TKey, TValue>(Func<TKey, TValue?, Task<TValue?>> load, TimeProvider clock)
    where TKey : notnull
    where TValue : class
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewedAfter = TrustedFor / 2;

    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();
    private readonly ConcurrentDictionary<TKey, Reading> _readings = new();

    /// <summary>The value of a key, or null where the store has none.</summary>
    public ValueTask<TValue?> FindAsync(TKey key, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(key, out var entry))
            return new ValueTask<TValue?>(ReadAsync(key, null).WaitAsync(cancellationToken));
        var age = clock.GetElapsedTime(entry.ReadAt);
        if (age >= TrustedFor)
            return new ValueTask<TValue?>(ReadAsync(key, entry).WaitAsync(cancellationToken));
        if (age >= RenewedAfter && entry.TakeRenewal())
            _ = RenewAsync(key, entry);
        return ValueTask.FromResult<TValue?>(entry.Value);
    }

    /// <summary>Forgets a key, after a change was committed.</summary>
    public void Forget(TKey key)
    {
        if (_readings.TryRemove(key, out var reading))
            reading.MakeStale();
        _entries.TryRemove(key, out _);
    }

    /// <summary>Forgets every value of a kind, after a change was committed.</summary>
    public void ForgetAll(Predicate<TValue> ofKind)
    {
        // What is being read now may turn out to be of the kind.
        foreach (var key in _readings.Keys)
        {
            if (_readings.TryRemove(key, out var reading))
                reading.MakeStale();
        }

        foreach (var (key, entry) in _entries)
        {
            if (ofKind(entry.Value))
                _entries.TryRemove(key, out _);
        }
    }

    private Task<TValue?> ReadAsync(TKey key, Entry? known)
    {
        var reading = _readings.GetOrAdd(key, static _ => new Reading());
        return reading.StartOnce(() => Task.Run(() => ReadAsync(key, known?.Value, reading)));
    }

    private async Task<TValue?> ReadAsync(TKey key, TValue? known, Reading reading)
    {
        try
        {
            var readAt = clock.GetTimestamp();
            var value = await load(key, known);
            reading.UnlessStale(() =>
            {
                if (value is null)
                    _entries.TryRemove(key, out _);
                else
                    Remember(key, new Entry(value, readAt));
            });
            return value;
        }
        finally
        {
            _readings.TryRemove(new KeyValuePair<TKey, Reading>(key, reading));
        }
    }

    private async Task RenewAsync(TKey key, Entry entry)
    {
        try
        {
            await ReadAsync(key, entry);
        }
        catch (Exception)
        {
            // Whoever needs the value once its second is over reads again, and hears of the failure.
        }
    }

    private void Remember(TKey key, Entry entry)
    {
        if (_entries.Count >= MaxRemembered && !_entries.ContainsKey(key))
        {
            foreach (var (other, old) in _entries)
            {
                if (clock.GetElapsedTime(old.ReadAt) >= TrustedFor)
                    _entries.TryRemove(other, out _);
            }

            if (_entries.Count >= MaxRemembered)
                _entries.Clear();
        }

        _entries[key] = entry;
    }

    private sealed class Entry(TValue value, long readAt)
    {
        private int _renewing;

        public TValue Value { get; } = value;
        public long ReadAt { get; } = readAt;

        /// <summary>True for the first who asks.</summary>
        public bool TakeRenewal() => Volatile.Read(ref _renewing) == 0 && Interlocked.Exchange(ref _renewing, 1) == 0;
    }

    /// <summary>A question to the store, on its way.</summary>
    private sealed class Reading
    {
        private readonly Lock _lock = new();
        private Task<TValue?>? _task;
        private bool _stale;

        public Task<TValue?> StartOnce(Func<Task<TValue?>> start)
        {
            lock (_lock)
                return _task ??= start();
        }

        public void MakeStale()
        {
            lock (_lock)
                _stale = true;
        }

        public void UnlessStale(Action remember)
        {
            lock (_lock)
            {
                if (!_stale)
                    remember();
            }
        }
    }
}
