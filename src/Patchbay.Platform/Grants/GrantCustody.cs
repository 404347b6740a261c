using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Patchbay.OAuth.Refreshing;
using Patchbay.OAuth.Tokens;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Grants;

/// <summary>
/// Keeps grants whole while tokens are used and renewed by many at once. However many ask for a grant, one flight in this process and one
/// lease among all processes asks the provider; a new grant is durable before anyone uses it, and is stored only over the version that it
/// was made from. A refusal is believed only when it is definitive and the row still is what was asked with.
/// </summary>
/// <remarks>
/// What cannot be closed is the moment between the provider's answer and the commit: a process that ends there takes with it the only copy
/// of a new refresh token. It is kept short (nothing happens in between but sealing and one transaction), a failing database is tried for
/// minutes, and the old token is tried again, which providers that allow a grace period honour.
/// </remarks>
internal sealed partial class GrantCustody(GrantStore store, SecretUses uses, TimeProvider clock, ILogger<GrantCustody> logger)
{
    /// <summary>
    /// How long a lease outlives a process that was killed. Its holder extends it while it waits, so it can be short, and the next process
    /// tries the old refresh token while the provider may still honour it.
    /// </summary>
    private static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(3);

    /// <summary>How long a flight waits for another process's.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(75);

    /// <summary>How long a new grant is held in memory while the database does not take it.</summary>
    private static readonly TimeSpan LongestRescue = TimeSpan.FromMinutes(10);

    /// <summary>How long after a token was called expired right away that is not believed again: it is a lack of rights then.</summary>
    private static readonly TimeSpan Disbelief = TimeSpan.FromSeconds(30);

    private const int MaxHeld = 20_000;

    private readonly string _holder = Identifiers.New(clock).ToString();
    private readonly ConcurrentDictionary<Ulid, HeldGrant> _held = new();

    /// <summary>By the state of the credential as well: after its owner's change nobody waits for what was asked with the one before.</summary>
    private readonly ConcurrentDictionary<GrantKey, Flight> _flights = new();

    /// <summary>The grant to use now.</summary>
    /// <param name="key">Which.</param>
    /// <param name="source">Where the next one comes from.</param>
    /// <param name="cancellationToken">Ends the wait, never the flight: it may use up a refresh token.</param>
    /// <param name="unwanted">A version that does not serve any more, and all before it; -1 for none.</param>
    public ValueTask<Outcome<HeldGrant>> CurrentAsync(GrantKey key, TokenSource source, CancellationToken cancellationToken, long unwanted = -1)
    {
        var now = clock.GetUtcNow();
        if (!_held.TryGetValue(key.CredentialId, out var held) || held.Key != key || held.Version <= unwanted || !held.IsUsable(now))
            return new(FlyAsync(key, source, unwanted, cancellationToken));
        if (held.RenewAt <= now && !(source.NeedsRefreshToken && held.Tokens.RefreshToken is null))
            _ = Join(key, source, held.Version);
        return new(Outcome.Of(held));
    }

    /// <summary>
    /// The grant to use after the API called the token of a version expired: a newer one that another process obtained, else a renewed one.
    /// </summary>
    /// <returns>Null where a renewal was of no use just now, so that the API's answer means something else.</returns>
    public async ValueTask<HeldGrant?> AfterExpiryAsync(HeldGrant used, TokenSource source, CancellationToken cancellationToken)
    {
        // A token that was obtained a moment ago, in reaction to another "expired", is not expired.
        if (used.Reactive && clock.GetUtcNow() - used.ObtainedAt < Disbelief)
            return null;
        var current = await CurrentAsync(used.Key, source, cancellationToken, used.Version);
        if (!current.Succeeded(out var renewed, out _))
            return null;
        var reactive = renewed with { Reactive = true };
        _held.TryUpdate(used.Key.CredentialId, reactive, renewed);
        return reactive;
    }

    /// <summary>Renews a grant ahead of its expiry, unless someone has already.</summary>
    /// <returns>Why it was not renewed, or null.</returns>
    public async Task<Failure?> RenewAsync(GrantKey key, TokenSource source, long version) => (await Join(key, source, version)).Failure;

    /// <summary>Forgets what is remembered of a credential, after its owner changed it or it is gone.</summary>
    public void Forget(Ulid credentialId) => _held.TryRemove(credentialId, out _);

