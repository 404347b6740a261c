using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class BodyTests
{
    private const string Components = """

        components:
          schemas:
            Pet: {type: object}
          requestBodies:
            Shared: {required: true, description: shared, content: {application/json: {schema: {type: array} } } }
        """;

    [Theory]
    [InlineData("{application/json: {schema: {$ref: '#/components/schemas/Pet'}}}", "Pet[application/json]")]
    [InlineData("{application/json: {schema: {$ref: '#/components/schemas/Pet', description: d}}}", "Pet[application/json]")]
    [InlineData("{application/json: {schema: {type: object}}}", "getThings_request[application/json]")]
    [InlineData("{application/json: {schema: {type: object}}, text/xml: {schema: {type: object}}}", "getThings_request[application/json,text/xml]")]
    [InlineData("{application/json: {schema: {type: object}}, text/xml: {schema: {type: array}}}", "getThings_request[application/json] getThings_request_2[text/xml]")]
    [InlineData("{a/b: {schema: {$ref: '#/components/schemas/Pet'}}, c/d: {schema: {$ref: '#/components/schemas/Pet'}, example: 1}}", "Pet[a/b] Pet[c/d]")]
    [InlineData("{application/octet-stream: {}}", "BinaryContent[application/octet-stream]")]
    [InlineData("{image/png: {schema: {type: string, format: binary}}}", "BinaryContent[image/png]")]
    [InlineData("{text/plain: {}}", "TextContent[text/plain]")]
    [InlineData("{application/json: {}, application/vnd.x+json: null, '*/*': {schema: null}}", "AnyContent[application/json,application/vnd.x+json,*/*]")]
    [InlineData("{application/json: {schema: {$ref: '#/nowhere'}}}", "getThings_request[application/json]")]
    public void A_body_links_to_the_definitions_of_its_media_types(string content, string expected)
    {
        var connector = Imported.Connector(Imported.Operation($"requestBody: {{content: {content}}}") + Components);

        DefinitionChecks.AssertSound(connector.Contents);
        Assert.Equal(expected, Show(connector.Contents.Actions[0].RequestBody!.Definitions));
    }

    [Fact]
    public void A_shared_body_is_named_after_its_component()
    {
        var connector = Imported.Connector(Imported.Operation("requestBody: {$ref: '#/components/requestBodies/Shared'}") + Components);

        var body = connector.Contents.Actions[0].RequestBody!;
        Assert.Equal((true, "shared", "Shared_request[application/json]"), (body.Required, body.Description, Show(body.Definitions)));
    }

    [Fact]
    public void Responses_are_named_after_action_and_status()
    {
        var action = Imported.OnlyAction(Imported.Operation("""
            responses:
              200: {description: d, content: {application/json: {schema: {type: object}}}}
              4XX: {description: d, content: {application/json: {schema: {type: object}}}}
              default: {description: d, content: {application/json: {schema: {type: object}}}}
            """));

        Assert.Equal(
            "getThings_response_200[application/json] getThings_response_4XX[application/json] getThings_response_default[application/json]",
            Show(action.Responses.SelectMany(response => response.Definitions)));
    }

    [Fact]
    public void A_definition_accepts_the_media_types_of_its_uses_in_their_order_else_json()
    {
        var connector = Imported.Connector(Imported.Operation("""
            requestBody: {content: {text/xml: {schema: {$ref: '#/components/schemas/Pet'}}}}
            responses:
              200: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}, text/xml: {schema: {$ref: '#/components/schemas/Pet'}}}}
            """) + Components + "\n").Contents.Definitions;

        Lines.AssertEqual(["text/xml", "application/json"], connector.Single(definition => definition.Name == "Pet").Accept);
        Lines.AssertEqual(["application/json"], Imported.Connector(Imported.Operation("responses: {}") + Components).Contents.Definitions[0].Accept);
    }

    [Fact]
    public void Encoding_and_examples_are_kept_as_they_stood()
    {
        var action = Imported.OnlyAction(Imported.Operation("""
            requestBody:
              content:
                multipart/form-data:
                  schema: {type: object}
                  encoding: {file: {contentType: image/png}}
                  examples: {one: {value: {a: 1.10}}}
            """));

        var link = Assert.Single(action.RequestBody!.Definitions);
        Imported.AssertJson("""{"file": {"contentType": "image/png"}}""", link.Encoding);
        Imported.AssertJson("""{"examples": {"one": {"value": {"a": 1.10}}}}""", link.Examples);
    }

    [Theory]
    [InlineData("{a/b: {}, A/B: {}}", "stands there twice", "BinaryContent[a/b]")]
    [InlineData("{'': {}}", "is empty", "")]
    [InlineData("{json: {}}", "A media type is none", "AnyContent[json]")]
    [InlineData("[a]", "should be an object", "")]
    public void Broken_content_is_mended_or_left_out_with_a_message(string content, string message, string expected)
    {
        var result = Imported.Result(Imported.Operation($"requestBody: {{content: {content}}}"));

        Assert.Equal(expected, Show(result.Connector!.Contents.Actions[0].RequestBody!.Definitions));
        Imported.AssertMessage(result, message);
    }

    [Fact]
    public void A_nullable_reference_is_no_mere_use_of_a_definition()
    {
        var connector = Imported.Connector(Imported.Operation("requestBody: {content: {a/json: {schema: {$ref: '#/components/schemas/Pet', nullable: true}}}}") + Components);

        var definition = connector.Contents.Definitions.Single(definition => definition.Name == "getThings_request");
        Assert.Contains("""{"anyOf":[{"$ref":"Pet.json"},{"type":"null"}]}"""[1..], definition.Schema, StringComparison.Ordinal);
    }

    private static string Show(IEnumerable<DefinitionLink> links) =>
        string.Join(' ', links.Select(link => $"{link.Definition}[{string.Join(',', link.MediaTypes)}]"));
}
