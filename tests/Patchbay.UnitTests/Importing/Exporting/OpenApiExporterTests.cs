using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Xunit;

namespace Patchbay.UnitTests.Importing.Exporting;

public sealed class OpenApiExporterTests
{
    private const string Everything = """
        openapi: 3.1.0
        info: {title: Pets, version: '2', description: All about pets, license: {name: MIT}}
        servers: [{url: 'https://{zone}.example.com/v1', variables: {zone: {default: eu}}}]
        externalDocs: {url: 'https://docs.example.com'}
        tags: [{name: pets}]
        security: [{key: []}]
        paths:
          /pets/{id}:
            x-of-path: 1
            get:
              operationId: getPet
              summary: Get it
              tags: [pets]
              security: [{key: []}, {elsewhere: []}]
              externalDocs: {url: 'https://docs.example.com/get'}
              deprecated: true
              x-own: {a: 1.50}
              parameters:
              - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
              - {name: kinds, in: query, explode: false, allowReserved: true, schema: {type: array, items: {$ref: '#/components/schemas/Kind'}}, example: [a]}
              - {name: filter, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
              responses:
                '200':
                  description: It
                  headers: {X-Left: {schema: {type: integer}}}
                  content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}, examples: {one: {value: {name: Rex}}}}}
                  links: {same: {operationId: getPet, parameters: {id: $request.path.id}}}
                4XX: {description: Not it}
                default: {description: Who knows}
            put:
              operationId: putPet
              requestBody:
                required: true
                content:
                  multipart/form-data: {schema: {type: object, properties: {file: {type: string}}}, encoding: {file: {contentType: image/png}}}
              responses: {'204': {description: Done}}
        webhooks:
          petBorn: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}, responses: {'200': {description: Thanks}}}}
        components:
          securitySchemes:
            key: {type: apiKey, in: header, name: X-Key}
            basic: {type: http, scheme: basic}
            oauth: {type: oauth2, flows: {authorizationCode: {authorizationUrl: 'https://a.example', tokenUrl: 'https://t.example', scopes: {read: Reads}}, clientCredentials: {tokenUrl: 'https://t.example', scopes: {}}}}
          schemas:
            Kind: {type: string, enum: [cat, dog]}
            Pet: {type: object, properties: {name: {type: string}, mother: {$ref: '#/components/schemas/Pet'}, kind: {$ref: '#/components/schemas/Pet/$defs/k'}}, $defs: {k: {$ref: '#/components/schemas/Kind'}}}
        """;

