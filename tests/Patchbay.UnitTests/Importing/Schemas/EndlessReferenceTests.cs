using System.Globalization;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

/// <summary>Schemas that a validator would never finish with. Each result is given to one, which would not survive them.</summary>
public sealed class EndlessReferenceTests
{
    private const string Message = "checking would never end";

    [Theory]
    [InlineData("A: {$ref: '#/components/schemas/A'}")]
    [InlineData("A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}")]
    [InlineData("A: {allOf: [{anyOf: [{not: {$ref: '#/components/schemas/A'}}]}]}")]
    [InlineData("A: {if: {$ref: '#/components/schemas/B'}}\n    B: {dependentSchemas: {a: {$ref: '#/components/schemas/A'}}}")]
    [InlineData("A: {nullable: true, $ref: '#/components/schemas/A'}")]
    [InlineData("A: {allOf: [{$ref: '#/components/schemas/A/allOf/0'}]}")]
    public void A_way_that_leads_back_is_cut_with_a_message(string schemas)
    {
        var result = Read(schemas);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Imported.AssertMessage(result, Message);
        Assert.Contains("x-cut-reference", string.Concat(result.Connector.Contents.Definitions.Select(definition => definition.Schema)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A: {properties: {a: {$ref: '#/components/schemas/A'}}, items: {$ref: '#/components/schemas/A'}}")]
    [InlineData("A: {additionalProperties: {$ref: '#/components/schemas/A'}, propertyNames: {$ref: '#/components/schemas/A'}}")]
    [InlineData("A: {allOf: [{properties: {b: {$ref: '#/components/schemas/B'}}}]}\n    B: {allOf: [{$ref: '#/components/schemas/A'}]}")]
    public void A_way_that_leads_to_a_part_of_the_value_is_kept(string schemas)
    {
        var result = Read(schemas);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Assert.Empty(result.Messages);
    }

    [Fact]
    public void Where_a_base_lists_its_variants_and_they_extend_it_the_list_stays()
    {
        var result = Read("""
            Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {required: [claws]}]}
                Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {required: [bark]}]}
                Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}
            """);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        var schemas = result.Connector.Contents.Definitions.Select(definition => definition.Schema).ToList();
        Assert.Contains("""{"x-cut-reference":"#/components/schemas/Pet"}""", schemas[0], StringComparison.Ordinal);
        Assert.Contains("""{"oneOf":[{"$ref":"Cat.json"},{"$ref":"Dog.json"}]}"""[1..], schemas[2], StringComparison.Ordinal);
    }

    /// <summary>Which anchor is meant depends on where checking began.</summary>
    [Fact]
    public void A_dynamic_reference_that_may_lead_back_is_cut_with_a_message()
    {
        var result = Imported.Result("""
            openapi: 3.1.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            components:
              schemas:
                A: {$dynamicAnchor: n, allOf: [{$ref: '#/components/schemas/B'}]}
                B: {$id: 'https://a.example/b', $defs: {x: {$dynamicAnchor: n}}, allOf: [{$dynamicRef: '#n'}]}
            """);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Imported.AssertMessage(result, Message);
    }

    [Theory]
    [InlineData(300, "$ref: '#/components/schemas/S{0}'")]
    [InlineData(60, "allOf: [{{$ref: '#/components/schemas/S{0}'}}, {{$ref: '#/components/schemas/S{0}'}}]")]
    public void A_way_that_is_very_long_or_doubles_with_each_step_is_cut_with_a_message(int count, string step)
    {
        var schemas = Enumerable.Range(0, count).Select(i => $"S{i}: {{{string.Format(CultureInfo.InvariantCulture, step, i + 1)}}}").Append($"S{count}: {{type: string}}");

        var result = Read(string.Join("\n    ", schemas));

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Imported.AssertMessage(result, Message);
    }

    private static ImportResult Read(string schemas) => Imported.Result($$"""
        openapi: 3.0.0
        info: {title: T, version: '1'}
        servers: [{url: 'https://a.example'}]
        paths: {}
        components:
          schemas:
            {{schemas}}
        """);
}
