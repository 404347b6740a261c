using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

/// <summary>An API whose every byte a test decides on.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Func<ScriptedExchange, Task> _script;
    private readonly Task _accepting;

    /// <param name="script">Reads what it wants of a request and writes an answer.</param>
    public ScriptedUpstream(Func<ScriptedExchange, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Reads requests whole and always gives the same answer.</summary>
    public ScriptedUpstream(string answer)
        : this(async exchange =>
        {
            await exchange.ReadBodyAsync();
            await exchange.WriteAsync(answer);
        })
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>The requests so far.</summary>
    public ConcurrentQueue<RawHead> Requests { get; } = new();

    public RawHead LastRequest => Requests.Last();

    public static string Ok(string body = "", params string[] headers) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException || (e is InvalidOperationException && _stop.IsCancellationRequested))
        {
            // The test is over. Between two connections the listener says that it is not listening.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                var stream = new NetworkStream(socket, ownsSocket: false);
                var reader = new RawReader(stream, _stop.Token);
                while (socket.Connected && await reader.TryReadHeadAsync() is { } head)
                {
                    Requests.Enqueue(head);
                    await _script(new ScriptedExchange(head, reader, stream, socket, _stop.Token));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or EndOfStreamException or InvalidDataException)
        {
            // The proxy went away, or the test is over.
        }
    }
}

/// <summary>One request at the upstream.</summary>
internal sealed class ScriptedExchange(RawHead head, RawReader reader, NetworkStream stream, Socket socket, CancellationToken cancellationToken)
{
    public RawHead Head { get; } = head;

    public RawReader Reader { get; } = reader;

    public async Task<byte[]> ReadBodyAsync() => (await Reader.ReadBodyAsync(Head)).Body;

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, cancellationToken);

    public Task WriteChunkAsync(string text) => WriteAsync($"{text.Length:x}\r\n{text}\r\n");

    /// <summary>Closes the connection in good order.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    /// <summary>Waits for something, or for the end of the test.</summary>
    public Task WaitAsync(Task task) => task.WaitAsync(cancellationToken);
}
