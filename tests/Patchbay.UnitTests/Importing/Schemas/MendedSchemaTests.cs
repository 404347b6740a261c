using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

/// <summary>Whatever stands in a schema, the definition is valid, and a message says what was done.</summary>
public sealed class MendedSchemaTests
{
    [Theory]
    [InlineData("{type: any}", "{}")]
    [InlineData("{type: Integer}", """{"type": "integer"}""")]
    [InlineData("{type: date}", """{"format": "date", "type": "string"}""")]
    [InlineData("{type: file}", """{"format": "binary", "type": "string"}""")]
    [InlineData("{type: datetime, format: x}", """{"type": "string", "format": "x"}""")]
    [InlineData("{type: [string, 'null']}", """{"type": ["string", "null"]}""")]
    [InlineData("{type: [string, string]}", """{"type": "string"}""")]
    [InlineData("{type: required}", "{}")]
    [InlineData("{type: {a: b}}", "{}")]
    [InlineData("{type: null}", "{}")]
    [InlineData("{required: x}", """{"required": ["x"]}""")]
    [InlineData("{required: [x, {}, x, 1]}", """{"required": ["x", "1"]}""")]
    [InlineData("{required: true}", "{}")]
    [InlineData("{properties: {a: {type: string, required: true}, b: {required: false}}}", """{"properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]}""")]
    [InlineData("{required: [b], properties: {a: {required: true}, b: {}}}", """{"required": ["b", "a"], "properties": {"a": {}, "b": {}}}""")]
    [InlineData("{enum: a}", """{"enum": ["a"]}""")]
    [InlineData("{enum: []}", "{}")]
    [InlineData("{enum: {a: b}}", "{}")]
    [InlineData("{type: string, enum: [1, true, x]}", """{"type": "string", "enum": ["1", "true", "x"]}""")]
    [InlineData("{type: integer, enum: ['1', '2']}", """{"type": "integer", "enum": [1, 2]}""")]
    [InlineData("{minimum: '3'}", """{"minimum": 3}""")]
    [InlineData("{minimum: [3]}", "{}")]
    [InlineData("{maxLength: -1}", "{}")]
    [InlineData("{maxLength: 2.5}", "{}")]
    [InlineData("{multipleOf: 0}", "{}")]
    [InlineData("{multipleOf: -1}", "{}")]
    [InlineData("{pattern: '[a'}", """{"x-pattern": "[a"}""")]
    [InlineData("{format: {a: b}}", "{}")]
    [InlineData("{format: 1}", """{"format": "1"}""")]
    [InlineData("{title: [a], description: 2}", """{"description": "2"}""")]
    [InlineData("{properties: [a, b]}", "{}")]
    [InlineData("{properties: {a: null, b: x, c: 'true'}}", """{"properties": {"a": true, "b": true, "c": true}}""")]
    [InlineData("{additionalProperties: 'false'}", """{"additionalProperties": false}""")]
    [InlineData("{allOf: {type: string}}", """{"allOf": [{"type": "string"}]}""")]
    [InlineData("{allOf: []}", "{}")]
    [InlineData("{allOf: [null, {type: string}]}", """{"allOf": [true, {"type": "string"}]}""")]
    [InlineData("{not: [a]}", """{"not": true}""")]
    [InlineData("{items: []}", "{}")]
    [InlineData("{additionalItems: false}", "{}")]
    [InlineData("{uniqueItems: 'true'}", """{"uniqueItems": true}""")]
    [InlineData("{uniqueItems: 1}", "{}")]
    [InlineData("{readOnly: sometimes}", "{}")]
    [InlineData("{$ref: 12}", "{}")]
    [InlineData("{$ref: {a: b}}", "{}")]
    [InlineData("{exclusiveMinimum: true}", "{}")]
    [InlineData("{exclusiveMinimum: 1}", """{"exclusiveMinimum": 1}""")]
    [InlineData("{dependencies: []}", "{}")]
    [InlineData("{patternProperties: {'[': {}, '^a': {type: string}}}", """{"patternProperties": {"^a": {"type": "string"}}}""")]
    [InlineData("{dependentRequired: {a: b, c: [1]}}", """{"dependentRequired": {"a": ["b"], "c": ["1"]}}""")]
    [InlineData("{examples: x}", "{}")]
    [InlineData("{discriminator: [x]}", "{}")]
    [InlineData("{$anchor: '1 2'}", "{}")]
    [InlineData("[a]", "{}")]
    [InlineData("text", "{}")]
    public void What_a_keyword_cannot_have_is_mended_or_left_out_with_a_message(string schema, string expected)
    {
        var result = Imported.Result(Imported.Schema(schema));

        Imported.AssertJson(expected, Imported.Converted(schema));
        Assert.NotEmpty(result.Messages);
        Assert.All(result.Messages, message => Assert.StartsWith("/components/schemas/S", message.Pointer, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{description: null}", "{}")]
    [InlineData("{type: array}", """{"type": "array"}""")]
    [InlineData("{discriminator: kind}", """{"discriminator": {"propertyName": "kind"}}""")]
    [InlineData("{properties: {$ref: {type: string}, required: {type: boolean}}}", """{"properties": {"$ref": {"type": "string"}, "required": {"type": "boolean"}}}""")]
    [InlineData("{properties: {a: {$id: x}}, additionalProperties: true}", """{"properties": {"a": {}}, "additionalProperties": true}""")]
    [InlineData("{divisibleBy: 2}", """{"multipleOf": 2}""")]
    [InlineData("{dependencies: {a: [b], c: {required: [d]}}}", """{"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}}""")]
    [InlineData("{items: [{type: string}], additionalItems: false}", """{"prefixItems": [{"type": "string"}], "items": false}""")]
    [InlineData("{maxLength: 99999999999, minLength: 10.0}", """{"minLength": 10}""")]
    [InlineData("{enum: [a, b, a]}", """{"enum": ["a", "b"]}""")]
    [InlineData("{unheardOf: [1]}", """{"unheardOf": [1]}""")]
    [InlineData("false", """{"not": {}}""")]
    public void What_has_one_meaning_is_written_as_JSON_Schema_has_it(string schema, string expected)
    {
        Imported.AssertJson(expected, Imported.Converted(schema));
        Assert.DoesNotContain(Imported.Result(Imported.Schema(schema)).Messages, message => message.Severity != Patchbay.Importing.ImportSeverity.Info);
    }

    [Fact]
    public void A_reference_that_leads_nowhere_admits_everything_with_a_message()
    {
        var result = Imported.Result(Imported.Schema("{properties: {a: {$ref: '#/nowhere'}, b: {$ref: other.yaml#/B}}}"));

        Assert.Contains("""{"a":{"x-unresolved-reference":"#/nowhere"},"b":{"x-unresolved-reference":"other.yaml#/B"}}""", result.Connector!.Contents.Definitions[0].Schema, StringComparison.Ordinal);
        Assert.Equal("/components/schemas/S/properties/a/$ref", Imported.AssertMessage(result, "leads nowhere").Pointer);
        Imported.AssertMessage(result, "another document");
    }
}
