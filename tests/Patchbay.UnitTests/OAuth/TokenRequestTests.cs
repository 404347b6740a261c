using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Patchbay.OAuth;
using Patchbay.OAuth.Authorization;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

/// <summary>What goes over the wire.</summary>
public sealed class TokenRequestTests : TokenFixture
{
    private const string Granted = """{"access_token":"a-token","token_type":"bearer","expires_in":3600}""";

    [Fact]
    public async Task A_code_is_exchanged_as_the_rfc_says()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var pkce = Pkce.Create(PkceMethod.S256)!;
        await GrantAsync(Profile(provider), new GrantRequest.AuthorizationCode(Code, "https://app.example.com/callback?a=b c", pkce.Verifier));

        var request = provider.Last;
        Assert.Equal(("POST", "/token", ""), (request.Method, request.Path, request.Query));
        Assert.Equal("application/x-www-form-urlencoded", request.Header("Content-Type"));
        Assert.Equal("application/json", request.Header("Accept"));
        Assert.Equal(Basic("client-1", ClientSecret), request.Header("Authorization"));
        Assert.Equal(
            [("code", Code), ("code_verifier", pkce.Verifier), ("grant_type", "authorization_code"), ("redirect_uri", "https://app.example.com/callback?a=b c")],
            Sorted(request.Form));
    }

    [Fact]
    public async Task Each_grant_has_its_own_parameters()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var profile = Profile(provider);

        await GrantAsync(profile, new GrantRequest.RefreshToken(Refresh, ["read"]));
        Assert.Equal([("grant_type", "refresh_token"), ("refresh_token", Refresh), ("scope", "read")], Sorted(provider.Last.Form));
        await GrantAsync(profile, new GrantRequest.RefreshToken(Refresh));
        Assert.Equal([("grant_type", "refresh_token"), ("refresh_token", Refresh)], Sorted(provider.Last.Form));
        await GrantAsync(profile, new GrantRequest.ClientCredentials(["read", "write"]));
        Assert.Equal([("grant_type", "client_credentials"), ("scope", "read write")], Sorted(provider.Last.Form));
        await GrantAsync(profile, new GrantRequest.ClientCredentials([]));
        Assert.Equal([("grant_type", "client_credentials")], Sorted(provider.Last.Form));
        await GrantAsync(profile, new GrantRequest.Password("me@example.com", "pä55&=+ %", ["read"]));
        Assert.Equal([("grant_type", "password"), ("password", "pä55&=+ %"), ("scope", "read"), ("username", "me@example.com")], Sorted(provider.Last.Form));
        await GrantAsync(profile, new GrantRequest.JwtBearer("aaa.bbb.ccc", ["read"]), OAuthClient.Anonymous);
        Assert.Equal([("assertion", "aaa.bbb.ccc"), ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("scope", "read")], Sorted(provider.Last.Form));
        Assert.Null(provider.Last.Header("Authorization"));
    }

    [Fact]
    public async Task Basic_authentication_encodes_id_and_secret_first_unless_the_server_does_not_decode()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var client = new OAuthClient("me:you") { Secret = "a b+c/ü%" };
        await GrantAsync(Profile(provider) with { ClientAuthentication = ClientAuthentication.ClientSecretBasic }, client: client);
        Assert.Equal(Basic("me%3Ayou", "a%20b%2Bc%2F%C3%BC%25"), provider.Last.Header("Authorization"));
        await GrantAsync(Profile(provider) with { ClientAuthentication = ClientAuthentication.ClientSecretBasicRaw }, client: client);
        Assert.Equal(Basic("me:you", "a b+c/ü%"), provider.Last.Header("Authorization"));
        Assert.False(provider.Last.Form.ContainsKey("client_id"));
    }

    [Fact]
    public async Task Other_client_authentication_goes_into_the_body_and_leaves_the_header_alone()
    {
        await using var provider = await Provider.StartAsync(Granted);
        await GrantAsync(Profile(provider) with { ClientAuthentication = ClientAuthentication.ClientSecretPost });
        Assert.Equal(("client-1", ClientSecret, null), (provider.Last.Form["client_id"], provider.Last.Form["client_secret"], provider.Last.Header("Authorization")));

        foreach (var method in new[] { ClientAuthentication.None, ClientAuthentication.TlsClientAuth })
        {
            await GrantAsync(Profile(provider) with { ClientAuthentication = method });
            Assert.Equal([("client_id", "client-1"), ("grant_type", "refresh_token"), ("refresh_token", Refresh)], Sorted(provider.Last.Form));
            Assert.Null(provider.Last.Header("Authorization"));
        }
    }

    [Fact]
    public async Task A_client_without_a_secret_is_a_public_one_unless_the_profile_says_otherwise()
    {
        await using var provider = await Provider.StartAsync(Granted);
        await GrantAsync(Profile(provider), client: new OAuthClient("public-1"));
        Assert.Equal(("public-1", null), (provider.Last.Form["client_id"], provider.Last.Header("Authorization")));

        var failure = await FailureAsync<EndpointFailure.NotSent>(
            Profile(provider) with { ClientAuthentication = ClientAuthentication.ClientSecretPost }, client: new OAuthClient("public-1"));
        Assert.Equal("clientSecret", Assert.Single(failure.Faults).Field);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Parameters_travel_as_json_or_in_the_query_where_the_profile_says_so()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var profile = Profile(provider) with { ClientAuthentication = ClientAuthentication.ClientSecretPost };
        await GrantAsync(profile with { Token = new TokenRequestShape { Format = ParameterFormat.Json } });
        Assert.Equal("application/json", provider.Last.Header("Content-Type"));
        var body = JsonSerializer.Deserialize<Dictionary<string, string>>(provider.Last.Body)!;
        Assert.Equal(
            [("client_id", "client-1"), ("client_secret", ClientSecret), ("grant_type", "refresh_token"), ("refresh_token", Refresh)], Sorted(body));

        await GrantAsync(profile with { TokenUrl = $"{provider.Url}/token?v=2", Token = new TokenRequestShape { Method = "GET" } });
        Assert.Equal(("GET", ""), (provider.Last.Method, provider.Last.Body));
        Assert.Equal(("2", Refresh), (provider.Last.QueryParameters["v"], provider.Last.QueryParameters["refresh_token"]));

        await GrantAsync(profile with { Token = new TokenRequestShape { Method = "PUT", Format = ParameterFormat.Query } });
        Assert.Equal(("PUT", "", Refresh), (provider.Last.Method, provider.Last.Body, provider.Last.QueryParameters["refresh_token"]));
    }

    [Fact]
    public async Task Headers_and_parameters_are_added_and_renamed_as_data_says()
    {
        await using var provider = await Provider.StartAsync(Granted);
        await GrantAsync(Profile(provider) with
        {
            ClientAuthentication = ClientAuthentication.ClientSecretPost,
            AdditionalTokenParams = "audience=https%3A%2F%2Fapi.example.com&tenant=a+b",
            Token = new TokenRequestShape
            {
                Headers = Texts.Of(("X-Api-Key", "{{client_id}}"), ("Accept", "application/vnd.example+json")),
                Parameters = Texts.Of(("grant_type", "fb_exchange_token"), ("app", "{{ client_id }}/{{client_secret}}")),
                Renamed = Texts.Of(("client_id", "client_key"), ("refresh_token", "fb_exchange_token"), ("client_secret", "")),
            },
        });
        Assert.Equal("client-1", provider.Last.Header("X-Api-Key"));
        Assert.Equal("application/vnd.example+json", provider.Last.Header("Accept"));
        Assert.Equal(
            [
                ("app", $"client-1/{ClientSecret}"), ("audience", "https://api.example.com"), ("client_key", "client-1"),
                ("fb_exchange_token", Refresh), ("grant_type", "fb_exchange_token"), ("tenant", "a b"),
            ],
            Sorted(provider.Last.Form));
    }

    [Fact]
    public async Task A_refresh_has_its_own_url_and_shape_where_the_profile_has_them()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var profile = Profile(provider) with
        {
            RefreshUrl = $"{provider.Url}/refresh",
            Refresh = new TokenRequestShape { Parameters = Texts.Of(("only", "here")) },
        };
        await GrantAsync(profile);
        Assert.Equal(("/refresh", "here"), (provider.Last.Path, provider.Last.Form["only"]));
        await GrantAsync(profile, new GrantRequest.ClientCredentials([]));
        Assert.Equal("/token", provider.Last.Path);
        Assert.False(provider.Last.Form.ContainsKey("only"));
    }

    [Fact]
    public async Task A_request_that_cannot_be_made_is_not_sent_and_says_why()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var profile = Profile(provider);
        await NotSent(profile with { TokenUrl = "" }, "tokenUrl");
        await NotSent(profile with { TokenUrl = "/token" }, "tokenUrl");
        await NotSent(profile with { TokenUrl = "ftp://127.0.0.1/token" }, "tokenUrl");
        await NotSent(profile with { TokenUrl = "https://{{shop}}.example.com/token" }, "tokenUrl");
        await NotSent(profile with { AdditionalTokenParams = "grant_type=x" }, "additionalTokenParams");
        await NotSent(profile with { AdditionalTokenParams = "a=%zz" }, "additionalTokenParams");
        await NotSent(profile with { ClientAuthentication = ClientAuthentication.PrivateKeyJwt }, "clientKey");
        await NotSent(profile with { Token = new TokenRequestShape { Headers = Texts.Of(("X-A", "a\r\nB: c")) } }, "token.headers.X-A");
        await NotSent(profile with { Token = new TokenRequestShape { Headers = Texts.Of(("Authorization", "x")) } }, "token.headers.Authorization");
        await NotSent(profile with { Token = new TokenRequestShape { Parameters = Texts.Of(("refresh_token", "x")) } }, "token.parameters.refresh_token");
        await NotSent(profile with { Token = new TokenRequestShape { Parameters = Texts.Of(("a", "{{shop}}")) } }, "token.parameters.a");
        Assert.Empty(provider.Requests);
        var empty = await FailureAsync<EndpointFailure.NotSent>(profile, new GrantRequest.RefreshToken(""));
        Assert.Equal("refreshToken", Assert.Single(empty.Faults).Field);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task A_token_that_fits_into_no_url_is_not_sent_in_one()
    {
        await using var provider = await Provider.StartAsync(Granted);
        var profile = Profile(provider) with { Token = new TokenRequestShape { Method = "GET" } };
        var failure = await FailureAsync<EndpointFailure.NotSent>(profile, new GrantRequest.RefreshToken(new string('x', 100_000)));
        Assert.Equal("tokenUrl", Assert.Single(failure.Faults).Field);
        Assert.Empty(provider.Requests);
    }

    private async Task NotSent(ProviderProfile profile, string field) =>
        Assert.Equal(field, Assert.Single((await FailureAsync<EndpointFailure.NotSent>(profile)).Faults).Field);

    private static string Basic(string id, string secret) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))).ToString();

    private static IEnumerable<(string Name, string Value)> Sorted(IReadOnlyDictionary<string, string> parameters) =>
        parameters.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal);
}