    [Fact]
    public async Task Everything_stands_where_the_specification_has_it()
    {
        var connector = Imported.Connector(Everything);
        var exported = Exported.Of(connector);
        var json = Exported.Json(exported);

        Assert.Equal("3.1.1", (string?)json["openapi"]);
        Imported.AssertJson("""{"title":"Pets","version":"2","description":"All about pets","x-patchbay-kept-license":{"name":"MIT"}}""", json["info"]);
        Imported.AssertJson("""[{"url":"https://{zone}.example.com/v1","variables":{"zone":{"default":"eu"}}}]""", json["servers"]);
        Imported.AssertJson("""{"url":"https://docs.example.com"}""", json["externalDocs"]);
        Imported.AssertJson("""[{"key":[]}]""", json["security"]);
        Assert.Equal(["get", "put", "x-of-path"], json["paths"]!["/pets/{id}"]!.AsObject().Select(member => member.Key));
        var get = json["paths"]!["/pets/{id}"]!["get"]!.AsObject();
        Imported.AssertJson(
            """
            [{"name":"id","in":"path","required":true,"schema":{"type":"integer","minimum":1}},
             {"name":"kinds","in":"query","explode":false,"allowReserved":true,"schema":{"type":"array","items":{"$ref":"#/components/schemas/Kind"}},"example":["a"]},
             {"name":"filter","in":"query","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Pet"}}}}]
            """,
            get["parameters"]);
        Imported.AssertJson("""{"a":1.50}""", get["x-own"]);
        Imported.AssertJson("""["pets"]""", get["tags"]);
        // A requirement that names a scheme which the document has not would be invalid.
        Imported.AssertJson("""[{"key":[]},{"elsewhere":[]}]""", get["x-patchbay-kept-security"]);
        Assert.True((bool)get["deprecated"]!);
        Assert.Equal(["200", "4XX", "default"], get["responses"]!.AsObject().Select(response => response.Key));
        Imported.AssertJson("""{"application/json":{"schema":{"$ref":"#/components/schemas/Pet"},"examples":{"one":{"value":{"name":"Rex"}}}}}""", get["responses"]!["200"]!["content"]);
        Imported.AssertJson("""{"same":{"operationId":"getPet","parameters":{"id":"$request.path.id"}}}""", get["responses"]!["200"]!["links"]);
        Imported.AssertJson("""{"file":{"contentType":"image/png"}}""", json["paths"]!["/pets/{id}"]!["put"]!["requestBody"]!["content"]!["multipart/form-data"]!["encoding"]);
        Imported.AssertJson("""{"$ref":"#/components/schemas/Kind"}""", json["components"]!["schemas"]!["Pet"]!["$defs"]!["k"]);
        Imported.AssertJson("""{"$ref":"#/components/schemas/Pet/%24defs/k"}""", json["components"]!["schemas"]!["Pet"]!["properties"]!["kind"]);
        Assert.Equal(["authorizationCode", "clientCredentials"], json["components"]!["securitySchemes"]!["oauth"]!["flows"]!.AsObject().Select(flow => flow.Key));
        Assert.NotNull(json["webhooks"]!["petBorn"]!["post"]);
        Assert.Null(json[ExactContents.Field]);
        Assert.Empty(exported.Remarks);

        await Exported.AssertValidAsync(exported);
        await Exported.AssertValidAsync(Exported.Of(connector, DescriptionFormat.Yaml), "yaml");
        var back = Exported.Reimport(exported);
        Exported.AssertSame(connector.Contents, back.Connector!.Contents);
        Assert.Equal(connector.AuthSchemes.Select(Told), back.Connector.AuthSchemes.Select(Told));
        Assert.Equal(
            (connector.Name, connector.Version, connector.Description, connector.BaseUrl, connector.DocumentationUrl),
            (back.Connector.Name, back.Connector.Version, back.Connector.Description, back.Connector.BaseUrl, back.Connector.DocumentationUrl));
        Assert.Equal(connector.Variables, back.Connector.Variables);
        Assert.DoesNotContain(back.Messages, message => message.Severity == ImportSeverity.Warning);

        static string Told(ImportedAuthScheme scheme) => scheme is ImportedOAuth2 oauth2
            ? $"{oauth2.SourceName} {oauth2.GrantType} {oauth2.AuthorizeUrl} {oauth2.TokenUrl} {string.Join(' ', oauth2.Scopes)}"
            : scheme.ToString();
    }

    [Fact]
    public async Task Actions_of_one_method_and_path_are_told_apart_by_a_fragment()
    {
        var exported = Exported.Of(Exported.Connector(new([Action("a"), Action("b"), Action("c") with { Path = "/x/{{ param.other }}", Method = "PUT" }], [], [])));

        Assert.Equal(["/x/{id}", "/x/{id}#b", "/x/{other}#c"], Exported.Json(exported)["paths"]!.AsObject().Select(path => path.Key));
        Assert.Equal(3, Exported.Back(exported).Actions.Count);
        await Exported.AssertValidAsync(exported);
    }

