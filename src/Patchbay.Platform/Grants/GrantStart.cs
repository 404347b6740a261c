using Microsoft.EntityFrameworkCore;
using Patchbay.OAuth.Refreshing;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Grants;

/// <summary>Where a grant begins: with its credential, and again whenever the owner changes that.</summary>
internal sealed class GrantStart(SecretStore secrets, TimeProvider clock)
{
    /// <summary>The row of a new credential.</summary>
    /// <param name="db">The context whose transaction stores it.</param>
    /// <param name="organisationId">Its organisation.</param>
    /// <param name="credentialId">The credential.</param>
    /// <param name="exchanged">What a code was traded for, where it was one.</param>
    /// <param name="brought">Tokens that the user brought along, where there are any.</param>
    public async Task<Grant> OfAsync(PatchbayDb db, Ulid organisationId, Ulid credentialId, ExchangedCode? exchanged, GrantTokens? brought)
    {
        var grant = new Grant { Id = credentialId, OrganisationId = organisationId, Version = 0 };
        var tokens = exchanged is null ? brought : GrantTokens.After(null, exchanged.Grant);
        if (tokens is null)
            return grant;
        grant.Version = 1;
        grant.Secret = await secrets.SealAsync(db, SealedColumn.GrantTokens, organisationId, credentialId, tokens.Write(), CancellationToken.None);
        grant.ObtainedAt = exchanged?.ObtainedAt ?? clock.Now();
        grant.ExpiresAt = exchanged is null ? tokens.ExpiresAt : exchanged.Grant.ExpiresAt;
        grant.RenewAt = tokens.RefreshToken is null ? null : RefreshSchedule.RefreshAt(grant.ObtainedAt.Value, grant.ExpiresAt, Random.Shared.NextDouble());
        return grant;
    }

    /// <summary>
    /// Puts another beginning in the place of what a credential stood for. The version rises, so that whoever is asking the provider for the
    /// grant before cannot store its answer over this. Runs inside the context's transaction.
    /// </summary>
    public static async Task RestartAsync(PatchbayDb db, Grant beginning, CancellationToken cancellationToken)
    {
        // All columns, whatever they held: a lease may be taken at any moment, and what it was taken for is no more.
        var restarted = await db.Grants.Where(g => g.Id == beginning.Id).ExecuteUpdateAsync(
            g => g
                .SetProperty(x => x.Version, x => x.Version + 1)
                .SetProperty(x => x.Secret, beginning.Secret)
                .SetProperty(x => x.ObtainedAt, beginning.ObtainedAt)
                .SetProperty(x => x.ExpiresAt, beginning.ExpiresAt)
                .SetProperty(x => x.RenewAt, beginning.RenewAt)
                .SetProperty(x => x.LeaseHolder, (string?)null)
                .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null)
                .SetProperty(x => x.Failures, 0)
                .SetProperty(x => x.NextAttemptAt, (DateTimeOffset?)null)
                .SetProperty(x => x.LastFailure, (string?)null)
                .SetProperty(x => x.Dead, false),
            cancellationToken);
        if (restarted == 0)
            db.Add(beginning);
    }
}
