using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>The rows of named calls, each step in one short transaction of its own. None is open while an API is asked.</summary>
internal sealed class OutcomeStore(IServiceScopeFactory scopes, SecretStore secrets, TimeProvider clock)
{
    /// <summary>The row of a key, or null where the key is free.</summary>
    public async Task<IdempotentOutcome?> FindAsync(OutcomeKey key)
    {
        var now = clock.Now();
        await using var scope = Enter(key);
        return await DbOf(scope).IdempotentOutcomes.AsNoTracking().FirstOrDefaultAsync(o => o.KeyHash == key.Hash && o.ExpiresAt > now);
    }

    /// <summary>Claims a key that is free, for good: once this returns, nobody else runs the call.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">Of the request.</param>
    /// <param name="state">Whether its outcome will be kept, or streamed.</param>
    /// <param name="holder">Who runs the call.</param>
    /// <param name="lease">How long it is believed to be alive without a word.</param>
    /// <returns>The row; null where somebody was faster. A failure where there is no such connection.</returns>
    public async Task<Outcome<IdempotentOutcome?>> ClaimAsync(OutcomeKey key, byte[] fingerprint, OutcomeState state, string holder, TimeSpan lease)
    {
        await using var scope = Enter(key);
        var db = DbOf(scope);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, key.Lock, CancellationToken.None);
        if (!await db.Connections.AnyAsync(c => c.Id == key.ConnectionId))
            return Failure.NotFound("connection");
        var now = clock.Now();
        await db.IdempotentOutcomes.Where(o => o.KeyHash == key.Hash && o.ExpiresAt <= now).ExecuteDeleteAsync();
        if (await db.IdempotentOutcomes.AnyAsync(o => o.KeyHash == key.Hash))
            return Outcome.Of<IdempotentOutcome?>(null);
        var id = Identifiers.New(clock);
        var row = new IdempotentOutcome
        {
            Id = id,
            OrganisationId = key.OrganisationId,
            ConnectionId = key.ConnectionId,
            KeyHash = key.Hash,
            State = state,
            Version = 1,
            LeaseHolder = holder,
            LeaseUntil = now + lease,
            Outcome = await SealAsync(db, key.OrganisationId, id, new KeptText(fingerprint, [])),
            CreatedAt = now,
            ExpiresAt = now + IdempotentOutcome.Lifetime,
        };
        db.Add(row);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return Outcome.Of<IdempotentOutcome?>(row);
    }

    /// <summary>Says that the process that runs a call is alive.</summary>
    public async Task ExtendLeaseAsync(OutcomeKey key, IdempotentOutcome row, TimeSpan lease)
    {
        var now = clock.Now();
        await using var scope = Enter(key);
        var (until, expires) = (now + lease, now + IdempotentOutcome.Lifetime);
        await Claimed(DbOf(scope), row).ExecuteUpdateAsync(o => o.SetProperty(x => x.LeaseUntil, until).SetProperty(x => x.ExpiresAt, expires));
    }

    /// <summary>Keeps the outcome of a call.</summary>
    /// <returns>Whether the call had not been given up meanwhile.</returns>
    public async Task<bool> KeepAsync(OutcomeKey key, IdempotentOutcome row, byte[] fingerprint, byte[] outcome)
    {
        await using var scope = Enter(key);
        var db = DbOf(scope);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, key.Lock, CancellationToken.None);
        var text = await SealAsync(db, row.OrganisationId, row.Id, new KeptText(fingerprint, outcome));
        var expires = clock.Now() + IdempotentOutcome.Lifetime;
        var kept = await Claimed(db, row).ExecuteUpdateAsync(o => o
            .SetProperty(x => x.State, OutcomeState.Kept)
            .SetProperty(x => x.Outcome, text)
            .SetProperty(x => x.LeaseHolder, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(x => x.ExpiresAt, expires));
        await transaction.CommitAsync();
        return kept == 1;
    }

    /// <summary>Notes that a call has ended without an outcome that could be kept.</summary>
    /// <param name="key">The key.</param>
    /// <param name="row">The row that was claimed.</param>
    /// <param name="state">How it ended.</param>
    public async Task EndAsync(OutcomeKey key, IdempotentOutcome row, OutcomeState state)
    {
        var expires = clock.Now() + IdempotentOutcome.Lifetime;
        await using var scope = Enter(key);
        await Claimed(DbOf(scope), row).ExecuteUpdateAsync(o => o
            .SetProperty(x => x.State, state)
            .SetProperty(x => x.Version, row.Version + 1)
            .SetProperty(x => x.LeaseHolder, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(x => x.ExpiresAt, expires));
    }

    /// <summary>Gives up a call whose process has not been heard of for as long as its lease. Whoever is late to do so changes nothing.</summary>
    public async Task GiveUpAsync(OutcomeKey key, IdempotentOutcome row)
    {
        var now = clock.Now();
        var expires = now + IdempotentOutcome.Lifetime;
        await using var scope = Enter(key);
        await Claimed(DbOf(scope), row).Where(o => o.LeaseUntil < now).ExecuteUpdateAsync(o => o
            .SetProperty(x => x.State, OutcomeState.Unknown)
            .SetProperty(x => x.Version, row.Version + 1)
            .SetProperty(x => x.LeaseHolder, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(x => x.ExpiresAt, expires));
    }

    /// <summary>Frees the key of a call of which nothing was sent.</summary>
    public async Task ReleaseAsync(OutcomeKey key, IdempotentOutcome row)
    {
        await using var scope = Enter(key);
        await Claimed(DbOf(scope), row).ExecuteDeleteAsync();
    }

    /// <summary>What is sealed in a row.</summary>
    public async Task<KeptText> OpenAsync(IdempotentOutcome row) => KeptText.ReadAndClear(
        await secrets.OpenAsync(SealedColumn.IdempotentOutcome, row.OrganisationId, row.Id, row.Outcome, CancellationToken.None));

    /// <summary>The row, as long as it is what was claimed.</summary>
    private static IQueryable<IdempotentOutcome> Claimed(PatchbayDb db, IdempotentOutcome row) => db.IdempotentOutcomes.Where(
        o => o.Id == row.Id && o.Version == row.Version && (o.State == OutcomeState.Running || o.State == OutcomeState.Streaming));

    private Task<byte[]> SealAsync(PatchbayDb db, Ulid organisationId, Ulid id, KeptText text) =>
        secrets.SealAsync(db, SealedColumn.IdempotentOutcome, organisationId, id, text.Write(), CancellationToken.None);

    /// <summary>A unit of work inside the organisation, which outlives the request that began it.</summary>
    private AsyncServiceScope Enter(OutcomeKey key)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(key.Caller, key.OrganisationId);
        return scope;
    }

    private static PatchbayDb DbOf(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<PatchbayDb>();
}
