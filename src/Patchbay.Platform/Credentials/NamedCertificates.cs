using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// Certificates for token endpoints are named by their ids in configs and clients, in connections that do not use them otherwise. Those are to
/// notice when such a certificate changes or ends.
/// </summary>
internal static class NamedCertificates
{
    /// <summary>Moves the times of everything that names a certificate, by which what is remembered of it is told to be old.</summary>
    public static async Task TouchAsync(PatchbayDb db, Ulid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var named = $"%{id}%";
        await db.Connectors.Where(c => c.AuthSchemeConfigs.Any(a => EF.Functions.Like(a.Config, named)))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.UpdatedAt, now).SetProperty(x => x.Revision, x => x.Revision + 1), cancellationToken);
        await db.Connections.Where(c => c.Credentials.Any(u => EF.Functions.Like(u.Credential!.PublicData, named)))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.UpdatedAt, now), cancellationToken);
    }
}
