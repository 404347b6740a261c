using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.OAuth.Refreshing;
using Patchbay.OAuth.Tokens;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Credentials.Kinds;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Grants;

/// <summary>
/// The rows of grants, each step of custody in one short transaction of its own. No connection to the database is held between two steps,
/// while the provider is asked.
/// </summary>
internal sealed class GrantStore(IServiceScopeFactory scopes, SecretStore secrets, TimeProvider clock)
{
    /// <summary>The row of a grant, or null where its credential is gone.</summary>
    public async Task<Grant?> FindAsync(GrantKey key)
    {
        await using var scope = ScopeOf(key);
        return await DbOf(scope).Grants.AsNoTracking().FirstOrDefaultAsync(g => g.Id == key.CredentialId);
    }

    /// <summary>What of a row is secret; null where it holds no tokens.</summary>
    public async Task<GrantTokens?> OpenAsync(Grant grant) => grant.Secret is null ? null
        : GrantTokens.ReadAndClear(await secrets.OpenAsync(SealedColumn.GrantTokens, grant.OrganisationId, grant.Id, grant.Secret, CancellationToken.None));

    /// <summary>Whether the owner has changed the credential since, so that what was to be asked with is no more.</summary>
    public async Task<bool> IsOutdatedAsync(GrantKey key)
    {
        await using var scope = ScopeOf(key);
        return !await DbOf(scope).Credentials.AnyAsync(c => c.Id == key.CredentialId && c.UpdatedAt == key.Stamp);
    }

