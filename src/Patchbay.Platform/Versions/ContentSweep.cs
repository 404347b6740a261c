using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Library;

namespace Patchbay.Platform.Versions;

/// <summary>Deletes merge bases and contents that no version needs any more, a little at a time.</summary>
internal sealed class ContentSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ContentSweep> logger) : Sweep(TimeSpan.FromMinutes(15), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<PatchbayDb>();
        await services.GetRequiredService<MergeBases>().SweepAsync(cancellationToken);
        while (await db.Dialect.DeleteUnusedContentsAsync(db, cancellationToken) > 0) { }
    }
}
