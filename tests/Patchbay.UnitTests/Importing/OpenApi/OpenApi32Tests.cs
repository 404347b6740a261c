using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.UnitTests.Importing.Accounting;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

/// <summary>What OpenAPI 3.2 has and earlier versions have not.</summary>
public sealed class OpenApi32Tests
{
    private static readonly ImportResult Whole = Imported.Result(SampleDescriptions.OpenApi32);

    private static ConnectorContents Contents => Whole.Connector!.Contents;

    [Fact]
    public void Its_version_is_known_and_those_after_it_are_read_as_it()
    {
        Assert.DoesNotContain(Whole.Messages, message => message.Text.Contains("version of OpenAPI", StringComparison.Ordinal));
        Imported.AssertMessage(Imported.Result("{openapi: 3.7.1, info: {title: T, version: '1'}, paths: {}}"), "newer than those that are known; it was read as 3.2");
    }

    [Fact]
    public void The_method_query_and_additional_operations_become_actions_where_an_action_can_have_the_method()
    {
        Lines.AssertEqual(
            ["QUERY search", "CONNECT tunnel", "GET list", "DELETE remove", "PUT store"],
            Contents.Actions.Select(action => $"{action.Method} {action.Name}"));
        var message = Imported.AssertMessage(Whole, "has a method that actions cannot have");
        Assert.Equal("/paths/~1search/additionalOperations/LINK", message.Pointer);
    }

    [Fact]
    public void A_sequence_of_items_is_the_array_that_they_make_up()
    {
        var links = Action("search").Responses[0].Definitions;

        Lines.AssertEqual(["application/jsonl", "text/event-stream", "multipart/mixed"], links.SelectMany(link => link.MediaTypes));
        Imported.AssertJson("""{"type":"array","items":{"$ref":"Event.json"}}""", Schema(links[0].Definition));
        Imported.AssertJson("""{"type":"array","items":{"$ref":"Event.json"}}""", Schema(links[1].Definition));
        Imported.AssertMessage(Whole, "sequence of items");
    }

    [Fact]
    public void A_schema_of_the_whole_beside_that_of_its_items_is_kept()
    {
        var action = Imported.OnlyAction(Imported.Operation(
            "responses: {200: {content: {application/jsonl: {schema: {maxItems: 3}, itemSchema: {type: integer}}}}}", version: "3.2.0"));
        var contents = Imported.Connector(Imported.Operation(
            "responses: {200: {content: {application/jsonl: {schema: {maxItems: 3}, itemSchema: {type: integer}}}}}", version: "3.2.0")).Contents;

        DefinitionChecks.AssertSound(contents);
        var name = Assert.Single(action.Responses[0].Definitions).Definition;
        Assert.Contains("""allOf":[{"maxItems":3},{"type":"array","items":{"type":"integer"}}]""", contents.Definitions.Single(definition => definition.Name == name).Schema, StringComparison.Ordinal);
    }

