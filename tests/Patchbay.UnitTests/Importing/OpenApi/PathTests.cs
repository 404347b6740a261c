using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class PathTests
{
    [Theory]
    [InlineData("/a/{b}/c", "/a/{{ param.b }}/c", "")]
    [InlineData("/a/{b}.{c}", "/a/{{ param.b }}.{{ param.c }}", "")]
    [InlineData("/a?b={b}", "/a?b={{ param.b }}", "")]
    [InlineData("/a/{{b}}", "/a/{{ param.b }}", "")]
    [InlineData("a", "/a", "does not begin with a slash")]
    [InlineData("/a/{b", "/a/{b", "without its partner")]
    [InlineData("/a/b}", "/a/b}", "without its partner")]
    [InlineData("/a/{b{c}", "/a/{b{{ param.c }}", "without its partner")]
    [InlineData("/a/{b*}", "/a/{{ param.b }}", "is no plain name")]
    [InlineData("/a/{+b}", "/a/{{ param.b }}", "is no plain name")]
    [InlineData("/a/{b:[0-9]+}", "/a/{{ param.b }}", "is no plain name")]
    [InlineData("/a/{}", "/a/{{ param.parameter }}", "is no plain name")]
    public void Placeholders_become_parameters(string template, string path, string message)
    {
        var result = Imported.Result(Imported.Operation("responses: {}", $"'{template}'"));

        Assert.Equal(path, Assert.Single(result.Connector!.Contents.Actions).Path);
        if (message.Length > 0) Imported.AssertMessage(result, message);
    }

    [Fact]
    public void A_placeholder_is_taken_at_its_word_where_a_parameter_is_called_so()
    {
        var action = Imported.OnlyAction(Imported.Operation("parameters: [{name: 'b:c', in: path, required: true}]", "'/a/{b:c}'"));

        Assert.Equal("/a/{{ param.b:c }}", action.Path);
        Assert.Equal("b:c", Assert.Single(action.Parameters).Name);
    }

    [Fact]
    public void A_fragment_is_left_out_of_a_path_with_a_message()
    {
        var result = Imported.Result(Imported.Operation("responses: {}", "'/a#update'"));

        Assert.Equal("/a", Assert.Single(result.Connector!.Contents.Actions).Path);
        Imported.AssertMessage(result, "fragment", ImportSeverity.Info);
    }

    [Fact]
    public void Paths_that_differ_by_their_placeholders_only_are_kept_with_a_message()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths:
              /a/{b}: {get: {responses: {200: {description: d}}}}
              /a/{c}: {get: {responses: {200: {description: d}}}}
              x-more: 1
              /empty:
            """);

        Lines.AssertEqual(["get_a_b /a/{{ param.b }}", "get_a_c /a/{{ param.c }}"], result.Connector!.Contents.Actions.Select(action => $"{action.Name} {action.Path}"));
        Imported.AssertMessage(result, "by the names of its placeholders only");
    }

    [Fact]
    public void A_path_may_refer_to_another_and_add_to_it()
    {
        var connector = Imported.Connector("""
            openapi: 3.1.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths:
              /a: {$ref: '#/components/pathItems/Shared'}
              /b:
                $ref: '#/components/pathItems/Shared'
                get: {summary: own, responses: {200: {description: d}}}
            components:
              pathItems:
                Shared:
                  get: {summary: shared, responses: {200: {description: d}}}
                  put: {summary: shared, responses: {200: {description: d}}}
            """);

        Lines.AssertEqual(
            ["GET /a shared", "PUT /a shared", "GET /b own", "PUT /b shared"],
            connector.Contents.Actions.Select(action => $"{action.Method} {action.Path} {action.Summary}"));
    }

    [Fact]
    public void Every_method_becomes_an_action_and_other_fields_are_remarked()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths:
              /a:
                summary: of the path
                x-own: 1
                get: &operation {responses: {200: {description: d}}}
                put: *operation
                post: *operation
                delete: *operation
                options: *operation
                head: *operation
                patch: *operation
                trace: *operation
                GET: *operation
                connect: *operation
            """);

        Lines.AssertEqual(
            ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "GET"],
            result.Connector!.Contents.Actions.Select(action => action.Method));
        Assert.All(result.Connector.Contents.Actions, action => Assert.Equal("of the path", action.Summary));
        Imported.AssertJson("""{"pathItem": {"x-own": 1}}""", result.Connector.Contents.Actions[0].Source);
        Imported.AssertMessage(result, "written in capitals");
        Imported.AssertMessage(result, "field of a path is unknown");
    }
}
