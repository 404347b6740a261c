using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Deletes page sessions that are over, and those that nobody opened in time.</summary>
internal sealed partial class PageSessionSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PageSessionSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

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
        // Housekeeping over all organisations: only times are looked at.
        await scope.ServiceProvider.GetRequiredService<PatchbayDb>().PageSessions.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(s => s.ExpiresAt <= now || (s.TokenHash == null && s.CodeExpiresAt <= now)).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Old page sessions could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
