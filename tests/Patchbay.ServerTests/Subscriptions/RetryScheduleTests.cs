using CsCheck;
using Patchbay.Platform;
using Patchbay.Platform.Subscriptions;
using Patchbay.Platform.Subscriptions.Sending;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 7, 0, 0, TimeSpan.Zero);
    private static readonly PatchbaySettings Settings = new();

    [Fact]
    public void A_delivery_is_tried_over_days_with_jitter()
    {
        Assert.Equal(11, RetrySchedule.Default.Count + 1);
        Assert.InRange(RetrySchedule.Default.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause), TimeSpan.FromDays(2), TimeSpan.FromDays(4));
        Assert.Null(RetrySchedule.After(RetrySchedule.Default, 11, TimeSpan.FromHours(1), 0.5));
        Gen.Select(Gen.Int[1, 10], Gen.Double[0, 1]).Sample((attempts, random) =>
        {
            var pause = RetrySchedule.After(RetrySchedule.Default, attempts, null, random)!.Value / RetrySchedule.Default[attempts - 1];
            return pause is >= 0.79 and <= 1.21;
        });
    }

    [Fact]
    public void A_receiver_may_ask_for_more_time_but_not_for_less_nor_for_ever()
    {
        Assert.Equal(TimeSpan.FromMinutes(30), RetrySchedule.After(RetrySchedule.Default, 1, TimeSpan.FromMinutes(30), 0.5));
        Assert.Equal(TimeSpan.FromSeconds(5), RetrySchedule.After(RetrySchedule.Default, 1, TimeSpan.FromSeconds(1), 0.5));
        Assert.Equal(TimeSpan.FromHours(24), RetrySchedule.After(RetrySchedule.Default, 1, TimeSpan.FromDays(400), 0.5));
    }

    [Fact]
    public void A_receiver_that_is_down_gets_one_message_now_and_then_and_all_when_it_is_back()
    {
        var receiver = new Receiver(default);
        Assert.Equal(4, receiver.AtOnce);
        for (var i = 0; i < 20; i++)
            Judge(receiver, Delivery(), 500);

        Assert.True(receiver.IsDown);
        Assert.Equal(1, receiver.AtOnce);
        Assert.InRange(receiver.PausedUntil - Now, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(61));
        Assert.True(Judge(receiver, Delivery(), 200).Recovered);
        Assert.False(receiver.IsDown);
        Assert.False(Judge(receiver, Delivery(), 200).Recovered);
        for (var i = 0; i < 20; i++)
            Judge(receiver, Delivery(), 204);
        Assert.Equal(16, receiver.AtOnce);
    }

    [Fact]
    public void One_event_that_is_refused_dies_and_takes_no_other_with_it()
    {
        var receiver = new Receiver(default);
        for (var attempts = 0; attempts < 11; attempts++)
        {
            var record = Judge(receiver, Delivery(attempts), 422);
            Assert.Equal(attempts < 10 ? DeliveryState.Pending : DeliveryState.Dead, record.State);
            Assert.Equal(DeliveryState.Delivered, Judge(receiver, Delivery(), 200).State);
            Assert.False(receiver.IsDown);
        }
    }

    [Fact]
    public void Gone_disables_at_once_and_failing_for_days_disables_too_and_neither_kills_what_waits()
    {
        var gone = Judge(new Receiver(default), Delivery(10), 410);
        Assert.Contains("410", gone.DisabledReason, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Pending, gone.State);

        var receiver = new Receiver(default);
        Assert.Null(Judge(receiver, Delivery(), 500).DisabledReason);
        Assert.Null(Judge(receiver, Delivery(), 500, Now.AddDays(4.9)).DisabledReason);
        Assert.NotNull(Judge(receiver, Delivery(10), 500, Now.AddDays(5)).DisabledReason);
    }

    private static Delivery Delivery(int attempts = 0) => new()
    {
        Id = default, OrganisationId = default, EventId = default, SubscriptionId = default, ConnectionId = default, Attempts = attempts,
        NextAttemptAt = Now, CreatedAt = Now, UpdatedAt = Now,
    };

    private static AttemptRecord Judge(Receiver receiver, Delivery delivery, int status, DateTimeOffset? now = null) =>
        receiver.Judge(default, delivery, new SendResult(now ?? Now, TimeSpan.Zero, status, status < 300 ? null : $"It answered with {status}.", null, null), Settings, now ?? Now, 0.5);
}
