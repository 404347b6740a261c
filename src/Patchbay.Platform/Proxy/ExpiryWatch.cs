using System.IO.Compression;
using System.Net;
using Patchbay.OAuth.Answers;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Grants;

namespace Patchbay.Platform.Proxy;

/// <summary>
/// Looks at the answer to a request that can be sent again, whether it means that a token has expired. Then the token is renewed, and the
/// answer is dropped for that of a second request. There is no third.
/// </summary>
internal sealed class ExpiryWatch(PreparedCredentials used, LiveCredentials live, CancellationToken aborted)
{
    /// <summary>How much of a body is looked at: an answer that says "expired" is short.</summary>
    private const int MaxBody = 64 * 1024;

    /// <summary>What to send the request again with; null where the answer stands.</summary>
    public PreparedCredentials? Renewed { get; private set; }

    public async ValueTask<bool> SeesExpiryAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = ReadOnlyMemory<byte>.Empty;
        if (used.Grants.Any(g => g.Credential.Source.Use.Judge.NeedsBody(status)))
            body = await PeekAsync(response, cancellationToken);
        if (!used.Grants.Any(g => IsExpired(g.Credential.Source.Use)))
            return false;
        Renewed = await live.RenewAsync(used, IsExpired, aborted);
        return Renewed is not null;

        bool IsExpired(TokenUse use) => use.Judge.MeansExpired(status, body.Span, name => HeaderOf(response, name));
    }

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString() : null;

    /// <summary>Reads the beginning of a body and puts it back.</summary>
    /// <returns>The whole body, unpacked; nothing where it is longer than what is looked at.</returns>
    private static async Task<ReadOnlyMemory<byte>> PeekAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > MaxBody)
            return ReadOnlyMemory<byte>.Empty;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBody + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        response.Content = new PeekedContent(response.Content, buffer.AsMemory(0, length), stream);
        return length > MaxBody ? ReadOnlyMemory<byte>.Empty : Unpacked(buffer.AsMemory(0, length), response.Content.Headers.ContentEncoding);
    }

    private static ReadOnlyMemory<byte> Unpacked(ReadOnlyMemory<byte> body, ICollection<string> encodings)
    {
        if (encodings.Count == 0)
            return body;
        if (encodings.Count > 1)
            return ReadOnlyMemory<byte>.Empty;
        using var packed = new MemoryStream(body.ToArray());
        using Stream? unpacking = encodings.First().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
            _ => null,
        };
        if (unpacking is null)
            return ReadOnlyMemory<byte>.Empty;
        var unpacked = new byte[MaxBody];
        try
        {
            return unpacked.AsMemory(0, unpacking.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false));
        }
        catch (InvalidDataException)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <summary>A body whose beginning was read already.</summary>
    private sealed class PeekedContent : HttpContent
    {
        private readonly HttpContent _whole;
        private readonly ReadOnlyMemory<byte> _read;
        private readonly Stream _rest;

        public PeekedContent(HttpContent whole, ReadOnlyMemory<byte> read, Stream rest)
        {
            (_whole, _read, _rest) = (whole, read, rest);
            foreach (var (name, values) in whole.Headers.NonValidated)
                Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new PeekedStream(_read, _rest));

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_read);
            await _rest.CopyToAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _whole.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>What was read, then the rest.</summary>
    private sealed class PeekedStream(ReadOnlyMemory<byte> read, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _read = read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_read.IsEmpty)
                return await rest.ReadAsync(buffer, cancellationToken);
            var count = Math.Min(buffer.Length, _read.Length);
            _read[..count].CopyTo(buffer);
            _read = _read[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