    private async Task<Outcome<HeldGrant>> FlyAsync(GrantKey key, TokenSource source, long unwanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await Join(key, source, unwanted).WaitAsync(cancellationToken);
            // A flight that somebody else began may have been content with a version that does not serve here.
            if (!result.Succeeded(out var held, out _) || held.Version > unwanted)
                return result;
        }
    }

    private Task<Outcome<HeldGrant>> Join(GrantKey key, TokenSource source, long unwanted)
    {
        var flight = _flights.GetOrAdd(key, static _ => new Flight());
        return flight.StartOnce(() => Task.Run(async () =>
        {
            try
            {
                return await RunAsync(key, source, unwanted);
            }
            finally
            {
                _flights.TryRemove(new KeyValuePair<GrantKey, Flight>(key, flight));
            }
        }));
    }

    private async Task<Outcome<HeldGrant>> RunAsync(GrantKey key, TokenSource source, long unwanted)
    {
        var started = clock.GetTimestamp();
        for (var waits = 0; ; waits++)
        {
            if (await store.FindAsync(key) is not { } row)
                return Failure.NotFound("credential");
            var tokens = await store.OpenAsync(row);
            if (row.Version > unwanted && tokens is { IsComplete: true } && Held(key, row, tokens) is var held && held.IsUsable(clock.GetUtcNow()))
                return Remember(held);
            if (row.Dead)
                return GrantFailures.Dead(row.LastFailure);
            if (row.NextAttemptAt is { } next && next > clock.GetUtcNow())
                return GrantFailures.Waiting(row.LastFailure, next - clock.GetUtcNow());
            // A token that cannot be renewed still serves until it ends.
            if (source.NeedsRefreshToken && tokens is { IsComplete: true, RefreshToken: null } && Held(key, row, tokens).IsUsable(clock.GetUtcNow()))
                return GrantFailures.NotRenewable;
            if (source.NeedsRefreshToken && tokens?.RefreshToken is null)
                return await EndAsync(row, "The access token has expired, and the provider gave no refresh token. Connect again, with offline access.");
            if (await store.IsOutdatedAsync(key))
                return GrantFailures.Outdated;
            if (await store.TryLeaseAsync(key, row, _holder, LeaseLength))
            {
                if (await AskAsync(key, source, row, tokens) is { } result)
                    return result;
            }
            else if (clock.GetElapsedTime(started) > LongestWait)
                return GrantFailures.Waiting("Another server is asking the provider for a token and has not been answered.", TimeSpan.FromSeconds(5));
            else
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(250, 20 * (waits + 1)) * (0.5 + Random.Shared.NextDouble())), clock);
        }
    }

    /// <summary>Asks the provider, with the lease in hand.</summary>
    /// <returns>The outcome; null where the row has moved meanwhile and is to be read again.</returns>
    private async Task<Outcome<HeldGrant>?> AskAsync(GrantKey key, TokenSource source, Grant row, GrantTokens? tokens)
    {
        var obtainedAt = clock.Now();
        TokenAnswer answer;
        using (var asked = new CancellationTokenSource())
        {
            var beating = BeatAsync(row, asked.Token);
            try
            {
                answer = await source.AskAsync(tokens, CancellationToken.None);
            }
            finally
            {
                await asked.CancelAsync();
                await beating;
            }
        }

        uses.Count(source is FunctionTokenSource ? SecretUse.FunctionRun : SecretUse.GrantRefresh, key, answer.Refusal is null);
        if (answer.Refusal is not { } refusal)
            return await KeepAsync(key, source, row, GrantTokens.After(tokens, answer.Grant!, answer.Returned), answer.Grant!, obtainedAt);
        if (refusal.Meaning == RefusalMeaning.Dead)
        {
            // The refusal is of the row that was asked with. Where it has moved on, somebody has a newer grant, and this says nothing about it.
            return await store.BuryAsync(row, refusal.Message) ? Ended(row, refusal.Message) : (Outcome<HeldGrant>?)null;
        }

        var pause = RetryBackoff.Default.DelayAfter(row.Failures + 1, refusal.RetryAfter, Random.Shared.NextDouble());
        await store.PutOffAsync(
            row, _holder, refusal.Message, refusal.Meaning == RefusalMeaning.Incomplete ? null : clock.Now() + pause,
            marked: refusal.Meaning != RefusalMeaning.Passing);
        PutOff(logger, key.CredentialId, row.Failures + 1, refusal.Message);
        return (Outcome<HeldGrant>)refusal.Answer;
    }

    /// <summary>Extends the lease while the provider is asked.</summary>
    private async Task BeatAsync(Grant row, CancellationToken answered)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Heartbeat, clock, answered);
                await store.ExtendLeaseAsync(row, _holder, LeaseLength);
            }
        }
        catch (OperationCanceledException)
        {
            // The answer is there.
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or InvalidOperationException { InnerException: DbException })
        {
            // Without its lease the flight may be overtaken; then the fence decides.
        }
    }

    /// <summary>Makes a new grant durable, whatever it takes: nobody else has it.</summary>
    private async Task<Outcome<HeldGrant>?> KeepAsync(
        GrantKey key, TokenSource source, Grant row, GrantTokens tokens, TokenGrant answer, DateTimeOffset obtainedAt)
    {
        var began = clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await store.StoreAsync(key, row, tokens, answer, obtainedAt, Random.Shared.NextDouble()) is { } held)
                    return Remember(held);
                Overtaken(logger, key.CredentialId, row.Version);
                if (await store.FindAsync(key) is null)
                    await source.RevokeAsync(tokens, CancellationToken.None);
                return null;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or InvalidOperationException { InnerException: DbException })
            {
                if (clock.GetElapsedTime(began) > LongestRescue)
                {
                    Lost(logger, e, key.CredentialId);
                    return GrantFailures.Waiting("The new token could not be stored.", TimeSpan.FromSeconds(5));
                }

                NotStored(logger, e, key.CredentialId, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(2, attempt))), clock);
            }
        }
    }

    private async Task<Outcome<HeldGrant>> EndAsync(Grant row, string why) =>
        await store.BuryAsync(row, why) ? Ended(row, why) : GrantFailures.Waiting(why, TimeSpan.FromSeconds(1));

    private Outcome<HeldGrant> Ended(Grant row, string why)
    {
        _held.TryRemove(row.Id, out _);
        Buried(logger, row.Id, why);
        return GrantFailures.Dead(why);
    }

    private static HeldGrant Held(GrantKey key, Grant row, GrantTokens tokens) => new(key, row.Version, tokens, row.ObtainedAt ?? default, row.ExpiresAt)
    {
        RenewAt = row.RenewAt ?? RefreshSchedule.RefreshAt(row.ObtainedAt ?? default, row.ExpiresAt, 0),
    };

    private Outcome<HeldGrant> Remember(HeldGrant held)
    {
        if (_held.Count >= MaxHeld)
            _held.Clear();
        _held[held.Key.CredentialId] = held;
        return held;
    }

    /// <summary>A question under way, which everyone in this process shares.</summary>
    private sealed class Flight
    {
        private readonly Lock _lock = new();
        private Task<Outcome<HeldGrant>>? _task;

        public Task<Outcome<HeldGrant>> StartOnce(Func<Task<Outcome<HeldGrant>>> start)
        {
            lock (_lock)
                return _task ??= start();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The token of credential {CredentialId} could not be renewed (attempt {Attempt}): {Why}")]
    private static partial void PutOff(ILogger logger, Ulid credentialId, int attempt, string why);

    // A warning: the provider decided it, and the owner reads it in the credential's errors. An error is a fault of this server.
    [LoggerMessage(2, LogLevel.Warning, "The grant of credential {CredentialId} is at its end: {Why}")]
    private static partial void Buried(ILogger logger, Ulid credentialId, string why);

    [LoggerMessage(3, LogLevel.Warning, "A new grant of credential {CredentialId}, made from version {Version}, was overtaken by another and dropped")]
    private static partial void Overtaken(ILogger logger, Ulid credentialId, long version);

    [LoggerMessage(4, LogLevel.Error, "The new grant of credential {CredentialId} could not be stored (attempt {Attempt}); it is kept in memory and tried again")]
    private static partial void NotStored(ILogger logger, Exception exception, Ulid credentialId, int attempt);

    [LoggerMessage(5, LogLevel.Critical, "The new grant of credential {CredentialId} could not be stored and is lost")]
    private static partial void Lost(ILogger logger, Exception exception, Ulid credentialId);
}
