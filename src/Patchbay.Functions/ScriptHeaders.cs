using System.Collections.Frozen;

namespace Patchbay.Functions;

/// <summary>Which headers a script may not set, on its own requests and by its result.</summary>
internal static class ScriptHeaders
{
    // RFC 9110, 7.6.1 and 7.8; Host is the address's, Content-Length the body's, Expect the client's.
    private static readonly FrozenSet<string> OfTheConnection = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect", "HTTP2-Settings");

    public static bool BelongsToConnection(string name) => OfTheConnection.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase);
}
