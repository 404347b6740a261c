using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Subscriptions;

namespace Patchbay.Platform.Events;

/// <summary>
/// Deletes events that are kept for long enough, with their deliveries and attempts. What an enabled subscription still waits for is spared; what
/// waits for one that is disabled is not.
/// </summary>
internal sealed partial class EventSweep(IServiceScopeFactory scopes, PatchbaySettings settings, TimeProvider clock, ILogger<EventSweep> logger) : BackgroundService
{
    private const int Batch = 500;
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
        // By the time in the ids, in whose order the store has them.
        var end = Ulid.NewUlid(clock.GetUtcNow() - settings.EventRetention, new byte[10]);
        List<Ulid> old;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
            // Housekeeping over all organisations: only times and states are looked at.
            var events = db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]);
            old = await events.Where(e => e.Id.CompareTo(end) < 0 && e.FannedOut
                    && !db.Deliveries.Any(d => d.EventId == e.Id && d.State == DeliveryState.Pending
                        && db.Subscriptions.Any(s => s.Id == d.SubscriptionId && s.State == SubscriptionState.Enabled)))
                .OrderBy(e => e.Id).Take(Batch).Select(e => e.Id).ToListAsync(cancellationToken);
            if (old.Count == 0)
                return;
            await using var transaction = await db.Dialect.BeginWriteAsync(db, Identifiers.New(clock), cancellationToken);
            await db.Deliveries.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(d => old.Contains(d.EventId)).ExecuteDeleteAsync(cancellationToken);
            await events.Where(e => old.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        while (old.Count == Batch);
    }

    [LoggerMessage(1, LogLevel.Warning, "Old events could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
