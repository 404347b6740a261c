using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;

namespace Patchbay.Bench.Events;

/// <summary>
/// The measure of the intake: an event in a transaction of its own, as the server makes every other write. It spares what the intake does besides:
/// nothing is verified, held against a definition, sealed or put down in the audit.
/// </summary>
internal static class OneRow
{
    public const string Path = "/one-row";

    public static async Task StoreAsync(HttpContext context)
    {
        var body = new byte[context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body);
        var db = context.RequestServices.GetRequiredService<PatchbayDb>();
        var id = Identifiers.New(TimeProvider.System);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, context.RequestAborted);
        using var step = db.Trail.BeginStep();
        db.Add(new ReceivedEvent
        {
            Id = id, OrganisationId = id, ConnectorId = id, ConnectionId = id, TriggerName = "happened", VersionName = "1", Origin = EventOrigin.Webhook,
            ReceivedAt = TimeProvider.System.Now(), Content = body, DuplicateKey = SHA256.HashData(id.ToByteArray()), FannedOut = true,
        });
        await db.SaveChangesAsync(context.RequestAborted);
        await transaction.CommitAsync(context.RequestAborted);
    }
}
