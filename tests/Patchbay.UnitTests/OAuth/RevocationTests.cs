using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class RevocationTests : TokenFixture
{
    [Fact]
    public async Task A_token_is_revoked_as_the_rfc_says()
    {
        await using var provider = await Provider.StartAsync("");
        var result = await RevokeAsync(Revocable(provider) with { AdditionalTokenParams = "audience=x" });
        Assert.True(result.Succeeded, result.Failure?.Message);
        Assert.Equal(("POST", "/revoke"), (provider.Last.Method, provider.Last.Path));
        Assert.Equal([("token", Refresh), ("token_type_hint", "refresh_token")], provider.Last.Form.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.StartsWith("Basic ", provider.Last.Header("Authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_has_a_shape_of_its_own()
    {
        await using var provider = await Provider.StartAsync("""{"ok":true,"revoked":true}""");
        await RevokeAsync(Revocable(provider) with
        {
            Revocation = new TokenRequestShape { Method = "DELETE", Format = ParameterFormat.Query, Renamed = Texts.Of(("token", "access_token"), ("token_type_hint", "")) },
        });
        Assert.Equal(("DELETE", $"?access_token={Refresh}"), (provider.Last.Method, provider.Last.Query));
    }

    [Theory]
    [InlineData(200, "<html></html>", true)]
    [InlineData(204, "", true)]
    [InlineData(400, """{"error":"invalid_token"}""", true)]
    [InlineData(400, """{"error":"unsupported_token_type"}""", false)]
    [InlineData(401, """{"error":"invalid_client"}""", false)]
    [InlineData(200, """{"ok":false,"error":"not_allowed"}""", false)]
    [InlineData(404, "<html></html>", false)]
    [InlineData(503, "", false)]
    public async Task A_token_that_is_not_valid_is_as_good_as_revoked_and_nothing_else_is(int status, string body, bool revoked)
    {
        await using var provider = await Provider.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return status == 204 ? Task.CompletedTask : Provider.WriteAsync(context, body, status);
        });
        Assert.Equal(revoked, (await RevokeAsync(Revocable(provider))).Succeeded);
    }

    [Fact]
    public async Task A_provider_without_a_revocation_url_is_not_asked()
    {
        await using var provider = await Provider.StartAsync("");
        Assert.IsType<EndpointFailure.NotSent>((await RevokeAsync(Profile(provider))).Failure);
        Assert.Empty(provider.Requests);
    }

    private static ProviderProfile Revocable(Provider provider) => Profile(provider) with { RevocationUrl = $"{provider.Url}/revoke" };

    private Task<EndpointResult<TokenRevoked>> RevokeAsync(ProviderProfile profile) => Tokens.RevokeAsync(profile, Client, Refresh, "refresh_token", Token);
}
