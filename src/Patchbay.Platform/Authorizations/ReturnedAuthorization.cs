using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Authorizations;

/// <summary>For what and whom an authorization must have been asked to serve now.</summary>
/// <param name="ConnectorId">The connector.</param>
/// <param name="AuthSchemeConfigId">Its config.</param>
/// <param name="EndUser">The external id of the end user; empty for the organisation itself.</param>
/// <param name="Application">The application that asked; null where the authorization itself tells.</param>
internal sealed record AuthorizationPurpose(Ulid ConnectorId, string AuthSchemeConfigId, string EndUser, string? Application);

/// <summary>Recognises what a user brings back from a provider: it serves once, until it expires, and only for whoever sent the user.</summary>
/// <param name="db">The store.</param>
/// <param name="scope">Who asks now.</param>
/// <param name="clock">The clock.</param>
internal sealed class ReturnedAuthorization(PatchbayDb db, RequestScope scope, TimeProvider clock)
{
    /// <summary>The authorization that was asked for, or why it does not serve.</summary>
    /// <param name="hash">What it is known by.</param>
    /// <param name="purpose">What it is to serve for.</param>
    /// <param name="path">The path in the request of what the user brought back.</param>
    /// <param name="begin">The operation to begin again with.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<PendingAuthorization>> FindAsync(
        string hash, AuthorizationPurpose purpose, string path, string begin, CancellationToken cancellationToken)
    {
        var pending = await db.PendingAuthorizations.AsNoTracking().FirstOrDefaultAsync(a => a.StateHash == hash, cancellationToken);
        if (pending is null)
            return Refused(path, "state_unknown", $"was not issued here, or was changed on the way, or is long over. Begin again with {begin}");
        if (pending.ConnectorId != purpose.ConnectorId || pending.AuthSchemeConfigId != purpose.AuthSchemeConfigId || pending.Caller != scope.Caller!.Identity
            || !ConnectionOwner.IsFor(pending.EndUser, purpose.EndUser) || (purpose.Application is { } application && pending.Application != application))
        {
            return Refused(path, "state_foreign", "was issued for somebody or something else: it serves the caller, connector, application and user that it was made for");
        }

        if (pending.UsedAt is not null)
            return Used(path, begin);
        return pending.ExpiresAt <= clock.Now() ? Refused(path, "state_expired", $"has expired. Begin again with {begin}") : pending;
    }

    /// <summary>Uses it up, before anything is sent: whoever tries twice at once gets one exchange.</summary>
    public async Task<Outcome<Done>> UseUpAsync(PendingAuthorization pending, string path, string begin, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        // On the way to the credential, which is the change; a state that was used up for nothing is none.
        using var step = db.Trail.BeginStep();
        return await db.PendingAuthorizations.Where(a => a.StateHash == pending.StateHash && a.UsedAt == null)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.UsedAt, now), cancellationToken) == 0 ? Used(path, begin) : new Done();
    }

    private static Failure Used(string path, string begin) => Refused(path, "state_used", $"was used before. It serves once; begin again with {begin}");

    private static Failure Refused(string path, string code, string message) =>
        new(FailureKind.Invalid, code, $"The {path[(path.LastIndexOf('.') + 1)..]} {message}.") { Fields = [new(path, message)] };
}
