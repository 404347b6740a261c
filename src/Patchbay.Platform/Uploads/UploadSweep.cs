using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Uploads;

/// <summary>Deletes files that nobody has used in time, and after a while the memory of every upload.</summary>
internal sealed class UploadSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<UploadSweep> logger) : Sweep(TimeSpan.FromMinutes(1), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = Clock.Now();
        var forgotten = now - Upload.Remembered;
        var uploads = services.GetRequiredService<PatchbayDb>().Uploads.IgnoreQueryFilters([PatchbayDb.TenantFilter]);
        await uploads.Where(u => u.ExpiresAt <= now && u.Content != null).ExecuteUpdateAsync(u => u.SetProperty(x => x.Content, (byte[]?)null), cancellationToken);
        await uploads.Where(u => u.ExpiresAt < forgotten).ExecuteDeleteAsync(cancellationToken);
    }
}
