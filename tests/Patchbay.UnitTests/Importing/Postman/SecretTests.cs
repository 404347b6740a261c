using System.Text.Json;
using Patchbay.Importing.Postman;
using Xunit;

namespace Patchbay.UnitTests.Importing.Postman;

/// <summary>What stands in a collection and is a secret stands in nothing that is made of it.</summary>
public sealed class SecretTests
{
    /// <summary>A collection with something of everything, and with secrets, each called <c>hidden-…</c>, wherever people leave them.</summary>
    internal const string Everything = """
        {
          "info": {"_postman_id": "1", "name": "Everything", "version": "1", "description": "Log in with hidden-token-1 first.", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
          "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "hidden-token-1", "type": "string"}]},
          "variable": [
            {"key": "base", "value": "https://user:hidden-user@a.example/v1"}, {"key": "api_token", "value": "hidden-variable"}, {"key": "odd", "type": "secret", "value": "hidden-typed"},
            {"key": "tenant", "value": "t1"}, {"key": "clientSecret", "value": "hidden-client"}
          ],
          "event": [{"listen": "prerequest", "script": {"exec": ["pm.environment.set('t', 'hidden-script')"]}}],
          "item": [
            {"name": "Folder", "auth": {"type": "basic", "basic": {"username": "me", "password": "hidden-password"}}, "item": [
              {"name": "Create", "request": {"method": "POST", "url": {"raw": "{{base}}/{{tenant}}/things/:id?token=hidden-query&q=1", "host": ["{{base}}"], "path": ["{{tenant}}", "things", ":id", "{{odd}}", "hidden-typed"],
                  "query": [{"key": "token", "value": "hidden-query"}, {"key": "q", "value": "1"}, {"key": "note", "value": "see hidden-variable"}], "variable": [{"key": "id", "value": "1"}]},
                "header": [{"key": "Authorization", "value": "Bearer hidden-header"}, {"key": "X-Api-Key", "value": "hidden-key"}, {"key": "X-Secret-Note", "value": "hidden-note"}, {"key": "Cookie", "value": "sid=hidden-cookie"}, {"key": "Content-Type", "value": "application/json"}],
                "body": {"mode": "raw", "raw": "{\"user\": \"u\", \"password\": \"hidden-body\", \"nested\": {\"secrets\": [\"hidden-list\", 7], \"text\": \"is hidden-client\"}, \"token\": \"{{t}}\"}", "options": {"raw": {"language": "json"}}},
                "description": "Uses hidden-key."},
               "response": [
                 {"name": "ok", "code": 200, "header": [{"key": "Set-Cookie", "value": "sid=hidden-set"}, {"key": "X-Auth-Token", "value": "hidden-answer"}], "body": "{\"access_token\": \"hidden-answer-token\", \"id\": 1}",
                  "originalRequest": {"method": "POST", "header": [{"key": "Authorization", "value": "hidden-original"}], "url": "{{base}}?api_key=hidden-query", "body": {"mode": "raw", "raw": "{\"apiKey\": \"hidden-other\"}"}}},
                 {"name": "xml", "code": 201, "_postman_previewlanguage": "xml", "body": "<a><password x='1'>hidden-xml</password><b>hidden-header</b></a>"}
               ]}
            ]},
            {"name": "Form", "request": {"method": "POST", "url": "{{base}}/form", "header": "X-Auth-Token: hidden-line\nX-Plain: hidden-line", "auth": {"type": "oauth2", "oauth2": [{"key": "clientSecret", "value": "hidden-oauth"}, {"key": "accessToken", "value": "hidden-access"}, {"key": "accessTokenUrl", "value": "https://u:hidden-url@auth.example/t?x=hidden-oauth"}]},
              "body": {"mode": "urlencoded", "urlencoded": [{"key": "client_secret", "value": "hidden-form"}, {"key": "a", "value": "hidden-access too"}]}}},
            {"name": "Graph", "request": {"method": "POST", "url": "https://u:hidden-origin@b.example/graph", "auth": {"type": "hawk", "hawk": [{"key": "authKey", "value": "hidden-hawk"}]},
              "body": {"mode": "graphql", "graphql": {"query": "{ a(key: \"hidden-hawk\") }", "variables": "{\"pin\": 1234567, \"s\": \"hidden-hawk\"}"}}}}
          ]
        }
        """;

