using System.Buffers;
using System.Globalization;

namespace Patchbay.Protocols.Http;

/// <summary>
/// A body that was read to its end, in memory that is borrowed from a pool. Disposing it gives the memory back: none of its bytes may be used
/// from then on.
/// </summary>
public sealed class BufferedBody : IDisposable
{
    /// <summary>How long a body may be unless told otherwise, in bytes.</summary>
    public const int DefaultLimit = 10 * 1024 * 1024;

    // What is taken at first, whatever length was announced: who only says that much is to come gets no more.
    private const int FirstSize = 16 * 1024;

    private readonly int _length;
    private byte[]? _buffer;

    private BufferedBody(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, _length);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(BufferedBody));

    /// <summary>Reads a body to its end.</summary>
    /// <param name="body">The body; it is not disposed.</param>
    /// <param name="limit">How long it may be, in bytes.</param>
    /// <param name="announcedLength">The length that its head gives, or null: one beyond the limit is refused unread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The body; or <see cref="FaultKind.TooLong"/> of <c>body</c>, when one byte more than the limit was read at most.</returns>
    /// <exception cref="IOException">The stream broke off. What else a stream throws passes too.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async ValueTask<Outcome<BufferedBody>> ReadAsync(Stream body, int limit, long? announcedLength, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(limit, Array.MaxLength);
        if (announcedLength > limit) return TooLong(limit);

        // One byte beyond the limit tells a body that ends there from one that goes on.
        var most = limit + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(most, FirstSize));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(buffer.AsMemory(length, Math.Min(buffer.Length, most) - length), cancellationToken);
                if (read == 0)
                {
                    var whole = new BufferedBody(buffer, length);
                    buffer = null;
                    return Outcome.Of(whole);
                }

                length += read;
                if (length > limit) return TooLong(limit);
                if (length == buffer.Length) buffer = Grown(buffer, length, most);
            }
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Makes a stream over the bytes, to be read before the memory is given back.</summary>
    /// <returns>A stream that can be read and sought.</returns>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Stream OpenRead() => new MemoryStream(Buffer, 0, _length, writable: false);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, value: null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }

    private static byte[] Grown(byte[] buffer, int length, int most)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(most, length * 2L));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static Outcome<BufferedBody> TooLong(int limit) =>
        Outcome.Of<BufferedBody>(
            FaultKind.TooLong,
            "body",
            string.Create(CultureInfo.InvariantCulture, $"The body is longer than {limit} bytes, and it must be read as a whole to be signed."));
}
