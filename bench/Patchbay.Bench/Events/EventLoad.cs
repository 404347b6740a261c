using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Bench.Events;

/// <summary>
/// Senders that each wait for the answer before they send the next event, on sockets of their own and with as little work as can be: they share the
/// machine with what is measured.
/// </summary>
internal static class EventLoad
{
    public const string Secret = "not-a-secret-of-anybody";

    private const int BodyLength = 500;

    /// <summary>Sends events for a while.</summary>
    /// <param name="port">Where the server listens.</param>
    /// <param name="path">The path of the endpoint.</param>
    /// <param name="connections">How many senders there are.</param>
    /// <param name="time">How long.</param>
    /// <returns>How many were acknowledged, in what time, and how long each took in milliseconds.</returns>
    public static async Task<(int Acknowledged, TimeSpan Took, List<double> Latencies)> RunAsync(int port, string path, int connections, TimeSpan time)
    {
        var run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var began = Stopwatch.GetTimestamp();
        var senders = await Task.WhenAll(Enumerable.Range(0, connections).Select(sender => Task.Run(() => SendAsync(port, path, $"{run}-{sender:D3}", began, time))));
        var took = Stopwatch.GetElapsedTime(began);
        return (senders.Sum(s => s.Count), took, [.. senders.SelectMany(s => s)]);
    }

    private static async Task<List<double>> SendAsync(int port, string path, string sender, long began, TimeSpan time)
    {
        // The body is signed once: what is measured is the server, which verifies it each time.
        var body = new byte[BodyLength];
        Encoding.ASCII.GetBytes("{\"text\":\"").CopyTo(body, 0);
        body.AsSpan(9, BodyLength - 11).Fill((byte)'x');
        "\"}"u8.CopyTo(body.AsSpan(BodyLength - 2));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));
        var head = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nUser-Agent: hooks/1.0\r\nContent-Length: {BodyLength}\r\nX-Signature: sha256={signature}\r\nX-Delivery: {sender}-00000000\r\n\r\n");
        var request = new byte[head.Length + BodyLength];
        head.CopyTo(request, 0);
        body.CopyTo(request, head.Length);
        var number = request.AsMemory(head.Length - 12, 8);
        var answer = new byte[1024];
        var latencies = new List<double>();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        for (var i = 0; Stopwatch.GetElapsedTime(began) < time; i++)
        {
            i.TryFormat(number.Span, out _, "D8", CultureInfo.InvariantCulture);
            var sent = Stopwatch.GetTimestamp();
            for (var at = 0; at < request.Length;)
                at += await socket.SendAsync(request.AsMemory(at));
            var length = 0;
            while (length < 4 || !answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            {
                var read = await socket.ReceiveAsync(answer.AsMemory(length));
                length += read > 0 ? read : throw new InvalidOperationException("The server closed a connection.");
            }

            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
                throw new InvalidOperationException($"An event was answered: {Encoding.ASCII.GetString(answer, 0, length)}");
        }

        return latencies;
    }
}
