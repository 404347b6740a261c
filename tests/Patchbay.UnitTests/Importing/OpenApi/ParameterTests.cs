using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class ParameterTests
{
    [Theory]
    [InlineData("{type: string}", "string", null)]
    [InlineData("{type: integer, default: 20, description: d}", "integer", null)]
    [InlineData("{type: boolean, nullable: true}", "boolean", null)]
    [InlineData("{type: number, minimum: 1}", "number", """{"type":"number","minimum":1}""")]
    [InlineData("{type: string, format: date}", "string", """{"type":"string","format":"date"}""")]
    [InlineData("{enum: [a, b]}", "string", """{"enum":["a","b"]}""")]
    [InlineData("{enum: [1, 2]}", "integer", """{"enum":[1,2]}""")]
    [InlineData("{type: array, items: {type: string}}", "string", """{"type":"array","items":{"type":"string"}}""")]
    [InlineData("{type: object}", "string", """{"type":"object"}""")]
    [InlineData("{anyOf: [{type: integer}, {type: string}]}", "string", """{"anyOf":[{"type":"integer"},{"type":"string"}]}""")]
    [InlineData("{anyOf: [{type: integer}, {type: 'null'}]}", "integer", """{"anyOf":[{"type":"integer"},{"type":"null"}]}""")]
    [InlineData("{$ref: '#/components/schemas/Plain'}", "integer", null)]
    [InlineData("{$ref: '#/components/schemas/Choice'}", "string", """{"$ref":"Choice.json"}""")]
    [InlineData("{allOf: [{$ref: '#/components/schemas/Choice'}]}", "string", """{"allOf":[{"$ref":"Choice.json"}]}""")]
    [InlineData("{$ref: '#/components/schemas/Loop'}", "string", """{"$ref":"Loop.json"}""")]
    [InlineData("{}", "string", null)]
    public void A_scalar_has_its_type_and_whatever_else_its_schema_says(string schema, string type, string? kept)
    {
        var parameter = Assert.Single(Imported.OnlyAction(Imported.Operation($"parameters: [{{name: p, in: query, schema: {schema}}}]") + """

            components:
              schemas:
                Plain: {type: integer}
                Choice: {type: string, enum: [a, b]}
                Loop: {$ref: '#/components/schemas/Loop'}
            """).Parameters);

        Assert.Equal(type, parameter.Type);
        Assert.Equal(kept, parameter.Schema?.ToJsonString());
    }

    [Fact]
    public void Default_and_description_come_from_the_schema_where_the_parameter_has_none()
    {
        var parameter = Only("{name: p, in: query, schema: {type: integer, default: 20, description: d, example: 7}}");

        Assert.Equal("20", parameter.Default!.ToJsonString());
        Assert.Equal("d", parameter.Description);
        Assert.Equal("7", parameter.Source!["example"]!.ToJsonString());
    }

    [Theory]
    [InlineData("style: form, explode: true", null, null)]
    [InlineData("style: form, explode: false", null, false)]
    [InlineData("explode: false", null, false)]
    [InlineData("style: pipeDelimited", "pipeDelimited", null)]
    [InlineData("style: deepObject, explode: true", "deepObject", true)]
    public void Style_and_explode_are_kept_where_they_are_not_the_default(string fields, string? style, bool? explode)
    {
        var parameter = Only($"{{name: p, in: query, {fields}, schema: {{type: array}}}}");

        Assert.Equal((style, explode), (parameter.Style, parameter.Explode));
    }

    [Fact]
    public void A_value_that_is_written_as_a_document_keeps_its_media_type_and_schema()
    {
        var parameter = Only("{name: p, in: query, content: {application/json: {schema: {type: integer}}}}");

        Assert.Equal(("string", "application/json"), (parameter.Type, parameter.ContentType));
        Imported.AssertJson("""{"type": "integer"}""", parameter.Schema);
    }

    [Fact]
    public void What_has_no_field_is_kept_in_source()
    {
        var parameter = Only("{name: p, in: query, allowReserved: true, deprecated: true, allowEmptyValue: true, x-a: 1, examples: {e: {$ref: '#/x-shared'}}}", "x-shared: {value: 2}");

        Assert.True(parameter is { AllowReserved: true, Deprecated: true });
        Imported.AssertJson("""{"allowEmptyValue": true, "x-a": 1, "examples": {"e": {"value": 2}}}""", parameter.Source);
    }

    [Fact]
    public void Parameters_of_the_path_come_first_and_yield_to_those_of_the_operation()
    {
        var action = Imported.OnlyAction("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths:
              /a:
                parameters:
                  - {name: a, in: query, description: path}
                  - {name: b, in: query, description: path}
                  - {$ref: '#/components/parameters/C'}
                get:
                  parameters:
                    - {name: d, in: query, description: operation}
                    - {name: b, in: query, description: operation}
                    - {name: a, in: header, description: operation}
                  responses: {default: {description: d}}
            components:
              parameters: {C: {name: c, in: query, description: component}}
            """);

        Lines.AssertEqual(
            ["query a path", "query c component", "query d operation", "query b operation", "header a operation"],
            action.Parameters.Select(parameter => $"{parameter.In} {parameter.Name} {parameter.Description}"));
    }

    [Fact]
    public void A_placeholder_without_a_parameter_gets_a_required_string_with_a_message()
    {
        var result = Imported.Result(Imported.Operation("parameters: []", "/a/{id}/b/{id}"));

        var action = Assert.Single(result.Connector!.Contents.Actions);
        Assert.Equal("/a/{{ param.id }}/b/{{ param.id }}", action.Path);
        Assert.Equal(new ParameterContent { Name = "id", In = "path", Required = true, Type = "string" }, Assert.Single(action.Parameters));
        Imported.AssertMessage(result, "has no parameter");
    }

    [Fact]
    public void A_path_parameter_without_a_placeholder_is_left_out_with_a_message()
    {
        var result = Imported.Result(Imported.Operation("parameters: [{name: id, in: path, required: true, schema: {type: string}}]"));

        Assert.Empty(Assert.Single(result.Connector!.Contents.Actions).Parameters);
        Imported.AssertMessage(result, "stands nowhere in its path");
    }

    [Fact]
    public void A_path_parameter_is_always_required()
    {
        var result = Imported.Result(Imported.Operation("parameters: [{name: id, in: path, schema: {type: string}}]", "/a/{id}"));

        Assert.True(Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Parameters).Required);
        Imported.AssertMessage(result, "not marked as required");
    }

    [Theory]
    [InlineData("Accept")]
    [InlineData("content-type")]
    [InlineData("AUTHORIZATION")]
    public void Headers_that_the_operation_describes_elsewhere_are_left_out_with_a_message(string name)
    {
        var result = Imported.Result(Imported.Operation($"parameters: [{{name: {name}, in: header, schema: {{type: string}}}}]"));

        Assert.Empty(Assert.Single(result.Connector!.Contents.Actions).Parameters);
        Imported.AssertMessage(result, "is to be ignored as a parameter", ImportSeverity.Info);
    }

    [Theory]
    [InlineData("{in: query}", "has no name", "")]
    [InlineData("{name: p, in: body}", "is of Swagger 2.0", "")]
    [InlineData("{$ref: '#/nowhere'}", "leads nowhere", "")]
    [InlineData("{$ref: 'other.yaml#/P'}", "another document", "")]
    [InlineData("{$ref: '#/x-circle'}", "lead in a circle", "")]
    [InlineData("text", "An object was expected", "")]
    [InlineData("{name: id}", "does not say where it is sent", "path id string")]
    [InlineData("{name: p}", "does not say where it is sent", "query p string")]
    [InlineData("{name: p, in: Query}", "", "query p string")]
    [InlineData("{name: p, in: query, type: integer}", "in place of a schema", "query p integer")]
    [InlineData("{name: p, in: query, required: 'true'}", "should be a boolean", "query p string")]
    [InlineData("{name: p, in: query, description: [a]}", "should be a string", "query p string")]
    public void A_broken_parameter_is_mended_or_left_out_with_a_message(string parameter, string message, string expected)
    {
        var result = Imported.Result(Imported.Operation($"parameters: [{parameter}]", "/a/{id}") + "\nx-circle: {$ref: '#/x-circle'}");

        var read = Assert.Single(result.Connector!.Contents.Actions).Parameters.Where(parameter => parameter.Name != "id" || expected.Contains("id", StringComparison.Ordinal));
        Assert.Equal(expected, string.Join(';', read.Select(parameter => $"{parameter.In} {parameter.Name} {parameter.Type}")));
        if (message.Length > 0) Imported.AssertMessage(result, message);
    }

    [Fact]
    public void Of_a_parameter_that_is_declared_twice_the_first_is_taken_with_a_message()
    {
        var result = Imported.Result(Imported.Operation("parameters: [{name: p, in: query, description: 1st}, {name: p, in: query, description: 2nd}]"));

        Assert.Equal("1st", Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Parameters).Description);
        Imported.AssertMessage(result, "declared twice");
    }

    private static ParameterContent Only(string parameter, string more = "") =>
        Assert.Single(Imported.OnlyAction(Imported.Operation($"parameters: [{parameter}]") + "\n" + more).Parameters);
}
