using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.OAuth.Jwt;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class JsonWebTokenTests
{
    // RFC 7515, appendix A: the payload of all examples but the last, with its line breaks.
    private const string Payload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

    private const string HmacKey = """{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}""";

    private const string RsaKey = """
        {"kty":"RSA",
         "n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
         "e":"AQAB",
         "d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
         "p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
         "q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
         "dp":"BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0",
         "dq":"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU",
         "qi":"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U"}
        """;

    private const string P256Key = """
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
        """;

    private const string P521Key = """
        {"kty":"EC","crv":"P-521",
         "x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
         "y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
         "d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"}
        """;

    [Fact]
    public void The_hmac_example_of_the_rfc_comes_out() =>
        // RFC 7515, A.1
        Assert.Equal(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            Sign("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", Payload, JwtAlgorithm.HS256, HmacKey));

    [Fact]
    public void The_rsa_example_of_the_rfc_comes_out() =>
        // RFC 7515, A.2
        Assert.Equal(
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
            Sign("""{"alg":"RS256"}""", Payload, JwtAlgorithm.RS256, RsaKey));

    [Theory]
    [InlineData(JwtAlgorithm.ES256, P256Key, "{\"alg\":\"ES256\"}", 64)]
    [InlineData(JwtAlgorithm.ES512, P521Key, "{\"alg\":\"ES512\"}", 132)]
    public void Elliptic_signatures_with_the_keys_of_the_rfc_verify_and_have_its_layout(JwtAlgorithm algorithm, string key, string header, int length)
    {
        // RFC 7515, A.3 and A.4: the numbers of a signature are random, its key and layout are not.
        var token = Sign(header, Payload, algorithm, key).Split('.');
        var signature = Base64Url.DecodeFromChars(token[2]);
        Assert.Equal(length, signature.Length);
        using var verifier = Public(key);
        Assert.True(verifier.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), signature, algorithm == JwtAlgorithm.ES256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512));
    }

    [Theory]
    [InlineData(JwtAlgorithm.RS256)]
    [InlineData(JwtAlgorithm.RS384)]
    [InlineData(JwtAlgorithm.RS512)]
    [InlineData(JwtAlgorithm.PS256)]
    [InlineData(JwtAlgorithm.PS384)]
    [InlineData(JwtAlgorithm.PS512)]
    public void Rsa_signatures_verify(JwtAlgorithm algorithm)
    {
        using var rsa = RSA.Create(2048);
        var token = Create(new JwtTemplate { Algorithm = algorithm }, rsa.ExportPkcs8PrivateKeyPem()).Split('.');
        var name = algorithm.ToString();
        Assert.True(rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"),
            Base64Url.DecodeFromChars(token[2]),
            new HashAlgorithmName($"SHA{name[2..]}"),
            name[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1));
        Assert.Equal(name, Json(token[0])["alg"]!.GetValue<string>());
    }

    [Fact]
    public void Es384_and_the_longer_hmacs_verify()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var token = Create(new JwtTemplate { Algorithm = JwtAlgorithm.ES384 }, elliptic.ExportECPrivateKeyPem()).Split('.');
        Assert.True(elliptic.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA384));

        Assert.True(SigningKey.OfSecret("short").TryGet(out var secret, out _));
        using var owned = secret;
        var hmac = Create(new JwtTemplate { Algorithm = JwtAlgorithm.HS384 }, secret).Split('.');
        Assert.Equal(HMACSHA384.HashData("short"u8, Encoding.ASCII.GetBytes($"{hmac[0]}.{hmac[1]}")), Base64Url.DecodeFromChars(hmac[2]));
        hmac = Create(new JwtTemplate { Algorithm = JwtAlgorithm.HS512 }, secret).Split('.');
        Assert.Equal(HMACSHA512.HashData("short"u8, Encoding.ASCII.GetBytes($"{hmac[0]}.{hmac[1]}")), Base64Url.DecodeFromChars(hmac[2]));
    }

    [Fact]
    public void Claims_come_from_the_template_and_times_from_the_clock()
    {
        var template = new JwtTemplate
        {
            Algorithm = JwtAlgorithm.HS256,
            KeyId = "key-1",
            LifetimeSeconds = 120,
            BackdatedSeconds = 30,
            Header = new JsonObject { ["x5t"] = "{{thumbprint}}" },
            Claims = new JsonObject
            {
                ["iss"] = "{{ user }}@{{account}}",
                ["quoted"] = "\",\"admin\":true,\"x\":\"{{user}}",
                ["list"] = new JsonArray("{{user}}", 1, true),
                ["inner"] = new JsonObject { ["n"] = 5 },
                ["jti"] = null,
            },
        };
        Assert.True(SigningKey.OfSecret("secret").TryGet(out var key, out _));
        using var owned = key;
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        Assert.True(JsonWebToken.Create(template, key, Texts.Of(("user", "a\"b"), ("account", "acme"), ("thumbprint", "t")), now).TryGet(out var token, out var faults), string.Join("; ", faults));
        var parts = token.Split('.');
        Assert.Equal("""{"alg":"HS256","typ":"JWT","kid":"key-1","x5t":"t"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"iss":"a\"b@acme","quoted":"\",\"admin\":true,\"x\":\"a\"b","list":["a\"b",1,true],"inner":{"n":5},"iat":1799999970,"exp":1800000090}
                """),
            Json(parts[1])), Json(parts[1]).ToJsonString());

        var missing = JsonWebToken.Create(template, key, Texts.Of(("user", "a")), now).Faults;
        Assert.Equal("claims.iss header.x5t", string.Join(' ', missing.Select(fault => fault.Field).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Each_token_has_an_id_of_its_own_unless_the_template_gives_one()
    {
        Assert.True(SigningKey.OfSecret("secret").TryGet(out var key, out _));
        using var owned = key;
        var ids = Enumerable.Range(0, 50).Select(_ => Json(Create(new JwtTemplate { Algorithm = JwtAlgorithm.HS256 }, key).Split('.')[1])["jti"]!.GetValue<string>()).ToList();
        Assert.Equal(50, ids.Distinct(StringComparer.Ordinal).Count());
        var own = new JwtTemplate { Algorithm = JwtAlgorithm.HS256, Claims = new JsonObject { ["jti"] = "mine", ["exp"] = 1 } };
        Assert.Equal(("mine", 1), (Json(Create(own, key).Split('.')[1]) is var claims ? (claims["jti"]!.GetValue<string>(), claims["exp"]!.GetValue<int>()) : default));
    }

    [Theory]
    [InlineData(JwtAlgorithm.RS256, P256Key)]
    [InlineData(JwtAlgorithm.PS512, HmacKey)]
    [InlineData(JwtAlgorithm.ES256, RsaKey)]
    [InlineData(JwtAlgorithm.ES256, P521Key)]
    [InlineData(JwtAlgorithm.ES384, P256Key)]
    [InlineData(JwtAlgorithm.ES512, P256Key)]
    [InlineData(JwtAlgorithm.HS256, RsaKey)]
    public void A_key_that_does_not_fit_the_algorithm_is_a_fault(JwtAlgorithm algorithm, string jwk)
    {
        Assert.True(SigningKey.Parse(jwk).TryGet(out var key, out _));
        using var owned = key;
        var result = JsonWebToken.Create(new JwtTemplate { Algorithm = algorithm }, key, Texts.Of(), DateTimeOffset.UnixEpoch);
        Assert.Equal("key", Assert.Single(result.Faults).Field);
    }

    private static string Create(JwtTemplate template, string keyText)
    {
        Assert.True(SigningKey.Parse(keyText).TryGet(out var key, out var faults), string.Join("; ", faults));
        using var owned = key;
        return Create(template, key);
    }

    private static string Create(JwtTemplate template, SigningKey key)
    {
        Assert.True(JsonWebToken.Create(template, key, Texts.Of(), DateTimeOffset.UnixEpoch).TryGet(out var token, out var faults), string.Join("; ", faults));
        return token;
    }

    private static string Sign(string header, string payload, JwtAlgorithm algorithm, string jwk)
    {
        Assert.True(SigningKey.Parse(jwk).TryGet(out var key, out var faults), string.Join("; ", faults));
        using var owned = key;
        return JsonWebToken.Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload), algorithm, key)!;
    }

    private static JsonObject Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();

    private static ECDsa Public(string jwk)
    {
        var key = JsonDocument.Parse(jwk).RootElement;
        return ECDsa.Create(new ECParameters
        {
            Curve = key.GetProperty("crv").GetString() == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP521,
            Q = new ECPoint
            {
                X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()),
                Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()),
            },
        });
    }
}
