using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Patchbay.Protocols.Outbound;
using Patchbay.Protocols.Webhooks;

namespace Patchbay.Platform.Subscriptions.Sending;

/// <summary>Sends one message once, through the egress guard, following no redirect.</summary>
internal sealed class WebhookSender(OutboundNetwork network, PatchbaySettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>How much of an answer that is no success is kept, in bytes.</summary>
    private const int Excerpt = 2048;

    private readonly HttpMessageInvoker _invoker = network.CreateProxyInvoker();

    /// <param name="url">Where to.</param>
    /// <param name="keys">The keys that sign now.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="payload">The body.</param>
    /// <param name="cancellationToken">The server stops: then nothing is known, and the message goes again.</param>
    public async Task<SendResult> SendAsync(Uri url, IReadOnlyList<WebhookKey> keys, string id, byte[] payload, CancellationToken cancellationToken)
    {
        var (now, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timeout = new CancellationTokenSource(settings.DeliveryTimeout, clock);
        await using var ending = timeout.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), patience);
        try
        {
            // A plain connection is for networks that the operator opened. The name was looked at when the subscription was saved, and may
            // lead elsewhere since.
            if (url.Scheme == Uri.UriSchemeHttp && !await network.IsNamedAsync(url.IdnHost, patience.Token))
                return Result(null, "The URL is http, and its host is not in a network that the operator opened: use https.", null, null);
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(payload) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("User-Agent", "Patchbay");
            var headers = WebhookSignature.Sign(keys, id, now, payload);
            request.Headers.TryAddWithoutValidation(WebhookHeaders.IdName, headers.Id);
            request.Headers.TryAddWithoutValidation(WebhookHeaders.TimestampName, headers.Timestamp);
            request.Headers.TryAddWithoutValidation(WebhookHeaders.SignatureName, headers.Signature);
            using var response = await _invoker.SendAsync(request, patience.Token);
            var status = (int)response.StatusCode;
            if (response.IsSuccessStatusCode)
                return Result(status, null, null, null);
            var excerpt = await ExcerptAsync(response, patience.Token);
            return Result(status, status is >= 300 and < 400
                ? $"It answered with {status}. Redirects are not followed: subscribe with the URL that it redirects to."
                : $"It answered with {status}.", RetryAfterOf(response, now), excerpt);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or OperationCanceledException or IOException)
        {
            return Result(null, OutboundFailure.Of(e, url.IdnHost).Message, null, null);
        }

        SendResult Result(int? status, string? error, TimeSpan? retryAfter, byte[]? excerpt) =>
            new(now, clock.GetElapsedTime(started), status, error, retryAfter, excerpt);
    }

    public void Dispose() => _invoker.Dispose();

    private static async Task<byte[]?> ExcerptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[Excerpt];
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return length == 0 ? null : buffer[..length];
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The status says it already.
            return null;
        }
    }

    /// <summary>RFC 9110, section 10.2.3: seconds or a date.</summary>
    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } when delta >= TimeSpan.Zero => delta,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };
}

/// <summary>What became of one attempt.</summary>
/// <param name="At">When it began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Status">The status of the answer; null where there was none.</param>
/// <param name="Error">Why it failed; null where it was accepted.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
/// <param name="Excerpt">The beginning of an answer that was no success.</param>
internal sealed record SendResult(DateTimeOffset At, TimeSpan Duration, int? Status, string? Error, TimeSpan? RetryAfter, byte[]? Excerpt)
{
    public bool IsAccepted => Error is null;

    /// <summary>Whether the receiver wants no more of it.</summary>
    public bool IsGone => Status == (int)HttpStatusCode.Gone;

    /// <summary>The outcome, never the answer.</summary>
    public override string ToString() => Error ?? string.Create(CultureInfo.InvariantCulture, $"{Status}");
}
