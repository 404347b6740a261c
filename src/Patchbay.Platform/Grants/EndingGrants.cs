using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Grants;

/// <summary>A grant whose connection is being deleted, still sealed, with what it takes to tell its provider afterwards.</summary>
internal sealed record EndingGrant
{
    public required Grant Row { get; init; }
    public required Credential Credential { get; init; }
    public required AuthSchemeConfigJson Config { get; init; }

    /// <summary>The config's application, where its grant has one: it may be deleted along with the connection.</summary>
    public required Outcome<Application?> Application { get; init; }

    /// <summary>The connection's variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}

/// <summary>
/// Reads what is left to be done at providers once connections are deleted: inside the deletion's transaction and before it deletes, so that
/// nothing is renewed or added in between. Nothing is opened here, but for the applications of a connector, of which there are few.
/// </summary>
internal sealed class EndingGrants(PatchbayDb db, Applications applications)
{
    /// <summary>The grants of some connections of a connector.</summary>
    /// <param name="connectorId">The connector.</param>
    /// <param name="connections">The connections.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<EndingGrant>> ReadAsync(Ulid connectorId, IQueryable<Connection> connections, CancellationToken cancellationToken)
    {
        var rows = await connections.AsNoTracking()
            .SelectMany(c => c.Credentials, (connection, use) => new { connection.Variables, use.AuthSchemeConfigId, use.CredentialId })
            .Join(db.Grants.Where(g => g.Secret != null), use => use.CredentialId, g => g.Id, (use, grant) => new { use.Variables, use.AuthSchemeConfigId, Grant = grant })
            .Join(db.Credentials, x => x.Grant.Id, c => c.Id, (x, credential) => new { x.Variables, x.AuthSchemeConfigId, x.Grant, Credential = credential })
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
            ending.AddRange(ofConfig.Select(r => new EndingGrant
            {
                Row = r.Grant,
                Credential = r.Credential,
                Config = config,
                Application = application,
                Variables = r.Variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
            }));
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
}