    [Fact]
    public void No_secret_of_a_collection_stands_in_what_is_made_of_it()
    {
        var result = Imported.Result(Everything);

        Assert.NotNull(result.Connector);
        var made = JsonSerializer.Serialize(result.Connector) + JsonSerializer.Serialize(result.Connector.AuthSchemes.Cast<object>()) + JsonSerializer.Serialize(result.Messages) + JsonSerializer.Serialize(result.Report);
        Assert.DoesNotContain("hidden", made, StringComparison.Ordinal);
        Assert.DoesNotContain("1234567", made, StringComparison.Ordinal);
        // What is no secret is there.
        Assert.Contains("[redacted]", made, StringComparison.Ordinal);
        Lines.AssertEqual(["bearer", "basic", "oauth2", "X-Api-Key", "X-Auth-Token"], result.Connector.AuthSchemes.Select(scheme => scheme.SourceName));
    }

    [Theory]
    [InlineData("A variable holds a secret", "api_token: /variable/1")]
    [InlineData("A variable holds a secret", "odd: /variable/2")]
    [InlineData("An auth block holds a secret", "bearer: token: /auth/bearer/0")]
    [InlineData("An auth block holds a secret", "basic: password: /item/0/auth/basic/password")]
    [InlineData("A parameter of a request carries a secret", "Authorization: /item/0/item/0/request/header/0")]
    [InlineData("A value is called as if it were a secret", "password: /item/0/item/0/request/body/raw")]
    [InlineData("A value is called as if it were a secret", "client_secret: /item/1/request/body/urlencoded/0")]
    [InlineData("A URL has a user name or password", "/variable/0")]
    [InlineData("A text repeats a secret", "/info/description")]
    public void Each_is_named_with_its_place_and_without_its_value(string text, string place) =>
        Assert.Contains(Imported.AssertMessage(Imported.Result(Everything), text).Detail!, line => line.StartsWith(place, StringComparison.Ordinal));

    [Fact]
    public void A_secret_that_is_a_word_is_left_out_where_it_stands_and_not_from_every_sentence()
    {
        var connector = Imported.Connector(Collection.Of(Collection.Item("https://a.example?token=welcome", "\"description\": \"You are welcome.\"")));

        Assert.Equal("You are welcome.", connector.Contents.Actions[0].Description);
        Assert.Null(connector.Contents.Actions[0].Parameters[0].Source);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("userPassword")]
    [InlineData("X-Api-Key")]
    [InlineData("apiKey")]
    [InlineData("API_KEY")]
    [InlineData("APIKey")]
    [InlineData("client_secret")]
    [InlineData("refreshToken")]
    [InlineData("Authorization")]
    [InlineData("private-key")]
    [InlineData("JWT")]
    public void Some_names_are_those_of_secrets_anywhere(string name)
    {
        Assert.True(SecretNames.Is(name, isKeySecret: true));
        Assert.True(SecretNames.Is(name, isKeySecret: false));
    }

    [Theory]
    [InlineData("key", true)]
    [InlineData("issueKey", true)]
    [InlineData("keyword", false)]
    [InlineData("token_type", false)]
    [InlineData("tokenUrl", false)]
    [InlineData("monkey", false)]
    [InlineData("name", false)]
    [InlineData("tokenize", false)]
    [InlineData("author", false)]
    [InlineData("", false)]
    public void Others_are_such_only_where_there_is_nothing_but_settings(string name, bool isSecretOfSetting)
    {
        Assert.Equal(isSecretOfSetting, SecretNames.Is(name, isKeySecret: true));
        Assert.False(SecretNames.Is(name, isKeySecret: false));
    }
}