    /// <summary>Claims the right to ask the provider with what the credential is.</summary>
    /// <returns>Whether nobody else had it, the row was still at that version, and the credential in the state that the key tells.</returns>
    public async Task<bool> TryLeaseAsync(GrantKey key, Grant grant, string holder, TimeSpan length)
    {
        var now = clock.Now();
        await using var scope = ScopeOf(key);
        var db = DbOf(scope);
        return await db.Grants
            .Where(g => g.Id == grant.Id && g.Version == grant.Version && (g.LeaseUntil == null || g.LeaseUntil < now)
                && db.Credentials.Any(c => c.Id == key.CredentialId && c.UpdatedAt == key.Stamp))
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.LeaseHolder, holder).SetProperty(x => x.LeaseUntil, now + length)) == 1;
    }

    /// <summary>Keeps a lease for longer.</summary>
    public async Task ExtendLeaseAsync(Grant grant, string holder, TimeSpan length)
    {
        var until = clock.Now() + length;
        await using var scope = ScopeOf(grant.OrganisationId);
        await DbOf(scope).Grants.Where(g => g.Id == grant.Id && g.Version == grant.Version && g.LeaseHolder == holder)
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.LeaseUntil, until));
    }

    /// <summary>Stores a new grant over the version that it was made from, and with it what its credential shows.</summary>
    /// <returns>The stored grant, or null where the version has moved or the credential is gone.</returns>
    public async Task<HeldGrant?> StoreAsync(GrantKey key, Grant before, GrantTokens tokens, TokenGrant answer, DateTimeOffset obtainedAt, double chance)
    {
        await using var scope = ScopeOf(key);
        var db = DbOf(scope);
        var version = before.Version + 1;
        var renewAt = RefreshSchedule.RefreshAt(obtainedAt, answer.ExpiresAt, chance);
        // A grant that can be had again at any time is renewed when it is used; one that lives by its refresh token also when it is not.
        var renewUnasked = tokens.RefreshToken is null ? null : renewAt;
        await using var transaction = await db.Dialect.BeginWriteAsync(db, key.CredentialId, CancellationToken.None);
        var secret = await secrets.SealAsync(db, SealedColumn.GrantTokens, key.OrganisationId, key.CredentialId, tokens.Write(), CancellationToken.None);
        var same = db.Grants.Where(g => g.Id == key.CredentialId && g.Version == before.Version);
        var lastFailure = await same.Select(g => g.LastFailure).FirstOrDefaultAsync();
        var stored = await same.ExecuteUpdateAsync(g => g
            .SetProperty(x => x.Version, version)
            .SetProperty(x => x.Secret, secret)
            .SetProperty(x => x.ObtainedAt, obtainedAt)
            .SetProperty(x => x.ExpiresAt, answer.ExpiresAt)
            .SetProperty(x => x.RenewAt, renewUnasked)
            .SetProperty(x => x.LeaseHolder, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(x => x.Failures, 0)
            .SetProperty(x => x.NextAttemptAt, (DateTimeOffset?)null)
            .SetProperty(x => x.LastFailure, (string?)null)
            .SetProperty(x => x.Dead, false));
        if (stored == 0)
            return null;
        var credential = await db.Credentials.SingleAsync(c => c.Id == key.CredentialId);
        // What a verification request showed is not disproved by a new token.
        if (credential.Errors is null || (lastFailure is not null && credential.Errors is [var only] && only == lastFailure))
            credential.Errors = [];
        if (answer.Scopes is { } scopesGranted && CredentialKind.OfStored(credential.Type).Type == CredentialType.OAuth2Token)
            credential.PublicData = OAuth2TokenKind.PublicOf(scopesGranted);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return new HeldGrant(key, version, tokens, obtainedAt, answer.ExpiresAt) { RenewAt = renewAt };
    }

    /// <summary>Notes that the provider refused for good, unless the grant has moved on since it was asked.</summary>
    /// <returns>Whether it was noted.</returns>
    public async Task<bool> BuryAsync(Grant grant, string why)
    {
        await using var scope = ScopeOf(grant.OrganisationId);
        var db = DbOf(scope);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, grant.Id, CancellationToken.None);
        var buried = await db.Grants.Where(g => g.Id == grant.Id && g.Version == grant.Version).ExecuteUpdateAsync(g => g
            .SetProperty(x => x.Dead, true)
            .SetProperty(x => x.LastFailure, why)
            .SetProperty(x => x.RenewAt, (DateTimeOffset?)null)
            .SetProperty(x => x.LeaseHolder, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null));
        if (buried == 0)
            return false;
        var credential = await db.Credentials.SingleAsync(c => c.Id == grant.Id);
        credential.Errors = [why];
        db.Trail.Add(new AuditEntry(grant.OrganisationId, "EndGrant", AuditEntry.Server, [new AuditResource("credential", grant.Id.ToString()) { Change = AuditResource.Updated }]));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Notes that the provider gave nothing this time, and gives the lease back.</summary>
    /// <param name="grant">The row that was asked with.</param>
    /// <param name="holder">Who has the lease.</param>
    /// <param name="why">Why, for people.</param>
    /// <param name="nextAttemptAt">Before when it is not asked again; null for whenever.</param>
    /// <param name="marked">Whether the credential is marked with it.</param>
    public async Task PutOffAsync(Grant grant, string holder, string why, DateTimeOffset? nextAttemptAt, bool marked)
    {
        await using var scope = ScopeOf(grant.OrganisationId);
        var db = DbOf(scope);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, grant.Id, CancellationToken.None);
        var noted = await db.Grants
            .Where(g => g.Id == grant.Id && g.Version == grant.Version && g.LeaseHolder == holder)
            .ExecuteUpdateAsync(g => g
                .SetProperty(x => x.Failures, grant.Failures + 1)
                .SetProperty(x => x.NextAttemptAt, nextAttemptAt)
                .SetProperty(x => x.LastFailure, why)
                .SetProperty(x => x.LeaseHolder, (string?)null)
                .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null));
        // What was asked with may be no more: then its failure says nothing about what the credential is now.
        if (marked && noted == 1)
        {
            List<string> errors = [why];
            await db.Credentials.Where(c => c.Id == grant.Id).ExecuteUpdateAsync(c => c.SetProperty(x => x.Errors, errors));
        }

        await transaction.CommitAsync();
    }

    private AsyncServiceScope ScopeOf(GrantKey key) => ScopeOf(key.OrganisationId);

    /// <summary>A unit of work inside one organisation, in the server's own name.</summary>
    private AsyncServiceScope ScopeOf(Ulid organisationId)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Http.Caller.Operator.Instance, organisationId);
        return scope;
    }

    private static PatchbayDb DbOf(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<PatchbayDb>();
}
