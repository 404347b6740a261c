using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Postman;

public sealed class BodyTests
{
    [Fact]
    public void A_JSON_body_becomes_a_definition_and_stays_as_example()
    {
        var connector = Connector("""{"mode": "raw", "raw": "{\"name\": \"n\", \"age\": 3, \"tags\": [\"a\", null], \"in\": {\"x\": 1.5}, \"none\": null, \"list\": [], \"yes\": true}", "options": {"raw": {"language": "json"}}}""");

        Imported.AssertJson(
            """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"tags":{"type":"array","items":{"type":["string","null"]}},"in":{"type":"object","properties":{"x":{"type":"number"}}},"none":{},"list":{"type":"array"},"yes":{"type":"boolean"}}}""",
            Collection.Schema(connector, "it_request"));
        var body = connector.Contents.Actions[0].RequestBody!;
        Assert.Equal(["application/json"], Assert.Single(body.Definitions).MediaTypes);
        Assert.Equal("n", body.Definitions[0].Examples!["example"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public void Several_examples_widen_types_and_require_what_all_have()
    {
        var connector = Collection.Connector(Collection.Of(Collection.Item("https://a.example", "", """
            "response": [
              {"name": "one", "code": 200, "header": [{"key": "Content-Type", "value": "application/json; charset=utf-8"}], "body": "{\"id\": 1, \"a\": \"x\", \"rows\": [{\"k\": 1, \"l\": 2}, {\"k\": null}]}"},
              {"name": "two", "code": 200, "_postman_previewlanguage": "json", "body": "{\"id\": 1.5, \"b\": [1]}"},
              {"name": "two", "code": 200, "body": "{\"id\": \"s\", \"a\": null}"},
              {"name": "gone", "code": 404, "status": "Not Found", "body": "no such thing"},
              {"name": "empty", "code": 204, "body": null}
            ]
            """)));

        Imported.AssertJson(
            """{"type":"object","properties":{"id":{"type":["string","number"]},"a":{"type":["string","null"]},"rows":{"type":"array","items":{"type":"object","properties":{"k":{"type":["integer","null"]},"l":{"type":"integer"}},"required":["k"]}},"b":{"type":"array","items":{"type":"integer"}}},"required":["id"]}""",
            Collection.Schema(connector, "it_response_200"));
        var responses = connector.Contents.Actions[0].Responses;
        Assert.Equal([200, 404, 204], responses.Select(response => response.Status));
        Lines.AssertEqual(["one", "two", "two_2"], responses[0].Definitions[0].Examples!["examples"]!.AsObject().Select(example => example.Key));
        Assert.Equal(("gone", "text/plain", "TextContent"), (responses[1].Description, responses[1].Definitions[0].MediaTypes[0], responses[1].Definitions[0].Definition));
        Assert.Empty(responses[2].Definitions);
    }

    [Fact]
    public void Requests_of_examples_widen_the_body_of_the_request()
    {
        var connector = Collection.Connector(Collection.Of(Collection.Item("https://a.example", """ "method": "POST", "body": {"mode": "raw", "raw": "{\"a\": 1, \"b\": 2}"} """,
            """ "response": [{"name": "other", "code": 200, "originalRequest": {"method": "POST", "body": {"mode": "raw", "raw": "{\"a\": \"x\"}"}}}] """)));

        Imported.AssertJson("""{"type":"object","properties":{"a":{"type":["string","integer"]},"b":{"type":"integer"}},"required":["a"]}""", Collection.Schema(connector, "it_request"));
    }

    [Fact]
    public void Variables_in_JSON_are_no_hindrance_and_say_nothing_of_types()
    {
        var result = Imported.Result(Of("""{"mode": "raw", "raw": "{\"id\": {{id}}, \"name\": \"{{name}} {{{{\", // who\n \"list\": [{{a}}, 1]}", "options": {"raw": {"language": "json"}}}"""));

        Imported.AssertJson("""{"type":"object","properties":{"id":{},"name":{"type":"string"},"list":{"type":"array","items":{}}}}""", Collection.Schema(result.Connector!, "it_request"));
        Imported.AssertJson("""{"id":"{{id}}","name":"{{name}} {{{{","list":["{{a}}",1]}""", result.Connector!.Contents.Actions[0].RequestBody!.Definitions[0].Examples!["example"]);
        Assert.Equal("/item/0/request/body/raw", Imported.AssertMessage(result, "A body is JSON but for variables").Pointer);
    }

    [Theory]
    [InlineData("{oops")]
    [InlineData("{\\\"a\\\": {{b}")]
    [InlineData("{{body}} and more")]
    public void What_is_called_JSON_and_is_none_is_kept_as_text(string raw)
    {
        var result = Imported.Result(Of($$"""{"mode": "raw", "raw": "{{raw}}", "options": {"raw": {"language": "json"} } }"""));

        Imported.AssertMessage(result, "A body that is called JSON cannot be read as such");
        var link = Assert.Single(result.Connector!.Contents.Actions[0].RequestBody!.Definitions);
        Assert.Equal(("AnyContent", "application/json"), (link.Definition, link.MediaTypes[0]));
        Assert.Equal(raw.Replace("\\\"", "\"", StringComparison.Ordinal), link.Examples!["example"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"mode": "raw", "raw": "<a/>", "options": {"raw": {"language": "xml"}}}""", "application/xml", "AnyContent")]
    [InlineData("""{"mode": "raw", "raw": "text"}""", "text/plain", "TextContent")]
    [InlineData("""{"mode": "raw", "raw": "[1]"}""", "application/json", "it_request")]
    [InlineData("""{"mode": "file", "file": {"src": "/home/me/a.bin"}}""", "application/octet-stream", "BinaryContent")]
    public void Other_bodies_have_the_definition_of_their_kind(string body, string mediaType, string definition)
    {
        var link = Assert.Single(Connector(body).Contents.Actions[0].RequestBody!.Definitions);

        Assert.Equal((mediaType, definition), (Assert.Single(link.MediaTypes), link.Definition));
        Assert.DoesNotContain("/home/me", link.Examples?.ToJsonString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_says_what_a_body_is() => Assert.Equal("application/vnd.a+json", Collection.OnlyAction(Collection.Of(Collection.Item(
        "https://a.example", """ "header": [{"key": "content-type", "value": "application/vnd.a+json"}], "body": {"mode": "raw", "raw": "{}"} """))).RequestBody!.Definitions[0].MediaTypes[0]);

    [Fact]
    public void Forms_become_objects_with_encodings_and_files_as_bytes()
    {
        var result = Imported.Result(Of("""
            {"mode": "formdata", "formdata": [{"key": "name", "value": "n", "type": "text", "description": "Whose."}, {"key": "file", "type": "file", "src": "/home/me/x"}, {"key": "meta", "value": "{}", "contentType": "application/json"},
              {"key": "off", "value": "1", "disabled": true}, {"key": "tag", "value": "a"}, {"key": "tag", "value": "b"}, {"key": "tag", "value": "c"}]}
            """));

        Imported.AssertJson(
            """{"type":"object","properties":{"name":{"type":"string","description":"Whose."},"file":{"type":"string","format":"binary"},"meta":{"type":"string"},"tag":{"type":"array","items":{"type":"string"}}}}""",
            Collection.Schema(result.Connector!, "it_request"));
        var link = Assert.Single(result.Connector!.Contents.Actions[0].RequestBody!.Definitions);
        Assert.Equal("multipart/form-data", Assert.Single(link.MediaTypes));
        Imported.AssertJson("""{"meta":{"contentType":"application/json"}}""", link.Encoding);
        Imported.AssertMessage(result, "A form field is switched off; it was left out (off)", ImportSeverity.Info);
        Imported.AssertMessage(result, "The path of a file on somebody's machine", ImportSeverity.Info);
    }

    [Fact]
    public void A_URL_encoded_form_is_one_too()
    {
        var link = Assert.Single(Connector("""{"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}, {"key": "b", "value": "{{b}}"}]}""").Contents.Actions[0].RequestBody!.Definitions);

        Assert.Equal("application/x-www-form-urlencoded", Assert.Single(link.MediaTypes));
        Imported.AssertJson("""{"example":{"a":"1"}}""", link.Examples);
    }

    [Fact]
    public void A_GraphQL_body_is_an_object_of_query_and_variables()
    {
        var connector = Connector("""{"mode": "graphql", "graphql": {"query": "query Q($id: ID!) { thing(id: $id) { name } }", "variables": "{\"id\": \"7\"}", "operationName": "Q"}}""");

        Imported.AssertJson(
            """{"type":"object","properties":{"query":{"type":"string"},"variables":{"type":"object","properties":{"id":{"type":"string"}}},"operationName":{"type":"string"}},"required":["query"]}""",
            Collection.Schema(connector, "it_request"));
        Imported.AssertJson("""{"query":"query Q($id: ID!) { thing(id: $id) { name } }","operationName":"Q","variables":{"id":"7"}}""", connector.Contents.Actions[0].RequestBody!.Definitions[0].Examples!["example"]);
    }

    [Theory]
    [InlineData("""{"mode": "raw", "raw": "a", "disabled": true}""", "A body is switched off", ImportSeverity.Info)]
    [InlineData("""{"mode": "smoke"}""", "A body is of a kind that is not known; it was left out (smoke)", ImportSeverity.Warning)]
    public void What_is_no_body_is_left_out(string body, string text, ImportSeverity severity)
    {
        var result = Imported.Result(Of(body));

        Assert.Null(result.Connector!.Contents.Actions[0].RequestBody);
        Imported.AssertMessage(result, text, severity);
    }

    [Fact]
    public void Responses_keep_the_headers_that_say_something()
    {
        var response = Assert.Single(Collection.OnlyAction(Collection.Of(Collection.Item("https://a.example", "",
            """ "response": [{"code": 200, "header": [{"key": "X-Rate", "value": "9"}, {"key": "Set-Cookie", "value": "sid=abcdef123"}, {"key": "Date", "value": "now"}]}, {"name": "n", "header": "X-Rate: 1"}] """))).Responses, response => response.Status == 200);

        Assert.Equal(("X-Rate", "9"), (Assert.Single(response.Headers).Name, response.Headers[0].Source!["example"]!.GetValue<string>()));
    }

    private static string Of(string body) => Collection.Of(Collection.Item("https://a.example", $"\"body\": {body}"));

    private static ImportedConnector Connector(string body) => Collection.Connector(Of(body));
}
