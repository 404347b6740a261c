using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Connectors;

/// <summary>The OAuth 2.0 application that a config is used with, opened for use.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="ClientSecret">Its secret or private key; null for a public client.</param>
/// <param name="Config">The config whose URLs and parameters count: the publisher's, where the application is borrowed.</param>
internal sealed record Application(string ClientId, string? ClientSecret, AuthSchemeConfigOAuth2Json Config)
{
    /// <summary>The credential that holds it, or null for a public client that has none.</summary>
    public Ulid? CredentialId { get; init; }

    /// <summary>The organisation that owns it.</summary>
    public required Ulid OrganisationId { get; init; }

    /// <summary>The id only.</summary>
    public override string ToString() => ClientId;
}

/// <summary>
/// Finds the application of a config. One that is borrowed is the publisher's: it serves for as long as the source is public and has it, by
/// the publisher's URLs and parameters, whatever stands in the importer's config.
/// </summary>
internal sealed class Applications(PatchbayDb db, SecretStore secrets)
{
    private const int MaxImports = 10;

    /// <summary>The application, or why there is none to use.</summary>
    /// <param name="connector">The connector.</param>
    /// <param name="config">Its config.</param>
    /// <param name="path">The path of the config in the request.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<Application>> FindAsync(
        Connector connector, AuthSchemeConfigOAuth2Json config, string path, CancellationToken cancellationToken)
    {
        if (config.Grant is not AuthSchemeConfigOAuth2ApplicationGrantJson grant)
            return Failure.InvalidField(path, "has a grant whose client each connection brings along");
        if (grant.CredentialId is not { } credentialId)
        {
            return string.IsNullOrEmpty(grant.ClientId)
                ? Failure.InvalidField($"{path}.grant.clientId", "is not set: the connector's owner adds the OAuth application with UpsertAuthSchemeConfig first")
                : new Application(grant.ClientId, null, config) { OrganisationId = connector.OrganisationId };
        }

        var ownerId = grant.OrganisationId ?? connector.OrganisationId;
        if (ownerId != connector.OrganisationId)
        {
            if (await LenderAsync(connector, config.Id, credentialId, ownerId, cancellationToken) is not { } lent)
                return Withdrawn();
            if (lent.ToProfile().FreeHosts() is { Count: > 0 } free)
            {
                return new Failure(FailureKind.Conflict, "borrowed_credential",
                    $"The publisher's {string.Join(" and ", free)} lead to whatever host a connection variable names, so the publisher's application cannot be lent. Use an application of your own.");
            }

            config = lent;
        }

        // The application is the owner's, who may be the publisher; that it may be used was just made sure of.
        var credential = await db.Credentials.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == credentialId && c.OrganisationId == ownerId, cancellationToken);
        if (credential is null)
            return ownerId == connector.OrganisationId ? Failure.InvalidField($"{path}.grant.credentialId", "is not an OAuth 2.0 application of this organisation") : Withdrawn();
        var binding = ApplicationBinding.Read(credential.PublicData);
        if (binding.FieldsThatDiffer(ApplicationBinding.Of(config)).FirstOrDefault() is { } moved)
            return Failure.InvalidField($"{path}.{moved}", "is not what the client secret was saved with");
        var clientId = binding.ClientId ?? (config.Grant as AuthSchemeConfigOAuth2ApplicationGrantJson)?.ClientId;
        if (string.IsNullOrEmpty(clientId))
            return Failure.InvalidField($"{path}.grant.clientId", "is not set");
        return new Application(clientId, credential.Secret is null ? null : await OpenAsync(credential, cancellationToken), config)
        {
            CredentialId = credentialId,
            OrganisationId = ownerId,
        };

        static Failure Withdrawn() => new(FailureKind.Conflict, "borrowed_credential_withdrawn",
            "The connector uses the OAuth application of its publisher, and the publisher no longer offers it. Add an application of your own.");
    }

    /// <summary>The publisher's config, as long as every connector on the way to it is public and it still has the application.</summary>
    private async Task<AuthSchemeConfigOAuth2Json?> LenderAsync(
        Connector connector, string configId, Ulid credentialId, Ulid ownerId, CancellationToken cancellationToken)
    {
        var sourceId = connector.SourceConnectorId;
        for (var imports = 0; imports < MaxImports && sourceId is { } id; imports++)
        {
            // The library is open to everyone: what is not public any more ends the search.
            var source = await db.Connectors.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking().Include(c => c.AuthSchemeConfigs)
                .FirstOrDefaultAsync(c => c.Id == id && c.Public, cancellationToken);
            if (source is null)
                return null;
            if (source.OrganisationId == ownerId)
            {
                return source.AuthSchemeConfigs.Find(c => c.Id == configId) is { } stored
                    && AuthSchemeConfigJson.Of(stored) is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson grant } config
                    && grant.CredentialId == credentialId ? config : null;
            }

            sourceId = source.SourceConnectorId;
        }

        return null;
    }

    private async Task<string> OpenAsync(Credential credential, CancellationToken cancellationToken)
    {
        var secret = await secrets.OpenAsync(credential, cancellationToken);
        var text = Encoding.UTF8.GetString(secret);
        CryptographicOperations.ZeroMemory(secret);
        return text;
    }
}
