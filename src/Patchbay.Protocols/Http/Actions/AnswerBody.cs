using System.IO.Compression;

namespace Patchbay.Protocols.Http.Actions;

/// <summary>Reads the bodies of answers, unpacked and up to a limit.</summary>
public static class AnswerBody
{
    // Nobody packs twice, but whoever packs a bomb.
    private const int MostCodings = 3;

    /// <summary>Reads a body to its end, unpacked (RFC 9110, 8.4).</summary>
    /// <param name="response">The answer.</param>
    /// <param name="limit">How long the body may be, unpacked as well as packed, in bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The bytes, still packed where the coding is not known here (see <see cref="IsPacked"/>); or <see cref="FaultKind.TooLong"/>; or
    /// <see cref="FaultKind.Malformed"/> where what is packed does not unpack.
    /// </returns>
    /// <exception cref="IOException">The stream broke off; so does <see cref="HttpRequestException"/> say.</exception>
    public static async Task<Outcome<byte[]>> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit) return TooLong(limit);
        var raw = new CountedStream(await response.Content.ReadAsStreamAsync(cancellationToken), limit);
        Stream body = raw;
        if (!IsPacked(response))
        {
            foreach (var coding in Codings(response).AsEnumerable().Reverse()) body = Unpacking(coding, body);
        }

        try
        {
            using var read = new MemoryStream();
            var buffer = new byte[32 * 1024];
            for (int count; (count = await body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (read.Length + count > limit) return TooLong(limit);
                read.Write(buffer, 0, count);
            }

            return Outcome.Of(read.ToArray());
        }
        catch (InvalidDataException)
        {
            return Outcome.Of<byte[]>(FaultKind.Malformed, "body", "The answer's body does not unpack as its Content-Encoding says.");
        }
        catch (TooLongException)
        {
            return TooLong(limit);
        }
        finally
        {
            if (!ReferenceEquals(body, raw)) await body.DisposeAsync();
        }
    }

    /// <summary>Whether the body is packed in a way that is not known here, and is given as it is.</summary>
    /// <param name="response">The answer.</param>
    public static bool IsPacked(HttpResponseMessage response)
    {
        var codings = Codings(response);
        return codings.Count > MostCodings || codings.Any(coding => coding is not ("gzip" or "x-gzip" or "br" or "deflate"));
    }

    private static List<string> Codings(HttpResponseMessage response) =>
        [.. response.Content.Headers.ContentEncoding.Select(coding => coding.Trim().ToLowerInvariant()).Where(coding => coding is not ("identity" or ""))];

    private static Stream Unpacking(string coding, Stream packed) => coding switch
    {
        "br" => new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new InflatingStream(packed),
        _ => new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true),
    };

    private static Outcome<byte[]> TooLong(int limit) =>
        Outcome.Of<byte[]>(FaultKind.TooLong, "body", FormattableString.Invariant($"The answer's body is longer than {limit} bytes."));

    private sealed class TooLongException() : IOException("The body is too long.");

    /// <summary>What comes over the wire is bounded as well as what it unpacks to: many small members unpack to nothing.</summary>
    private sealed class CountedStream(Stream inner, long limit) : ReadOnlyStream
    {
        private long _left = limit;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _left -= read;
            return _left >= 0 ? read : throw new TooLongException();
        }
    }

    /// <summary>
    /// The coding <c>deflate</c>: with the frame of zlib, as the specification wants it, or without, as some servers send it.
    /// </summary>
    private sealed class InflatingStream(Stream packed) : ReadOnlyStream
    {
        private Stream? _inflating;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_inflating is null)
            {
                var head = new byte[2];
                var count = await packed.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken);
                var whole = new PrependedStream(head.AsMemory(0, count), packed);
                var isZlib = count == 2 && (head[0] & 0x0f) == 8 && ((head[0] << 8) | head[1]) % 31 == 0;
                _inflating = isZlib ? new ZLibStream(whole, CompressionMode.Decompress, leaveOpen: true) : new DeflateStream(whole, CompressionMode.Decompress, leaveOpen: true);
            }

            return await _inflating.ReadAsync(buffer, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inflating?.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class PrependedStream(ReadOnlyMemory<byte> head, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head.IsEmpty) return rest.ReadAsync(buffer, cancellationToken);
            var count = Math.Min(buffer.Length, _head.Length);
            _head[..count].CopyTo(buffer);
            _head = _head[count..];
            return ValueTask.FromResult(count);
        }
    }

    private abstract class ReadOnlyStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
