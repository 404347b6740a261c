using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>Which endpoint is meant, by what stands in a path.</summary>
/// <param name="ConnectorId">The connector.</param>
/// <param name="ConnectionId">The connection.</param>
/// <param name="TriggerName">The trigger.</param>
internal sealed record EndpointPath(string ConnectorId, string ConnectionId, string TriggerName);

/// <summary>An endpoint with what of it lies in the vault.</summary>
internal sealed record OpenedEndpoint(TriggerEndpoint Row, EndpointSecret Secret);

/// <summary>Finds endpoints, and changes one, alone: while a change is open nobody else changes the connector, on any node.</summary>
internal sealed class EndpointChanges(PatchbayDb db, SecretStore secrets, PublicAddress address)
{
    /// <summary>An endpoint, to be read.</summary>
    public async Task<Outcome<OpenedEndpoint>> FindAsync(EndpointPath path, CancellationToken cancellationToken)
    {
        if (!(await FindConnectionAsync(path, cancellationToken)).Succeeded(out var connection, out var failure))
            return failure;
        return await db.TriggerEndpoints.FirstOrDefaultAsync(e => e.ConnectionId == connection.Id && e.TriggerName == path.TriggerName, cancellationToken) is { } row
            ? new OpenedEndpoint(row, await EndpointSecret.OpenAsync(secrets, row, cancellationToken))
            : Failure.NotFound("trigger_endpoint");
    }

    /// <summary>Changes an endpoint, if it is what the request takes it for.</summary>
    /// <param name="path">Which.</param>
    /// <param name="precondition">What the request asks of it.</param>
    /// <param name="change">Changes it, or says why not. Runs inside the transaction.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<OpenedEndpoint>> ChangeAsync(
        EndpointPath path, Precondition precondition, Func<OpenedEndpoint, Task<Outcome<OpenedEndpoint>>> change, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(path.ConnectorId, out var connector))
            return Failure.NotFound("connection");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        if (!(await FindAsync(path, cancellationToken)).Succeeded(out var found, out var failure))
            return failure;
        if (precondition.RefusalOf(TriggerEndpointJson.Of(found.Row, found.Secret, address)) is { } refusal)
            return refusal;
        if (!(await change(found)).Succeeded(out var changed, out failure))
            return failure;
        await CommitAsync(transaction, cancellationToken);
        return changed;
    }

    public async Task CommitAsync(IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>The connection that a path names: the organisation's own, or one of an end user, whose events the organisation receives for them.</summary>
    public async Task<Outcome<Connection>> FindConnectionAsync(EndpointPath path, CancellationToken cancellationToken) =>
        Ulid.TryParse(path.ConnectorId, out var connector) && Ulid.TryParse(path.ConnectionId, out var id)
        && await db.Connections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id && c.ConnectorId == connector, cancellationToken) is { } connection
            ? connection
            : Failure.NotFound("connection");

    /// <summary>Whether the version that a selector names has the trigger.</summary>
    public async Task<Outcome<ConnectorVersion>> FindTriggerAsync(EndpointPath path, string selector, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(path.ConnectorId, selector, cancellationToken);
        if (!found.Succeeded(out var version, out _))
            return Failure.InvalidField("version", "is no version of the connector, or stands for a published one where none is published");
        return await db.Triggers.AnyAsync(t => t.VersionId == version.Id && t.Name == path.TriggerName, cancellationToken)
            ? version
            : Failure.NotFound("trigger");
    }
}
