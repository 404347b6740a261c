using Patchbay.OAuth.Discovery;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Jwt;

namespace Patchbay.OAuth.OpenId;

/// <summary>
/// The keys of one OpenID Connect issuer, found by discovery and kept (OpenID Connect Core 1.0, 10.1.1). They are asked for again when they are
/// old, and when a token names one that is not among them, but never more often than <see cref="Pause"/> allows: strangers can name what they like.
/// </summary>
public sealed class IssuerKeys
{
    /// <summary>The least time between two questions to the issuer.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewedAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long keys are believed while the issuer cannot be asked.</summary>
    private static readonly TimeSpan BelievedFor = TimeSpan.FromHours(24);

    private readonly string _issuer;
    private readonly ProviderDiscovery _discovery;
    private readonly Exchange _exchange;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private volatile Known? _known;
    private Task? _asking;
    private long? _askedAt;

    /// <param name="issuer">The issuer.</param>
    /// <param name="invoker">What requests go out by; the caller owns it. It must not follow redirects.</param>
    /// <param name="time">The clock.</param>
    public IssuerKeys(string issuer, HttpMessageInvoker invoker, TimeProvider time)
    {
        (_issuer, _time) = (issuer, time);
        _discovery = new ProviderDiscovery(invoker, time);
        _exchange = new Exchange(invoker, time, ExchangeLimits.Default);
    }

    /// <summary>Whether the issuer signed a token, by a key that it has now.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<bool> HaveSignedAsync(SignedToken token, CancellationToken cancellationToken)
    {
        if (_known is { } known && _time.GetElapsedTime(known.At) < RenewedAfter && known.Find(token) is { } key)
            return key.HasSigned(token);
        await AskAsync().WaitAsync(cancellationToken);
        return _known is { } now && _time.GetElapsedTime(now.At) < BelievedFor && now.Find(token)?.HasSigned(token) == true;
    }

    /// <summary>Asks the issuer once for all who want to know, unless it was asked just before.</summary>
    private Task AskAsync()
    {
        lock (_lock)
        {
            if (_asking is { IsCompleted: false })
                return _asking;
            if (_askedAt is { } at && _time.GetElapsedTime(at) < Pause)
                return Task.CompletedTask;
            _askedAt = _time.GetTimestamp();
            return _asking = Task.Run(FetchAsync);
        }
    }

    private async Task FetchAsync()
    {
        var at = _time.GetTimestamp();
        var discovered = await _discovery.DiscoverAsync(_issuer, CancellationToken.None);
        // Keys that come in the clear could be anybody's, where the issuer's own word did not.
        if (!discovered.Succeeded || discovered.Value.Issuer != _issuer || discovered.Value.KeysUrl is not { } url
            || (_issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, application/jwk-set+json");
        var (received, _) = await _exchange.SendAsync(request, CancellationToken.None);
        if (received is { Status: 200 } && VerificationKey.ReadSet(received.Body) is { } keys)
            _known = new Known(at, keys);
    }

    private sealed record Known(long At, IReadOnlyList<VerificationKey> Keys)
    {
        /// <summary>The one key that a token can be signed by: which the token names, or the only one that fits where it names none.</summary>
        public VerificationKey? Find(SignedToken token)
        {
            var fitting = Keys.Where(k => k.Fits(token.Algorithm) && (token.KeyId is null || k.Id == token.KeyId)).Take(2).ToList();
            return fitting.Count == 1 ? fitting[0] : null;
        }
    }
}
