using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>Forgets named calls a day after they ended.</summary>
internal sealed partial class OutcomeSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OutcomeSweep> logger) : BackgroundService
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
        // Housekeeping over all organisations: only times are looked at.
        await scope.ServiceProvider.GetRequiredService<PatchbayDb>().IdempotentOutcomes.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(o => o.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Old outcomes could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
