using Patchbay.Platform.Data;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

public sealed class BriefMemoryTests
{
    private readonly ManualClock _clock = new();
    private readonly List<(string Key, string? Known)> _reads = [];

    [Fact]
    public async Task However_many_ask_at_once_the_store_is_asked_once()
    {
        var gate = new TaskCompletionSource<string?>();
        var memory = Remember(_ => gate.Task);

        var asked = Enumerable.Range(0, 100).Select(_ => memory.FindAsync("a", Token).AsTask()).ToList();
        gate.SetResult("value");

        Assert.All(await Task.WhenAll(asked), value => Assert.Equal("value", value));
        Assert.Single(_reads);
    }

    [Fact]
    public async Task A_value_is_trusted_for_a_second_and_no_longer()
    {
        var memory = Remember(_ => Task.FromResult<string?>($"value {_reads.Count}"));

        Assert.Equal("value 1", await memory.FindAsync("a", Token));
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal("value 1", await memory.FindAsync("a", Token));
        _clock.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Equal("value 2", await memory.FindAsync("a", Token));
        Assert.Equal([("a", null), ("a", "value 1")], _reads);
    }

    [Fact]
    public async Task A_value_in_use_is_renewed_before_its_second_is_over()
    {
        var renewing = new TaskCompletionSource();
        var renewed = new TaskCompletionSource<string?>();
        var memory = Remember(known =>
        {
            if (known is null)
                return Task.FromResult<string?>("old");
            renewing.SetResult();
            return renewed.Task;
        });
        await memory.FindAsync("a", Token);

        _clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal("old", await memory.FindAsync("a", Token));
        await renewing.Task.WaitAsync(Token);
        Assert.Equal("old", await memory.FindAsync("a", Token));
        _clock.Advance(TimeSpan.FromMilliseconds(600));
        var waiting = memory.FindAsync("a", Token).AsTask();
        Assert.False(waiting.IsCompleted);
        renewed.SetResult("new");

        Assert.Equal("new", await waiting);
        Assert.Equal(2, _reads.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_being_read_while_it_was_forgotten_is_not_remembered(bool byKind)
    {
        var gates = new Queue<TaskCompletionSource<string?>>([new(), new()]);
        var (first, second) = (gates.First(), gates.Last());
        var memory = Remember(_ => gates.Dequeue().Task);

        var before = memory.FindAsync("a", Token).AsTask();
        await AskedAsync(1);
        if (byKind)
            memory.ForgetAll(_ => false);
        else
            memory.Forget("a");
        var after = memory.FindAsync("a", Token).AsTask();
        await AskedAsync(2);
        second.SetResult("new");
        Assert.Equal("new", await after);
        first.SetResult("old");
        Assert.Equal("old", await before);

        Assert.Equal("new", await memory.FindAsync("a", Token));
        Assert.Equal(2, _reads.Count);
    }

    [Fact]
    public async Task That_there_is_nothing_is_not_remembered()
    {
        var memory = Remember(_ => Task.FromResult(_reads.Count == 1 ? null : "value"));

        Assert.Null(await memory.FindAsync("a", Token));
        Assert.Equal("value", await memory.FindAsync("a", Token));
    }

    [Fact]
    public async Task A_failure_is_heard_by_all_who_wait_and_then_over()
    {
        var memory = Remember(_ => _reads.Count == 1 ? Task.FromException<string?>(new IOException("The store is away.")) : Task.FromResult<string?>("value"));

        await Assert.ThrowsAsync<IOException>(() => memory.FindAsync("a", Token).AsTask());
        Assert.Equal("value", await memory.FindAsync("a", Token));
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_give_up_for_others()
    {
        var gate = new TaskCompletionSource<string?>();
        var memory = Remember(_ => gate.Task);
        using var impatience = new CancellationTokenSource();

        var impatient = memory.FindAsync("a", impatience.Token).AsTask();
        var patient = memory.FindAsync("a", Token).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult("value");

        Assert.Equal("value", await patient);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BriefMemory<string, string> Remember(Func<string?, Task<string?>> load) => new(
        (key, known) =>
        {
            lock (_reads)
                _reads.Add((key, known));
            return load(known);
        },
        _clock);

    private async Task AskedAsync(int times)
    {
        while (true)
        {
            lock (_reads)
            {
                if (_reads.Count == times)
                    return;
            }

            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}
