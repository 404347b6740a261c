using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// Keeps events moving: to deliveries, and those to their receivers. It wakes when something happened on this node, and looks every second for
/// what is due and for what other nodes left.
/// </summary>
internal sealed partial class DeliveryEngine(
    EventSignal signal, FanOut fanOut, DueDeliveries due, SubscriptionSender sender, SubscriptionLeases leases, DeliveryJournal journal, TimeProvider clock,
    ILogger<DeliveryEngine> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long messages that are under way may take when the server stops.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Ulid, Receiver> _receivers = new();
    private readonly Dictionary<Ulid, Task> _senders = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();

    /// <summary>Says that a subscription may have something to send.</summary>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="forgive">Whether its owner says that the receiver works again.</param>
    public void Wake(Ulid subscriptionId, bool forgive = false)
    {
        var receiver = _receivers.GetOrAdd(subscriptionId, static id => new Receiver(id));
        if (forgive)
            receiver.Forgive();
        lock (_lock)
        {
            receiver.Raise();
            if (!_stopping.IsCancellationRequested && !_senders.ContainsKey(subscriptionId))
                _senders[subscriptionId] = Task.Run(() => SendAsync(receiver));
        }
    }

    /// <summary>Forgets a subscription that was deleted.</summary>
    public void Forget(Ulid subscriptionId) => _receivers.TryRemove(subscriptionId, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var writing = journal.RunAsync();
        try
        {
            await UntilItWorksAsync(leases.TakeStoreAsync, stoppingToken);
            await Task.WhenAll(FanOutAsync(stoppingToken), LookAsync(stoppingToken), RenewAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            await EndAsync();
            journal.Complete();
            await writing;
            await UntilItWorksAsync(leases.ReleaseAsync, new CancellationToken(canceled: true));
        }
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
        base.Dispose();
    }

    private async Task FanOutAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var next = signal.Next;
            var more = false;
            try
            {
                var (events, subscriptions) = await fanOut.RunAsync(stoppingToken);
                foreach (var subscription in subscriptions)
                    Wake(subscription);
                more = events == FanOut.Batch;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                FanOutFailed(logger, e);
                next = Task.Delay(LookEvery, clock, stoppingToken);
            }

            if (!more)
                await signal.WaitAsync(next, LookEvery, stoppingToken);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        do
        {
            try
            {
                foreach (var subscription in await due.SubscriptionsAsync(leases.Node, stoppingToken))
                    Wake(subscription);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LookFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SubscriptionLeases.Renewal, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            List<Receiver> sending;
            lock (_lock)
                sending = [.. _senders.Keys.Select(id => _receivers.GetValueOrDefault(id)).OfType<Receiver>().Where(r => r.LeaseUntil > clock.GetUtcNow())];
            try
            {
                await leases.RenewAsync(sending, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                RenewalFailed(logger, e);
            }
        }
    }

    private async Task SendAsync(Receiver receiver)
    {
        while (true)
        {
            try
            {
                await sender.RunAsync(receiver, _stopping.Token, _aborting.Token);
            }
            catch (Exception e)
            {
                if (!_stopping.IsCancellationRequested)
                    SendingFailed(logger, e, receiver.SubscriptionId);
                // The next look, a second from now at the latest, begins anew.
                receiver.TakeSignal();
            }

            lock (_lock)
            {
                if (!receiver.TakeSignal() || _stopping.IsCancellationRequested || receiver.PausedUntil > clock.GetUtcNow())
                {
                    _senders.Remove(receiver.SubscriptionId);
                    return;
                }
            }
        }
    }

    private async Task EndAsync()
    {
        Task sending;
        lock (_lock)
        {
            _stopping.Cancel();
            sending = Task.WhenAll(_senders.Values);
        }

        try
        {
            await sending.WaitAsync(LastPatience, clock);
        }
        catch (TimeoutException)
        {
            await _aborting.CancelAsync();
            await sending;
        }
    }

    private async Task UntilItWorksAsync(Func<Task> operation, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await operation();
                return;
            }
            catch (Exception e)
            {
                RenewalFailed(logger, e);
                if (stoppingToken.IsCancellationRequested)
                    return;
                await Task.Delay(LookEvery, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Events could not be handed to their subscriptions; the next round tries again")]
    private static partial void FanOutFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Deliveries that are due could not be looked for; the next round tries again")]
    private static partial void LookFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The leases of subscriptions could not be written; the next round tries again")]
    private static partial void RenewalFailed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "Sending for subscription {SubscriptionId} was interrupted; the next round goes on")]
    private static partial void SendingFailed(ILogger logger, Exception exception, Ulid subscriptionId);
}
