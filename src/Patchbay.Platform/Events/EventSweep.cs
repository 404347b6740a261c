using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Subscriptions;

namespace Patchbay.Platform.Events;

/// <summary>
/// Deletes events that are kept for long enough, with their deliveries and attempts. What an enabled subscription still waits for is spared; what
/// waits for one that is disabled is not.
/// </summary>
internal sealed class EventSweep(IServiceScopeFactory scopes, PatchbaySettings settings, TimeProvider clock, ILogger<EventSweep> logger) : Sweep(TimeSpan.FromMinutes(5), scopes, clock, logger)
{
    private const int Batch = 500;

    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<PatchbayDb>();
        var events = db.Events.IgnoreQueryFilters([PatchbayDb.TenantFilter]);
        // By the time in the ids, in whose order the store has them.
        var end = Ulid.NewUlid(Clock.GetUtcNow() - settings.EventRetention, new byte[10]);
        List<Ulid> old;
        do
        {
            old = await events.Where(e => e.Id.CompareTo(end) < 0 && e.FannedOut
                    && !db.Deliveries.Any(d => d.EventId == e.Id && d.State == DeliveryState.Pending
                        && db.Subscriptions.Any(s => s.Id == d.SubscriptionId && s.State == SubscriptionState.Enabled)))
                .OrderBy(e => e.Id).Take(Batch).Select(e => e.Id).ToListAsync(cancellationToken);
            if (old.Count == 0)
                return;
            await using var transaction = await db.Dialect.BeginWriteAsync(db, Identifiers.New(Clock), cancellationToken);
            await db.Deliveries.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(d => old.Contains(d.EventId)).ExecuteDeleteAsync(cancellationToken);
            await events.Where(e => old.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        while (old.Count == Batch);
    }
}
