using Patchbay.Platform.Credentials;
using Patchbay.Platform.Proxy;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>
/// Sends the request of a prepared action, within the limits of its connection, with its credentials, and again where that may help and does
/// no harm: a method that is idempotent may be repeated, any other only where nothing was sent or the caller says so.
/// </summary>
internal sealed class SendAction(ConnectionPaces paces, UpstreamInvokers invokers, LiveCredentials live, PatchbaySettings settings, TimeProvider clock)
{
    private static readonly Failure NotSignable = new(FailureKind.Invalid, "body_too_large_to_sign",
        "A credential of the connection signs the body, which must be known as a whole for that: it cannot be streamed.");

    /// <summary>Sends.</summary>
    /// <param name="prepared">The action.</param>
    /// <param name="whole">Whether the answer's body is read here; else the caller reads it. The caller disposes the answer.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<Outcome<ActionAnswer>> RunAsync(PreparedAction prepared, bool whole, CancellationToken cancellationToken)
    {
        using var run = new Run(prepared, whole, settings, clock, cancellationToken);
        while (true)
        {
            Attempt attempt;
            try
            {
                attempt = await TryAsync(run);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Before the request went out: for its turn, or for a token.
                return run.WithAttempts(UpstreamFailures.TimedOut(HostOf(prepared)));
            }

            if (attempt.Refusal is { } refusal)
                return run.WithAttempts(refusal);
            if (attempt.Renewed is { } renewed)
            {
                run.Renewed = renewed;
                attempt.Answer!.Dispose();
                continue;
            }

            if (attempt.Answer is { Advice: { IsThrottled: true, Delay: { } pause } })
                paces.Pause(prepared.Call.ConnectionId, pause);
            if (run.DelayAfter(attempt) is { } delay)
            {
                attempt.Answer?.Dispose();
                await Task.Delay(delay, clock, cancellationToken);
                run.Waited = delay;
                continue;
            }

            if (attempt.Answer is not { } answer)
                return run.WithAttempts(attempt.Failure!);
            (answer.Attempts, answer.Duration) = (run.Attempts, run.Elapsed);
            return answer;
        }
    }

    /// <summary>Waits for its turn, prepares the credentials and sends once.</summary>
    private async Task<Attempt> TryAsync(Run run)
    {
        var (call, plan) = (run.Prepared.Call, run.Prepared.Plan);
        var queued = clock.GetTimestamp();
        if (!(await paces.EnterAsync(call.ConnectionId, PaceLimits.Of(plan, settings), run.Left, run.Token)).Succeeded(out var turn, out var busy))
            return new Attempt { Refusal = busy };
        var exchange = new List<IDisposable>(3) { turn };
        try
        {
            var credentials = run.Renewed;
            if (credentials is null && plan.Ready is null
                && !(await live.PrepareAsync(plan.Credentials, forceRefresh: false, run.Token)).Succeeded(out credentials, out var failure))
            {
                return new Attempt { Refusal = failure };
            }

            if (!TargetOf(run.Prepared, credentials?.Captured).Succeeded(out var target, out failure))
                return new Attempt { Refusal = failure };
            var applied = credentials?.Applied ?? plan.Ready!;
            if (call.Streamed is not null && applied.Any(c => c.NeedsBody))
                return new Attempt { Refusal = NotSignable };
            run.Waited += clock.GetElapsedTime(queued);
            var attempt = await ExchangeAsync(run, credentials, applied, target, exchange);
            if (attempt.Answer is not null)
                exchange = [];
            return attempt;
        }
        finally
        {
            foreach (var part in exchange)
                part.Dispose();
        }
    }

