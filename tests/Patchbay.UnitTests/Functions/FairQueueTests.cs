using CsCheck;
using Patchbay.Functions;
using Patchbay.Functions.Parent;
using Xunit;

namespace Patchbay.UnitTests.Functions;

public sealed class FairQueueTests
{
    [Fact]
    public async Task An_owner_with_many_runs_does_not_hold_up_another()
    {
        var queue = new FairQueue(new FunctionQueueLimits { Running = 1, RunningPerOwner = 1 });
        var order = new List<string>();
        var first = await queue.EnterAsync("busy", CancellationToken.None);
        var waiting = new List<Task>();
        for (var i = 0; i < 5; i++) waiting.Add(TakeAsync("busy"));
        waiting.Add(TakeAsync("other"));
        waiting.Add(TakeAsync("third"));

        first!.Dispose();
        await Task.WhenAll(waiting);

        Assert.Equal(["busy", "other", "third", "busy", "busy", "busy", "busy"], order);

        async Task TakeAsync(string owner)
        {
            using var turn = await queue.EnterAsync(owner, CancellationToken.None);
            order.Add(owner);
        }
    }

    [Fact]
    public async Task An_owner_never_has_more_turns_at_once_than_it_may()
    {
        var queue = new FairQueue(new FunctionQueueLimits { Running = 3, RunningPerOwner = 1 });
        using var first = await queue.EnterAsync("a", CancellationToken.None);

        var second = queue.EnterAsync("a", CancellationToken.None);
        using var other = await queue.EnterAsync("b", CancellationToken.None);

        Assert.False(second.IsCompleted);
        first!.Dispose();
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task A_queue_that_is_full_says_so_at_once()
    {
        var queue = new FairQueue(new FunctionQueueLimits { Running = 1, RunningPerOwner = 1, Waiting = 3, WaitingPerOwner = 2 });
        using var running = await queue.EnterAsync("a", CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        var waiting = new[] { queue.EnterAsync("a", cancelled.Token), queue.EnterAsync("a", cancelled.Token) };

        Assert.Null(await queue.EnterAsync("a", CancellationToken.None));
        waiting = [.. waiting, queue.EnterAsync("b", cancelled.Token)];
        Assert.Null(await queue.EnterAsync("c", CancellationToken.None));

        await cancelled.CancelAsync();
        foreach (var turn in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn);
        var again = queue.EnterAsync("c", CancellationToken.None);
        running!.Dispose();
        Assert.NotNull(await again);
    }

    [Fact]
    public async Task Giving_up_and_getting_a_turn_at_once_loses_no_turn()
    {
        for (var i = 0; i < 200; i++)
        {
            var queue = new FairQueue(new FunctionQueueLimits { Running = 1, RunningPerOwner = 1 });
            using var cancelled = new CancellationTokenSource();
            var running = await queue.EnterAsync("a", CancellationToken.None);
            var waiting = queue.EnterAsync("b", cancelled.Token);

            await Task.WhenAll(Task.Run(running!.Dispose, TestContext.Current.CancellationToken), Task.Run(cancelled.Cancel, TestContext.Current.CancellationToken));
            try
            {
                (await waiting)!.Dispose();
            }
            catch (OperationCanceledException)
            {
                // Then the turn was not given.
            }

            using var next = await queue.EnterAsync("c", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.NotNull(next);
        }
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_limits_hold_and_everyone_gets_a_turn() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 2], Gen.Int[0, 4].Array[1, 40], Gen.Int[0, 1000].Array[40])
            .Sample((running, perOwner, owners, ends) =>
            {
                var queue = new FairQueue(new FunctionQueueLimits { Running = running, RunningPerOwner = perOwner, Waiting = 100, WaitingPerOwner = 100 });
                var asked = owners.Select(owner => (Owner: owner, Turn: queue.EnterAsync($"{owner}", CancellationToken.None))).ToList();
                for (var i = 0; asked.Count > 0; i++)
                {
                    // Turns that a disposal hands on are there at once, those of waiters after a step of the pool.
                    SpinWait.SpinUntil(() => asked.Any(one => one.Turn.IsCompleted), TimeSpan.FromSeconds(30));
                    var active = asked.Where(one => one.Turn.IsCompleted).ToList();
                    Assert.InRange(active.Count, 1, running);
                    Assert.All(active.GroupBy(one => one.Owner), group => Assert.InRange(group.Count(), 1, perOwner));
                    var ending = active[ends[i % ends.Length] % active.Count];
                    asked.Remove(ending);
                    ending.Turn.Result!.Dispose();
                }
            }, iter: 200);
}
