using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CsCheck;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.Profiles;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class ProviderProfileTests
{
    private static readonly ProviderProfile Plain = new() { AuthorizeUrl = "https://id.example.com/authorize", TokenUrl = "https://id.example.com/token" };

    [Fact]
    public void A_profile_of_the_contracts_fields_alone_is_valid() => Assert.Empty(Plain.Validate());

    [Fact]
    public void Every_fault_is_told_with_its_field()
    {
        var profile = new ProviderProfile
        {
            AuthorizeUrl = "https://id.example.com/authorize#x",
            TokenUrl = "",
            RefreshUrl = "ftp://id.example.com",
            RevocationUrl = "https://user@id.example.com/",
            AdditionalTokenParams = "client_id=x&a=b",
            ScopeSeparator = "",
            ClientAuthentication = ClientAuthentication.ClientSecretBasic,
            ClientAssertion = new JwtTemplate { LifetimeSeconds = 0, BackdatedSeconds = -1, Header = new JsonObject { ["alg"] = "none" }, Claims = new JsonObject { ["a"] = new JsonArray("{{") } },
            Authorize = new AuthorizeRequestShape
            {
                Parameters = Texts.Of(("state", "x"), ("a", "{{client_secret}}"), ("prompt", "consent")),
                Renamed = Texts.Of(("nonsense", "x"), ("scope", "y"), ("state", "y")),
            },
            Token = new TokenRequestShape
            {
                Method = "TRACE",
                Headers = Texts.Of(("Authorization", "x"), ("Host", "x"), ("a b", "x"), ("X", "a\nb"), ("Y", "{{ }}")),
                Parameters = Texts.Of(("client_secret", "x"), ("grant_type", "own")),
                Renamed = Texts.Of(("nonsense", "x")),
            },
            Answer = new TokenAnswerShape
            {
                AccessToken = "",
                RefreshToken = "a..b",
                Expiry = "/a~2",
                Scope = "header:a b",
                Error = ".",
                Captured = Texts.Of(("x", "")),
                ErrorCodes = Texts.Of(("gone", "invalid_grants")),
                Failed = [new AnswerRule()],
            },
            RefreshAnswer = new TokenAnswerShape { TokenType = "" },
            DefaultLifetimeSeconds = 0,
            Placement = new TokenPlacement { Name = "A B", Prefix = "\r\n" },
            Expired =
            [
                new AnswerRule { Statuses = [401] },
                new AnswerRule { EqualTo = "x" },
                new AnswerRule { Path = "a", EqualTo = "x", Contains = "" },
                new AnswerRule { Statuses = [42] },
                new AnswerRule { Statuses = [] },
            ],
            Verification = new VerificationRequest { Method = "A B", Url = "/me/{{", Statuses = [] },
        };
        Assert.Equal(
            [
                "additionalTokenParams", "answer.accessToken", "answer.captured.x", "answer.error", "answer.errorCodes.gone", "answer.expiry",
                "answer.failed[0]", "answer.refreshToken", "answer.scope", "authorize.parameters.a", "authorize.parameters.state",
                "authorize.renamed.nonsense", "authorize.renamed.state", "authorizeUrl", "clientAssertion.backdatedSeconds", "clientAssertion.claims.a[0]",
                "clientAssertion.header.alg", "clientAssertion.lifetimeSeconds", "defaultLifetimeSeconds", "expired[1]", "expired[1].path",
                "expired[2].contains", "expired[2].contains", "expired[3].statuses", "expired[4].statuses", "placement.name", "placement.prefix",
                "refreshAnswer.tokenType", "refreshUrl", "revocationUrl", "scopeSeparator", "token.headers.Authorization", "token.headers.Host",
                "token.headers.X", "token.headers.Y", "token.headers.a b", "token.method", "token.parameters.client_secret", "token.renamed.nonsense",
                "tokenUrl", "verification.method", "verification.statuses", "verification.url",
            ],
            profile.Validate().Select(fault => fault.Field).Order(StringComparer.Ordinal).ToList());
    }

    [Fact]
    public void A_profile_goes_through_json_in_the_fields_own_words()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter() },
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };
        const string Json = """
            {"tokenUrl":"https://id.example.com/token","clientAuthentication":"private_key_jwt","pkce":"plain","clientAssertion":{"algorithm":"ES256"},
             "token":{"format":"json"},"answer":{"expiry":"expires_at","expiryUnit":"unix-seconds","captured":{"instance_url":"instance_url"}},
             "placement":{"in":"query","name":"access_token","prefix":""},"expired":[{"statuses":[200],"path":"error.code","equalTo":"102"}]}
            """;
        var profile = JsonSerializer.Deserialize<ProviderProfile>(Json, options)!;
        Assert.Empty(profile.Validate());
        Assert.Equal(
            (ClientAuthentication.PrivateKeyJwt, PkceMethod.Plain, JwtAlgorithm.ES256, ParameterFormat.Json, ExpiryUnit.UnixSeconds, TokenPlace.Query, "access_token"),
            (profile.ClientAuthentication, profile.Pkce, profile.ClientAssertion!.Algorithm, profile.Token.Format, profile.Answer.ExpiryUnit, profile.Placement.In, profile.Answer.AccessToken));
        var written = JsonSerializer.Serialize(profile, options);
        Assert.Equal(written, JsonSerializer.Serialize(JsonSerializer.Deserialize<ProviderProfile>(written, options), options));
    }

    [Fact]
    public void Variables_are_put_in_checked_for_the_place_where_they_stand()
    {
        var profile = Plain with
        {
            TokenUrl = "https://{{shop}}.example.com/{{ tenant }}/token?v={{tenant}}",
            RefreshUrl = "{{instance_url}}/services/oauth2/token",
            Authorize = new AuthorizeRequestShape { Parameters = Texts.Of(("audience", "{{tenant}}-{{client_id}}")) },
            Token = new TokenRequestShape { Headers = Texts.Of(("X-Tenant", "{{tenant}}")), Parameters = Texts.Of(("p", "{{client_secret}}")) },
            ClientAssertion = new JwtTemplate { Claims = new JsonObject { ["aud"] = "{{instance_url}}/token" } },
        };
        Assert.Empty(profile.Validate());
        Assert.Equal(["refreshUrl"], profile.FreeHosts());

        Assert.True(profile.WithVariables(Texts.Of(("shop", "acme"), ("tenant", "a/b c"), ("instance_url", "https://x.my.example.com/"))).TryGet(out var ready, out var faults), string.Join("; ", faults));
        Assert.Equal("https://acme.example.com/a%2Fb%20c/token?v=a%2Fb%20c", ready.TokenUrl);
        Assert.Equal("https://x.my.example.com/services/oauth2/token", ready.RefreshUrl);
        Assert.Equal("a/b c-{{client_id}}", ready.Authorize.Parameters!["audience"]);
        Assert.Equal("a/b c", ready.Token.Headers!["X-Tenant"]);
        Assert.Equal("{{client_secret}}", ready.Token.Parameters!["p"]);
        Assert.Equal("https://x.my.example.com//token", ready.ClientAssertion!.Claims!["aud"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("https://{{v}}.example.com/", "evil.com/")]
    [InlineData("https://{{v}}.example.com/", "evil.com#")]
    [InlineData("https://{{v}}.example.com/", "evil.com?")]
    [InlineData("https://{{v}}.example.com/", "evil.com:80")]
    [InlineData("https://{{v}}.example.com/", "user@evil.com")]
    [InlineData("https://{{v}}.example.com/", "")]
    [InlineData("https://{{v}}.example.com/", "a..b")]
    [InlineData("https://{{v}}.example.com/", "-a")]
    [InlineData("https://{{v}}.example.com/", "a%2e")]
    [InlineData("https://{{v}}.example.com/", "a\nb")]
    [InlineData("https://{{v}}.example.com/", "{{client_secret}}")]
    [InlineData("https://example.com/{{v}}/token", "..")]
    [InlineData("https://example.com/{{v}}/token", ".")]
    [InlineData("https://example.com/{{v}}/token", "")]
    [InlineData("{{v}}/token", "file:///etc")]
    [InlineData("{{v}}/token", "https://user:pw@example.com")]
    [InlineData("{{v}}/token", "https://example.com?x=")]
    [InlineData("{{v}}/token", "https://example.com#")]
    [InlineData("{{v}}/token", "example.com")]
    [InlineData("{{other}}/token", "https://example.com")]
    public void A_value_that_would_lead_elsewhere_is_a_fault(string url, string value) =>
        Assert.NotEmpty((Plain with { TokenUrl = url }).WithVariables(Texts.Of(("v", value))).Faults);

    [Theory]
    [InlineData("https://example.com:{{v}}/")]
    [InlineData("https://{{v}}@example.com/")]
    [InlineData("{{v}}://example.com/")]
    [InlineData("https://u:{{v}}@example.com/")]
    [InlineData("https://{{v/")]
    public void A_placeholder_where_none_can_stand_makes_an_invalid_url(string url) => Assert.NotEmpty((Plain with { TokenUrl = url }).Validate());

    [Theory]
    [InlineData("https://{{v}}.example.com/token", false)]
    [InlineData("https://{{v}}.example.com:8443/token", false)]
    [InlineData("https://{{v}}.eu.example.com", false)]
    [InlineData("https://example.com/{{v}}", false)]
    [InlineData("https://example.com?x={{v}}.com", false)]
    [InlineData("https://{{v}}.com/token", true)]
    [InlineData("https://{{v}}/token", true)]
    [InlineData("https://{{v}}example.com/token", true)]
    [InlineData("https://api.{{v}}/x.example.com", true)]
    [InlineData("{{v}}", true)]
    public void Whoever_sets_the_end_of_a_host_decides_where_a_secret_goes(string url, bool free) =>
        Assert.Equal(free, (Plain with { TokenUrl = url }).FreeHosts().Count > 0);

    [Fact]
    public void No_variable_changes_the_host_that_a_literal_end_gives() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["a.-/@:#?%\\[]{}&="], 0, 12]).Sample(value =>
        {
            var profile = Plain with { TokenUrl = "https://{{v}}.example.com/a/{{v}}/b?c={{v}}" };
            if (!profile.WithVariables(Texts.Of(("v", value))).TryGet(out var ready, out _)) return true;
            var uri = new Uri(ready.TokenUrl);
            return uri.Host.EndsWith(".example.com", StringComparison.Ordinal) && uri is { Scheme: "https", Port: 443, UserInfo: "" };
        });

    [Fact]
    public void Profiles_from_anywhere_never_throw() =>
        Gen.Select(Gen.String, Gen.String, Gen.String).Sample((a, b, c) =>
        {
            var profile = new ProviderProfile
            {
                AuthorizeUrl = a,
                TokenUrl = $"https://{b}",
                AdditionalTokenParams = c,
                ScopeSeparator = b,
                Token = new TokenRequestShape { Headers = Texts.Of((a, b)), Parameters = Texts.Of((b, c)), Renamed = Texts.Of((c, a)) },
                Answer = new TokenAnswerShape { AccessToken = a, Expiry = $"/{b}", Scope = $"header:{c}" },
                Verification = new VerificationRequest { Url = $"/{a}{{{{{b}" },
            };
            _ = profile.FreeHosts();
            _ = profile.WithVariables(Texts.Of((a, c)));
            return profile.Validate() is not null;
        });

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":"a"}""")]
    [InlineData("""{"a":["{{v}} \udfff"]}""")]
    public void Json_that_no_text_can_hold_is_a_fault_and_nothing_throws(string json)
    {
        var template = new JwtTemplate { Header = JsonNode.Parse(json)!.AsObject(), Claims = JsonNode.Parse(json)!.AsObject() };
        var profile = Plain with { ClientAssertion = template };
        Assert.Equal(2, profile.Validate().Count);
        Assert.Equal(2, profile.WithVariables(Texts.Of(("v", "x"))).Faults.Count);
        Assert.True(SigningKey.OfSecret("x").TryGet(out var key, out _));
        using var owned = key;
        Assert.Equal(2, JsonWebToken.Create(template with { Algorithm = JwtAlgorithm.HS256 }, key, Texts.Of(("v", "x")), DateTimeOffset.UnixEpoch).Faults.Count);
    }

    [Theory]
    [InlineData("Bearer", "Bearer abc")]
    [InlineData("Zoho-oauthtoken", "Zoho-oauthtoken abc")]
    [InlineData("Bearer ", "Bearer abc")]
    [InlineData("Token token=", "Token token=abc")]
    [InlineData("", "abc")]
    public void A_prefix_is_followed_by_a_space_where_it_ends_in_a_word(string prefix, string expected) =>
        Assert.Equal(expected, new TokenPlacement { Prefix = prefix }.ValueFor("abc"));

    [Fact]
    public void A_401_means_expired_unless_rules_say_otherwise()
    {
        Assert.True(Expired(Plain, 401, ""));
        Assert.False(Expired(Plain, 403, ""));
        Assert.False(Plain.NeedsBody(200));

        var ruled = Plain with
        {
            Expired =
            [
                new AnswerRule { Statuses = [200, 403], Path = "error.code", EqualTo = "102" },
                new AnswerRule { Path = "message", Contains = "Token Expired" },
                new AnswerRule { Path = "header:x-expired" },
            ],
        };
        Assert.False(Expired(ruled, 401, ""));
        Assert.True(Expired(ruled, 200, """{"error":{"code":102}}"""));
        Assert.True(Expired(ruled, 403, """{"error":{"code":"102"}}"""));
        Assert.False(Expired(ruled, 500, """{"error":{"code":102}}"""));
        Assert.False(Expired(ruled, 200, """{"error":{"code":1021}}"""));
        Assert.True(Expired(ruled, 418, """{"message":"Your token expired long ago"}"""));
        Assert.True(ruled.MeansExpired(200, [], name => name.Equals("X-Expired", StringComparison.OrdinalIgnoreCase) ? "1" : null));
        Assert.True(ruled.NeedsBody(200));
        Assert.False((Plain with { Expired = [new AnswerRule { Statuses = [403], Path = "a" }] }).NeedsBody(200));

        static bool Expired(ProviderProfile profile, int status, string body) => profile.MeansExpired(status, System.Text.Encoding.UTF8.GetBytes(body), _ => null);
    }

    [Fact]
    public void A_verification_looks_at_the_status_and_at_what_the_body_admits()
    {
        var verification = new VerificationRequest { Url = "/me" };
        Assert.True(verification.ShowsValid(204, [], _ => null));
        Assert.False(verification.ShowsValid(302, [], _ => null));
        Assert.True((verification with { Statuses = [403] }).ShowsValid(403, [], _ => null));
        Assert.False((verification with { Failed = [new AnswerRule { Path = "ok", EqualTo = "false" }] }).ShowsValid(200, """{"ok":false}"""u8, _ => null));
    }
}
