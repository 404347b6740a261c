using Microsoft.AspNetCore.Http.HttpResults;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Server;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static class Health
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => TypedResults.Text("ok\n")).WithAccess(new Access.Public()).ExcludeFromDescription();
        app.MapGet("/readyz", ReadyAsync).WithAccess(new Access.Public()).ExcludeFromDescription();
    }

    private static async Task<Results<ContentHttpResult, StatusCodeHttpResult>> ReadyAsync(
        PatchbayDb db, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        return await db.Database.CanConnectAsync(cancellationToken)
            ? TypedResults.Text("ready\n")
            : TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }
}
