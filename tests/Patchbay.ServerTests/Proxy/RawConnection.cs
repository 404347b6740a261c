using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

/// <summary>A caller that sees every byte: a socket and no HTTP client.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private RawReader? _reader;

    private RawConnection() => _patience.CancelAfter(TimeSpan.FromMinutes(2));

    public RawReader Reader => _reader ??= new RawReader(new NetworkStream(_socket, ownsSocket: false), _patience.Token);

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), connection._patience.Token);
        return connection;
    }

    public static string Head(string method, string target, params string[] headers) =>
        $"{method} {target} HTTP/1.1\r\nHost: patchbay.test\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n";

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<RawAnswer> ExchangeAsync(int port, string request, string method = "GET")
    {
        await using var connection = await OpenAsync(port);
        await connection.SendAsync(request);
        return await connection.ReadAnswerAsync(method);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, _patience.Token)..];
    }

    public Task<RawHead> ReadHeadAsync() => Reader.ReadHeadAsync();

    /// <summary>Reads the next chunk of a chunked body; null for its end.</summary>
    public Task<string?> ReadChunkAsync() => Reader.ReadChunkAsync();

    public Task<byte[]> ReadAsync(int count) => Reader.ReadAsync(count);

    public async Task<RawAnswer> ReadAnswerAsync(string method = "GET")
    {
        var head = await Reader.ReadHeadAsync();
        var bodyless = method == "HEAD" || head.Status is 204 or 304;
        var (body, whole) = bodyless ? ([], true) : await Reader.ReadBodyAsync(head, untilClose: true);
        return new RawAnswer(head, body, whole);
    }

    /// <summary>Ends the connection the hard way, as a process that dies does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The head of a message, one character a byte.</summary>
internal sealed record RawHead(string StartLine, IReadOnlyList<(string Name, string Value)> Headers)
{
    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The values of every line with this name.</summary>
    public IReadOnlyList<string> All(string name) =>
        [.. Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];

    public string? this[string name] => All(name) is { Count: > 0 } values ? string.Join(", ", values) : null;
}

/// <summary>An answer.</summary>
/// <param name="Head">Its head.</param>
/// <param name="Body">What came of the body.</param>
/// <param name="IsWhole">Whether the body came to its end, or the connection broke before.</param>
internal sealed record RawAnswer(RawHead Head, byte[] Body, bool IsWhole)
{
    public int Status => Head.Status;

    public string Text => Encoding.Latin1.GetString(Body);

    public string? this[string name] => Head[name];

    /// <summary>Asserts that Patchbay itself refused, in its error shape.</summary>
    public void IsOwn(int status, string code)
    {
        Assert.True(status == Status && code == Head["X-Patchbay-Error"], $"{Head.StartLine}, {Head["X-Patchbay-Error"]}: {Text}");
        Assert.Equal("application/json; charset=utf-8", Head["Content-Type"]);
        Assert.Equal("nosniff", Head["X-Content-Type-Options"]);
        var error = System.Text.Json.Nodes.JsonNode.Parse(Text)!.AsObject();
        Assert.Equal(code, error["code"]!.GetValue<string>());
        Assert.False(string.IsNullOrEmpty(error["message"]!.GetValue<string>()));
    }

    /// <summary>Asserts that the answer is the upstream's.</summary>
    public RawAnswer IsForeign(int status)
    {
        Assert.True(status == Status && Head["X-Patchbay-Error"] is null, $"{Head.StartLine}, {Head["X-Patchbay-Error"]}: {Text}");
        Assert.Equal("nosniff", Head["X-Content-Type-Options"]);
        return this;
    }
}

/// <summary>Reads messages off a stream.</summary>
internal sealed class RawReader(Stream stream, CancellationToken cancellationToken)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _end;

    /// <summary>The head, or an exception where the stream ends before it.</summary>
    public async Task<RawHead> ReadHeadAsync() =>
        await TryReadHeadAsync() ?? throw new EndOfStreamException("The connection was closed before an answer.");

    public async Task<RawHead?> TryReadHeadAsync()
    {
        if (await ReadLineAsync() is not { Length: > 0 } start)
            return null;
        var headers = new List<(string, string)>();
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw new InvalidDataException("The message is not HTTP.");
            headers.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return new RawHead(start, headers);
    }

    /// <summary>The body as it is framed, and whether it came to its end.</summary>
    /// <param name="head">The message's head.</param>
    /// <param name="untilClose">Whether a body without a frame goes on until the stream ends.</param>
    public async Task<(byte[] Body, bool Whole)> ReadBodyAsync(RawHead head, bool untilClose = false)
    {
        using var body = new MemoryStream();
        try
        {
            if (head["Transfer-Encoding"] is not null)
            {
                while (await ReadChunkAsync() is { } chunk)
                    body.Write(Encoding.Latin1.GetBytes(chunk));
                return (body.ToArray(), true);
            }

            var left = head["Content-Length"] is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : untilClose ? long.MaxValue : 0;
            while (left > 0)
            {
                if (!await FillAsync())
                    return (body.ToArray(), left > int.MaxValue);
                var count = (int)Math.Min(left, _end - _at);
                body.Write(_buffer, _at, count);
                _at += count;
                left -= count;
            }

            return (body.ToArray(), true);
        }
        catch (Exception e) when (e is IOException or SocketException or EndOfStreamException)
        {
            return (body.ToArray(), false);
        }
    }

    public async Task<string?> ReadChunkAsync()
    {
        var length = await ReadChunkSizeAsync();
        if (length == 0)
            return null;
        var chunk = Encoding.Latin1.GetString(await ReadAsync(length));
        await ReadLineAsync();
        return chunk;
    }

    /// <summary>The size of the next chunk; behind the last one, which is 0, trailers are read as well.</summary>
    public async Task<int> ReadChunkSizeAsync()
    {
        var size = await ReadLineAsync() ?? throw new EndOfStreamException("The stream ended inside a chunked body.");
        var length = int.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        while (length == 0 && await ReadLineAsync() is { Length: > 0 })
        {
            // Trailers.
        }

        return length;
    }

    /// <summary>What there is of some bytes, at least one; valid until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadPartAsync(int atMost)
    {
        if (!await FillAsync())
            throw new EndOfStreamException("The stream ended too early.");
        var part = _buffer.AsMemory(_at, Math.Min(atMost, _end - _at));
        _at += part.Length;
        return part;
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            if (!await FillAsync())
                throw new EndOfStreamException("The stream ended too early.");
            var part = Math.Min(count - read, _end - _at);
            _buffer.AsSpan(_at, part).CopyTo(bytes.AsSpan(read));
            _at += part;
            read += part;
        }

        return bytes;
    }

    /// <summary>Waits for the other side to close or reset the connection.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            while (await FillAsync())
                _at = _end;
        }
        catch (IOException)
        {
            // Reset: closed as well.
        }
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (await FillAsync())
        {
            var next = (char)_buffer[_at++];
            if (next == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(next);
        }

        return line.Length == 0 ? null : line.ToString();
    }

    private async Task<bool> FillAsync()
    {
        if (_at < _end)
            return true;
        _at = 0;
        _end = await stream.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
