using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Library;

namespace Patchbay.Platform.Versions;

/// <summary>Deletes merge bases and contents that no version needs any more, from time to time and a little at a time.</summary>
internal sealed partial class ContentSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ContentSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
                await scope.ServiceProvider.GetRequiredService<MergeBases>().SweepAsync(stoppingToken);
                while (await db.Dialect.DeleteUnusedContentsAsync(db, stoppingToken) > 0) { }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Unused contents could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