    private async Task<Attempt> ExchangeAsync(
        Run run, PreparedCredentials? credentials, IReadOnlyList<IRequestCredential> applied, RawTarget target, List<IDisposable> exchange)
    {
        var at = clock.GetTimestamp();
        HttpResponseMessage? response = null;
        try
        {
            var upstream = invokers.Rent(credentials);
            exchange.Add(upstream);
            var request = run.Prepared.Request.ToMessage(target, run.StreamedContent(), isUnpacked: !run.Whole);
            exchange.Add(request.Message);
            var shown = ShownSecrets.Apply(applied, request);
            request.Complete();
            response = await upstream.Invoker.SendAsync(request.Message, run.Token);
            var advice = RetryAdvice.Of((int)response.StatusCode, name => ActionAnswer.HeaderOf(response, name), clock.GetUtcNow());
            var watch = run is { Renewed: null, Prepared.Call.Streamed: null } && credentials is { Grants.Count: > 0 } ? new ExpiryWatch(credentials, live, run.Token) : null;
            if (watch is not null && await watch.SeesExpiryAsync(response, run.Token))
                return run.Note(at, new Attempt { Answer = new ActionAnswer(response, target, shown, advice, exchange), Renewed = watch.Renewed });
            if (!run.Whole)
                return run.Note(at, new Attempt { Answer = new ActionAnswer(response, target, shown, advice, exchange) });
            if (run.Prepared.Request.Method == "HEAD")
                return run.Note(at, new Attempt { Answer = new ActionAnswer(response, target, shown, advice, exchange) { Body = [] } });
            var read = await AnswerBody.ReadAsync(response, settings.MaxActionAnswerBytes, run.Token);
            if (read.TryGet(out var body, out var faults))
                return run.Note(at, new Attempt { Answer = new ActionAnswer(response, target, shown, advice, exchange) { Body = body } });
            using (response)
                return run.Note(at, new Attempt { Failure = Unreadable(faults[0]) }, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && run.IsOverdue))
        {
            var status = (int?)response?.StatusCode;
            response?.Dispose();
            var failure = OutboundFailure.Of(e, target.Origin.Host);
            return run.Note(at, new Attempt
            {
                Failure = UpstreamFailures.Of(failure, target.Origin.Host),
                SentNothing = failure.Kind is OutboundFailureKind.Refused or OutboundFailureKind.NameNotResolved,
                IsTransient = failure.Kind is not (OutboundFailureKind.HostNotAllowed or OutboundFailureKind.Tls),
            }, status);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private static Outcome<RawTarget> TargetOf(PreparedAction prepared, IReadOnlyDictionary<string, string>? captured)
    {
        if (prepared.Target is { } stated)
            return stated;
        if (!prepared.Plan.AddressFor(ProxyDirectives.None, captured).Succeeded(out var address, out var failure))
            return failure;
        return RawTarget.Join(address, prepared.Request.Remainder).TryGet(out var target, out var faults)
            ? target
            : new Failure(FailureKind.Invalid, "invalid_path", faults[0].Message);
    }

    private static string HostOf(PreparedAction prepared) => prepared.Plan.StoredAddress.Succeeded(out var address, out _) ? address.Origin.Host : "of the API";

    private static Failure Unreadable(Protocols.Fault fault) => fault.Kind == Protocols.FaultKind.TooLong
        ? new Failure(FailureKind.BadGateway, "answer_too_large", $"{fault.Message} The API did what it was asked; an answer of any size comes through as a stream.")
        : new Failure(FailureKind.BadGateway, "answer_unreadable", fault.Message);

    /// <summary>What came of one attempt.</summary>
    private sealed record Attempt
    {
        public ActionAnswer? Answer { get; init; }
        public Failure? Failure { get; init; }

        /// <summary>Why there was no attempt at all.</summary>
        public Failure? Refusal { get; init; }

        /// <summary>New credentials, where the answer says that those used had expired.</summary>
        public PreparedCredentials? Renewed { get; init; }

        public bool SentNothing { get; init; }
        public bool IsTransient { get; init; }
    }

    /// <summary>All attempts of one call.</summary>
    private sealed class Run : IDisposable
    {
        private readonly TimeProvider _clock;
        private readonly TimeSpan _idle;
        private readonly TimeSpan _limit;
        private readonly long _started;
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _either;
        private readonly List<ActionAttempt> _attempts = [];

        public Run(PreparedAction prepared, bool whole, PatchbaySettings settings, TimeProvider clock, CancellationToken cancellationToken)
        {
            (Prepared, Whole, _clock, _idle, _started) = (prepared, whole, clock, settings.ProxyIdleTimeout, clock.GetTimestamp());
            _limit = prepared.Call.TimeLimit is { } asked && asked < settings.ActionTimeLimit ? asked : settings.ActionTimeLimit;
            _timeout = new CancellationTokenSource(_limit, clock);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, cancellationToken);
        }

        public PreparedAction Prepared { get; }
        public bool Whole { get; }
        public IReadOnlyList<ActionAttempt> Attempts => _attempts;
        public PreparedCredentials? Renewed { get; set; }
        public TimeSpan Waited { get; set; }
        public CancellationToken Token => _either.Token;
        public bool IsOverdue => _timeout.IsCancellationRequested;
        public TimeSpan Elapsed => _clock.GetElapsedTime(_started);
        public TimeSpan Left => _limit - Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

        /// <summary>How long to wait before a further attempt; null for none.</summary>
        public TimeSpan? DelayAfter(Attempt attempt)
        {
            var call = Prepared.Call;
            var isTransient = attempt.Answer?.Advice.IsTransient ?? attempt.IsTransient;
            var isSafe = Prepared.Request.IsIdempotent || call.RepeatsUnsafe || attempt.SentNothing;
            var made = _attempts.Count - (Renewed is null ? 0 : 1);
            if (!isTransient || !isSafe || call.Streamed is not null || made >= call.MaxAttempts)
                return null;
            var delay = Backoff.Before(made, attempt.Answer?.Advice.Delay);
            return delay < Left ? delay : null;
        }

        public Attempt Note(long at, Attempt attempt, int? status = null)
        {
            _attempts.Add(new ActionAttempt(attempt.Answer?.Status ?? status, attempt.Failure?.Code, Waited, _clock.GetElapsedTime(at), Renewed is not null));
            Waited = TimeSpan.Zero;
            return attempt;
        }

        /// <summary>A body that streams may take as long as it does: what bounds it is its silence.</summary>
        public PassedContent? StreamedContent()
        {
            if (Prepared.Call.Streamed is not { } body)
                return null;
            _timeout.CancelAfter(_idle);
            return new PassedContent(body, Prepared.StreamedType!, () => _timeout.CancelAfter(_idle));
        }

        public Failure WithAttempts(Failure failure) => _attempts.Count == 0
            ? failure
            : failure with { Extension = new ActionAttemptsJson { Attempts = [.. _attempts.Select(ActionAttemptJson.Of)] } };

        public void Dispose()
        {
            _either.Dispose();
            _timeout.Dispose();
        }
    }
}
