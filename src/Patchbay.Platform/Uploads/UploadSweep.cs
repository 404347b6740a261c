using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Uploads;

/// <summary>Deletes files that nobody has used in time, and after a while the memory of every upload.</summary>
internal sealed partial class UploadSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<UploadSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e);
            }
        }
    }

    /// <summary>Deletes what is over by now.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.Now();
        var forgotten = now - Upload.Remembered;
        // Housekeeping over all organisations: only times are looked at.
        var uploads = scope.ServiceProvider.GetRequiredService<PatchbayDb>().Uploads.IgnoreQueryFilters([PatchbayDb.TenantFilter]);
        await uploads.Where(u => u.ExpiresAt <= now && u.Content != null).ExecuteUpdateAsync(u => u.SetProperty(x => x.Content, (byte[]?)null), cancellationToken);
        await uploads.Where(u => u.ExpiresAt < forgotten).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Old uploads could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
