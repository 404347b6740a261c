using System.Security.Cryptography;
using System.Text;
using Patchbay.Bench.Proxy;

namespace Patchbay.Bench.Events;

/// <summary>
/// Senders that each wait for the answer before they send the next event. They share the machine with what is measured, so they are those of wrk: a
/// sender of our own took a third of it.
/// </summary>
internal static class EventLoad
{
    public const string Secret = "not-a-secret-of-anybody";

    private const int BodyLength = 500;

    /// <summary>Sends events for a while.</summary>
    /// <param name="server">The server.</param>
    /// <param name="path">Where they are sent.</param>
    /// <param name="connections">How many senders there are.</param>
    /// <param name="seconds">How long.</param>
    /// <returns>How many were acknowledged, and how long each took.</returns>
    /// <exception cref="InvalidOperationException">One was not acknowledged.</exception>
    public static async Task<Load> RunAsync(EventServer server, string path, int connections, int seconds)
    {
        // The body is signed once: what is measured is the server, which verifies it each time.
        var body = $"{{\"text\":\"{new string('x', BodyLength - 11)}\"}}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body)));
        var run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, $$"""
                local head = "POST {{path}} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nUser-Agent: hooks/1.0\r\n"
                  .. "Content-Length: {{body.Length}}\r\nX-Signature: sha256={{signature}}\r\nX-Delivery: {{run}}-"
                local tail = "\r\n\r\n" .. [[{{body}}]]
                local number = 0
                function request()
                  number = number + 1
                  return head .. number .. tail
                end
                """);
            return await Wrk.RunAsync(server.Target, connections, seconds, script);
        }
        finally
        {
            File.Delete(script);
        }
    }
}