    [Fact]
    public void A_media_type_may_be_shared_and_is_one_definition()
    {
        var contents = Imported.Connector("""
            openapi: 3.2.0
            info: {title: T, version: '1'}
            paths:
              /a: {get: {responses: {200: {content: {text/event-stream: {$ref: '#/components/mediaTypes/M'}}}}}}
              /b: {get: {responses: {200: {content: {text/event-stream: {$ref: '#/components/mediaTypes/M'}}}}}}
            components: {mediaTypes: {M: {itemSchema: {type: object}}}}
            """).Contents;

        Assert.Single(contents.Definitions);
        Assert.Single(contents.Actions.Select(action => action.Responses[0].Definitions[0].Definition).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Encodings_of_items_by_place_are_kept_with_their_headers_in_place()
    {
        Imported.AssertJson(
            """
            {
              "prefixEncoding": [{"contentType": "application/json", "headers": {"X-Part": {"schema": {"type": "string"}}}}],
              "itemEncoding": {"contentType": "image/png", "encoding": {"inner": {"contentType": "text/plain", "x-inner": 1}}}
            }
            """,
            Action("search").Responses[0].Definitions[2].Source);
    }

    [Fact]
    public void A_query_string_that_is_a_form_is_spread_over_the_query_and_another_is_left_out()
    {
        var parameter = Assert.Single(Action("list").Parameters);

        Assert.True(parameter is { Name: "all", In: "query", Type: "string", ContentType: null, Style: null, Explode: null });
        Imported.AssertJson("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"array","items":{"type":"string"}}}}""", parameter.Schema);
        Imported.AssertJson("""{"example":{"a":"x"}}""", parameter.Source);
        Assert.Empty(Action("remove").Parameters);
        Imported.AssertMessage(Whole, "whole query string, written as a form");
        Assert.Contains("all: application/jsonpath", Imported.AssertMessage(Whole, "whole query string, and no form").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_own_address_is_what_its_urls_and_references_are_relative_to()
    {
        Assert.Equal("https://a.example/v1", Whole.Connector!.BaseUrl);
        Assert.Equal("https://a.example/token", Whole.Connector.AuthSchemes.OfType<ImportedOAuth2>().Single().TokenUrl);
        Assert.DoesNotContain(Whole.Messages, message => message.Text.Contains("another document", StringComparison.Ordinal));

        var relative = Imported.Connector(
            "{openapi: 3.2.0, $self: ../b/openapi.yaml, info: {title: T, version: '1'}, servers: [{url: v1}], paths: {}}",
            new ImportOptions { SourceUrl = new Uri("https://b.example/a/openapi.yaml") });
        Assert.Equal("https://b.example/b/v1", relative.BaseUrl);
    }

    [Fact]
    public void The_default_of_a_discriminator_becomes_a_reference_like_its_mapping()
    {
        Imported.AssertJson(
            """{"propertyName":"kind","mapping":{"cat":"Cat.json"},"defaultMapping":"OtherPet.json"}""", Schema("Pet")["discriminator"]);
        Imported.AssertJson("""{"nodeType":"element"}""", Schema("Cat")["xml"]);
    }

    [Fact]
    public void The_device_flow_is_left_out_by_name_and_the_other_flows_stay()
    {
        Assert.Equal("client_credentials", Assert.IsType<ImportedOAuth2>(Assert.Single(Whole.Connector!.AuthSchemes)).GrantType);
        Imported.AssertMessage(Whole, "device authorization flow (RFC 8628)");
        var kept = Whole.Connector.Source!["securitySchemes"]!["device"]!;
        Assert.Equal("https://a.example/.well-known/oauth-authorization-server", (string?)kept["oauth2MetadataUrl"]);
        Assert.True((bool?)kept["deprecated"]);
    }

    [Fact]
    public void What_else_is_new_is_kept_as_it_stood()
    {
        Imported.AssertJson("""{"summary":"s"}""", Action("search").Responses[0].Source);
        Assert.Equal("gone", (string?)Action("remove").Responses[0].Source!["summary"]);
        Assert.DoesNotContain(Whole.Messages, message => message.Text.Contains("no description", StringComparison.Ordinal));
        Imported.AssertJson("""{"name":"main","description":"d"}""", Whole.Connector!.Source!["server"]);
        Imported.AssertJson("""{"name":"u","summary":"s","parent":"t","kind":"badge"}""", Whole.Connector.Source["tags"]![1]);
        Imported.AssertJson(
            """{"examples":{"e":{"dataValue":{"kind":"cat"},"serializedValue":"{\"kind\":\"cat\"}"}}}""",
            Assert.Single(Action("store").RequestBody!.Definitions).Examples);
        var cookie = Assert.Single(Action("store").Parameters);
        Assert.Equal("cookie", cookie.Style);
        Imported.AssertJson("""{"allowReserved":true}""", cookie.Source);
    }

    [Theory]
    [InlineData("{/a: {query: {responses: {200: {description: d}}}}}", "QUERY")]
    [InlineData("{/a: {additionalOperations: {CONNECT: {responses: {200: {description: d}}}}}}", "CONNECT")]
    public void In_an_earlier_version_it_is_read_all_the_same_with_a_message(string paths, string method)
    {
        var result = Imported.Result($"{{openapi: 3.1.0, info: {{title: T, version: '1'}}, servers: [{{url: 'https://a.example'}}], paths: {paths} }}");

        Assert.Equal(method, Assert.Single(result.Connector!.Contents.Actions).Method);
        Imported.AssertMessage(result, "of a later version of OpenAPI");
    }

    private static ActionContent Action(string name) => Contents.Actions.Single(action => action.Name == name);

    private static JsonObject Schema(string definition)
    {
        var schema = JsonNode.Parse(Contents.Definitions.Single(other => other.Name == definition).Schema)!.AsObject();
        schema.Remove("$schema");
        return schema;
    }
}
