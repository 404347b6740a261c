using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// Which node sends for a subscription: one, by a lease in the store, so that events stay in order and are not sent twice at once. What a killed
/// node was sending for is taken over when its lease has run out.
/// </summary>
internal sealed class SubscriptionLeases(IServiceScopeFactory scopes, TimeProvider clock)
{
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(12);

    /// <summary>A lease that is nearer to its end is renewed before anything is sent by it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(4);

    private readonly string _node = RandomNumberGenerator.GetHexString(16, lowercase: true);

    public string Node => _node;

    /// <summary>Whether this node may send, now and for some seconds.</summary>
    public async Task<bool> HoldAsync(Receiver receiver, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        if (receiver.LeaseUntil > now + Margin)
            return true;
        var until = now + Length;
        await using var scope = scopes.CreateAsyncScope();
        // In the server's own name, like all that follows from it.
        var health = scope.ServiceProvider.GetRequiredService<PatchbayDb>().SubscriptionHealth.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(h => h.Id == receiver.SubscriptionId);
        if (await health.AsNoTracking().FirstOrDefaultAsync(cancellationToken) is not { } before
            || await health.Where(h => h.LeaseHolder == before.LeaseHolder && h.LeaseUntil == before.LeaseUntil && (h.LeaseUntil == null || h.LeaseUntil < now || h.LeaseHolder == _node))
                .ExecuteUpdateAsync(h => h.SetProperty(x => x.LeaseHolder, _node).SetProperty(x => x.LeaseUntil, until), cancellationToken) == 0)
        {
            receiver.LeaseUntil = default;
            return false;
        }

        if (before.LeaseHolder != _node)
            receiver.TakeOver(before);
        receiver.LeaseUntil = until;
        return true;
    }

    /// <summary>Keeps leases for longer.</summary>
    public async Task RenewAsync(IReadOnlyList<Receiver> receivers, CancellationToken cancellationToken)
    {
        if (receivers.Count == 0)
            return;
        var until = clock.Now() + Length;
        var ids = receivers.Select(r => r.SubscriptionId).ToList();
        await using var scope = scopes.CreateAsyncScope();
        var held = scope.ServiceProvider.GetRequiredService<PatchbayDb>().SubscriptionHealth.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(h => ids.Contains(h.Id) && h.LeaseHolder == _node);
        await held.ExecuteUpdateAsync(h => h.SetProperty(x => x.LeaseUntil, until), cancellationToken);
        var still = (await held.Select(h => h.Id).ToListAsync(cancellationToken)).ToHashSet();
        foreach (var receiver in receivers)
            receiver.LeaseUntil = still.Contains(receiver.SubscriptionId) ? until : default;
    }

    /// <summary>Gives all back that this node has, so that another goes on at once.</summary>
    public Task ReleaseAsync() => FreeAsync(ofAnybody: false);

    /// <summary>Frees what an earlier server held that is no more; only where there is no other.</summary>
    public async Task TakeStoreAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        if (scope.ServiceProvider.GetRequiredService<PatchbayDb>().Dialect.HasOneServer)
            await FreeAsync(ofAnybody: true);
    }

    private async Task FreeAsync(bool ofAnybody)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PatchbayDb>().SubscriptionHealth.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(h => h.LeaseUntil != null && (ofAnybody || h.LeaseHolder == _node))
            .ExecuteUpdateAsync(h => h.SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), CancellationToken.None);
    }
}
