using Microsoft.Extensions.Logging;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// Sends for one subscription, until there is nothing more to send now. On all nodes there is one at a time for a subscription, so whatever its
/// receiver does, only its own deliveries wait.
/// </summary>
internal sealed partial class SubscriptionSender(
    SubscriptionLeases leases, DueDeliveries due, SendingSlots slots, WebhookSender sender, DeliveryJournal journal, SecretStore secrets, SigningSecrets signing,
    PatchbaySettings settings, TimeProvider clock, ILogger<SubscriptionSender> logger)
{
    /// <param name="receiver">Whom to send to.</param>
    /// <param name="stopping">The server stops: nothing more is begun.</param>
    /// <param name="aborting">What is under way is given up.</param>
    public async Task RunAsync(Receiver receiver, CancellationToken stopping, CancellationToken aborting)
    {
        var running = new List<(Ulid Key, Task Task)>();
        try
        {
            await RunAsync(receiver, running, stopping, aborting);
        }
        finally
        {
            // Whoever sends for it next must find nothing under way.
            await Task.WhenAll(running.Select(r => r.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(Receiver receiver, List<(Ulid Key, Task Task)> running, CancellationToken stopping, CancellationToken aborting)
    {
        var ready = new Queue<DueChain>();
        Subscription? subscription = null;
        var looking = true;
        while (true)
        {
            receiver.TakeSignal();
            if (stopping.IsCancellationRequested || !MaySend(receiver))
            {
                ready.Clear();
                looking = false;
            }

            var limit = receiver.AtOnce;
            if (looking && ready.Count == 0 && running.Count < limit && await leases.HoldAsync(receiver, stopping))
            {
                (subscription, var chains) = await due.FindAsync(receiver.SubscriptionId, [.. running.Select(r => r.Key)], receiver.IsDown, stopping);
                ready = new Queue<DueChain>(chains);
                looking = chains.Count > 0;
            }
            else if (ready.Count == 0 && running.Count < limit)
            {
                looking = false;
            }

            while (ready.Count > 0 && running.Count < limit)
            {
                var chain = ready.Dequeue();
                running.Add((chain.Key, SendAsync(receiver, subscription!, chain, stopping, aborting)));
            }

            if (running.Count == 0)
            {
                if (!looking)
                    return;
                continue;
            }

            await Task.WhenAny([.. running.Select(r => r.Task), receiver.Signal]);
            foreach (var (_, done) in running.Where(r => r.Task.IsCompleted))
                await done;
            // What has ended makes place, and in an order lets the next of its connection through.
            looking |= receiver.Signal.IsCompleted || running.RemoveAll(r => r.Task.IsCompleted) > 0;
        }
    }

    private bool MaySend(Receiver receiver) => receiver.PausedUntil <= clock.GetUtcNow();

    private async Task SendAsync(Receiver receiver, Subscription subscription, DueChain chain, CancellationToken stopping, CancellationToken aborting)
    {
        var stored = new List<Task<bool>>();
        foreach (var delivery in chain.Deliveries)
        {
            // Who has lost the lease, perhaps because the machine slept, leaves the rest to who has it.
            if (stopping.IsCancellationRequested || receiver.LeaseUntil <= clock.GetUtcNow() || !MaySend(receiver))
                break;
            SendResult result;
            try
            {
                result = await AttemptAsync(receiver, subscription, delivery, aborting);
            }
            catch (OperationCanceledException) when (aborting.IsCancellationRequested)
            {
                break;
            }

            var record = delivery.Event is null
                ? Lost(delivery.Delivery, result)
                : receiver.Judge(Identifiers.New(clock), delivery.Delivery, result, settings, clock.Now(), Random.Shared.NextDouble());
            if (record.DisabledReason is { } reason)
                Disabled(logger, subscription.Id, reason);
            stored.Add(journal.WriteAsync(record));
            if (!record.IsAccepted)
                break;
        }

        // Until it is stored it would be found as due again.
        await Task.WhenAll(stored);
    }

    private async Task<SendResult> AttemptAsync(Receiver receiver, Subscription subscription, DueDelivery delivery, CancellationToken aborting)
    {
        if (delivery.Event is not { } received)
            return new SendResult(clock.GetUtcNow(), TimeSpan.Zero, null, "The event is no longer kept.", null, null);
        byte[] message;
        List<Protocols.Webhooks.WebhookKey> keys;
        try
        {
            var all = await receiver.KeysAsync(subscription, signing, aborting);
            var now = clock.GetUtcNow();
            keys = [.. subscription.Keys.Where(k => k.SignsAt(now)).Select(k => all[k.Id])];
            message = EventMessage.Of(EventHead.Of(received), await EventContent.OpenAsync(secrets, received, aborting), delivery.Activation);
        }
        catch (InvalidDataException e)
        {
            // Of an organisation that was deleted meanwhile the keys are gone, as they are to be.
            if ((await due.FindAsync(receiver.SubscriptionId, [], one: true, aborting)).Subscription is not null)
                NotOpened(logger, e, delivery.Delivery.Id);
            return new SendResult(clock.GetUtcNow(), TimeSpan.Zero, null, "The event or the signing key cannot be opened.", null, null);
        }

        return await slots.RunAsync(() => sender.SendAsync(new Uri(subscription.Url), keys, delivery.MessageId, message, aborting), aborting);
    }

    /// <summary>Nothing is to be sent any more, and that is no fault of the receiver.</summary>
    private AttemptRecord Lost(Delivery delivery, SendResult result)
    {
        var attempt = new DeliveryAttempt
        {
            Id = Identifiers.New(clock), DeliveryId = delivery.Id, OrganisationId = delivery.OrganisationId, At = result.At, DurationMs = 0, Error = result.Error,
        };
        return new AttemptRecord(delivery.SubscriptionId, attempt, DeliveryState.Dead, delivery.Attempts + 1, delivery.NextAttemptAt, clock.Now());
    }

    [LoggerMessage(1, LogLevel.Warning, "Subscription {SubscriptionId} is disabled: {Reason}")]
    private static partial void Disabled(ILogger logger, Ulid subscriptionId, string reason);

    [LoggerMessage(2, LogLevel.Error, "Delivery {DeliveryId} cannot be sent: its event or its signing key does not open")]
    private static partial void NotOpened(ILogger logger, Exception exception, Ulid deliveryId);
}
