using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// Stores what became of attempts: a single writer that commits together whatever is waiting, as events are stored. What is not stored when the
/// server ends is sent again.
/// </summary>
internal sealed partial class DeliveryJournal(IServiceScopeFactory scopes, SecretStore secrets, TimeProvider clock, ILogger<DeliveryJournal> logger)
{
    private const int MaxBatch = 256;

    private readonly Channel<Waiting> _queue = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Stores an attempt.</summary>
    /// <returns>Whether it could be stored.</returns>
    public Task<bool> WriteAsync(AttemptRecord record)
    {
        var waiting = new Waiting(record);
        return _queue.Writer.TryWrite(waiting) ? waiting.Done : Task.FromResult(false);
    }

    /// <summary>Stores what comes until <see cref="Complete"/>.</summary>
    public async Task RunAsync()
    {
        var batch = new List<Waiting>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var waiting))
                batch.Add(waiting);
            await StoreAsync(batch);
            batch.Clear();
        }
    }

    /// <summary>Takes nothing more.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private async Task StoreAsync(List<Waiting> batch)
    {
        try
        {
            await StoreTogetherAsync([.. batch.Select(w => w.Record)]);
            batch.ForEach(w => w.End(true));
        }
        catch (Exception e) when (batch.Count == 1)
        {
            NotStored(logger, e, batch[0].Record.Attempt.DeliveryId);
            batch[0].End(false);
        }
        catch (Exception e)
        {
            // One of them may be of an organisation that is being deleted.
            BatchFailed(logger, e, batch.Count);
            foreach (var waiting in batch)
                await StoreAsync([waiting]);
        }
    }

    private async Task StoreTogetherAsync(List<AttemptRecord> records)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        // Of nobody's resource: each subscription has one node that sends, which is what keeps others off.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, Identifiers.New(clock), CancellationToken.None);
        foreach (var record in records.Where(r => r.Excerpt is not null))
        {
            record.Attempt.Excerpt = await secrets.SealAsync(
                db, SealedColumn.AttemptExcerpt, record.Attempt.OrganisationId, record.Attempt.Id, [.. record.Excerpt!], CancellationToken.None);
        }

        await db.Dialect.StoreAttemptsAsync(db, records, CancellationToken.None);
        foreach (var of in records.GroupBy(r => r.SubscriptionId).OrderBy(g => g.Key))
            await StoreHealthAsync(db, of.Key, [.. of]);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static async Task StoreHealthAsync(PatchbayDb db, Ulid subscription, List<AttemptRecord> records)
    {
        // In the server's own name: the node that has the lease of these subscriptions says how it goes with them.
        var health = db.SubscriptionHealth.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(h => h.Id == subscription);
        var last = records[^1];
        var success = records.FindLast(r => r.IsAccepted)?.Attempt.At;
        var failure = records.FindLast(r => !r.IsAccepted)?.Attempt;
        var (failedAt, error) = (failure?.At, failure?.Error);
        await health.ExecuteUpdateAsync(h => h.SetProperty(x => x.ConsecutiveFailures, last.ConsecutiveFailures).SetProperty(x => x.FailingSince, last.FailingSince)
            .SetProperty(x => x.LastSuccessAt, x => success ?? x.LastSuccessAt)
            .SetProperty(x => x.LastFailureAt, x => failedAt ?? x.LastFailureAt)
            .SetProperty(x => x.LastError, x => failedAt == null ? x.LastError : error));
        var (now, state) = (last.UpdatedAt, SubscriptionState.Disabled);
        if (records.Exists(r => r.Recovered))
        {
            await db.Deliveries.IgnoreQueryFilters([PatchbayDb.TenantFilter])
                .Where(d => d.SubscriptionId == subscription && d.State == DeliveryState.Pending && d.NextAttemptAt > now)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.NextAttemptAt, now));
        }

        if (records.FindLast(r => r.DisabledReason is not null)?.DisabledReason is { } reason)
        {
            await db.Subscriptions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(s => s.Id == subscription && s.State == SubscriptionState.Enabled)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.State, state).SetProperty(x => x.DisabledReason, reason).SetProperty(x => x.UpdatedAt, now));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "What became of {Count} deliveries could not be stored together; it is stored one by one")]
    private static partial void BatchFailed(ILogger logger, Exception exception, int count);

    [LoggerMessage(2, LogLevel.Warning, "What became of delivery {DeliveryId} could not be stored; it is sent again")]
    private static partial void NotStored(ILogger logger, Exception exception, Ulid deliveryId);

    private sealed class Waiting(AttemptRecord record)
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AttemptRecord Record { get; } = record;

        public Task<bool> Done => _done.Task;

        public void End(bool stored) => _done.TrySetResult(stored);
    }
}
