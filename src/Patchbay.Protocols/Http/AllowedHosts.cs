namespace Patchbay.Protocols.Http;

/// <summary>
/// The places beside its own base URL that a connector's credentials may go to. An entry is an origin such as <c>https://files.example.com</c>
/// or <c>http://127.0.0.1:8080</c>; without a scheme it is https, without a port the scheme's own. <c>*.example.com</c> stands for every
/// name that ends so, but not for <c>example.com</c> itself.
/// </summary>
public sealed class AllowedHosts
{
    private readonly Entry[] _entries;

    private AllowedHosts(Entry[] entries) => _entries = entries;

    /// <summary>No places.</summary>
    public static AllowedHosts None { get; } = new([]);

    /// <summary>Reads a list.</summary>
    /// <param name="entries">The entries.</param>
    /// <returns>The list, or a fault for each entry that is none; the subject is the entry's index, as <c>[0]</c>.</returns>
    public static Outcome<AllowedHosts> Parse(IEnumerable<string> entries)
    {
        var parsed = new List<Entry>();
        var faults = new List<Fault>();
        foreach (var (index, text) in entries.Index())
        {
            if (Entry.Parse(text) is { } entry) parsed.Add(entry);
            else faults.Add(new Fault(FaultKind.Malformed, $"[{index}]", "It is not a host, optionally with scheme, port, or *. before a name of two labels or more."));
        }

        return faults.Count == 0 ? Outcome.Of(new AllowedHosts([.. parsed])) : Outcome.Of<AllowedHosts>(faults);
    }

    /// <summary>Whether a place is on the list.</summary>
    /// <param name="origin">The place.</param>
    public bool Contains(Origin origin)
    {
        foreach (var entry in _entries)
        {
            if (entry.Covers(origin)) return true;
        }

        return false;
    }

    /// <param name="Origin">The place; below a wildcard, the part behind the asterisk's dot.</param>
    /// <param name="Below">Whether the entry stands for every name below the host.</param>
    private sealed record Entry(Origin Origin, bool Below)
    {
        public static Entry? Parse(string text)
        {
            if (text.Length > UrlText.MaxLength) return null;
            var withScheme = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
            if (UrlText.Split(withScheme, out var parts) is not null || parts.Path.Length > 0 || parts.Query is not null) return null;

            var below = parts.Host.StartsWith("*.", StringComparison.Ordinal);
            var host = below ? parts.Host[2..] : parts.Host;
            return TargetAddress.Create(parts with { Host = host }).TryGet(out var address, out _)
                && (!below || (address.Origin.Host.Contains('.', StringComparison.Ordinal) && !HostName.IsAddress(address.Origin.Host)))
                ? new Entry(address.Origin, below)
                : null;
        }

        public bool Covers(Origin origin) =>
            Below
                ? origin.Port == Origin.Port
                    && origin.Scheme == Origin.Scheme
                    && origin.Host.Length > Origin.Host.Length + 1
                    && origin.Host[^(Origin.Host.Length + 1)] == '.'
                    && origin.Host.EndsWith(Origin.Host, StringComparison.Ordinal)
                : origin == Origin;
    }
}
