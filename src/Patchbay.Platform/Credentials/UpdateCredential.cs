using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// Changes a credential in place: every connection that uses it goes on with what it is from now on. The new secret and the new beginning of
/// its grant are one transaction; a refresh that is under way then loses.
/// </summary>
internal sealed class UpdateCredential(
    PatchbayDb db, CredentialUsages usages, ReadCredentialChange read, SecretStore secrets, GrantStart grants, GrantCustody custody, ConnectionPlans plans, TimeProvider clock)
{
    /// <param name="id">The credential.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="precondition">What is asked of it as it is.</param>
    /// <param name="cancellationToken">Cancels, until a code is sent.</param>
    /// <param name="endUser">What sign-ins at providers are bound to (<see cref="Connections.ConnectionOwner.Authorization"/>); empty for the organisation itself.</param>
    /// <returns>The connections that use it.</returns>
    public async Task<Outcome<IReadOnlyList<Ulid>>> RunAsync(
        Ulid id, CredentialUpdateJson request, Precondition precondition, CancellationToken cancellationToken, string endUser = "")
    {
        if (await db.Credentials.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } seen)
            return Failure.NotFound("credential");
        // Before a code is traded that could then not be kept; it is held against the locked row once more.
        if (await precondition.RefusalAsync(() => ShownAsync(seen)) is { } changed)
            return changed;
        var connections = await db.Connections.AsNoTracking().Include(c => c.Connector!.AuthSchemeConfigs).Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .Where(c => c.Credentials.Any(u => u.CredentialId == id)).ToListAsync(cancellationToken);
        if (connections.Count == 0 && CredentialKind.OfStored(seen.Type).Type == CredentialType.OAuth2Client)
        {
            return new Failure(FailureKind.Conflict, "application_credential",
                "This is the OAuth application of an auth scheme config, bound to its URLs. Change it with UpsertAuthSchemeConfig.");
        }

        var secret = seen.Secret is null ? null : await secrets.OpenAsync(seen, cancellationToken);
        var settled = await read.RunAsync(seen, new CredentialParts(seen.PublicData, secret), connections, request, endUser, cancellationToken);
        CryptographicOperations.ZeroMemory(secret);
        if (!settled.Succeeded(out var change, out var failure))
            return failure;

        // From here on there may be a grant that only this request knows of.
        var stored = await StoreAsync(seen, request, precondition, change, [.. connections.Select(c => c.Id)]);
        if (stored.Failure is not null && change.Exchanged is { } exchanged)
            await exchanged.Source.RevokeAsync(GrantTokens.After(null, exchanged.Grant), CancellationToken.None);
        return stored;
    }

    private async Task<Outcome<IReadOnlyList<Ulid>>> StoreAsync(
        Credential seen, CredentialUpdateJson request, Precondition precondition, CredentialChange change, List<Ulid> connections)
    {
        await using (var transaction = await CredentialLock.BeginAsync(db, seen.Id, CancellationToken.None))
        {
            if (await db.Credentials.FirstOrDefaultAsync(c => c.Id == seen.Id) is not { } credential)
                return Failure.NotFound("credential");
            if (await precondition.RefusalAsync(() => ShownAsync(credential)) is { } changed)
                return changed;
            if (credential.UpdatedAt != seen.UpdatedAt)
                return new Failure(FailureKind.Conflict, "credential_changed", "The credential was changed by somebody else meanwhile. Read it and try again.");
            // Whoever remembers it tells by this time that it has changed, so it must differ whatever the clock says.
            var now = clock.Now() is var time && time > credential.UpdatedAt ? time : credential.UpdatedAt + TimeSpan.FromMicroseconds(1);
            credential.Name = request.Name;
            credential.Type = change.Kind.Name;
            credential.ExpiresAt = request.ExpiresAt?.ToUniversalTime();
            credential.UpdatedAt = now;
            if (change.IsOther)
            {
                credential.PublicData = change.Parts.PublicData;
                credential.Secret = change.Parts.Secret is null ? null
                    : await secrets.SealAsync(db, credential.OrganisationId, credential.Id, change.Parts.Secret, CancellationToken.None);
                credential.Errors = change.Exchanged is null ? null : [];
            }

            if (change.IsLive && await RestartsAsync(change, credential.Id))
            {
                await GrantStart.RestartAsync(
                    db, await grants.OfAsync(db, credential.OrganisationId, credential.Id, change.Exchanged, change.Parts.Tokens), CancellationToken.None);
            }

            await db.SaveChangesAsync();
            await db.Connections.Where(c => connections.Contains(c.Id)).ExecuteUpdateAsync(c => c.SetProperty(x => x.UpdatedAt, now));
            if (change.Kind.Type == CredentialType.Certificate)
                await NamedCertificates.TouchAsync(db, seen.Id, now, CancellationToken.None);
            await transaction.CommitAsync();
        }

        custody.Forget(seen.Id);
        foreach (var connection in connections)
            plans.Forget(connection);
        return connections;
    }

    private async Task<CredentialJson> ShownAsync(Credential credential) => (await usages.ReadAsync([credential], CancellationToken.None))[0];

    /// <summary>Whether the grant begins anew: with other data, and where the owner sends the same to have it tried again at once.</summary>
    private async Task<bool> RestartsAsync(CredentialChange change, Ulid id) =>
        change.IsOther || (change.Kind.Type != CredentialType.OAuth2Token && !await db.Grants.AnyAsync(g => g.Id == id && !g.Dead && g.Failures == 0));
}
