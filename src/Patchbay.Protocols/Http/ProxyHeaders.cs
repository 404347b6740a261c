using System.Collections.Frozen;

namespace Patchbay.Protocols.Http;

/// <summary>Which headers the proxy passes on. All others pass unchanged, <c>Forwarded</c> and <c>X-Forwarded-*</c> among them.</summary>
public static class ProxyHeaders
{
    /// <summary>What the names of the headers that steer the proxy begin with; they are consumed, whether known or not.</summary>
    public const string DirectivePrefix = "X-Versori-";

    private const string ProxyPrefix = "Proxy-";

    // RFC 9110, 7.6.1; HTTP2-Settings: RFC 7540, 3.2.1. Proxy-* goes by its prefix.
    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"];

    // The address names the host; the rest is the caller's own business with us.
    private static readonly FrozenSet<string> KeptFromUpstream =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, [.. HopByHop, "Host", "Authorization", "Cookie"]);

    // On our origin, an upstream's cookies would be sent to every other upstream, and its clean-up would be of everything that is ours.
    private static readonly FrozenSet<string> KeptFromCaller =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, [.. HopByHop, "Set-Cookie", "Set-Cookie2", "Clear-Site-Data"]);

    /// <summary>
    /// Set on every answer: its content comes from foreign hands and must neither be taken for a script nor act on our origin. The policy is
    /// added to one that the upstream sent, since a browser holds to both.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> AddedToResponses { get; } =
    [
        new("X-Content-Type-Options", "nosniff"),
        new("Content-Security-Policy", "sandbox"),
    ];

    /// <summary>Whether a header of the caller's steers the proxy.</summary>
    /// <param name="name">The header's name in any case.</param>
    public static bool IsDirective(string name) => name.StartsWith(DirectivePrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a header of the caller's goes to the upstream.</summary>
    /// <param name="name">The header's name in any case.</param>
    public static bool PassesToUpstream(string name) => !KeptFromUpstream.Contains(name) && !IsDirective(name) && !IsOfTheProxy(name);

    /// <summary>Whether a header of the upstream's goes to the caller.</summary>
    /// <param name="name">The header's name in any case.</param>
    public static bool PassesToCaller(string name) => !KeptFromCaller.Contains(name) && !IsOfTheProxy(name);

    /// <summary>The further names that a message's <c>Connection</c> headers declare to be hop-by-hop (RFC 9110, 7.6.1).</summary>
    /// <param name="values">The values of the header.</param>
    /// <returns>The names, which are not to be passed on; null, as nearly always, where there are none that would pass otherwise.</returns>
    public static IReadOnlySet<string>? NamedByConnection(IEnumerable<string?> values)
    {
        HashSet<string>? names = null;
        foreach (var value in values)
        {
            if (value is null) continue;
            foreach (var range in value.AsSpan().Split(','))
            {
                var name = value.AsSpan(range).Trim(" \t");
                if (!HeaderText.IsToken(name) || name.Equals("close", StringComparison.OrdinalIgnoreCase)) continue;
                var text = name.ToString();
                if (PassesToUpstream(text) || PassesToCaller(text)) (names ??= new(StringComparer.OrdinalIgnoreCase)).Add(text);
            }
        }

        return names;
    }

    private static bool IsOfTheProxy(string name) => name.StartsWith(ProxyPrefix, StringComparison.OrdinalIgnoreCase);
}
