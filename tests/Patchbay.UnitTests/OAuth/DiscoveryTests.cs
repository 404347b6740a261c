using Microsoft.AspNetCore.Http;
using Patchbay.OAuth;
using Patchbay.OAuth.Discovery;
using Patchbay.OAuth.Profiles;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class DiscoveryTests : TokenFixture
{
    [Fact]
    public void Metadata_stand_behind_or_before_the_path_of_the_issuer()
    {
        Assert.Equal(
            [
                "https://id.example.com/a/b/.well-known/openid-configuration",
                "https://id.example.com/.well-known/oauth-authorization-server/a/b",
                "https://id.example.com/.well-known/openid-configuration/a/b",
            ],
            ProviderDiscovery.Addresses("https://id.example.com:443/a/b/"));
        Assert.Equal(
            ["https://id.example.com/.well-known/openid-configuration", "https://id.example.com/.well-known/oauth-authorization-server"],
            ProviderDiscovery.Addresses("https://id.example.com"));
        Assert.Equal(
            ["https://id.example.com/.well-known/oauth-authorization-server"],
            ProviderDiscovery.Addresses("https://id.example.com/.well-known/oauth-authorization-server"));
    }

    [Theory]
    [InlineData("/tenant", "/tenant/.well-known/openid-configuration")]
    [InlineData("/tenant", "/.well-known/oauth-authorization-server/tenant")]
    [InlineData("/tenant/", "/.well-known/openid-configuration/tenant")]
    [InlineData("", "/.well-known/oauth-authorization-server")]
    public async Task Metadata_are_found_wherever_they_stand_and_prefill_a_profile(string issuer, string path)
    {
        await using var provider = await Serving(path, url => $$"""
            {"issuer":"{{url}}{{issuer.TrimEnd('/')}}","authorization_endpoint":"{{url}}/authorize","token_endpoint":"{{url}}/token","revocation_endpoint":"{{url}}/revoke",
             "scopes_supported":["openid","offline_access"],"grant_types_supported":["authorization_code"],"code_challenge_methods_supported":["plain","S256"],
             "token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_post",7,null],"token_endpoint_auth_signing_alg_values_supported":["ES256"],
             "mtls_endpoint_aliases":{"token_endpoint":"https://mtls.example.com/token"} }
            """);
        var result = await DiscoverAsync($"{provider.Url}{issuer}");
        Assert.True(result.Succeeded, result.Failure?.Message);
        Assert.Equal(("https://mtls.example.com/token", "ES256"), (result.Value.MutualTlsTokenUrl, Assert.Single(result.Value.AssertionAlgorithms!)));

        var profile = result.Value.ToProfile();
        Assert.Empty(profile.Validate());
        Assert.Equal(
            ($"{provider.Url}/authorize", $"{provider.Url}/token", $"{provider.Url}/revoke", ClientAuthentication.ClientSecretPost, PkceMethod.S256, true),
            (profile.AuthorizeUrl, profile.TokenUrl, profile.RevocationUrl, profile.ClientAuthentication, profile.Pkce, profile.OfflineAccess));
    }

    [Fact]
    public async Task The_address_of_the_metadata_themselves_is_an_issuers_too()
    {
        const string Path = "/tenant/.well-known/openid-configuration";
        await using var provider = await Serving(Path, url => $$"""{"issuer":"{{url}}/tenant","token_endpoint":"{{url}}/token"}""");
        Assert.True((await DiscoverAsync($"{provider.Url}{Path}")).Succeeded);
        await using var other = await Serving(Path, url => $$"""{"issuer":"{{url}}/other","token_endpoint":"{{url}}/token"}""");
        Assert.Equal("issuer_mismatch", Assert.IsType<EndpointFailure.Refused>((await DiscoverAsync($"{other.Url}{Path}")).Failure).Code);
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("ISSUER/other")]
    [InlineData("ISSUER?x")]
    [InlineData("{tenantid}")]
    public async Task Metadata_of_another_issuer_are_not_believed(string named)
    {
        await using var provider = await Serving(
            "/.well-known/openid-configuration",
            url => $$"""{"issuer":"{{named.Replace("ISSUER", url, StringComparison.Ordinal)}}","token_endpoint":"{{url}}/token"}""");
        Assert.Equal("issuer_mismatch", Assert.IsType<EndpointFailure.Refused>((await DiscoverAsync(provider.Url)).Failure).Code);
    }

    [Fact]
    public async Task What_is_missing_or_no_url_is_left_out_and_defaults_hold()
    {
        await using var provider = await Serving("/.well-known/openid-configuration", url => $$"""
            {"issuer":"{{url}}/","token_endpoint":"{{url}}/token","authorization_endpoint":"javascript:alert(1)","scopes_supported":["openid"],"code_challenge_methods_supported":["plain"]}
            """);
        var result = await DiscoverAsync(provider.Url);
        Assert.True(result.Succeeded, result.Failure?.Message);
        Assert.Equal($"{provider.Url}/", result.Value.Issuer);
        var profile = result.Value.ToProfile();
        Assert.Equal(("", null, PkceMethod.Plain, false), (profile.AuthorizeUrl, profile.ClientAuthentication, profile.Pkce, profile.OfflineAccess));
    }

    [Fact]
    public async Task Where_there_are_no_metadata_the_failure_says_what_there_was()
    {
        await using var none = await Provider.StartAsync("", 404);
        Assert.Equal("no_metadata", Assert.IsType<EndpointFailure.Refused>((await DiscoverAsync($"{none.Url}/a")).Failure).Code);
        Assert.Equal(3, none.Requests.Count);

        await using var page = await Provider.StartAsync("<html></html>", contentType: "text/html");
        Assert.Equal(UnavailableKind.Unreadable, Assert.IsType<EndpointFailure.Unavailable>((await DiscoverAsync(page.Url)).Failure).Kind);
        await using var busy = await Provider.StartAsync("", 503);
        Assert.Equal(UnavailableKind.ServerError, Assert.IsType<EndpointFailure.Unavailable>((await DiscoverAsync(busy.Url)).Failure).Kind);
        await using var tokenless = await Provider.StartAsync((context, _) => Provider.WriteAsync(context, $$"""{"issuer":"http://{{context.Request.Host}}"}"""));
        Assert.Equal(UnavailableKind.Unreadable, Assert.IsType<EndpointFailure.Unavailable>((await DiscoverAsync(tokenless.Url)).Failure).Kind);
        foreach (var issuer in new[] { "", "id.example.com", "ftp://id.example.com", "https://id.example.com?x=1", "https://user@id.example.com" })
        {
            Assert.IsType<EndpointFailure.NotSent>((await DiscoverAsync(issuer)).Failure);
        }
    }

    private static Task<Provider> Serving(string path, Func<string, string> metadata) => Provider.StartAsync((context, received) =>
        received.Path == path
            ? Provider.WriteAsync(context, metadata($"http://{context.Request.Host}"))
            : Provider.WriteAsync(context, "not found", StatusCodes.Status404NotFound));

    private Task<EndpointResult<ProviderMetadata>> DiscoverAsync(string issuer) => new ProviderDiscovery(Invoker, Time).DiscoverAsync(issuer, Token);
}
