using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Audit;

/// <summary>What a secret is used for. Records name it like this.</summary>
internal enum SecretUse
{
    /// <summary>A request through the proxy.</summary>
    ProxyRequest,

    /// <summary>An action that was run.</summary>
    ActionRun,

    /// <summary>A verification request.</summary>
    Verification,

    /// <summary>A provider was asked for a token.</summary>
    GrantRefresh,

    /// <summary>A custom function was run.</summary>
    FunctionRun,
}

/// <summary>
/// Counts uses of secrets, by caller and connection, until <see cref="SecretUseRecords"/> takes the counts. To count is a look-up and an
/// increment: no lock, no allocation but for the first of its kind, and never a wait for the store.
/// </summary>
internal sealed class SecretUses
{
    private readonly ConcurrentDictionary<Key, Counter> _counters = new();

    /// <summary>Counts a request that carried the credentials of a connection; one without credentials used no secret.</summary>
    /// <param name="use">What for.</param>
    /// <param name="connection">The connection, and who called.</param>
    /// <param name="succeeded">Whether there was an answer.</param>
    public void Count(SecretUse use, EnteredConnection connection, bool succeeded)
    {
        if (connection.Plan.Credentials.Count > 0)
            Add(new Key(use, connection.Caller.Identity, connection.Id, !succeeded), new Place(connection.Plan.OrganisationId, connection.Plan.ConnectorId), 1);
    }

    /// <summary>Counts a use of a credential that the server makes by itself, for whoever needs what comes of it.</summary>
    /// <param name="use">What for.</param>
    /// <param name="key">The credential.</param>
    /// <param name="succeeded">Whether it gave what was wanted.</param>
    public void Count(SecretUse use, GrantKey key, bool succeeded) =>
        Add(new Key(use, AuditEntry.Server, key.CredentialId, !succeeded), new Place(key.OrganisationId, null), 1);

    /// <summary>Takes the counts, by organisation. What is counted meanwhile is in the next.</summary>
    public IReadOnlyList<UseCount> Take()
    {
        var taken = new List<UseCount>();
        foreach (var (key, counter) in _counters)
        {
            if (counter.Take() is var count && count > 0)
                taken.Add(new UseCount(key, counter.Place, count));
            else if (counter.Retire())
                _counters.TryRemove(new KeyValuePair<Key, Counter>(key, counter));
        }

        return taken;
    }

    /// <summary>Puts counts back that could not be kept.</summary>
    public void Restore(IEnumerable<UseCount> counts)
    {
        foreach (var (key, place, count) in counts)
            Add(key, place, count);
    }

    private void Add(Key key, Place place, long count)
    {
        Counter counter;
        while (!(counter = _counters.GetOrAdd(key, static (_, place) => new Counter(place), place)).Add(count))
        {
            // It was idle, and is being taken out at this moment.
            _counters.TryRemove(new KeyValuePair<Key, Counter>(key, counter));
        }
    }

    /// <summary>What is counted together.</summary>
    /// <param name="Use">What for.</param>
    /// <param name="Actor">Who called.</param>
    /// <param name="Subject">The connection, or the credential for what the server does by itself.</param>
    /// <param name="Failed">What came of it.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Key(SecretUse Use, string Actor, Ulid Subject, bool Failed);

    /// <summary>Where that is.</summary>
    /// <param name="OrganisationId">The organisation.</param>
    /// <param name="ConnectorId">The connector of the connection; null where the subject is a credential.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Place(Ulid OrganisationId, Ulid? ConnectorId);

    /// <summary>So many uses.</summary>
    internal sealed record UseCount(Key Key, Place Place, long Count)
    {
        public AuditEntry ToEntry() => new(Place.OrganisationId, Key.Use.ToString(), Key.Actor, Place.ConnectorId is { } connector
            ? [new AuditResource("connector", connector.ToString()), new AuditResource("connection", Key.Subject.ToString())]
            : [new AuditResource("credential", Key.Subject.ToString())])
        {
            Count = Count,
            Outcome = Key.Failed ? AuditRecord.Failed : AuditRecord.Succeeded,
        };
    }

    private sealed class Counter(Place place)
    {
        /// <summary>Below zero once nobody may count here any more.</summary>
        private long _count;

        public Place Place { get; } = place;

        public bool Add(long count) => Interlocked.Add(ref _count, count) >= 0;

        public long Take() => Volatile.Read(ref _count) is > 0 ? Interlocked.Exchange(ref _count, 0) : 0;

        public bool Retire() => Interlocked.CompareExchange(ref _count, long.MinValue / 2, 0) == 0;
    }
}
