using System.Security.Cryptography;
using Patchbay.Platform.Organisations;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>Seals and opens the secrets of credentials with their organisation's key. What is sealed for one credential opens for no other.</summary>
internal sealed class SecretStore(OrganisationKeys keys)
{
    /// <summary>Seals a secret and clears it.</summary>
    public async ValueTask<byte[]> SealAsync(Ulid organisationId, Ulid credentialId, byte[] secret, CancellationToken cancellationToken)
    {
        try
        {
            return (await keys.OfAsync(organisationId, cancellationToken)).Seal(secret, ContextOf(organisationId, credentialId));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Opens a secret. Clear it after use.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public async ValueTask<byte[]> OpenAsync(Credential credential, CancellationToken cancellationToken) =>
        (await keys.OfAsync(credential.OrganisationId, cancellationToken))
            .Open(credential.Secret!, ContextOf(credential.OrganisationId, credential.Id)).TryGet(out var secret, out var failure)
            ? secret : throw new InvalidDataException($"The secret of credential {credential.Id} does not open ({failure}).");

    private static SecretContext ContextOf(Ulid organisationId, Ulid credentialId) =>
        SecretContext.Of("credential", organisationId.ToString(), credentialId.ToString(), "secret");
}
