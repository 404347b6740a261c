using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Importing.Documents;
using Xunit;

namespace Patchbay.UnitTests.Importing.Documents;

public sealed class OtherDocumentTests
{
    private const string Head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://a.example'}]\n";

    [Fact]
    public async Task Parts_of_every_kind_are_read_from_other_documents()
    {
        var connector = await ConnectorAsync(
            ("openapi.yaml", Head + """
                paths:
                  /pets/{id}: {$ref: 'paths/pet.yaml'}
                components:
                  securitySchemes: {key: {$ref: 'common.yaml#/auth'}}
                """),
            ("paths/pet.yaml", """
                parameters: [{$ref: '../common.yaml#/parameters/id'}]
                get:
                  operationId: getPet
                  responses:
                    '200': {description: it, content: {application/json: {schema: {$ref: '../schemas/Pet.yaml'}}}}
                    '404': {$ref: '../common.yaml#/responses/NotFound'}
                put:
                  operationId: putPet
                  requestBody: {$ref: ../common.yaml#/bodies/Pet}
                  responses: {'204': {description: done, headers: {x-cost: {$ref: '../costs.yaml'}}}}
                """),
            ("schemas/Pet.yaml", "type: object\nproperties: {name: {type: string}, owner: {$ref: 'people.yaml#/Person'}}\n"),
            ("schemas/people.yaml", "Person: {type: object, properties: {pets: {type: array, items: {$ref: ./Pet.yaml}}}}\n"),
            ("costs.yaml", "schema: {type: number}\n"),
            ("common.yaml", """
                auth: {type: apiKey, in: header, name: X-Key}
                parameters: {id: {name: id, in: path, required: true, schema: {type: integer}}}
                bodies: {Pet: {required: true, content: {application/json: {schema: {$ref: 'schemas/Pet.yaml'}}}}}
                responses: {NotFound: {description: none, content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}}}
                """));

        Lines.AssertEqual(["getPet", "putPet"], connector.Contents.Actions.Select(action => action.Name));
        Lines.AssertEqual(["/pets/{{ param.id }}", "/pets/{{ param.id }}"], connector.Contents.Actions.Select(action => action.Path));
        Assert.Equal("integer", Assert.Single(connector.Contents.Actions[0].Parameters).Type);
        Lines.AssertEqual(["Pet", "NotFound_response", "Person"], connector.Contents.Definitions.Select(definition => definition.Name));
        Assert.Equal("Pet", connector.Contents.Actions[1].RequestBody!.Definitions[0].Definition);
        Assert.Equal("number", Assert.Single(connector.Contents.Actions[1].Responses[0].Headers).Type);
        Assert.Equal("X-Key", Assert.IsType<ImportedApiKey>(Assert.Single(connector.AuthSchemes)).Name);
        Assert.Contains("""{"$ref":"Person.json"}""", Schema(connector, "Pet"), StringComparison.Ordinal);
        Assert.Contains("""{"$ref":"Pet.json"}""", Schema(connector, "Person"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_for_a_schema_in_another_document_is_the_name_of_its_definition()
    {
        var connector = await ConnectorAsync(
            ("openapi.yaml", Head + """
                paths: {/a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'models/animal.json'}}}}}}}}
                components: {schemas: {Animal: {$ref: models/animal.json}, Zoo: {type: array, items: {$ref: '#/components/schemas/Animal'}}, Beast: {$ref: 'models/animal.json'}}}
                """),
            ("models/animal.json", """{"type": "object", "properties": {"friend": {"$ref": "#"}}}"""));

        Lines.AssertEqual(["Animal", "Zoo", "Beast"], connector.Contents.Definitions.Select(definition => definition.Name));
        Assert.Contains("""{"friend":{"$ref":"Animal.json"}}""", Schema(connector, "Animal"), StringComparison.Ordinal);
        Assert.Contains("""{"$ref":"Animal.json"}""", Schema(connector, "Zoo"), StringComparison.Ordinal);
        Assert.Contains("\"$ref\":\"Animal.json\"", Schema(connector, "Beast"), StringComparison.Ordinal);
        Assert.Equal("Animal", connector.Contents.Actions[0].Responses[0].Definitions[0].Definition);
    }

    [Theory]
    [InlineData("defs.yaml#/components/schemas/Pet", "Pet")]
    [InlineData("defs.yaml#/definitions/Old", "Old")]
    [InlineData("defs.yaml#/Top", "Top")]
    [InlineData("defs.yaml#/nested/deep/Thing", "defs_nested_deep_Thing")]
    [InlineData("folder/Whole.schema.json", "Whole_schema")]
    [InlineData("folder/Whole.schema.json#/properties/a", "Whole_schema_properties_a")]
    public async Task Names_come_from_file_and_pointer(string reference, string expected)
    {
        var connector = await ConnectorAsync(
            ("openapi.yaml", Head + $"paths: {{}}\ncomponents: {{schemas: {{S: {{type: object, properties: {{it: {{$ref: '{reference}'}}}}}}}}}}\n"),
            ("defs.yaml", "components: {schemas: {Pet: {type: string}}}\ndefinitions: {Old: {type: string}}\nTop: {type: string}\nnested: {deep: {Thing: {type: string}}}\n"),
            ("folder/Whole.schema.json", """{"type": "object", "properties": {"a": {"type": "string"}}}"""));

        Lines.AssertEqual(["S", expected], connector.Contents.Definitions.Select(definition => definition.Name));
        Assert.Contains($$$"""{"it":{"$ref":"{{{expected}}}.json"}}""", Schema(connector, "S"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_part_by_two_ways_is_one_definition()
    {
        var connector = await ConnectorAsync(
            ("api/openapi.yaml", Head + """
                paths: {}
                components: {schemas: {S: {type: object, properties: {a: {$ref: '../shared/x.yaml#/X'}, b: {$ref: 'middle.yaml#/Y'}, c: {$ref: './../shared/./x.yaml#/X'}}}}}
                """),
            ("api/middle.yaml", "Y: {type: array, items: {$ref: '../shared/x.yaml#/X'}}\n"),
            ("shared/x.yaml", "X: {type: object, properties: {back: {$ref: '../api/openapi.yaml#/components/schemas/S'}}}\n"));

        Lines.AssertEqual(["S", "X", "Y"], connector.Contents.Definitions.Select(definition => definition.Name));
        Assert.Contains("""{"back":{"$ref":"S.json"}}""", Schema(connector, "X"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_that_refer_to_each_other_in_circles_end()
    {
        var connector = await ConnectorAsync(
            ("openapi.yaml", Head + "paths: {}\ncomponents: {schemas: {A: {$ref: 'a.yaml'}, R: {$ref: 'r1.yaml'}}}\n"),
            ("a.yaml", "allOf: [{$ref: b.yaml}]\n"),
            ("b.yaml", "allOf: [{$ref: a.yaml}, {type: object}]\n"),
            ("r1.yaml", "$ref: r2.yaml\n"),
            ("r2.yaml", "$ref: r1.yaml\n"));

        Assert.Contains(connector.Contents.Definitions, definition => definition.Name == "A");
    }

    [Theory]
    [InlineData("$self: https://example.com/apis/openapi.yaml", "common.yaml#/X")]
    [InlineData("$self: https://example.com/apis/openapi.yaml", "https://example.com/apis/common.yaml#/X")]
    [InlineData("$self: /apis/openapi.yaml", "common.yaml#/X")]
    [InlineData("x-none: 1", "https://example.com/named#/X")]
    [InlineData("x-none: 1", "https://example.com/named")]
    public async Task What_documents_and_schemas_call_themselves_counts(string self, string reference)
    {
        var connector = await ConnectorAsync(
            ("openapi.yaml", """
                openapi: 3.1.0
                SELF
                info: {title: T, version: '1'}
                servers: [{url: 'https://a.example'}]
                paths: {}
                components: {schemas: {S: {properties: {it: {$ref: 'REFERENCE'}, other: {$ref: 'named.json'}, third: {$ref: common.yaml#/X} }}}}
                """.Replace("SELF", self, StringComparison.Ordinal).Replace("REFERENCE", reference, StringComparison.Ordinal)),
            ("common.yaml", "$self: https://example.com/apis/common.yaml\nX: {type: string}\n"),
            ("named.json", """{"$id": "https://example.com/named", "type": "object", "X": {"type": "integer"}}"""));

        Assert.DoesNotContain("x-unresolved-reference", Schema(connector, "S"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schemas_that_are_named_after_where_they_will_be_published_are_found_where_they_lie()
    {
        var connector = await ConnectorAsync(
            ("openapi.yaml", "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://a.example'}]\npaths: {}\ncomponents: {schemas: {S: {$ref: schemas/one.json}}}\n"),
            ("schemas/one.json", """{"$id": "https://example.com/v1/one.json", "properties": {"two": {"$ref": "two.json"}, "part": {"$ref": "#/$defs/part"}}, "$defs": {"part": {"type": "string"}}}"""),
            ("schemas/two.json", """{"$id": "https://example.com/v1/two.json", "properties": {"one": {"$ref": "one.json"}}}"""));

        Lines.AssertEqual(["S", "two"], connector.Contents.Definitions.Select(definition => definition.Name));
        Assert.Contains("""{"one":{"$ref":"S.json"}}""", Schema(connector, "two"), StringComparison.Ordinal);
        Assert.Contains("S.json#/$defs/part".Replace("$", "%24", StringComparison.Ordinal), Schema(connector, "S"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_out_with_the_reason_and_the_place()
    {
        var result = await Zips.ImportAsync(
            ("openapi.yaml", Head + "paths: {}\ncomponents:\n  schemas:\n    A: {type: object, properties: {a: {$ref: 'gone.yaml#/A'}}}\n    B: {type: object, properties: {b: {$ref: 'part/here.yaml#/B'}, f: {$ref: 'file:///etc/passwd'}}}\n"),
            ("part/here.yaml", "B:\n  type: object\n  properties:\n    c: {$ref: 'broken.json'}\n    d: {$ref: '#/nowhere'}\n"),
            ("part/broken.json", "{\n \"a\": [oops}"));

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        var missing = Imported.AssertMessage(result, "A reference leads to another document, which could not be read");
        Assert.Null(missing.Document);
        Assert.Contains(missing.Detail!, line => line.StartsWith("gone.yaml#/A: the zip has no such file: /components/schemas/A/properties/a/$ref (line 7, column", StringComparison.Ordinal));
        Assert.Contains(missing.Detail!, line => line.StartsWith("broken.json: The document is no valid JSON", StringComparison.Ordinal)
            && line.Contains("(line 2, column", StringComparison.Ordinal) && line.Contains("part/here.yaml /B/properties/c/$ref (line 4, column", StringComparison.Ordinal));
        Assert.Contains(missing.Detail!, line => line.StartsWith("file:///etc/passwd: it is neither a relative reference nor an http or https URL", StringComparison.Ordinal));
        var nowhere = Imported.AssertMessage(result, "A reference leads nowhere");
        Assert.Equal(("part/here.yaml", "/B/properties/d/$ref", 5), (nowhere.Document, nowhere.Pointer, nowhere.Line));
    }

    [Fact]
    public async Task A_part_that_refers_to_the_description_as_if_it_stood_in_it_is_understood()
    {
        var result = await Zips.ImportAsync(
            ("openapi.yaml", Head + "paths: {/a: {$ref: a.yaml}}\ncomponents: {schemas: {User: {type: object}}}\n"),
            ("a.yaml", "get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}}\n"));

        Assert.Equal("User", result.Connector!.Contents.Actions[0].Responses[0].Definitions[0].Definition);
        Assert.Equal("a.yaml", Imported.AssertMessage(result, "what it names in the description itself was taken").Document);
    }

    [Fact]
    public async Task A_reference_within_an_example_or_an_extension_is_data()
    {
        var source = new Listening();
        await DescriptionImporter.ImportAsync(System.Text.Encoding.UTF8.GetBytes(Head + """
            paths: {/a: {get: {operationId: a, x-note: {$ref: 'https://b.example/x.yaml'}, responses: {'200': {description: d, content: {application/json: {
              schema: {type: object, default: {$ref: 'd.yaml'}, properties: {default: {$ref: 'asked.yaml'}}}, example: {$ref: 'e.yaml'}, examples: {one: {$ref: 'example.yaml'}, two: {value: {$ref: 'v.yaml'}}}}}}}}}}
            """), ImportOptions.Default, source, TestContext.Current.CancellationToken);

        Lines.AssertEqual(["https://description.example/asked.yaml", "https://description.example/example.yaml"], source.Asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Together_documents_have_the_limits_of_one()
    {
        var zip = Zips.Of(
            ("openapi.yaml", Head + "paths: {}\ncomponents: {schemas: {A: {$ref: 'a.yaml'}, B: {$ref: 'b.yaml'}}}\n"),
            ("a.yaml", "enum: [" + string.Join(',', Enumerable.Range(0, 60)) + "]\n"),
            ("b.yaml", "enum: [" + string.Join(',', Enumerable.Range(0, 60)) + "]\n"));

        Assert.NotNull((await Zips.ImportAsync(zip, new ImportOptions { MaxNodes = 200 })).Connector);
        Assert.Equal("The documents of the description hold more than 130 values", await Zips.RefusalAsync(zip, new ImportOptions { MaxNodes = 130 }));
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_import_with_the_place_of_the_reference()
    {
        var result = await DescriptionImporter.ImportAsync(
            System.Text.Encoding.UTF8.GetBytes(Head + "paths: {}\ncomponents: {schemas: {A: {$ref: 'slow.yaml#/A'}}}\n"), ImportOptions.Default, new Listening(), TestContext.Current.CancellationToken);

        Assert.Null(result.Connector);
        Assert.Equal(("It took too long (slow.yaml)", "/components/schemas/A/$ref", 5), (result.Messages[^1].Text, result.Messages[^1].Pointer, result.Messages[^1].Line));
    }

    [Fact]
    public async Task Swagger_is_read_from_several_documents_too()
    {
        var connector = await ConnectorAsync(
            ("swagger.json", """{"swagger":"2.0","info":{"title":"T","version":"1"},"host":"a.example","paths":{"/a":{"get":{"operationId":"a","parameters":[{"$ref":"p.json#/limit"}],"responses":{"200":{"description":"d","schema":{"$ref":"defs/Thing.json"}}}}}}}"""),
            ("p.json", """{"limit":{"name":"limit","in":"query","type":"integer"}}"""),
            ("defs/Thing.json", """{"type":"object","properties":{"more":{"$ref":"More.json#/definitions/More"}}}"""),
            ("defs/More.json", """{"definitions":{"More":{"type":"string"}}}"""));

        Assert.Equal("integer", Assert.Single(Assert.Single(connector.Contents.Actions).Parameters).Type);
        Lines.AssertEqual(["Thing", "More"], connector.Contents.Definitions.Select(definition => definition.Name));
    }

    [Fact]
    public void Pointers_through_references_that_multiply_end()
    {
        var schemas = string.Join(", ", Enumerable.Range(0, 60).Select(i => $"S{i}: {{$ref: '#/components/schemas/S{i + 1}/%78'}}"));

        Assert.NotNull(Imported.Connector(Head + $"paths: {{}}\ncomponents: {{schemas: {{{schemas}, S60: {{$ref: '#/components/schemas/S0/%79'}}}}}}\n"));
    }

    private static async Task<ImportedConnector> ConnectorAsync(params (string Name, string Content)[] entries)
    {
        var result = await Zips.ImportAsync(entries);
        Assert.True(result.Connector is not null, string.Join('\n', result.Messages.Select(message => message.Text)));
        DefinitionChecks.AssertSound(result.Connector.Contents);
        return result.Connector;
    }

    private static string Schema(ImportedConnector connector, string name) =>
        JsonNode.Parse(connector.Contents.Definitions.Single(definition => definition.Name == name).Schema)!.ToJsonString();

    /// <summary>A source that has nothing, and remembers what it was asked for.</summary>
    private sealed class Listening : IDocumentSource
    {
        public Uri Root { get; } = new("https://description.example/openapi.yaml");

        public List<string> Asked { get; } = [];

        public Task<DocumentAnswer> ReadAsync(Uri address, CancellationToken cancellation)
        {
            Asked.Add(address.AbsoluteUri);
            return Task.FromResult<DocumentAnswer>(address.AbsolutePath.Contains("slow", StringComparison.Ordinal) ? new DocumentAnswer.Failed("It took too long") : new DocumentAnswer.Missing("it is not there"));
        }
    }
}
