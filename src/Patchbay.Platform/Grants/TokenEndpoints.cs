using Patchbay.OAuth.Discovery;
using Patchbay.OAuth.OAuth1;
using Patchbay.OAuth.Tokens;
using Patchbay.OAuth.Trades;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Grants;

/// <summary>Who asks token endpoints: through the guard, with small answers and a time limit, and never a redirect.</summary>
internal sealed class TokenEndpoints : IDisposable
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly CertificateInvokers _withCertificates;
    private readonly TimeProvider _clock;

    public TokenEndpoints(OutboundNetwork network, TimeProvider clock)
    {
        _clock = clock;
        _client = network.CreateClient(Timeout, MaxAnswerBytes);
        _withCertificates = new CertificateInvokers(certificate => network.CreateClient(Timeout, MaxAnswerBytes, certificate), clock);
        Tokens = new TokenClient(_client, clock);
        Trades = new TokenTrader(_client, clock);
        Discovery = new ProviderDiscovery(_client, clock);
        OAuth1 = new OAuth1Client(_client, clock);
    }

    /// <summary>Asks for and revokes tokens.</summary>
    public TokenClient Tokens { get; }

    /// <summary>Trades users' values for tokens.</summary>
    public TokenTrader Trades { get; }

    /// <summary>Gets tokens of OAuth 1.0a.</summary>
    public OAuth1Client OAuth1 { get; }

    /// <summary>Asks an endpoint, showing a client certificate where there is one (RFC 8705).</summary>
    public async Task<T> WithAsync<T>(ClientCertificate? certificate, Func<TokenClient, Task<T>> ask)
    {
        if (certificate is null)
            return await ask(Tokens);
        using var lease = _withCertificates.Rent(certificate);
        return await ask(new TokenClient(lease.Invoker, _clock));
    }

    /// <summary>Asks authorization servers what they say of themselves.</summary>
    public ProviderDiscovery Discovery { get; }

    public void Dispose()
    {
        _withCertificates.Dispose();
        _client.Dispose();
    }
}
