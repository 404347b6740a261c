using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class OperationTests
{
    [Fact]
    public void An_operation_keeps_what_has_no_field()
    {
        var action = Imported.OnlyAction(Imported.Operation("""
            summary: s
            description: d
            deprecated: true
            tags: [a, b]
            security: [{key: []}]
            externalDocs: {url: u}
            x-own: {n: 1.0}
            responses: {200: {description: d}}
            """));

        Assert.Equal(("getThings", "GET", "s", "d", true), (action.Name, action.Method, action.Summary, action.Description, action.Deprecated));
        Imported.AssertJson("""{"tags": ["a", "b"], "security": [{"key": []}], "externalDocs": {"url": "u"}, "x-own": {"n": 1.0}}""", action.Source);
    }

    [Fact]
    public void Names_fit_the_rule_and_are_unique()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths:
              /a/{id}:
                get: {responses: {200: {description: d}}}
                put: {operationId: a/put it, responses: {200: {description: d}}}
                post: {operationId: get_a_id, responses: {200: {description: d}}}
                delete: {operationId: get_a_id, responses: {200: {description: d}}}
                patch: {operationId: '!!!', responses: {200: {description: d}}}
                head: {operationId: a$b-c_9, responses: {200: {description: d}}}
            """);

        Lines.AssertEqual(
            ["get_a_id_3", "a_put_it", "get_a_id", "get_a_id_2", "patch_a_id", "a$b-c_9"],
            result.Connector!.Contents.Actions.Select(action => action.Name));
        Imported.AssertMessage(result, "operationId does not fit", ImportSeverity.Info);
        Imported.AssertMessage(result, "operationId is used before");
        Imported.AssertMessage(result, "operationId has nothing");
    }

    [Theory]
    [InlineData("summary: no responses")]
    [InlineData("responses:")]
    [InlineData("responses: {}")]
    [InlineData("responses: {x-a: 1}")]
    [InlineData("responses: [a]")]
    [InlineData("responses: {nonsense: {description: d}}")]
    public void An_operation_without_responses_gets_a_default_one_with_a_message(string fields)
    {
        var result = Imported.Result(Imported.Operation(fields));

        var response = Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Responses);
        Assert.True(response is { Status: null, StatusRange: null, Definitions: [] });
        Imported.AssertMessage(result, "has no responses; a default one was added");
    }

    [Theory]
    [InlineData("200", 200, null)]
    [InlineData("'404'", 404, null)]
    [InlineData("default", null, null)]
    [InlineData("4XX", null, "4XX")]
    public void A_key_of_a_response_is_a_status_a_range_or_the_default(string key, int? status, string? range)
    {
        var response = Assert.Single(Imported.OnlyAction(Imported.Operation($"responses: {{{key}: {{description: d}}}}")).Responses);

        Assert.Equal((status, range, "d"), (response.Status, response.StatusRange, response.Description));
    }

    [Theory]
    [InlineData("200 OK", "200")]
    [InlineData("4xx", "4XX")]
    [InlineData("ok", "200")]
    [InlineData("NotFound", "404")]
    [InlineData("Default", "default")]
    [InlineData(" 201 ", "201")]
    [InlineData("1000", "")]
    [InlineData("20", "")]
    [InlineData("600", "")]
    [InlineData("200,201", "")]
    public void An_odd_key_of_a_response_is_read_where_its_meaning_is_clear(string key, string expected)
    {
        var result = Imported.Result(Imported.Operation($"responses: {{'{key}': {{description: d}}, 503: {{description: d}}}}"));

        var responses = Assert.Single(result.Connector!.Contents.Actions).Responses.Where(response => response.Status != 503);
        Assert.Equal(expected, string.Join(';', responses.Select(response => response.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? response.StatusRange ?? "default")));
        Imported.AssertMessage(result, "key is no status code");
    }

    [Fact]
    public void Two_keys_that_say_the_same_give_one_response()
    {
        var result = Imported.Result(Imported.Operation("responses: {200: {description: 1st}, 200 OK: {description: 2nd}}"));

        Assert.Equal("1st", Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Responses).Description);
        Imported.AssertMessage(result, "says the same as an earlier one");
    }

    [Fact]
    public void A_response_keeps_headers_links_and_extensions()
    {
        var result = Imported.Result(Imported.Operation("""
            responses:
              200:
                description: d
                headers:
                  X-Rate: {description: left, required: true, schema: {type: integer}}
                  Content-Type: {schema: {type: string}}
                links: {next: {$ref: '#/x-link'}}
                x-own: 1
              404: {$ref: '#/x-gone'}
            """) + "\nx-link: {operationId: more}\n");

        var responses = Assert.Single(result.Connector!.Contents.Actions).Responses;
        var header = Assert.Single(responses[0].Headers);
        Assert.Equal(("X-Rate", "header", true, "integer", "left"), (header.Name, header.In, header.Required, header.Type, header.Description));
        Imported.AssertJson("""{"x-own": 1, "links": {"next": {"operationId": "more"}}}""", responses[0].Source);
        Assert.Equal(404, responses[1].Status);
        Imported.AssertMessage(result, "Links between operations", ImportSeverity.Info);
        Imported.AssertMessage(result, "leads nowhere");
    }

    [Fact]
    public void A_servers_own_base_url_shows_in_the_path_or_in_a_message()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example/api'}]
            paths:
              /under: {get: {servers: [{url: 'https://a.example/api/v2'}], responses: {200: {description: d}}}}
              /other: {servers: [{url: 'https://b.example'}], get: {operationId: other, responses: {200: {description: d}}}}
              /same: {get: {servers: [{url: 'https://a.example/api/'}], responses: {200: {description: d}}}}
            """);

        Lines.AssertEqual(["/v2/under", "/other", "/same"], result.Connector!.Contents.Actions.Select(action => action.Path));
        Imported.AssertJson("""[{"url": "https://b.example"}]""", result.Connector.Contents.Actions[1].Source!["servers"]);
        Assert.Contains("other: https://b.example", Imported.AssertMessage(result, "has a server of its own").Text, StringComparison.Ordinal);
    }
}
