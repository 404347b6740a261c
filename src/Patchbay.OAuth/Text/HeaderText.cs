using System.Buffers;
using System.Collections.Frozen;

namespace Patchbay.OAuth.Text;

/// <summary>What may stand in a header that a profile adds to a request (RFC 9110, 5.5 and 5.6.2).</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // They frame the message or name its target; another value would make another message of it.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect");

    public static bool IsToken(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(TokenCharacters);

    /// <summary>Why a name is not that of a header that can be set, or null.</summary>
    public static string? WhyNotName(string name)
    {
        if (!IsToken(name)) return "is not the name of a header";
        return Reserved.Contains(name) ? "belongs to the connection or the body" : null;
    }

    /// <summary>Why a value cannot be sent, or null. The handlers that send it write ASCII only.</summary>
    public static string? WhyNotValue(ReadOnlySpan<char> value) =>
        value.ContainsAnyExceptInRange(' ', '~') ? "has a line break or another character that no header value can hold" : null;
}