    [Fact]
    public async Task What_a_description_cannot_hold_is_said_and_stands_in_an_extension()
    {
        var contents = new ConnectorContents(
            [Action("tunnel") with { Method = "CONNECT" }, Action("___")],
            [new() { Name = "x-born", Method = "POST", Responses = [new() { Status = 200 }] }],
            [Definition("Order", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="Line.xsd"/></xs:schema>""", "application/xml") with { Description = "An order" }]);
        var exported = Exported.Of(Exported.Connector(contents) with { Variables = [new("elsewhere", "")] });

        Assert.Equal(5, exported.Remarks.Count);
        Assert.All(["'tunnel'", "'___'", "'x-born'", "'Order'", "'elsewhere'"], part => Assert.Contains(exported.Remarks, remark => remark.Contains(part, StringComparison.Ordinal)));
        Assert.Equal(exported.Remarks, Exported.Json(exported)["x-patchbay-messages"]!.AsArray().Select(remark => (string)remark!));
        var back = Exported.Back(exported);
        Exported.AssertSame(contents, back);
        Assert.Equal(["Line"], Assert.Single(back.Definitions).References);
        await Exported.AssertValidAsync(exported);
    }

    [Fact]
    public void A_path_with_a_connection_variable_gets_a_server_of_its_own()
    {
        var contents = new ConnectorContents([Action("a") with { Path = "/in/{{ conn.zone }}/x/{{ param.id }}" }], [], []);
        var exported = Exported.Of(Exported.Connector(contents) with { BaseUrl = "https://{{ conn.zone }}.example.com", Variables = [new("zone", "eu")] });

        var operation = Exported.Json(exported)["paths"]!["/x/{id}"]!["get"]!;
        Imported.AssertJson("""[{"url":"https://{zone}.example.com/in/{zone}","variables":{"zone":{"default":"eu"}}}]""", operation["servers"]);
        Exported.AssertSame(contents, Exported.Back(exported));
    }

    [Fact]
    public void A_reference_that_leads_nowhere_is_marked_in_the_words_of_the_importer_and_comes_back()
    {
        var contents = new ConnectorContents([], [], [Definition("A", """{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"gone":{"$ref":"Gone.json"}}}""")]);
        var exported = Exported.Of(Exported.Connector(contents));

        Imported.AssertJson("""{"properties":{"gone":{"x-unresolved-reference":"Gone.json"}}}""", Exported.Json(exported)["components"]!["schemas"]!["A"]);
        Exported.AssertSame(contents, Exported.Back(exported));
    }

    [Fact]
    public void The_text_of_a_schema_comes_back_byte_for_byte()
    {
        var contents = new ConnectorContents([], [], [Definition("A", "{ \"type\" :\t\"string\" }\r\n")]);
        Exported.AssertSame(contents, Exported.Back(Exported.Of(Exported.Connector(contents))));
    }

    [Fact]
    public void An_edit_of_the_description_counts_and_the_extension_does_not()
    {
        var contents = new ConnectorContents([Action("a") with { Responses = [] }, Action("b") with { Responses = [], Path = "/b" }], [], []);
        var json = Exported.Json(Exported.Of(Exported.Connector(contents)));
        Assert.Equal(2, json[ExactContents.Field]!["actions"]!.AsObject().Count);
        json["paths"]!["/b"]!["get"]!["summary"] = "Edited";

        var result = Imported.Result(json.ToJsonString());
        Imported.AssertMessage(result, "was edited since");
        var (a, b) = (result.Connector!.Contents.Actions[0], result.Connector.Contents.Actions[1]);
        Assert.Empty(a.Responses);
        Assert.Equal("Edited", b.Summary);
        Assert.Single(b.Responses);
    }

    [Theory]
    [InlineData("""{"name":"b","method":"GET","path":"/","in":"odd"}""")]
    [InlineData("""{"name":"b","method":"get","path":"/"}""")]
    [InlineData("""{"name":"other","method":"GET","path":"/"}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","responses":null}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","responses":[null]}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","responses":[{"status":99}]}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","responses":[{},{}]}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","parameters":[{"name":"q","in":"body","required":true,"type":"string"}]}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","parameters":[{"name":"q","in":"query","required":true,"type":"text"}]}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","requestBody":{"required":true,"definitions":[{"definition":"../x","mediaTypes":["a/b"]}]}}""")]
    [InlineData("""{"name":"b","method":"GET","path":"/","requestBody":{"required":true,"definitions":[{"definition":"x","mediaTypes":[null]}]}}""")]
    [InlineData("[]")]
    public void A_stranger_cannot_bring_in_contents_that_break_the_rules(string content)
    {
        var document = """{"openapi":"3.1.1","info":{"title":"T","version":"1"},"servers":[{"url":"https://a.example"}],"paths":{},"x-patchbay-contents":{"actions":{"b":{"content":""";
        var result = Imported.Result(document + content + "}}}}");
        Imported.AssertMessage(result, "breaks the rules for contents");
        Assert.Empty(result.Connector!.Contents.Actions);
    }

    [Theory]
    [InlineData("""{"allOf":[{"$ref":"B.json"}]}""", """{"allOf":[{"$ref":"A.json"}]}""")]
    [InlineData("""{"type":5}""", "{}")]
    [InlineData("""{"pattern":"("}""", "{}")]
    [InlineData("""{"a":1,"a":2}""", "{}")]
    [InlineData("[1]", "{}")]
    [InlineData("nonsense", "{}")]
    public void A_stranger_cannot_bring_in_schemas_that_no_validator_could_bear(string a, string b)
    {
        var definitions = new JsonObject { ["A"] = Entry("A", a), ["B"] = Entry("B", b) };
        var document = new JsonObject
        {
            ["openapi"] = "3.1.1", ["info"] = new JsonObject { ["title"] = "T", ["version"] = "1" }, ["paths"] = new JsonObject(),
            ["x-patchbay-contents"] = new JsonObject { ["definitions"] = definitions },
        };
        var result = Imported.Result(document.ToJsonString());
        Imported.AssertMessage(result, "cannot be used");
        Assert.Empty(result.Connector!.Contents.Definitions);

        static JsonObject Entry(string name, string schema) => new()
        {
            ["content"] = new JsonObject { ["name"] = name, ["accept"] = new JsonArray("application/json"), ["contentType"] = "application/schema+json", ["schema"] = schema },
        };
    }

    [Fact]
    public void Data_that_looks_like_a_reference_stays_data()
    {
        var connector = Imported.Connector(Imported.Schema("""
            type: object
            default: {$ref: 'S.json'}
            enum: [{$ref: 'S.json'}]
            x-own: {$ref: 'S.json'}
            properties: {$ref: {type: string}, self: {$ref: '#/components/schemas/S'}}
            """, "3.1.0"));
        var exported = Exported.Of(connector);

        var schema = Exported.Json(exported)["components"]!["schemas"]!["S"]!;
        Assert.Equal("S.json", (string?)schema["default"]!["$ref"]);
        Assert.Equal("#/components/schemas/S", (string?)schema["properties"]!["self"]!["$ref"]);
        Exported.AssertSame(connector.Contents, Exported.Back(exported));
    }

    [Fact]
    public void Swagger_facts_that_openapi_has_no_field_for_keep_their_place()
    {
        var connector = Imported.Connector("""
            swagger: '2.0'
            info: {title: T, version: '1'}
            host: a.example
            paths:
              /a:
                get:
                  operationId: a
                  schemes: [http]
                  x-ms-visibility: important
                  tags: [t]
                  parameters: [{name: Accept, in: header, type: string, x-ms-summary: s}, {name: q, in: query, type: string, x-example: 1, example: e}]
                  responses: {'200': {schema: {type: string}}}
            """);
        var exported = Exported.Of(connector);

        var operation = Exported.Json(exported)["paths"]!["/a"]!["get"]!.AsObject();
        Assert.Equal(["x-patchbay-kept-schemes", "x-ms-visibility", "tags"], operation.Select(member => member.Key).SkipWhile(key => key != "x-patchbay-kept-schemes"));
        Assert.Null(Exported.Json(exported)[ExactContents.Field]);
        Exported.AssertSame(connector.Contents, Exported.Back(exported));
    }

    private static ActionContent Action(string name) => new()
    {
        Name = name,
        Method = "GET",
        Path = "/x/{{ param.id }}",
        Parameters = [new() { Name = "id", In = "path", Required = true, Type = "string" }],
        Responses = [new() { Status = 200, Description = "Fine" }],
    };

    private static DefinitionContent Definition(string name, string schema, string contentType = "application/schema+json")
    {
        var definition = new DefinitionContent { Name = name, Accept = ["application/json"], ContentType = contentType, Schema = schema };
        return definition with { References = DefinitionReferences.Of(definition) };
    }
}
