using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

public sealed class ReferenceTests
{
    [Theory]
    [InlineData("#/components/schemas/T", "T.json")]
    [InlineData("#/components/schemas/T/properties/a~1b%20c", "T.json#/properties/a~1b%20c")]
    [InlineData("#/components/schemas/T/properties/list/items", "T.json#/properties/list/items")]
    [InlineData("#/components/schemas/T/allOf/0", "T.json#/allOf/0")]
    [InlineData("#/components/schemas/T/properties/maybe/allOf/0", "T.json#/properties/maybe/anyOf/0/allOf/0")]
    [InlineData("#/components/schemas/T/properties/maybe", "T.json#/properties/maybe")]
    [InlineData("#/components/schemas/T/properties/tuple/items/0", "T.json#/properties/tuple/prefixItems/0")]
    [InlineData("#/components/schemas/odd.name", "odd_name.json")]
    [InlineData("#/components/parameters/P/schema", "parameters_P.json")]
    [InlineData("#/components/responses/R/content/application~1json/schema", "responses_R_application_json.json")]
    [InlineData("#/components/schemas/T/x-parts/one", "schemas_T_x-parts_one.json")]
    [InlineData("#/components/schemas/Alias/properties/list", "T.json#/properties/list")]
    [InlineData("#/definitions/T", "T.json")]
    [InlineData("T", "T.json")]
    public void A_reference_becomes_a_relative_one(string reference, string expected)
    {
        var connector = Imported.Connector($$$"""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths: {}
            components:
              schemas:
                S:
                  properties:
                    it: {$ref: '{{{reference}}}' }
                T:
                  allOf: [{type: object}]
                  properties:
                    a/b c: {type: string}
                    list: {type: array, items: {type: string}}
                    tuple: {type: array, items: [{type: string}]}
                    maybe: {nullable: true, allOf: [{type: string}]}
                  x-parts: {one: {type: integer}}
                odd.name: {type: string}
                Alias: {$ref: '#/components/schemas/T'}
              parameters:
                P: {name: p, in: query, schema: {type: string}}
              responses:
                R: 
                  description: d
                  content: {application/json: {schema: {type: string} } }
            """);

        DefinitionChecks.AssertSound(connector.Contents);
        var source = connector.Contents.Definitions.Single(definition => definition.Name == "S");
        Assert.Contains($$$"""{"it":{"$ref":"{{{expected}}}"}}""", source.Schema, StringComparison.Ordinal);
        Lines.AssertEqual([expected.Split(".json")[0]], source.References);
    }

    [Fact]
    public void References_in_a_circle_are_kept()
    {
        var connector = Imported.Connector("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths: {}
            components:
              schemas:
                A: {properties: {b: {$ref: '#/components/schemas/B'}, a: {$ref: '#/components/schemas/A'}}}
                B: {properties: {a: {$ref: '#/components/schemas/A'}}}
            """);

        DefinitionChecks.AssertSound(connector.Contents);
        Lines.AssertEqual(["A", "B"], connector.Contents.Definitions[0].References);
    }

    [Fact]
    public void Names_that_do_not_fit_are_changed_and_stay_unique()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example'}]
            paths: {}
            components:
              schemas:
                a_b: {type: string}
                a.b: {type: integer}
                'a b': {$ref: '#/components/schemas/a.b'}
                größe: {type: string}
                '???': {type: string}
            """);

        Lines.AssertEqual(["a_b", "a_b_2", "a_b_3", "gr__e", "schema"], result.Connector!.Contents.Definitions.Select(definition => definition.Name));
        Assert.Contains("a_b_2.json", result.Connector.Contents.Definitions[2].Schema, StringComparison.Ordinal);
        Assert.Equal(4, Imported.AssertMessage(result, "it was renamed", ImportSeverity.Info).Detail!.Count);
    }
}
