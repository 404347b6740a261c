using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// Keeps everyone else away from a credential while it is changed or deleted: those who store its tokens, and those who change or delete
/// the connections that use it.
/// </summary>
internal static class CredentialLock
{
    /// <summary>Begins a write transaction on a credential and the connectors of its connections.</summary>
    public static async Task<IDbContextTransaction> BeginAsync(PatchbayDb db, Ulid credentialId, CancellationToken cancellationToken)
    {
        // In this order everywhere: connectors by id, then the credential. Nobody comes to use a credential who did not from the start.
        var connectors = await db.Connections.Where(c => c.Credentials.Any(u => u.CredentialId == credentialId))
            .Select(c => c.ConnectorId).Distinct().OrderBy(id => id).ToListAsync(cancellationToken);
        var transaction = await db.Dialect.BeginWriteAsync(db, connectors.Count > 0 ? connectors[0] : credentialId, cancellationToken);
        try
        {
            foreach (var connector in connectors.Skip(1))
                await db.Dialect.LockAsync(db, connector, shared: false, cancellationToken);
            await db.Dialect.LockAsync(db, credentialId, shared: false, cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }
}
