using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Organisations;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// Seals and opens the secrets of an organisation with its key. What is sealed for one row opens in no other, and neither in another column.
/// </summary>
internal sealed class SecretStore(OrganisationKeys keys, IServiceScopeFactory scopes)
{
    /// <summary>Seals a credential's secret and clears it.</summary>
    /// <param name="db">Runs inside its transaction, which must store what comes out: until it ends, the organisation's key stays.</param>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="credentialId">The credential.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<byte[]> SealAsync(PatchbayDb db, Ulid organisationId, Ulid credentialId, byte[] secret, CancellationToken cancellationToken) =>
        SealAsync(db, SealedColumn.CredentialSecret, organisationId, credentialId, secret, cancellationToken);

    /// <summary>Seals a secret for a row and clears it.</summary>
    /// <param name="db">Runs inside its transaction, which must store what comes out: until it ends, the organisation's key stays.</param>
    /// <param name="column">The column that it goes to.</param>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="rowId">The row that it goes to.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<byte[]> SealAsync(
        PatchbayDb db, SealedColumn column, Ulid organisationId, Ulid rowId, byte[] secret, CancellationToken cancellationToken)
    {
        try
        {
            return (await keys.HoldAsync(db, organisationId, cancellationToken)).Seal(secret, column.ContextOf(organisationId, rowId));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Opens a credential's secret. Clear it after use.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public Task<byte[]> OpenAsync(Credential credential, CancellationToken cancellationToken) =>
        OpenAsync(SealedColumn.CredentialSecret, credential.OrganisationId, credential.Id, credential.Secret!, cancellationToken);

    /// <summary>Opens the secret of a row. Clear it after use.</summary>
    /// <param name="column">The column that it stands in.</param>
    /// <param name="organisationId">The organisation of the row.</param>
    /// <param name="rowId">The row.</param>
    /// <param name="stored">What was read there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public async Task<byte[]> OpenAsync(SealedColumn column, Ulid organisationId, Ulid rowId, byte[] stored, CancellationToken cancellationToken)
    {
        var (secret, failure) = await TryOpenAsync(column, organisationId, rowId, stored, cancellationToken);
        if (secret is null && failure == VaultFailure.UnknownKey)
        {
            // Between the reading of the row and that of the key a rotation may have sealed the one anew and dropped the other.
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
            if (await db.Dialect.ReadSealedAsync(db, column, rowId, cancellationToken) is { } now)
                (secret, failure) = await TryOpenAsync(column, organisationId, rowId, now, cancellationToken);
        }

        return secret ?? throw new InvalidDataException($"{column} of {rowId} does not open ({failure}).");
    }

    private async Task<(byte[]? Secret, VaultFailure Failure)> TryOpenAsync(
        SealedColumn column, Ulid organisationId, Ulid rowId, byte[] stored, CancellationToken cancellationToken)
    {
        if (DataKey.NumberOf(stored) is not { } version)
            return (null, VaultFailure.Malformed);
        try
        {
            if (await keys.FindAsync(organisationId, version, cancellationToken) is not { } key)
                return (null, VaultFailure.UnknownKey);
            return key.Open(stored, column.ContextOf(organisationId, rowId)).TryGet(out var secret, out var failure) ? (secret, default) : (null, failure);
        }
        catch (ObjectDisposedException)
        {
            // The organisation was deleted at this very moment.
            return (null, VaultFailure.UnknownKey);
        }
    }
}
