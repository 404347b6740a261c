using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Exchanges the code of a page's address for a token, once.</summary>
internal sealed class OpenEndUserSession(PatchbayDb db, RequestScope scope, TimeProvider clock)
{
    /// <summary>One answer for every code that is no good: which it was helps only who guesses.</summary>
    private static readonly Failure BadCode = new(FailureKind.Unauthenticated, "session_code_invalid",
        "The code was used before, has expired, or was never given out. Have a new session made.");

    /// <param name="hubId">The hub of the page.</param>
    /// <param name="code">The code.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<OpenedSessionJson>> RunAsync(string hubId, string code, CancellationToken cancellationToken)
    {
        var hash = RandomToken.HexHashOf(code);
        // The organisation is what is being found out; the code admits to it.
        if (!Ulid.TryParse(hubId, out var hub)
            || await db.PageSessions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().FirstOrDefaultAsync(s => s.CodeHash == hash, cancellationToken) is not { } found
            || found.HubId != hub)
        {
            return BadCode;
        }

        scope.Enter(PageSessions.CallerOf(found), found.OrganisationId);
        var token = RandomToken.New(PageSession.TokenPrefix);
        await using (var transaction = await db.Dialect.BeginWriteAsync(db, found.Id, cancellationToken))
        {
            // Of two who come with one code the second finds it gone.
            if (await db.PageSessions.FirstOrDefaultAsync(s => s.Id == found.Id && s.CodeHash == hash, cancellationToken) is not { } session || session.CodeExpiresAt <= clock.Now())
                return BadCode;
            (session.CodeHash, session.TokenHash) = (null, RandomToken.HexHashOf(token));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        var theme = await db.HubPages.AsNoTracking().Where(p => p.Id == hub).Select(p => p.Theme).FirstOrDefaultAsync(cancellationToken);
        return new OpenedSessionJson
        {
            Token = token,
            ExpiresAt = found.ExpiresAt,
            HubId = hub,
            UserId = found.ExternalId,
            IntegrationId = found.IntegrationId,
            Language = found.Language,
            Mode = found.Mode,
            ReturnUrl = found.ReturnUrl,
            Theme = theme ?? new PageThemeJson(),
            Origins = await PageOrigins.OfHubAsync(db, hub, cancellationToken),
        };
    }
}
