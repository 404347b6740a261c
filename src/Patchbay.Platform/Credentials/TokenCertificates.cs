using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Credentials;

/// <summary>Finds the client certificate that a token endpoint asks for (RFC 8705).</summary>
internal sealed class TokenCertificates(PatchbayDb db, SecretStore secrets, TimeProvider clock)
{
    /// <summary>The certificate, or null where the config asks for none.</summary>
    /// <param name="config">The config whose token endpoint is asked.</param>
    /// <param name="ownerId">The organisation of the config: the publisher, where the application is borrowed.</param>
    /// <param name="client">The readable part of the connection's own client, where it brings one.</param>
    /// <param name="ofConnection">The connection's own certificate, which serves where none is named.</param>
    /// <param name="path">The path of the credential's data in the request.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<ClientCertificate>?> FindAsync(
        AuthSchemeConfigOAuth2Json config, Ulid ownerId, string? client, ClientCertificate? ofConnection, string path, CancellationToken cancellationToken)
    {
        var own = client is null ? null : JsonNode.Parse(client);
        if (config.MtlsEnabled != true && own?["mTLSEnabled"]?.GetValue<bool>() != true)
            return null;
        var named = config.MtlsCredentialId ?? (Ulid.TryParse(own?["mTLSCredentialId"]?.GetValue<string>(), out var given) ? given : null);
        if (named is not { } id)
        {
            return ofConnection is null
                ? Failure.InvalidField(path, "the token endpoint asks for a client certificate: name one by mtlsCredentialId, or give the connection a certificate credential")
                : ofConnection;
        }

        // The certificate goes with the config, which may be the publisher's.
        var now = clock.Now();
        var credential = await db.Credentials.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == id && c.OrganisationId == ownerId && c.Type == "certificate" && (c.ExpiresAt == null || c.ExpiresAt > now), cancellationToken);
        return credential is null
            ? Failure.InvalidField(path, "the credential that mtlsCredentialId names is no certificate of the organisation")
            : await OpenAsync(credential, path, cancellationToken);
    }

    /// <summary>Opens a credential that is a certificate.</summary>
    public async Task<Outcome<ClientCertificate>> OpenAsync(Credential credential, string path, CancellationToken cancellationToken)
    {
        var key = await secrets.OpenAsync(credential, cancellationToken);
        try
        {
            return Of(credential.PublicData, key, path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The certificate of a credential's parts, or what is wrong with it by field.</summary>
    public static Outcome<ClientCertificate> Of(string publicData, ReadOnlySpan<byte> key, string path)
    {
        var data = JsonNode.Parse(publicData)!;
        var made = ClientCertificate.Create(data["certificate"]!.GetValue<string>(), Encoding.UTF8.GetString(key), data["ca"]?.GetValue<string>());
        return made.TryGet(out var certificate, out var faults)
            ? certificate
            : Failure.InvalidFields([.. faults.Select(f => new FieldFault($"{path}.{f.Subject}", f.Message))]);
    }
}
