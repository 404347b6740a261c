using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Grants;

/// <summary>A grant whose connection is being deleted, still sealed, with what it takes to tell its provider afterwards.</summary>
internal sealed record EndingGrant
{
    public required Grant Row { get; init; }
    public required Credential Credential { get; init; }
    public required AuthSchemeConfigJson Config { get; init; }

    /// <summary>The config's application, where its grant has one: it may be deleted along with the connection.</summary>
    public required Outcome<Application?> Application { get; init; }

    /// <summary>The client certificate that the provider asks for, where it does (RFC 8705).</summary>
    public required Outcome<ClientCertificate>? Certificate { get; init; }

    /// <summary>The connection's variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}

/// <summary>
/// Reads what is left to be done at providers once connections are deleted: inside the deletion's transaction and before it deletes, so that
/// nothing is renewed or added in between. Nothing is opened here, but for the applications of a connector, of which there are few, and client
/// certificates for token endpoints, which the deletion may take along.
/// </summary>
internal sealed class EndingGrants(PatchbayDb db, Applications applications, TokenCertificates certificates)
{
    /// <summary>The grants of some connections of a connector.</summary>
    /// <param name="connectorId">The connector.</param>
    /// <param name="connections">The connections.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<EndingGrant>> ReadAsync(Ulid connectorId, IQueryable<Connection> connections, CancellationToken cancellationToken)
    {
        var rows = await connections.AsNoTracking()
            .SelectMany(c => c.Credentials, (connection, use) => new { ConnectionId = connection.Id, connection.Variables, use.AuthSchemeConfigId, use.CredentialId })
            .Join(db.Grants.Where(g => g.Secret != null), use => use.CredentialId, g => g.Id, (use, grant) => new { use.ConnectionId, use.Variables, use.AuthSchemeConfigId, Grant = grant })
            .Join(db.Credentials, x => x.Grant.Id, c => c.Id, (x, credential) => new { x.ConnectionId, x.Variables, x.AuthSchemeConfigId, x.Grant, Credential = credential })
            .ToListAsync(cancellationToken);
        if (rows.Count == 0)
            return [];
        var connector = await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).SingleAsync(c => c.Id == connectorId, cancellationToken);
        var ending = new List<EndingGrant>();
        foreach (var ofConfig in rows.GroupBy(r => r.AuthSchemeConfigId, StringComparer.Ordinal))
        {
            // Of a config that was deleted earlier nobody knows the provider any more.
            if (connector.AuthSchemeConfigs.Find(c => c.Id == ofConfig.Key) is not { } stored)
                continue;
            var config = AuthSchemeConfigJson.Of(stored);
            var application = await ApplicationOfAsync(connector, config, cancellationToken);
            foreach (var row in ofConfig)
            {
                ending.Add(new EndingGrant
                {
                    Row = row.Grant,
                    Credential = row.Credential,
                    Config = config,
                    Application = application,
                    Certificate = await CertificateOfAsync(connector, config, application, row.Credential, row.ConnectionId, cancellationToken),
                    Variables = row.Variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
                });
            }
        }

        return ending;
    }

    private async Task<Outcome<Application?>> ApplicationOfAsync(Connector connector, AuthSchemeConfigJson config, CancellationToken cancellationToken)
    {
        if (config is not AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson } oauth2)
            return Outcome.Of<Application?>(null);
        return (await applications.FindAsync(connector, oauth2, "authSchemeConfig", cancellationToken)).Succeeded(out var application, out var failure)
            ? Outcome.Of<Application?>(application)
            : failure;
    }

    private async Task<Outcome<ClientCertificate>?> CertificateOfAsync(
        Connector connector, AuthSchemeConfigJson config, Outcome<Application?> application, Credential credential, Ulid connectionId,
        CancellationToken cancellationToken)
    {
        if (config is not AuthSchemeConfigOAuth2Json oauth2 || !application.Succeeded(out var lent, out _))
            return null;
        var asking = lent?.Config ?? oauth2;
        var client = credential.Type == "oauth2-client" ? credential.PublicData : null;
        if (asking.MtlsEnabled != true && client is null)
            return null;
        var beside = await db.Connections.AsNoTracking().Where(c => c.Id == connectionId)
            .SelectMany(c => c.Credentials).Where(c => c.Use == CredentialUse.Action && c.Credential!.Type == "certificate")
            .OrderBy(c => c.Position).Select(c => c.Credential).FirstOrDefaultAsync(cancellationToken);
        ClientCertificate? own = null;
        if (beside is not null)
            (await certificates.OpenAsync(beside, "credential", cancellationToken)).Succeeded(out own, out _);
        return await certificates.FindAsync(asking, lent?.OrganisationId ?? connector.OrganisationId, client, own, "credential", cancellationToken);
    }
}
