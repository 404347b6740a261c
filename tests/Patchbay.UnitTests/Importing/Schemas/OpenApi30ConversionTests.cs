using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

/// <summary>What OpenAPI 3.0 says differently from JSON Schema 2020-12.</summary>
public sealed class OpenApi30ConversionTests
{
    [Theory]
    [InlineData("{type: string, nullable: true}", """{"type": ["string", "null"]}""")]
    [InlineData("{type: string, nullable: false}", """{"type": "string"}""")]
    [InlineData("{type: string, nullable: true, enum: [a]}", """{"type": ["string", "null"], "enum": ["a", null]}""")]
    [InlineData("{type: string, nullable: true, enum: [a, null]}", """{"type": ["string", "null"], "enum": ["a", null]}""")]
    [InlineData("{nullable: true, enum: [a]}", """{"enum": ["a", null]}""")]
    [InlineData("{nullable: true}", "{}")]
    [InlineData(
        "{description: d, nullable: true, allOf: [{type: object}]}",
        """{"description": "d", "anyOf": [{"allOf": [{"type": "object"}]}, {"type": "null"}]}""")]
    [InlineData(
        "{nullable: true, type: object, oneOf: [{required: [a]}], default: null}",
        """{"default": null, "anyOf": [{"type": "object", "oneOf": [{"required": ["a"]}]}, {"type": "null"}]}""")]
    [InlineData(
        "{properties: {a: {nullable: true, $ref: '#/components/schemas/S'}}}",
        """{"properties": {"a": {"anyOf": [{"$ref": "S.json"}, {"type": "null"}]}}}""")]
    public void Nullable_admits_null(string schema, string expected) => Imported.AssertJson(expected, Imported.Converted(schema));

    [Theory]
    [InlineData("{minimum: 1, exclusiveMinimum: true}", """{"exclusiveMinimum": 1}""")]
    [InlineData("{maximum: 9, exclusiveMaximum: true}", """{"exclusiveMaximum": 9}""")]
    [InlineData("{minimum: 1, exclusiveMinimum: false}", """{"minimum": 1}""")]
    [InlineData("{exclusiveMaximum: false}", "{}")]
    public void A_boolean_exclusive_bound_becomes_a_number(string schema, string expected) =>
        Imported.AssertJson(expected, Imported.Converted(schema));

    [Theory]
    [InlineData("{example: {a: 1}}", """{"examples": [{"a": 1}]}""")]
    [InlineData("{example: null}", """{"examples": [null]}""")]
    [InlineData("{example: 1, type: integer, examples: [2]}", """{"examples": [1, 2], "type": "integer"}""")]
    [InlineData("{examples: {one: {value: 1}, two: 2}}", """{"examples": [1, 2]}""")]
    public void An_example_becomes_one_of_examples(string schema, string expected) =>
        Imported.AssertJson(expected, Imported.Converted(schema));

    [Fact]
    public void Only_annotations_stay_beside_a_reference()
    {
        var result = Imported.Result(Imported.Schema(
            "{properties: {a: {$ref: '#/components/schemas/S', description: d, readOnly: true, type: object, maxLength: 1}}}"));

        var definition = Assert.Single(result.Connector!.Contents.Definitions);
        Assert.Contains("""{"a":{"$ref":"S.json","description":"d","readOnly":true}}""", definition.Schema, StringComparison.Ordinal);
        var message = Imported.AssertMessage(result, "beside $ref has no effect");
        Lines.AssertEqual(["type: /components/schemas/S/properties/a/type (line 8, column 95)", "maxLength: /components/schemas/S/properties/a/maxLength (line 8, column 113)"], message.Detail!);
    }

    [Fact]
    public void A_description_alone_beside_a_reference_is_no_reason_for_a_message()
    {
        var result = Imported.Result(Imported.Schema("{properties: {a: {$ref: '#/components/schemas/S', description: d}}}"));

        Assert.Empty(result.Messages);
    }

    [Fact]
    public void Annotations_of_OpenAPI_are_kept()
    {
        const string Schema = "{x-a: {b: [1]}, xml: {name: n}, externalDocs: {url: u}, discriminator: {propertyName: p}, deprecated: true}";

        Imported.AssertJson(
            """{"x-a":{"b":[1]},"xml":{"name":"n"},"externalDocs":{"url":"u"},"discriminator":{"propertyName":"p"},"deprecated":true}""",
            Imported.Converted(Schema));
    }

    [Fact]
    public void A_discriminator_maps_to_definitions_by_their_names()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths: {}
            components:
              schemas:
                Pet:
                  oneOf: [{$ref: '#/components/schemas/big.Dog'}]
                  discriminator:
                    propertyName: kind
                    mapping: {dog: '#/components/schemas/big.Dog', cat: Cat, cow: other.json#/Cow}
                big.Dog: {type: object}
                Cat: {type: object}
            """);

        var pet = result.Connector!.Contents.Definitions[0];
        Assert.Contains("""{"dog":"big_Dog.json","cat":"Cat.json","cow":"other.json#/Cow"}""", pet.Schema, StringComparison.Ordinal);
        Lines.AssertEqual(["Cat", "big_Dog"], pet.References);
        Assert.EndsWith("(cow)", Imported.AssertMessage(result, "mapping names no schema").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_keep_their_text() => Imported.AssertJson(
        """{"maximum": 12345678901234567890.10, "multipleOf": 0.10, "default": 1E+2, "enum": [1.0, 2.50]}""",
        Imported.Converted("{maximum: 12345678901234567890.10, multipleOf: 0.10, default: 1E+2, enum: [1.0, 2.50]}"));
}
