using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

public sealed class OpenApi31ConversionTests
{
    private const string Version = "3.1.0";

    [Theory]
    [InlineData("{type: [string, 'null'], const: a}", """{"type": ["string", "null"], "const": "a"}""")]
    [InlineData("true", "{}")]
    [InlineData("{items: {$ref: '#/components/schemas/S', maxLength: 3}}", """{"items": {"$ref": "S.json", "maxLength": 3}}""")]
    [InlineData("{exclusiveMinimum: 3, if: true, then: {}, else: false}", """{"exclusiveMinimum": 3, "if": true, "then": {}, "else": false}""")]
    [InlineData("{prefixItems: [{}], items: false, unevaluatedItems: false}", """{"prefixItems": [{}], "items": false, "unevaluatedItems": false}""")]
    [InlineData("{contentMediaType: image/png, contentEncoding: base64}", """{"contentMediaType": "image/png", "contentEncoding": "base64"}""")]
    [InlineData("{$defs: {a: {type: string}}, $ref: '#/components/schemas/S/$defs/a'}", """{"$defs": {"a": {"type": "string"}}, "$ref": "S.json#/%24defs/a"}""")]
    public void What_is_JSON_Schema_stays_as_it_is(string schema, string expected)
    {
        Imported.AssertJson(expected, Imported.Converted(schema, Version));
        Assert.Empty(Imported.Result(Imported.Schema(schema, Version)).Messages);
    }

    [Theory]
    [InlineData("{type: string, nullable: true}", """{"type": ["string", "null"]}""", "nullable is a keyword of OpenAPI 3.0 only")]
    [InlineData("{minimum: 1, exclusiveMinimum: true}", """{"exclusiveMinimum": 1}""", "boolean exclusive bound")]
    public void What_is_of_3_0_is_read_as_there_with_a_message(string schema, string expected, string message)
    {
        Imported.AssertJson(expected, Imported.Converted(schema, Version));
        Imported.AssertMessage(Imported.Result(Imported.Schema(schema, Version)), message);
    }

    [Theory]
    [InlineData("{maximum: 1e400}")]
    [InlineData("{minimum: -1e400, multipleOf: 1e-400}")]
    [InlineData("{exclusiveMinimum: 79228162514264337593543950336}")]
    [InlineData("{enum: [1e400, 1, 1.0]}")]
    [InlineData("{multipleOf: 0.0000000000000000000000000000000001}")]
    public void Numbers_beyond_every_type_compile(string schema) => Assert.NotEmpty(Imported.Converted(schema, Version));

    [Fact]
    public void References_by_anchor_and_id_become_references_by_name()
    {
        var result = Imported.Result("""
            openapi: 3.1.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            components:
              schemas:
                A:
                  $id: https://schemas.example/a
                  $defs: {inner: {$anchor: within, type: string}}
                  properties:
                    byAnchor: {$ref: '#within'}
                    byPointer: {$ref: '#/$defs/inner'}
                    byId: {$ref: b#/properties/x}
                    byDocument: {$ref: '#/components/schemas/B'}
                    self: {$ref: '#'}
                B:
                  $id: https://schemas.example/b
                  properties: {x: {$ref: a}}
            """);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        var schema = result.Connector.Contents.Definitions[0].Schema;
        Assert.Contains("""
            "byAnchor":{"$ref":"A.json#/%24defs/inner"},"byPointer":{"$ref":"A.json#/%24defs/inner"},"byId":{"$ref":"B.json#/properties/x"},"byDocument":{"$ref":"B.json"},"self":{"$ref":"A.json"}
            """.Trim(), schema, StringComparison.Ordinal);
        Assert.Contains("""{"x":{"$ref":"A.json"}}""", result.Connector.Contents.Definitions[1].Schema, StringComparison.Ordinal);
        Imported.AssertMessage(result, "$id was left out", ImportSeverity.Info);
        Assert.Single(result.Messages);
    }

    [Fact]
    public void A_dynamic_reference_keeps_its_anchor()
    {
        const string Schema = "{$dynamicAnchor: node, properties: {next: {$dynamicRef: '#node'}}}";

        Imported.AssertJson(
            """{"$dynamicAnchor": "node", "properties": {"next": {"$dynamicRef": "S.json#node"}}}""", Imported.Converted(Schema, Version));
    }

    [Fact]
    public void An_id_in_an_example_identifies_nothing()
    {
        var result = Imported.Result(Imported.Schema("{examples: [{$id: 'https://x.example/s', $ref: '#/nowhere'}], $ref: 'https://x.example/s'}", Version));

        Imported.AssertMessage(result, "another document");
    }

    [Fact]
    public void Another_dialect_is_read_as_2020_12_with_a_message()
    {
        var result = Imported.Result(Imported.Schema("{$schema: 'http://json-schema.org/draft-07/schema#', items: [{}]}", Version));

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Imported.AssertMessage(result, "names another dialect", ImportSeverity.Info);
    }
}
