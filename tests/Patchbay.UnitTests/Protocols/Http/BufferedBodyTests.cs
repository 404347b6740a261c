using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class BufferedBodyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_body_up_to_the_limit_is_read_and_a_longer_one_is_not() =>
        Gen.Select(Gen.Int[0, 70_000], Gen.Int[0, 70_000], Gen.Int[1, 20_000], Gen.Bool).SampleAsync(async (length, limit, step, announced) =>
        {
            var bytes = Enumerable.Range(0, length).Select(index => (byte)(index * 31)).ToArray();
            var read = await BufferedBody.ReadAsync(new SteppedStream(bytes, step), limit, announced ? length : null, Token);
            if (length > limit)
            {
                Assert.Equal((FaultKind.TooLong, "body"), (Assert.Single(read.Faults).Kind, read.Faults[0].Subject));
                return;
            }

            Assert.True(read.TryGet(out var body, out _));
            using (body)
            {
                Assert.True(body.Bytes.Span.SequenceEqual(bytes));
                using var copy = new MemoryStream();
                await using var again = body.OpenRead();
                await again.CopyToAsync(copy, Token);
                Assert.True(copy.ToArray().AsSpan().SequenceEqual(bytes));
            }
        });

    [Fact]
    public async Task An_announced_length_beyond_the_limit_is_refused_unread()
    {
        var stream = new SteppedStream(new byte[10], 10);
        Assert.False((await BufferedBody.ReadAsync(stream, 100, announcedLength: 101, Token)).Succeeded);
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public async Task Of_a_body_without_end_one_byte_more_than_the_limit_is_read()
    {
        var stream = new SteppedStream(new byte[200_000], 7_000);
        Assert.False((await BufferedBody.ReadAsync(stream, 100_000, announcedLength: null, Token)).Succeeded);
        Assert.Equal(100_001, stream.Position);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_no_body()
    {
        var broken = new SteppedStream(new byte[100], 10) { BreaksAt = 50 };
        await Assert.ThrowsAsync<IOException>(() => BufferedBody.ReadAsync(broken, 1000, announcedLength: 100, Token).AsTask());
    }

    [Fact]
    public async Task Bytes_are_gone_once_the_memory_is_given_back()
    {
        Assert.True((await BufferedBody.ReadAsync(new SteppedStream([1, 2, 3], 3), 10, announcedLength: null, Token)).TryGet(out var body, out _));
        body.Dispose();
        body.Dispose();
        Assert.Throws<ObjectDisposedException>(() => body.Bytes);
        Assert.Throws<ObjectDisposedException>(body.OpenRead);
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class SteppedStream(byte[] bytes, int step) : MemoryStream(bytes, writable: false)
    {
        public int BreaksAt { get; init; } = int.MaxValue;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= BreaksAt
                ? ValueTask.FromException<int>(new IOException("The connection broke."))
                : base.ReadAsync(buffer[..Math.Min(buffer.Length, step)], cancellationToken);
    }
}
