using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.OAuth;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

/// <summary>JWTs that are shown to a token endpoint.</summary>
public sealed class AssertionTests : TokenFixture
{
    private const string Granted = """{"access_token":"a-token","expires_in":3599}""";

    [Fact]
    public async Task A_client_shows_who_it_is_by_its_private_key()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(SigningKey.Parse(elliptic.ExportPkcs8PrivateKeyPem()).TryGet(out var key, out _));
        using var owned = key;
        await using var provider = await Provider.StartAsync(Granted);
        var profile = Profile(provider) with
        {
            ClientAuthentication = ClientAuthentication.PrivateKeyJwt,
            ClientAssertion = new JwtTemplate { Algorithm = JwtAlgorithm.ES256, KeyId = "k1", Claims = new JsonObject { ["extra"] = "{{client_id}}" } },
        };
        await GrantAsync(profile, client: new OAuthClient("client-1") { Key = key });

        var form = provider.Last.Form;
        Assert.Equal(("client-1", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), (form["client_id"], form["client_assertion_type"]));
        Assert.Null(provider.Last.Header("Authorization"));
        var claims = Verified(form["client_assertion"], elliptic);
        Assert.Equal(("client-1", "client-1", $"{provider.Url}/token", "client-1"), (Text(claims, "iss"), Text(claims, "sub"), Text(claims, "aud"), Text(claims, "extra")));
        Assert.Equal((Time.Now.ToUnixTimeSeconds(), Time.Now.ToUnixTimeSeconds() + 300), (claims["iat"]!.GetValue<long>(), claims["exp"]!.GetValue<long>()));
        Assert.NotEmpty(Text(claims, "jti"));

        await GrantAsync(profile with { ClientAssertion = profile.ClientAssertion with { Claims = new JsonObject { ["aud"] = "https://issuer.example.com" } } }, client: new OAuthClient("client-1") { Key = key });
        Assert.Equal("https://issuer.example.com", Text(Verified(provider.Last.Form["client_assertion"], elliptic), "aud"));

        var unfit = await FailureAsync<EndpointFailure.NotSent>(profile with { ClientAssertion = null }, client: new OAuthClient("client-1") { Key = key });
        Assert.Equal("clientKey", Assert.Single(unfit.Faults).Field);
    }

    [Fact]
    public async Task A_google_service_account_trades_an_assertion_for_a_token()
    {
        using var rsa = RSA.Create(2048);
        await using var provider = await Provider.StartAsync(Granted);
        Assert.True(GoogleServiceAccount.Parse(KeyFile(rsa, $"{provider.Url}/token")).TryGet(out var account, out var faults), string.Join("; ", faults));
        using var owned = account;
        Assert.Equal(("robot@p.iam.gserviceaccount.com", "p", "key-id-1"), (account.ClientEmail, account.ProjectId, account.KeyId));

        Assert.True(account.CreateAssertion(["https://www.googleapis.com/auth/drive", "openid"], "boss@example.com", Time.Now).TryGet(out var assertion, out _));
        var grant = await GrantAsync(account.Profile, new GrantRequest.JwtBearer(assertion, []), OAuthClient.Anonymous);
        Assert.Equal(("a-token", Time.Now.AddSeconds(3599)), (grant.AccessToken, grant.ExpiresAt));
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", provider.Last.Form["grant_type"]);
        Assert.Equal(2, provider.Last.Form.Count);

        var claims = Verified(provider.Last.Form["assertion"], rsa);
        Assert.Equal(
            ("robot@p.iam.gserviceaccount.com", $"{provider.Url}/token", "https://www.googleapis.com/auth/drive openid", "boss@example.com"),
            (Text(claims, "iss"), Text(claims, "aud"), Text(claims, "scope"), Text(claims, "sub")));
        Assert.Equal(3600, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());
        Assert.Equal("key-id-1", Text(JsonNode.Parse(Base64Url.DecodeFromChars(assertion.Split('.')[0]))!.AsObject(), "kid"));
    }

    [Fact]
    public void A_google_service_account_signs_its_own_bearer_token()
    {
        using var rsa = RSA.Create(2048);
        Assert.True(GoogleServiceAccount.Parse(KeyFile(rsa, "https://oauth2.googleapis.com/token")).TryGet(out var account, out _));
        using var owned = account;
        Assert.True(account.CreateBearerToken("https://pubsub.googleapis.com/", [], Time.Now).TryGet(out var token, out _));
        var claims = Verified(token, rsa);
        Assert.Equal((account.ClientEmail, account.ClientEmail, "https://pubsub.googleapis.com/", ""), (Text(claims, "iss"), Text(claims, "sub"), Text(claims, "aud"), Text(claims, "scope")));
        Assert.True(account.CreateBearerToken(audience: null, ["a", "b"], Time.Now).TryGet(out token, out _));
        Assert.Equal(("", "a b"), (Text(Verified(token, rsa), "aud"), Text(Verified(token, rsa), "scope")));
        Assert.Equal(account.ClientEmail, account.ToString());
    }

    [Fact]
    public void A_key_file_that_is_none_is_told_by_its_member_and_repeats_nothing()
    {
        using var rsa = RSA.Create(2048);
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = JsonNode.Parse(KeyFile(rsa, "https://oauth2.googleapis.com/token"))!.AsObject();
        Assert.Equal("type", Fault(file => file["type"] = "authorized_user"));
        Assert.Equal("token_uri", Fault(file => file["token_uri"] = "javascript:1"));
        Assert.Equal("client_email", Fault(file => file.Remove("client_email")));
        Assert.Equal("private_key", Fault(file => file["private_key"] = "secret-text"));
        Assert.Equal("private_key", Fault(file => file["private_key"] = elliptic.ExportPkcs8PrivateKeyPem()));
        Assert.Equal("", Assert.Single(GoogleServiceAccount.Parse("not json").Faults).Field);
        Assert.Equal("", Assert.Single(GoogleServiceAccount.Parse(new string('[', 70_000)).Faults).Field);

        string Fault(Action<JsonObject> change)
        {
            var file = good.DeepClone().AsObject();
            change(file);
            var fault = Assert.Single(GoogleServiceAccount.Parse(file.ToJsonString()).Faults);
            Assert.DoesNotContain("secret-text", fault.Message, StringComparison.Ordinal);
            return fault.Field;
        }
    }

    private static string KeyFile(RSA rsa, string tokenUrl) => JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["type"] = "service_account",
        ["project_id"] = "p",
        ["private_key_id"] = "key-id-1",
        ["private_key"] = rsa.ExportPkcs8PrivateKeyPem() + "\n",
        ["client_email"] = "robot@p.iam.gserviceaccount.com",
        ["client_id"] = "1",
        ["token_uri"] = tokenUrl,
        ["universe_domain"] = "googleapis.com",
    });

    private static JsonObject Verified(string token, AsymmetricAlgorithm key)
    {
        var parts = token.Split('.');
        var input = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Base64Url.DecodeFromChars(parts[2]);
        Assert.True(key switch
        {
            RSA rsa => rsa.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsa elliptic => elliptic.VerifyData(input, signature, HashAlgorithmName.SHA256),
            _ => false,
        });
        return JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
    }

    private static string Text(JsonObject claims, string name) => claims[name]?.GetValue<string>() ?? "";
}
