namespace Patchbay.Functions.Parent;

/// <summary>
/// Gives turns to owners: so many at once, so many for one owner, and where several wait, to one owner after the other, however many turns
/// each of them wants.
/// </summary>
internal sealed class FairQueue(FunctionQueueLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly LinkedList<Owner> _withWaiters = [];
    private int _running;
    private int _waiting;

    /// <summary>Waits for a turn, which ends when it is disposed of.</summary>
    /// <returns>The turn, or null where too many wait already.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public Task<IDisposable?> EnterAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            if (!_owners.TryGetValue(name, out var owner)) _owners.Add(name, owner = new Owner(name));
            if (CanRun(owner) && owner.Waiters.Count == 0) return Task.FromResult<IDisposable?>(Start(owner));
            if (_waiting >= limits.Waiting || owner.Waiters.Count >= limits.WaitingPerOwner)
            {
                RemoveIfIdle(owner);
                return Task.FromResult<IDisposable?>(null);
            }

            waiter = new Waiter(owner);
            if (owner.Waiters.Count == 0) _withWaiters.AddLast(owner);
            owner.Waiters.AddLast(waiter);
            _waiting++;
        }

        return WaitAsync(waiter, cancellationToken);
    }

    private async Task<IDisposable?> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, cancellationToken), state: null);
        return await waiter.Turn.Task;
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!waiter.Owner.Waiters.Remove(waiter)) return;
            _waiting--;
            if (waiter.Owner.Waiters.Count == 0) _withWaiters.Remove(waiter.Owner);
            RemoveIfIdle(waiter.Owner);
        }

        waiter.Turn.TrySetCanceled(cancellationToken);
    }

    private void End(Owner owner)
    {
        lock (_lock)
        {
            _running--;
            owner.Running--;
            RemoveIfIdle(owner);
            for (var next = _withWaiters.First; next is not null && _running < limits.Running;)
            {
                var candidate = next.Value;
                var following = next.Next;
                if (CanRun(candidate))
                {
                    var waiter = candidate.Waiters.First!.Value;
                    candidate.Waiters.RemoveFirst();
                    _waiting--;
                    // To the end of the line, for its further ones.
                    _withWaiters.Remove(next);
                    if (candidate.Waiters.Count > 0) _withWaiters.AddLast(candidate);
                    waiter.Turn.SetResult(Start(candidate));
                }

                next = following;
            }
        }
    }

    private bool CanRun(Owner owner) => _running < limits.Running && owner.Running < limits.RunningPerOwner;

    private Turn Start(Owner owner)
    {
        _running++;
        owner.Running++;
        return new Turn(this, owner);
    }

    private void RemoveIfIdle(Owner owner)
    {
        if (owner.Running == 0 && owner.Waiters.Count == 0) _owners.Remove(owner.Name);
    }

    private sealed class Owner(string name)
    {
        public string Name { get; } = name;

        public int Running { get; set; }

        public LinkedList<Waiter> Waiters { get; } = [];
    }

    private sealed class Waiter(Owner owner)
    {
        public Owner Owner { get; } = owner;

        public TaskCompletionSource<IDisposable?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(FairQueue queue, Owner owner) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) queue.End(owner);
        }
    }
}
