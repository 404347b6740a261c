using System.Security.Cryptography;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Organisations;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>Seals and opens the secrets of credentials with their organisation's key. What is sealed for one credential opens for no other.</summary>
internal sealed class SecretStore(OrganisationKeys keys)
{
    /// <summary>Seals a secret and clears it.</summary>
    public ValueTask<byte[]> SealAsync(Ulid organisationId, Ulid credentialId, byte[] secret, CancellationToken cancellationToken) =>
        SealAsync(organisationId, ContextOf(organisationId, credentialId), secret, cancellationToken);

    private async ValueTask<byte[]> SealAsync(Ulid organisationId, SecretContext context, byte[] secret, CancellationToken cancellationToken)
    {
        try
        {
            return (await keys.OfAsync(organisationId, cancellationToken)).Seal(secret, context);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Seals the tokens of a grant and clears them.</summary>
    public ValueTask<byte[]> SealGrantAsync(Ulid organisationId, Ulid credentialId, byte[] tokens, CancellationToken cancellationToken) =>
        SealAsync(organisationId, GrantContextOf(organisationId, credentialId), tokens, cancellationToken);

    /// <summary>Opens the tokens of a grant. Clear them after use.</summary>
    /// <exception cref="InvalidDataException">They do not open: the row was changed, or is another's.</exception>
    public async ValueTask<byte[]> OpenAsync(Grant grant, CancellationToken cancellationToken) =>
        (await keys.OfAsync(grant.OrganisationId, cancellationToken))
            .Open(grant.Secret!, GrantContextOf(grant.OrganisationId, grant.CredentialId)).TryGet(out var tokens, out var failure)
            ? tokens : throw new InvalidDataException($"The grant of credential {grant.CredentialId} does not open ({failure}).");

    /// <summary>Seals what is to be kept until a user comes back from the provider, and clears it.</summary>
    public ValueTask<byte[]> SealAuthorizationAsync(Ulid organisationId, string stateHash, byte[] secret, CancellationToken cancellationToken) =>
        SealAsync(organisationId, AuthorizationContextOf(organisationId, stateHash), secret, cancellationToken);

    /// <summary>Opens what was kept for a user's return. Clear it after use.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public async ValueTask<byte[]> OpenAsync(PendingAuthorization pending, CancellationToken cancellationToken) =>
        (await keys.OfAsync(pending.OrganisationId, cancellationToken))
            .Open(pending.Secret, AuthorizationContextOf(pending.OrganisationId, pending.StateHash)).TryGet(out var secret, out var failure)
            ? secret : throw new InvalidDataException($"A pending authorization of organisation {pending.OrganisationId} does not open ({failure}).");

    /// <summary>Opens a secret. Clear it after use.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public async ValueTask<byte[]> OpenAsync(Credential credential, CancellationToken cancellationToken) =>
        (await keys.OfAsync(credential.OrganisationId, cancellationToken))
            .Open(credential.Secret!, ContextOf(credential.OrganisationId, credential.Id)).TryGet(out var secret, out var failure)
            ? secret : throw new InvalidDataException($"The secret of credential {credential.Id} does not open ({failure}).");

    private static SecretContext ContextOf(Ulid organisationId, Ulid credentialId) =>
        SecretContext.Of("credential", organisationId.ToString(), credentialId.ToString(), "secret");

    private static SecretContext GrantContextOf(Ulid organisationId, Ulid credentialId) =>
        SecretContext.Of("grant", organisationId.ToString(), credentialId.ToString(), "tokens");

    private static SecretContext AuthorizationContextOf(Ulid organisationId, string stateHash) =>
        SecretContext.Of("authorization", organisationId.ToString(), stateHash, "secret");
}
