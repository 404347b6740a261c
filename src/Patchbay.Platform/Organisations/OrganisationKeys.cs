using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;
using Patchbay.Vault;

namespace Patchbay.Platform.Organisations;

/// <summary>
/// The data keys of organisations, unwrapped when first needed and kept in memory. What is kept may be behind the store: enough for opening,
/// where an unknown version leads to the store. Sealing takes <see cref="HoldAsync"/>.
/// </summary>
internal sealed class OrganisationKeys(InstanceKeys instance, IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<Ulid, DataKeys> _keys = new();

    /// <summary>A wrapped key for a new organisation. Runs inside the transaction that stores it, so that no rotation misses it.</summary>
    /// <exception cref="InvalidDataException">The instance key that is in force cannot be had on this node.</exception>
    public async Task<byte[]> WrapNewAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        DemandTransaction(db);
        await db.Dialect.LockAsync(db, KeyFacts.Lock, shared: true, cancellationToken);
        var facts = await FactsAsync(db, cancellationToken);
        var ring = await instance.RenewAsync(facts, null, cancellationToken);
        return ring.ActiveKeyId == facts.InForce
            ? ring.WrapNewDataKey(ContextOf(organisationId, DataKey.FirstNumber))
            : throw new InvalidDataException($"The vault key {facts.InForce}, which is in force, is unknown here: give it to this server.");
    }

    /// <summary>
    /// The key to seal with. Runs inside the transaction that stores what is sealed: until that ends, no rotation gets past the organisation,
    /// so nothing is stored under a key that is about to be dropped.
    /// </summary>
    /// <exception cref="DeletedMeanwhileException">There is no such organisation, or no more.</exception>
    /// <exception cref="InvalidDataException">The stored key does not open: it was changed, or its instance key is gone.</exception>
    public async Task<DataKey> HoldAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        DemandTransaction(db);
        await db.Dialect.LockAsync(db, LockOf(organisationId), shared: true, cancellationToken);
        if (_keys.TryGetValue(organisationId, out var known)
            && await db.Organisations.AnyAsync(o => o.Id == organisationId && o.KeyVersion == known.Current.Number, cancellationToken))
        {
            return known.Current;
        }

        return (await LoadAsync(db, organisationId, cancellationToken))?.Current ?? throw new DeletedMeanwhileException("organisation");
    }

    /// <summary>
    /// The newest key that is known here, for what is sealed before its transaction begins. Whoever stores the result sees inside that transaction, behind
    /// the organisation's lock, that the key is still the one in force, and seals again where it is not.
    /// </summary>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="renew">Whether the one that is known was found to be old.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key; null where there is no such organisation.</returns>
    /// <exception cref="InvalidDataException">The stored key does not open: it was changed, or its instance key is gone.</exception>
    public ValueTask<DataKey?> NewestKnownAsync(Ulid organisationId, bool renew, CancellationToken cancellationToken)
    {
        return !renew && _keys.TryGetValue(organisationId, out var known) ? new(known.Current) : new(RenewAsync());

        async Task<DataKey?> RenewAsync()
        {
            await using var scope = scopes.CreateAsyncScope();
            return (await LoadAsync(scope.ServiceProvider.GetRequiredService<PatchbayDb>(), organisationId, cancellationToken))?.Current;
        }
    }

    /// <summary>A key to open with.</summary>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="version">Which of its keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key; null where the organisation has no such key, or no more.</returns>
    /// <exception cref="InvalidDataException">The stored key does not open: it was changed, or its instance key is gone.</exception>
    public async ValueTask<DataKey?> FindAsync(Ulid organisationId, int version, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(organisationId, out var known) && known.Of(version) is { } key)
            return key;
        await using var scope = scopes.CreateAsyncScope();
        return (await LoadAsync(scope.ServiceProvider.GetRequiredService<PatchbayDb>(), organisationId, cancellationToken))?.Of(version);
    }

    /// <summary>Drops the keys of an organisation that was deleted.</summary>
    public void Forget(Ulid organisationId)
    {
        if (_keys.TryRemove(organisationId, out var keys))
            keys.Dispose();
    }

    /// <summary>Drops the keys of all organisations that were deleted, wherever that was.</summary>
    public async Task ForgetDeletedAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        foreach (var some in _keys.Keys.Chunk(500))
        {
            var there = await db.Organisations.Where(o => some.Contains(o.Id)).Select(o => o.Id).ToListAsync(cancellationToken);
            foreach (var deleted in some.Except(there))
                Forget(deleted);
        }
    }

    /// <summary>What is locked, shared, by who seals for an organisation, and exclusively by who changes its key or deletes it.</summary>
    public static Ulid LockOf(Ulid organisationId) => Identifiers.OfPart(organisationId, "data-key");

    /// <summary>What the wrapped key of a version is bound to.</summary>
    public static SecretContext ContextOf(Ulid organisationId, int version) => version == DataKey.FirstNumber
        // As it was before there were versions.
        ? SecretContext.Of("organisation-key", organisationId.ToString())
        : SecretContext.Of("organisation-key", organisationId.ToString(), $"{version}");

    private async Task<DataKeys?> LoadAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken)
    {
        var row = await db.Organisations.Where(o => o.Id == organisationId)
            .Select(o => new WrappedKeys(o.WrappedKey, o.KeyVersion, o.RetiredKey)).FirstOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            Forget(organisationId);
            return null;
        }

        var current = await UnwrapAsync(db, organisationId, row.Current, row.Version, cancellationToken);
        var retired = row.Retired is null ? null : await UnwrapAsync(db, organisationId, row.Retired, row.Version - 1, cancellationToken);
        var loaded = new DataKeys(current, retired);
        // Two first uses at once unwrap twice; what is further stays, so that nobody who is late takes it back.
        return _keys.AddOrUpdate(organisationId, loaded, (_, known) => known.Current.Number > loaded.Current.Number ? known : loaded);
    }

    private async Task<DataKey> UnwrapAsync(PatchbayDb db, Ulid organisationId, byte[] wrapped, int version, CancellationToken cancellationToken)
    {
        var ring = instance.Ring;
        if (KeyRing.KeyIdOf(wrapped) is { } wanted && !ring.Contains(wanted))
            ring = await instance.RenewAsync(await FactsAsync(db, cancellationToken), wanted, cancellationToken);
        return ring.Unwrap(wrapped, ContextOf(organisationId, version), version).TryGet(out var key, out var failure)
            ? key
            : throw new InvalidDataException($"Data key {version} of organisation {organisationId} does not open ({failure}).");
    }

    private static async Task<KeyFacts> FactsAsync(PatchbayDb db, CancellationToken cancellationToken) =>
        await KeyFacts.ReadAsync(db, cancellationToken) ?? throw new InvalidDataException("The store has lost its check of the vault key.");

    private static void DemandTransaction(PatchbayDb db)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("Sealing belongs into the transaction that stores what was sealed.");
    }

    private sealed record WrappedKeys(byte[] Current, int Version, byte[]? Retired);

    /// <summary>The keys of one organisation. They are not disposed when newer ones take their place: somebody may be using them.</summary>
    private sealed record DataKeys(DataKey Current, DataKey? Retired) : IDisposable
    {
        public DataKey? Of(int version) => version == Current.Number ? Current : version == Retired?.Number ? Retired : null;

        public void Dispose()
        {
            Current.Dispose();
            Retired?.Dispose();
        }
    }
}
