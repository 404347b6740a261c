using Patchbay.OAuth.Discovery;
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

    public TokenEndpoints(OutboundNetwork network, TimeProvider clock)
    {
        _client = network.CreateClient(Timeout, MaxAnswerBytes);
        Tokens = new TokenClient(_client, clock);
        Trades = new TokenTrader(_client, clock);
        Discovery = new ProviderDiscovery(_client, clock);
    }

    /// <summary>Asks for and revokes tokens.</summary>
    public TokenClient Tokens { get; }

    /// <summary>Trades users' values for tokens.</summary>
    public TokenTrader Trades { get; }

    /// <summary>Asks authorization servers what they say of themselves.</summary>
    public ProviderDiscovery Discovery { get; }

    public void Dispose() => _client.Dispose();
}
