using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.Protocols.Outbound;
using Patchbay.UnitTests.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

/// <summary>The token client with the clients that it will be given: those of the guarded network.</summary>
public sealed class GuardedTokenClientTests
{
    private const int Limit = 10_000;

    private static readonly OAuthClient Client = new("client-1") { Secret = "secret-1" };
    private static readonly GrantRequest Refresh = new GrantRequest.RefreshToken("refresh-1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_comes_through_the_guarded_client()
    {
        await using var provider = await Provider.StartAsync("""{"access_token":"a","expires_in":60}""");
        using var client = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateClient(TimeSpan.FromSeconds(60), Limit);
        var result = await new TokenClient(client, TimeProvider.System).RequestAsync(new ProviderProfile { TokenUrl = provider.Url }, Client, Refresh, Token);
        Assert.Equal("a", result.Value?.AccessToken);
    }

    [Fact]
    public async Task A_host_that_the_guard_denies_is_unavailable_and_the_denial_is_in_its_cause()
    {
        using var client = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateClient(TimeSpan.FromSeconds(60), Limit);
        var result = await new TokenClient(client, TimeProvider.System).RequestAsync(
            new ProviderProfile { TokenUrl = "http://169.254.169.254/token" }, Client, Refresh, Token);
        var failure = Assert.IsType<EndpointFailure.Unavailable>(result.Failure);
        Assert.Equal(UnavailableKind.Network, failure.Kind);
        Assert.Equal("169.254.169.254", EgressDeniedException.In(failure.Cause)?.Host);
    }

    [Fact]
    public async Task The_limit_of_the_exchange_counts_and_not_that_of_the_client()
    {
        await using var provider = await Provider.StartAsync((context, _) =>
            Provider.WriteAsync(context, $$"""{"access_token":"a","x":"{{new string('x', 2 * Limit)}}"}"""));
        using var client = new OutboundNetwork(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System).CreateClient(TimeSpan.FromSeconds(60), Limit);
        var result = await new TokenClient(client, TimeProvider.System).RequestAsync(new ProviderProfile { TokenUrl = provider.Url }, Client, Refresh, Token);
        Assert.Equal("a", result.Value?.AccessToken);
    }
}
