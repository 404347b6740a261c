using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class SecuritySchemeTests
{
    [Theory]
    [InlineData("header")]
    [InlineData("query")]
    [InlineData("cookie")]
    public void An_api_key_is_sent_where_it_says(string place) => Assert.Equal(
        new ImportedApiKey("s", "d", place, "X-Key"), Only($"{{type: apiKey, in: {place}, name: X-Key, description: d}}"));

    [Fact]
    public void Basic_is_basic() => Assert.Equal(new ImportedBasicAuth("s", null), Only("{type: http, scheme: Basic}"));

    [Fact]
    public void A_bearer_token_is_a_key_in_the_authorization_header()
    {
        var key = Assert.IsType<ImportedApiKey>(Only("{type: http, scheme: bearer, description: d}"));

        Assert.Equal(("header", "Authorization"), (key.In, key.Name));
        Assert.StartsWith("d\n\n", key.Description, StringComparison.Ordinal);
        Assert.Contains("Bearer …", key.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_flow_is_a_scheme()
    {
        var result = Read("""
            {type: oauth2, flows: {
              authorizationCode: {authorizationUrl: 'https://a.example/auth', tokenUrl: 'https://a.example/token', refreshUrl: 'https://a.example/refresh', scopes: {r: read, w: null}},
              clientCredentials: {tokenUrl: 'https://a.example/token', scopes: {}},
              password: {tokenUrl: 'https://a.example/token'},
              x-own: {} }}
            """);

        var schemes = result.Connector!.AuthSchemes.Cast<ImportedOAuth2>().ToList();
        Lines.AssertEqual(["authorization_code", "client_credentials", "password"], schemes.Select(scheme => scheme.GrantType));
        Assert.All(schemes, scheme => Assert.Equal(("s", "https://a.example/token"), (scheme.SourceName, scheme.TokenUrl)));
        Assert.Equal(("https://a.example/auth", "https://a.example/refresh"), (schemes[0].AuthorizeUrl, schemes[0].RefreshUrl));
        Assert.Equal([new("r", "read"), new("w", "")], schemes[0].Scopes);
        Assert.Equal(("", null), (schemes[1].AuthorizeUrl, schemes[1].RefreshUrl));
        Assert.Empty(result.Messages);
    }

    [Fact]
    public void The_implicit_flow_is_read_as_the_code_flow_with_a_message()
    {
        var result = Read("{type: oauth2, flows: {implicit: {authorizationUrl: /auth, scopes: {}}}}", new Uri("https://a.example/x/spec.json"));

        var scheme = Assert.IsType<ImportedOAuth2>(Assert.Single(result.Connector!.AuthSchemes));
        Assert.Equal(("authorization_code", "https://a.example/auth", ""), (scheme.GrantType, scheme.AuthorizeUrl, scheme.TokenUrl));
        Imported.AssertMessage(result, "implicit flow");
    }

    [Fact]
    public void A_missing_url_is_empty_with_a_message()
    {
        var result = Read("{type: oauth2, flows: {authorizationCode: {tokenUrl: token}}}");

        var scheme = Assert.IsType<ImportedOAuth2>(Assert.Single(result.Connector!.AuthSchemes));
        Assert.Equal(("", ""), (scheme.AuthorizeUrl, scheme.TokenUrl));
        Imported.AssertMessage(result, "lacks a URL");
        Imported.AssertMessage(result, "OAuth 2.0 flow is relative");
    }

    [Theory]
    [InlineData("{type: openIdConnect, openIdConnectUrl: 'https://a.example'}", "OpenID Connect", 0)]
    [InlineData("{type: mutualTLS}", "Mutual TLS", 0)]
    [InlineData("{type: magic}", "unknown type", 0)]
    [InlineData("{}", "unknown type", 0)]
    [InlineData("{type: apiKey, in: header}", "has no name", 0)]
    [InlineData("{type: apiKey, name: k}", "says not where", 1)]
    [InlineData("{type: http, scheme: digest}", "key in the Authorization header", 1)]
    [InlineData("{type: basic}", "Swagger 2.0", 1)]
    [InlineData("{type: oauth2}", "no flow that could be read", 0)]
    [InlineData("{type: oauth2, flows: {magic: {}}}", "flow is unknown", 0)]
    [InlineData("{$ref: '#/components/securitySchemes/s'}", "lead in a circle", 0)]
    [InlineData("[a]", "object was expected", 0)]
    public void What_cannot_be_carried_over_is_a_message(string scheme, string message, int count)
    {
        var result = Read(scheme);

        Assert.Equal(count, result.Connector!.AuthSchemes.Count);
        Imported.AssertMessage(result, message);
    }

    private static ImportedAuthScheme Only(string scheme) => Assert.Single(Read(scheme).Connector!.AuthSchemes);

    private static ImportResult Read(string scheme, Uri? source = null) => Imported.Result(
        $$"""
        openapi: 3.1.0
        info: {title: T, version: 1}
        servers: [{url: 'https://a.example'}]
        components:
          securitySchemes:
            s: {{scheme.ReplaceLineEndings(" ")}}
        """,
        new ImportOptions { SourceUrl = source });
}
