using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Postman;

public sealed class AuthTests
{
    [Theory]
    [InlineData("""{"type": "apikey", "apikey": [{"key": "key", "value": "X-Key"}, {"key": "value", "value": "hidden-one"}, {"key": "in", "value": "header"}]}""", "ImportedApiKey apikey header X-Key")]
    [InlineData("""{"type": "apikey", "apikey": {"key": "k", "value": "hidden-one", "in": "query"}}""", "ImportedApiKey apikey query k")]
    [InlineData("""{"type": "bearer", "bearer": [{"key": "token", "value": "hidden-one"}]}""", "ImportedApiKey bearer header Authorization")]
    [InlineData("""{"type": "basic", "basic": [{"key": "username", "value": "me"}, {"key": "password", "value": "hidden-one"}]}""", "ImportedBasicAuth basic")]
    [InlineData("""{"type": "oauth1", "oauth1": [{"key": "signatureMethod", "value": "HMAC-SHA256"}, {"key": "consumerSecret", "value": "hidden-one"}, {"key": "realm", "value": "r"}, {"key": "addParamsToHeader", "value": false}]}""", "ImportedOAuth1 oauth1 HMAC-SHA256 query r")]
    [InlineData("""{"type": "awsv4", "awsv4": [{"key": "region", "value": "{{region}}"}, {"key": "secretKey", "value": "hidden-one"}]}""", "ImportedAwsSignature awsv4 eu-west-1 execute-api")]
    [InlineData("""{"type": "oauth2", "oauth2": [{"key": "grant_type", "value": "client_credentials"}, {"key": "accessTokenUrl", "value": "{{auth}}/token"}, {"key": "clientSecret", "value": "hidden-one"}, {"key": "scope", "value": "read write"}]}""", "ImportedOAuth2 oauth2 client_credentials  https://auth.example/token read,write")]
    [InlineData("""{"type": "oauth2", "oauth2": [{"key": "grant_type", "value": "authorization_code_with_pkce"}, {"key": "authUrl", "value": "https://auth.example/a"}, {"key": "accessTokenUrl", "value": "https://auth.example/t"}]}""", "ImportedOAuth2 oauth2 authorization_code https://auth.example/a https://auth.example/t ")]
    [InlineData("""{"type": "oauth2", "oauth2": [{"key": "grant_type", "value": "password_credentials"}, {"key": "accessTokenUrl", "value": "{{open}}/t"}]}""", "ImportedOAuth2 oauth2 password   ")]
    public void An_auth_block_becomes_the_scheme_that_there_is_for_it(string auth, string expected)
    {
        var result = Imported.Result(Collection.Of(Collection.Item("https://a.example"), $$""" "auth": {{auth}}, "variable": [{"key": "region", "value": "eu-west-1"}, {"key": "auth", "value": "https://auth.example"}] """));

        Assert.Equal(expected, Show(Assert.Single(result.Connector!.AuthSchemes)));
        Assert.Equal(Assert.Single(result.Connector.AuthSchemes).SourceName, result.Connector.Contents.Actions[0].Source!["auth"]!.GetValue<string>());
        if (auth.Contains("hidden-one", StringComparison.Ordinal)) Imported.AssertMessage(result, "An auth block holds a secret");
    }

    [Theory]
    [InlineData("hawk")]
    [InlineData("ntlm")]
    [InlineData("digest")]
    [InlineData("jwt")]
    [InlineData("edgegrid")]
    public void What_there_is_no_scheme_for_is_left_out_by_name(string type)
    {
        var result = Imported.Result(Collection.Of(Collection.Item("https://a.example", $$""" "auth": {"type": "{{type}}", "{{type}}": [{"key": "password", "value": "hidden-one"}]} """)));

        Assert.Empty(result.Connector!.AuthSchemes);
        Assert.Equal(("/item/0/request/auth", true), (Imported.AssertMessage(result, "There is no auth scheme for this way").Pointer, Imported.AssertMessage(result, $"it was left out ({type})").Line > 0));
    }

    [Fact]
    public void Folders_and_requests_may_have_their_own()
    {
        var connector = Collection.Connector(Collection.Of($$"""
            {"name": "F", "auth": {"type": "basic"}, "item": [{{Collection.Item("https://a.example/1", name: "one")}}, {{Collection.Item("https://a.example/2", """ "auth": {"type": "noauth"} """, name: "two")}}]},
            {{Collection.Item("https://a.example/3", """ "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-A"}]} """, name: "three")}},
            {{Collection.Item("https://a.example/4", """ "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-B"}]} """, name: "four")}},
            {{Collection.Item("https://a.example/5", """ "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-A"}]} """, name: "five")}},
            {{Collection.Item("https://a.example/6", name: "six")}}
            """, """ "auth": {"type": "bearer"} """));

        Lines.AssertEqual(["bearer", "basic", "apikey", "apikey_2"], connector.AuthSchemes.Select(scheme => scheme.SourceName));
        Lines.AssertEqual(["basic", null, "apikey", "apikey_2", "apikey", "bearer"], connector.Contents.Actions.Select(action => action.Source?["auth"]?.GetValue<string>()));
    }

    [Theory]
    [InlineData("X-API-Key", "header")]
    [InlineData("api_key", "query")]
    [InlineData("Authorization", "header")]
    [InlineData("access_token", "query")]
    public void A_parameter_that_carries_a_key_becomes_a_scheme(string name, string place)
    {
        var result = Imported.Result(Collection.Of(Collection.Item(
            place == "query" ? $"https://a.example/a?{name}=hidden-one&q=1" : "https://a.example/a?q=1", place == "header" ? $$""" "header": [{"key": "{{name}}", "value": "Bearer hidden-one"}] """ : "")));

        Assert.Equal((name, place), Assert.IsType<ImportedApiKey>(Assert.Single(result.Connector!.AuthSchemes)) is var key ? (key.Name, key.In) : default);
        Assert.Equal("q", Assert.Single(result.Connector.Contents.Actions[0].Parameters).Name);
        Imported.AssertMessage(result, $"it became an auth scheme, and its value was left out ({name})");
    }

    private static string Show(ImportedAuthScheme scheme) => scheme.GetType().Name + " " + scheme.SourceName + scheme switch
    {
        ImportedApiKey key => $" {key.In} {key.Name}",
        ImportedOAuth1 oauth1 => $" {oauth1.SignatureMethod} {oauth1.In} {oauth1.Realm}",
        ImportedAwsSignature aws => $" {aws.Region} {aws.Service}",
        ImportedOAuth2 oauth2 => $" {oauth2.GrantType} {oauth2.AuthorizeUrl} {oauth2.TokenUrl} {string.Join(',', oauth2.Scopes.Select(scope => scope.Key))}",
        _ => "",
    };
}
