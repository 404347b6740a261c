using System.Globalization;
using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>
/// What this node knows of the receiver of one subscription while it sends for it: whether it answers, and when it may be tried. Safe for
/// concurrent use.
/// </summary>
internal sealed class Receiver(Ulid subscriptionId)
{
    /// <summary>From so many failures in a row on a receiver counts as down: then it gets one message now and then, until one is accepted.</summary>
    public const int FailuresOfAnOutage = 5;

    /// <summary>How many messages a receiver gets at once that answers, and one of which nothing is known yet.</summary>
    private const int MostAtOnce = 16;
    private const int FirstAtOnce = 4;

    private readonly Lock _lock = new();
    private int _atOnce = FirstAtOnce;
    private TaskCompletionSource _signal = New();
    private byte[]? _sealedKeys;
    private IReadOnlyDictionary<Ulid, WebhookKey>? _keys;

    public Ulid SubscriptionId { get; } = subscriptionId;

    /// <summary>Until when this node alone sends.</summary>
    public DateTimeOffset LeaseUntil { get; set; }

    public int ConsecutiveFailures { get; private set; }
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Nothing is sent before.</summary>
    public DateTimeOffset PausedUntil { get; private set; }

    /// <summary>How many messages it gets at once: more with each that it accepts, half with each that fails.</summary>
    public int AtOnce => IsDown ? 1 : _atOnce;

    public bool IsDown => ConsecutiveFailures >= FailuresOfAnOutage;

    /// <summary>Completes when there may be something to send.</summary>
    public Task Signal => Volatile.Read(ref _signal).Task;

    public void Raise() => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Whether there was a signal since the last time.</summary>
    public bool TakeSignal()
    {
        if (!Signal.IsCompleted)
            return false;
        Volatile.Write(ref _signal, New());
        return true;
    }

    /// <summary>Takes over from whoever sent before.</summary>
    public void TakeOver(SubscriptionHealth health)
    {
        lock (_lock)
            (ConsecutiveFailures, FailingSince, PausedUntil) = (health.ConsecutiveFailures, health.FailingSince, default);
    }

    /// <summary>Forgets failures, because the owner says that it works again.</summary>
    public void Forgive()
    {
        lock (_lock)
            (ConsecutiveFailures, FailingSince, PausedUntil) = (0, null, default);
    }

    /// <summary>The keys of its subscription, which are opened once.</summary>
    public async Task<IReadOnlyDictionary<Ulid, WebhookKey>> KeysAsync(Subscription subscription, SigningSecrets secrets, CancellationToken cancellationToken)
    {
        if (_keys is null || !subscription.Secret.AsSpan().SequenceEqual(_sealedKeys))
            (_keys, _sealedKeys) = (await secrets.OpenAsync(subscription, cancellationToken), subscription.Secret);
        return _keys;
    }

    /// <summary>Judges an attempt: what becomes of the delivery and of the receiver.</summary>
    public AttemptRecord Judge(Ulid attemptId, Delivery delivery, SendResult result, PatchbaySettings settings, DateTimeOffset now, double random)
    {
        lock (_lock)
        {
            var attempts = delivery.Attempts + 1;
            var attempt = new DeliveryAttempt
            {
                Id = attemptId,
                DeliveryId = delivery.Id,
                OrganisationId = delivery.OrganisationId,
                At = result.At,
                DurationMs = (int)Math.Min(result.Duration.TotalMilliseconds, int.MaxValue),
                Status = result.Status,
                Error = result.Error is { Length: > DeliveryAttempt.LongestError } error ? error[..DeliveryAttempt.LongestError] : result.Error,
            };
            if (result.IsAccepted)
            {
                var wasDown = IsDown;
                _atOnce = wasDown ? FirstAtOnce : Math.Min(MostAtOnce, _atOnce + 1);
                (ConsecutiveFailures, FailingSince, PausedUntil) = (0, null, default);
                return new AttemptRecord(delivery.SubscriptionId, attempt, DeliveryState.Delivered, attempts, delivery.NextAttemptAt, now)
                {
                    Recovered = wasDown,
                };
            }

            ConsecutiveFailures++;
            _atOnce = Math.Max(1, _atOnce / 2);
            FailingSince ??= result.At;
            if (IsDown)
                PausedUntil = now + RetrySchedule.ProbePause(ConsecutiveFailures, random);
            if (result.RetryAfter is { } after)
            {
                var asked = now + (after < RetrySchedule.LongestRetryAfter ? after : RetrySchedule.LongestRetryAfter);
                PausedUntil = asked > PausedUntil ? asked : PausedUntil;
            }

            var disabled = result.IsGone ? "The receiver answered with 410 Gone: it wants no more events."
                : now - FailingSince >= settings.DisableSubscriptionsAfter
                    ? string.Create(CultureInfo.InvariantCulture, $"Every attempt has failed since {FailingSince:yyyy-MM-dd'T'HH:mm:ss'Z'}. The last: {attempt.Error}")
                    : null;
            var pause = RetrySchedule.After(settings.DeliveryPauses, attempts, result.RetryAfter, random);
            // Of one that is disabled nothing dies: what waits goes when it is enabled again.
            var state = pause is null && disabled is null ? DeliveryState.Dead : DeliveryState.Pending;
            return new AttemptRecord(delivery.SubscriptionId, attempt, state, attempts, now + (pause ?? TimeSpan.Zero), now)
            {
                ConsecutiveFailures = ConsecutiveFailures,
                FailingSince = FailingSince,
                DisabledReason = disabled,
                Excerpt = result.Excerpt,
            };
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>An attempt and what follows from it.</summary>
/// <param name="SubscriptionId">The subscription.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="State">What the delivery is now.</param>
/// <param name="Attempts">How often it was tried now.</param>
/// <param name="NextAttemptAt">When it is tried again.</param>
/// <param name="UpdatedAt">Now.</param>
internal sealed record AttemptRecord(Ulid SubscriptionId, DeliveryAttempt Attempt, DeliveryState State, int Attempts, DateTimeOffset NextAttemptAt, DateTimeOffset UpdatedAt)
{
    public int ConsecutiveFailures { get; init; }
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Whether the receiver was down and is back: then what waits for a later attempt goes now.</summary>
    public bool Recovered { get; init; }

    /// <summary>The beginning of the answer, in the clear; it is sealed where it is stored.</summary>
    public byte[]? Excerpt { get; init; }

    /// <summary>Why the subscription is disabled by it.</summary>
    public string? DisabledReason { get; init; }

    public bool IsAccepted => State == DeliveryState.Delivered;

    /// <summary>Never the answer.</summary>
    public override string ToString() => $"{Attempt.DeliveryId}: {State}";
}
