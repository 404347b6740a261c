using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Organisations;
using Patchbay.Vault;

namespace Patchbay.Platform.Events;

/// <summary>
/// Stores events so that many who come at once cost one transaction: a single writer takes whatever is waiting and commits it together. Nobody waits
/// for a batch to fill, so a lone event is stored at once. What was answered is durable.
/// </summary>
internal sealed partial class EventIntake(
    IStoreDialect dialect, OrganisationKeys keys, EventSignal signal, PatchbaySettings settings, TimeProvider clock, ILogger<EventIntake> logger) : BackgroundService
{
    /// <summary>How many bytes of contents one transaction holds, and at most one event more.</summary>
    private const int MaxBatchBytes = 8 * 1024 * 1024;

    /// <summary>How many events in a row may fail each by itself before the store is taken to be at fault.</summary>
    private const int FailuresInARow = 3;

    private static readonly Failure Busy = new(FailureKind.Unavailable, "intake_busy", "More events come in than can be stored. Send it again later.");
    private static readonly Failure Failed = new(FailureKind.Unavailable, "event_not_stored", "The event could not be stored. Send it again later.");
    private static readonly Failure NoOrganisation = Failure.NotFound("organisation");

    private readonly EventIds _ids = new(clock);

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(settings.MaxQueuedEvents) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _queuedBytes;

    /// <summary>Stores an event.</summary>
    /// <param name="incoming">The event.</param>
    /// <param name="cancellationToken">Ends the wait; the event may be stored all the same.</param>
    /// <returns>That it is durable, or why it is not: <c>intake_busy</c> where too many wait already.</returns>
    public async Task<Outcome<AcceptedEvent>> AcceptAsync(IncomingEvent incoming, CancellationToken cancellationToken)
    {
        var id = _ids.Next();
        for (var attempt = 0; ; attempt++)
        {
            var key = await keys.NewestKnownAsync(incoming.OrganisationId, renew: attempt > 0, cancellationToken);
            if (key is null)
                return NoOrganisation;
            var fate = await QueueAsync(incoming, id, key, cancellationToken);
            if (!fate.Succeeded(out var became, out var failure))
                return failure;
            // The key was changed between the sealing and the storing; the next one is in force for longer than that takes.
            if (became == EventFate.OutdatedKey && attempt < 3)
                continue;
            return became switch
            {
                EventFate.Stored => new AcceptedEvent(id),
                EventFate.Duplicate => new AcceptedEvent(null),
                EventFate.NoOrganisation => NoOrganisation,
                _ => Failed,
            };
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // It ends with the queue and not with the token: what waits is stored before the server ends.
        var batch = new List<Waiting>(settings.MaxEventBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var bytes = 0;
            while (batch.Count < settings.MaxEventBatch && bytes < MaxBatchBytes && _queue.Reader.TryRead(out var waiting))
            {
                batch.Add(waiting);
                bytes += waiting.Row.Content.Length;
            }

            await StoreAsync(batch);
            Interlocked.Add(ref _queuedBytes, -bytes);
            batch.Clear();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    private async Task<Outcome<EventFate>> QueueAsync(IncomingEvent incoming, Ulid id, DataKey key, CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            content = incoming.Content.Seal(key, incoming.OrganisationId, id);
        }
        catch (ObjectDisposedException)
        {
            // The organisation was deleted at this very moment.
            return NoOrganisation;
        }

        var waiting = new Waiting(new ReceivedEvent
        {
            Id = id,
            OrganisationId = incoming.OrganisationId,
            ConnectorId = incoming.ConnectorId,
            ConnectionId = incoming.ConnectionId,
            TriggerName = incoming.TriggerName,
            VersionName = incoming.VersionName,
            Origin = incoming.Origin,
            ReceivedAt = clock.Now(),
            Content = content,
            DuplicateKey = incoming.DuplicateKey,
        });
        if (Interlocked.Add(ref _queuedBytes, content.Length) > settings.MaxQueuedEventBytes || !_queue.Writer.TryWrite(waiting))
        {
            Interlocked.Add(ref _queuedBytes, -content.Length);
            return Busy;
        }

        return await waiting.Fate.WaitAsync(cancellationToken);
    }

    private async Task StoreAsync(List<Waiting> batch)
    {
        try
        {
            await StoreTogetherAsync(batch);
        }
        catch (Exception e) when (batch.Count == 1)
        {
            NotStored(logger, e, batch[0].Row.ConnectionId, batch[0].Row.TriggerName);
            batch[0].End(Failed);
        }
        catch (Exception e)
        {
            // One of them may be what the store does not take: it is to hurt nobody else.
            BatchFailed(logger, e, batch.Count);
            await StoreOneByOneAsync(batch);
        }
    }

    private async Task StoreOneByOneAsync(List<Waiting> batch)
    {
        var failures = 0;
        foreach (var waiting in batch)
        {
            if (failures >= FailuresInARow)
            {
                waiting.End(Failed);
                continue;
            }

            try
            {
                await StoreTogetherAsync([waiting]);
                failures = 0;
            }
            catch (Exception e)
            {
                failures++;
                NotStored(logger, e, waiting.Row.ConnectionId, waiting.Row.TriggerName);
                waiting.End(Failed);
            }
        }
    }

    private async Task StoreTogetherAsync(List<Waiting> batch)
    {
        var rows = new ReceivedEvent[batch.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = batch[i].Row;
        var fates = await dialect.StoreEventsAsync(rows, CancellationToken.None);
        Debug.Assert(fates.Count == rows.Length, "Every event has a fate.");
        for (var i = 0; i < rows.Length; i++)
            batch[i].End(fates[i]);
        signal.Raise();
    }

    [LoggerMessage(1, LogLevel.Warning, "A batch of {Count} events could not be stored; they are tried one by one")]
    private static partial void BatchFailed(ILogger logger, Exception exception, int count);

    [LoggerMessage(2, LogLevel.Error, "An event of the trigger {Trigger} of connection {ConnectionId} could not be stored; its sender was told so")]
    private static partial void NotStored(ILogger logger, Exception exception, Ulid connectionId, string trigger);

    private sealed class Waiting(ReceivedEvent row)
    {
        // The writer goes on to the next batch, and others go on where they were.
        private readonly TaskCompletionSource<Outcome<EventFate>> _fate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReceivedEvent Row { get; } = row;

        public Task<Outcome<EventFate>> Fate => _fate.Task;

        public void End(Outcome<EventFate> fate) => _fate.TrySetResult(fate);
    }
}
