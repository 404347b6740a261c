using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Patchbay.Bench.Proxy;

/// <summary>One client that sends one request at a time over one connection, with nothing between it and the socket.</summary>
internal sealed class LatencyProbe : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[16 * 1024];

    public LatencyProbe(Target target)
    {
        var url = new Uri(target.Url);
        _request = Encoding.Latin1.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n{string.Concat(target.Headers.Select(h => h + "\r\n"))}\r\n");
        _socket.Connect(IPAddress.Loopback, url.Port);
    }

    /// <summary>Times of some requests, one after another, in milliseconds.</summary>
    public IEnumerable<double> Measure(int requests)
    {
        for (var sent = 0; sent < requests; sent++)
        {
            var start = Stopwatch.GetTimestamp();
            _socket.Send(_request);
            ReadAnswer();
            yield return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    public void Dispose() => _socket.Dispose();

    private void ReadAnswer()
    {
        var length = 0;
        var end = -1;
        while (end < 0 || length < end)
        {
            var read = _socket.Receive(_answer.AsSpan(length));
            if (read == 0)
                throw new InvalidOperationException("The connection was closed.");
            length += read;
            if (end < 0 && _answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is var head and >= 0)
                end = head + 4 + SmallUpstream.Body.Length;
        }

        if (!_answer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException("An answer was not 200.");
    }
}
