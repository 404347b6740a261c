using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Audit;

/// <summary>
/// What a unit of work is doing, kept until it commits: then the commit writes it down. In a request every transaction is recorded, unless it is
/// marked as a <see cref="Step"/>; the server's own work is recorded where it <see cref="Add"/>s something.
/// </summary>
internal sealed class AuditTrail
{
    /// <summary>How many of a kind are named one by one.</summary>
    private const int MaxNamed = 8;

    /// <summary>Kinds that clients know by another name than the table.</summary>
    private static readonly Dictionary<Type, string> Kinds = new()
    {
        [typeof(ConnectorVersion)] = "version", [typeof(VersionAction)] = "action", [typeof(VersionTrigger)] = "trigger",
        [typeof(VersionDefinition)] = "definition", [typeof(PendingAuthorization)] = "authorization",
    };

    private static readonly ConcurrentDictionary<IEntityType, (string? Kind, IProperty? Id)> Known = new();

    /// <summary>Parameters that clients fill with words of their own, whatever they look like.</summary>
    private static readonly HashSet<string> NotOurs = new(StringComparer.Ordinal) { "auth_scheme_config_id", "user_id" };

    /// <summary>Moved by every change: they say nothing.</summary>
    private static readonly HashSet<string> Bookkeeping = new(StringComparer.Ordinal) { "UpdatedAt", "Revision" };

    private readonly List<AuditEntry> _added = [];
    private readonly List<AuditResource> _touched = [];
    private RouteValueDictionary? _route;
    private Guid? _transaction;
    private Ulid? _owner;
    private bool _toInstance;
    private int _steps;

    /// <summary>The operation of the request; null for the server's own work.</summary>
    public string? Operation { get; private set; }

    /// <summary>Whether a write that is made now must be recorded.</summary>
    public bool IsRecorded => Operation is not null && _steps == 0;

    /// <summary>Whether the next commit writes something down.</summary>
    public bool HasWord => IsRecorded || _added.Count > 0;

    /// <summary>Says that the unit of work is a request.</summary>
    /// <param name="operation">Its operation id.</param>
    /// <param name="route">The values in its path.</param>
    public void Open(string operation, RouteValueDictionary route) => (Operation, _route) = (operation, route);

    /// <summary>Names the operation anew, where one route has many.</summary>
    public void Rename(string operation) => Operation = operation;

    /// <summary>
    /// Until it is disposed, what is written is a step on the way to a change, or something that nobody would call one, and has no record: say at the
    /// place why.
    /// </summary>
    public Step BeginStep()
    {
        _steps++;
        return new Step(this);
    }

    /// <summary>Puts what the request does into the chain of the instance, because its organisation has none, or soon none any more.</summary>
    public void ToInstance() => _toInstance = true;

    /// <summary>Names something that is changed by a statement of its own, which the context cannot see.</summary>
    public void Touch(string kind, Ulid id, string change) => _touched.Add(new AuditResource(kind, id.ToString()) { Change = change });

    /// <summary>Has the next commit write something down, in place of what a request's would by itself.</summary>
    public void Add(AuditEntry entry) => _added.Add(entry);

    /// <summary>Sees what the context is about to save.</summary>
    public void Collect(ChangeTracker changes, Guid? transaction)
    {
        if (!IsRecorded)
            return;
        if (transaction is null || transaction != _transaction)
        {
            // What an earlier transaction collected was undone with it.
            _touched.RemoveAll(r => r.Fields is not null || r.Count is not null);
            (_transaction, _owner) = (transaction, null);
        }

        foreach (var entry in changes.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted))
                continue;
            _owner ??= (entry.Entity as IOwned)?.OrganisationId;
            var (kind, id) = Known.GetOrAdd(entry.Metadata, KindOf);
            if (kind is null)
                continue;
            List<string> fields = entry.State == EntityState.Modified
                ? [.. entry.Properties.Where(p => p.IsModified && !Bookkeeping.Contains(p.Metadata.Name)).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Metadata.Name))]
                : [];
            if (entry.State == EntityState.Modified && fields.Count == 0 && kind != "version")
                continue;
            _touched.Add(new AuditResource(kind, ((Ulid)entry.Property(id!.Name).CurrentValue!).ToString())
            {
                Change = entry.State switch { EntityState.Added => AuditResource.Created, EntityState.Deleted => AuditResource.Deleted, _ => AuditResource.Updated },
                Fields = fields,
            });
        }
    }

    /// <summary>What the commit must write down. It is taken once.</summary>
    public IReadOnlyList<AuditEntry> Take(Caller? caller, Ulid? organisationId)
    {
        if (!HasWord)
            return [];
        if (_added.Count == 0)
        {
            var chain = _toInstance ? AuditRecord.Instance : organisationId ?? _owner ?? AuditRecord.Instance;
            var resources = Summary(chain == AuditRecord.Instance);
            _added.Add(new AuditEntry(chain, Operation!, caller?.Identity ?? AuditEntry.Nobody, resources)
            {
                BeginsChainOf = chain == AuditRecord.Instance && resources.FirstOrDefault(r => r is { Kind: "organisation", Change: AuditResource.Created }) is { Id: { } made }
                    ? Ulid.Parse(made) : null,
            });
        }

        var taken = _added.ToList();
        _added.Clear();
        _touched.Clear();
        (_transaction, _owner) = (null, null);
        return taken;
    }

    private static (string? Kind, IProperty? Id) KindOf(IEntityType type)
    {
        var id = type.FindProperty("Id");
        return id?.ClrType == typeof(Ulid)
            ? (Kinds.GetValueOrDefault(type.ClrType) ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ClrType.Name), id)
            : (null, null);
    }

    /// <summary>Each thing once, with all that became of it; the place around them first.</summary>
    private List<AuditResource> Summary(bool withOrganisation)
    {
        var places = (_route ?? [])
            .Where(v => v.Key.EndsWith("_id", StringComparison.Ordinal) && !NotOurs.Contains(v.Key) && (withOrganisation || v.Key != "organisation_id"))
            .Select(v => Ulid.TryParse(v.Value as string, out var id)
                ? new AuditResource(v.Key == "key_id" ? "api_key" : v.Key[..^"_id".Length], id.ToString()) : null)
            .OfType<AuditResource>();
        var merged = places.Concat(_touched).GroupBy(r => (r.Kind, r.Id)).Select(g =>
        {
            var fields = g.SelectMany(r => r.Fields ?? []).Distinct(StringComparer.Ordinal).ToList();
            var changes = g.Select(r => r.Change).OfType<string>().ToList();
            return new AuditResource(g.Key.Kind, g.Key.Id)
            {
                Change = changes.Exists(c => c == AuditResource.Deleted) ? AuditResource.Deleted
                    : changes.Exists(c => c == AuditResource.Created) ? AuditResource.Created : changes.FirstOrDefault(),
                Fields = fields.Count == 0 ? null : fields,
            };
        });
        return
        [
            .. merged.GroupBy(r => (r.Kind, r.Change)).SelectMany(g => g.Count() <= MaxNamed
                ? g : Enumerable.Repeat(new AuditResource(g.Key.Kind, null) { Change = g.Key.Change, Count = g.Count() }, 1)),
        ];
    }

    /// <summary>A part of a request that has no record of its own.</summary>
    public readonly struct Step(AuditTrail trail) : IDisposable
    {
        public void Dispose() => trail._steps--;
    }
}
