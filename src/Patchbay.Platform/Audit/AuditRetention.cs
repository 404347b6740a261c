using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Audit;

/// <summary>
/// Deletes records whose time is over, where the operator has set one: always from the beginning of a chain on, and the head keeps the hash that
/// the rest stands on. That it was done is a record itself.
/// </summary>
internal sealed partial class AuditRetention(
    IServiceScopeFactory scopes, AuditChains chains, PatchbaySettings settings, TimeProvider clock, ILogger<AuditRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

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
        if (settings.AuditRetention is not { } retention)
            return;
        var before = (clock.GetUtcNow() - retention - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        List<Ulid> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            // Over all chains, by the time alone; each is then cut inside its own.
            due = await scope.ServiceProvider.GetRequiredService<PatchbayDb>().AuditRecords.IgnoreQueryFilters([PatchbayDb.TenantFilter])
                .Where(r => r.AtMicroseconds < before).Select(r => r.OrganisationId).Distinct().ToListAsync(cancellationToken);
        }

        foreach (var chain in due)
            await CutAsync(chain, before, cancellationToken);
    }

    private async Task CutAsync(Ulid chain, long before, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Http.Caller.Operator.Instance, chain);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, Identifiers.OfPart(chain, "audit-retention"), cancellationToken);
        if (await db.Dialect.HoldAuditHeadAsync(db, chain, cancellationToken) is not { } head)
            return;
        // Up to the first that stays: a clock that went back leaves no hole. The last one stays for what it is.
        var kept = await db.AuditRecords.Where(r => r.AtMicroseconds >= before).MinAsync(r => (long?)r.Sequence, cancellationToken) ?? head.Sequence;
        var last = await db.AuditRecords.AsNoTracking().Where(r => r.Sequence < kept).OrderByDescending(r => r.Sequence).FirstOrDefaultAsync(cancellationToken);
        if (last is null || last.Sequence <= head.AnchorSequence)
            return;
        var cut = await db.AuditRecords.Where(r => r.Sequence <= last.Sequence).ExecuteDeleteAsync(cancellationToken);
        await chains.AnchorAsync(
            db, head, last.Sequence, last.Hash, new AuditEntry(chain, "DeleteOldAuditRecords", AuditEntry.Server, []) { Count = cut }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Old audit records could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
