using Patchbay.OAuth;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

/// <summary>What tests of the token endpoint share: a plain handler, a clock that stands still and a client.</summary>
public abstract class TokenFixture : IDisposable
{
    private readonly HttpMessageInvoker _invoker = Plain();

    protected const string ClientSecret = "s3cr3t-of-the-client";
    protected const string Code = "the-code-0123456789";
    protected const string Refresh = "the-refresh-token-0123456789";

    internal FixedTime Time { get; } = new();

    protected static OAuthClient Client => new("client-1") { Secret = ClientSecret };

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected TokenClient Tokens => new(_invoker, Time);

    protected HttpMessageInvoker Invoker => _invoker;

    public static HttpMessageInvoker Plain() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    public void Dispose()
    {
        _invoker.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static ProviderProfile Profile(Provider provider) => new()
    {
        AuthorizeUrl = $"{provider.Url}/authorize",
        TokenUrl = $"{provider.Url}/token",
    };

    protected TokenClient TokensWithin(ExchangeLimits limits) => new(_invoker, TimeProvider.System, limits);

    protected async Task<TokenGrant> GrantAsync(ProviderProfile profile, GrantRequest? grant = null, OAuthClient? client = null)
    {
        var result = await Tokens.RequestAsync(profile, client ?? Client, grant ?? new GrantRequest.RefreshToken(Refresh), Token);
        Assert.True(result.Succeeded, result.Failure?.Message);
        return result.Value;
    }

    protected async Task<T> FailureAsync<T>(ProviderProfile profile, GrantRequest? grant = null, OAuthClient? client = null)
        where T : EndpointFailure =>
        Assert.IsType<T>((await Tokens.RequestAsync(profile, client ?? Client, grant ?? new GrantRequest.RefreshToken(Refresh), Token)).Failure);
}
