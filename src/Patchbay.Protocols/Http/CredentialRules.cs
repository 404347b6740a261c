using System.Buffers;
using System.Collections.Frozen;

namespace Patchbay.Protocols.Http;

/// <summary>What may be set in a request on behalf of a credential. A fault's subject is <c>name</c> or <c>value</c>.</summary>
internal static class CredentialRules
{
    // Those that belong to the connection or to the body: a credential there would break the message.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect",
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range",
        "Content-Type", "Expires", "Last-Modified");

    private static readonly SearchValues<char> CookieSeparators = SearchValues.Create(";\t");

    public static IReadOnlyList<Fault> Judge(CredentialPlace place, string name, string value) => place switch
    {
        CredentialPlace.Header => Header(name, value),
        CredentialPlace.Query => Query(name),
        CredentialPlace.Cookie => Cookie(name, value),
        _ => [new Fault(FaultKind.UnfitValue, "in", "The place is neither header nor query nor cookie.")],
    };

    public static IReadOnlyList<Fault> Header(string name, string value)
    {
        var faults = new List<Fault>();
        if (!HeaderText.IsToken(name)) faults.Add(Unfit("name", "The name is not that of a header."));
        else if (Reserved.Contains(name)) faults.Add(Unfit("name", $"The header {name} belongs to the connection or the body."));
        if (!HeaderText.IsOneLine(value)) faults.Add(Unfit("value", "The value has a line break or another control character in it."));
        return faults;
    }

    public static IReadOnlyList<Fault> Query(string name) => name.Length == 0 ? [Unfit("name", "The name is empty.")] : [];

    public static IReadOnlyList<Fault> Cookie(string name, string value)
    {
        var faults = new List<Fault>();
        if (!HeaderText.IsToken(name)) faults.Add(Unfit("name", "The name is not that of a cookie."));
        if (!HeaderText.IsOneLine(value) || value.AsSpan().ContainsAny(CookieSeparators))
        {
            faults.Add(Unfit("value", "The value has a semicolon, a line break or another control character in it."));
        }

        return faults;
    }

    private static Fault Unfit(string subject, string message) => new(FaultKind.UnfitValue, subject, message);
}
