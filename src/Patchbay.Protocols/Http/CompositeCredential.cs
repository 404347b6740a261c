namespace Patchbay.Protocols.Http;

/// <summary>One value that a <see cref="CompositeCredential"/> sets.</summary>
/// <param name="In">Where.</param>
/// <param name="Name">The name of the header, parameter or cookie, not encoded.</param>
/// <param name="Value">The whole value, not encoded.</param>
public sealed record CredentialEntry(CredentialPlace In, string Name, string Value)
{
    /// <summary>Place and name, never the value.</summary>
    public override string ToString() => $"{In} {Name}";
}

/// <summary>Several headers, query parameters and cookies at once, such as a script worked out.</summary>
public sealed class CompositeCredential : IRequestCredential
{
    /// <summary>How many values there may be.</summary>
    public const int MaxEntries = 64;

    /// <summary>How long all names and values may be together, in characters; servers refuse longer heads.</summary>
    public const int MaxLength = 16 * 1024;

    private readonly IRequestCredential[] _parts;

    private CompositeCredential(IRequestCredential[] parts) => _parts = parts;

    /// <summary>Makes a credential.</summary>
    /// <param name="entries">The values in the order in which they are set; no two of one place and name.</param>
    /// <returns>
    /// The credential, or every fault. Subjects are such as <c>[2].name</c>, <c>[2].value</c> and <c>[2].in</c>; the empty text stands for all
    /// entries together.
    /// </returns>
    public static Outcome<CompositeCredential> Create(IReadOnlyList<CredentialEntry> entries)
    {
        if (entries.Count > MaxEntries) return TooLong($"There are more than {MaxEntries} values.");
        var length = entries.Sum(entry => (long)entry.Name.Length + entry.Value.Length);
        if (length > MaxLength) return TooLong($"Names and values are longer than {MaxLength} characters.");

        var faults = new List<Fault>();
        var names = new HashSet<(CredentialPlace, string)>();
        foreach (var (index, entry) in entries.Index())
        {
            foreach (var fault in CredentialRules.Judge(entry.In, entry.Name, entry.Value))
            {
                faults.Add(fault with { Subject = $"[{index}].{fault.Subject}" });
            }

            if (!names.Add((entry.In, entry.In == CredentialPlace.Header ? entry.Name.ToUpperInvariant() : entry.Name)))
            {
                faults.Add(new Fault(FaultKind.UnfitValue, $"[{index}].name", "The name stands there twice."));
            }
        }

        return faults.Count == 0 ? Outcome.Of(new CompositeCredential([.. entries.Select(Part)])) : Outcome.Of<CompositeCredential>(faults);
    }

    /// <inheritdoc/>
    public void Apply(OutgoingRequest request)
    {
        foreach (var part in _parts) part.Apply(request);
    }

    private static IRequestCredential Part(CredentialEntry entry) => entry.In switch
    {
        CredentialPlace.Query => Made(QueryCredential.Create(entry.Name, entry.Value)),
        CredentialPlace.Cookie => Made(CookieCredential.Create(entry.Name, entry.Value)),
        _ => Made(HeaderCredential.Create(entry.Name, entry.Value)),
    };

    private static IRequestCredential Made<T>(Outcome<T> outcome)
        where T : class, IRequestCredential =>
        outcome.TryGet(out var part, out _) ? part : throw new InvalidOperationException("The entry was judged otherwise before.");

    private static Outcome<CompositeCredential> TooLong(string message) => Outcome.Of<CompositeCredential>(FaultKind.TooLong, string.Empty, message);
}
