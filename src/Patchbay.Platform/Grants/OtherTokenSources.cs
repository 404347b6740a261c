using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.OAuth.Trades;

namespace Patchbay.Platform.Grants;

/// <summary>Tokens for assertions that are signed anew each time (RFC 7523, 2.1).</summary>
/// <param name="client">Asks the endpoint.</param>
/// <param name="profile">The provider, with the connection's variables put in.</param>
/// <param name="assert">Signs an assertion.</param>
/// <param name="scopes">The scopes to ask for.</param>
internal sealed class AssertionTokenSource(
    TokenClient client, ProviderProfile profile, Func<OAuthResult<string>> assert, IReadOnlyList<string> scopes) : TokenSource
{
    public override async Task<TokenAnswer> AskAsync(GrantTokens? held, CancellationToken cancellationToken)
    {
        if (!assert().TryGet(out var assertion, out var faults))
        {
            var why = $"The assertion cannot be made: {string.Join("; ", faults.Select(f => $"{f.Field} {f.Message}"))}.";
            return TokenAnswer.Of(new TokenRefusal(RefusalMeaning.Incomplete, why, null, GrantFailures.NotSent(why)));
        }

        return TokenAnswer.Of(await client.RequestAsync(profile, OAuthClient.Anonymous, new GrantRequest.JwtBearer(assertion, scopes), cancellationToken));
    }
}

/// <summary>Tokens for the user's values, by a request that is described in the config.</summary>
/// <param name="trader">Makes the request.</param>
/// <param name="trade">The request.</param>
/// <param name="values">The user's values and the connection's variables.</param>
internal sealed class TradeTokenSource(TokenTrader trader, TokenTrade trade, IReadOnlyDictionary<string, string> values) : TokenSource
{
    public override async Task<TokenAnswer> AskAsync(GrantTokens? held, CancellationToken cancellationToken) =>
        TokenAnswer.Of(await trader.TradeAsync(trade, values, cancellationToken));
}
