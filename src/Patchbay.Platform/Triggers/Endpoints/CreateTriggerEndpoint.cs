using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Triggers.Incoming;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>Gives a trigger of a connection a public URL.</summary>
internal sealed class CreateTriggerEndpoint(PatchbayDb db, EndpointChanges endpoints, TriggerTokens tokens, SecretStore secrets, TimeProvider clock)
{
    public async Task<Outcome<OpenedEndpoint>> RunAsync(EndpointPath path, string? version, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(path.ConnectorId, out var connector))
            return Failure.NotFound("connection");
        // Before the transaction: the first one of an installation stores the key of all.
        var token = await tokens.NewAsync();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        if (!(await endpoints.FindConnectionAsync(path, cancellationToken)).Succeeded(out var connection, out var failure))
            return failure;
        var selector = version ?? ConnectorVersion.Default;
        if ((await endpoints.FindTriggerAsync(path, selector, cancellationToken)).Failure is { } unfit)
            return unfit;
        if (await db.TriggerEndpoints.AnyAsync(e => e.ConnectionId == connection.Id && e.TriggerName == path.TriggerName, cancellationToken))
        {
            return new Failure(FailureKind.Conflict, "trigger_endpoint_exists",
                "The trigger has a URL for this connection already. Read it, or rotate it for another one.");
        }

        var now = clock.Now();
        var secret = EndpointSecret.New(token);
        var row = new TriggerEndpoint
        {
            Id = Identifiers.New(clock),
            OrganisationId = connection.OrganisationId,
            ConnectorId = connection.ConnectorId,
            ConnectionId = connection.Id,
            TriggerName = path.TriggerName,
            VersionSelector = selector,
            TokenHash = TriggerTokens.HashOf(token),
            CreatedAt = now,
            UpdatedAt = now,
        };
        row.Secret = await secret.SealAsync(db, secrets, row, cancellationToken);
        db.Add(row);
        await endpoints.CommitAsync(transaction, cancellationToken);
        return new OpenedEndpoint(row, secret);
    }
}
