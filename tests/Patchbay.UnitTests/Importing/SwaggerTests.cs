using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>What Swagger 2.0 says differently from OpenAPI 3.</summary>
public sealed class SwaggerTests
{
    [Theory]
    [InlineData("host: a.example, basePath: /v1, schemes: [http, https]", "https://a.example/v1", "")]
    [InlineData("host: a.example:8080, schemes: [http]", "http://a.example:8080", "")]
    [InlineData("host: a.example, basePath: v1/", "http://a.example/v1", "")]
    [InlineData("host: a.example, basePath: /", "http://a.example", "")]
    [InlineData("basePath: /v1", "http://source.example:81/v1", "")]
    [InlineData("basePath: /v1, schemes: [https]", "https://source.example:81/v1", "")]
    [InlineData("host: 'https://a.example/'", "https://a.example", "has a scheme")]
    [InlineData("host: '{tenant}.a.example', schemes: [https]", "https://{{ conn.tenant }}.a.example", "hold a placeholder")]
    [InlineData("host: a.example, schemes: [wss]", "http://a.example", "neither http nor https")]
    public void The_base_url_is_made_of_scheme_host_and_path(string fields, string baseUrl, string message)
    {
        var result = Imported.Result($$"""{swagger: '2.0', info: {title: T, version: 1}, {{fields}}, paths: {} }""", new ImportOptions { SourceUrl = new Uri("http://source.example:81/x/swagger.json") });

        Assert.Equal(baseUrl, result.Connector!.BaseUrl);
        if (message.Length > 0) Imported.AssertMessage(result, message);
    }

    [Fact]
    public void Without_a_host_the_base_url_is_the_path_alone_with_a_message()
    {
        var result = Imported.Result("{swagger: 2.0, info: {title: T, version: 1}, basePath: /v1, paths: {}}");

        Assert.Equal("/v1", result.Connector!.BaseUrl);
        Imported.AssertMessage(result, "names no host");
    }

    [Theory]
    [InlineData("{type: string}", "string", null)]
    [InlineData("{type: integer, format: int64, default: 2}", "integer", """{"type":"integer","format":"int64","default":2}""")]
    [InlineData("{type: string, x-nullable: true}", "string", null)]
    [InlineData("{type: string, enum: [a], x-own: 1}", "string", """{"type":"string","enum":["a"]}""")]
    [InlineData("{schema: {type: integer}}", "integer", null)]
    [InlineData("{type: array, items: {type: integer, collectionFormat: pipes}}", "string", """{"type":"array","items":{"type":"integer","collectionFormat":"pipes"}}""")]
    public void A_parameter_is_its_own_schema(string fields, string type, string? schema)
    {
        var parameter = Assert.Single(Action($"parameters: [{{name: p, in: query, {fields[1..]}]").Parameters);

        Assert.Equal((type, schema), (parameter.Type, parameter.Schema?.ToJsonString()));
    }

    [Theory]
    [InlineData("query", "", null, false)]
    [InlineData("query", "collectionFormat: csv", null, false)]
    [InlineData("query", "collectionFormat: multi", null, null)]
    [InlineData("query", "collectionFormat: ssv", "spaceDelimited", null)]
    [InlineData("query", "collectionFormat: pipes", "pipeDelimited", null)]
    [InlineData("header", "collectionFormat: csv", null, null)]
    public void The_collection_format_is_a_style(string place, string format, string? style, bool? explode)
    {
        var parameter = Assert.Single(Action($"parameters: [{{name: p, in: {place}, type: array, items: {{type: string}}, {format}}}]").Parameters);

        Assert.Equal((style, explode), (parameter.Style, parameter.Explode));
        Assert.Null(parameter.Source);
    }

    [Fact]
    public void A_collection_format_without_counterpart_is_kept_with_a_message()
    {
        var result = Read("parameters: [{name: p, in: query, type: array, items: {type: string}, collectionFormat: tsv}]");

        Imported.AssertJson("""{"collectionFormat": "tsv"}""", Assert.Single(Only(result).Parameters).Source);
        Imported.AssertMessage(result, "collectionFormat has no counterpart");
    }

    [Fact]
    public void Headers_of_any_name_are_parameters() =>
        Assert.Equal("Authorization", Assert.Single(Action("parameters: [{name: Authorization, in: header, type: string}]").Parameters).Name);

    [Fact]
    public void A_body_is_linked_for_all_that_is_consumed()
    {
        var action = Action("""
            consumes: [application/json, text/xml]
            parameters: [{name: pet, in: body, required: true, description: d, schema: {$ref: '#/definitions/Pet'}, x-own: 1}]
            """);

        var body = action.RequestBody!;
        Assert.Equal((true, "d", "Pet[application/json,text/xml]"), (body.Required, body.Description, Show(body.Definitions)));
        Assert.Empty(action.Parameters);
        Imported.AssertJson("""{"name": "pet", "x-own": 1}""", action.Source!["requestBody"]);
    }

    [Fact]
    public void Where_nothing_is_consumed_a_body_is_json() =>
        Assert.Equal("post_request[application/json]", Show(Action("parameters: [{name: b, in: body, schema: {type: object}}]").RequestBody!.Definitions));

    [Fact]
    public void Form_fields_are_one_schema_with_an_encoding()
    {
        var result = Read("""
            consumes: [application/x-www-form-urlencoded]
            parameters:
              - {name: a, in: formData, type: string, required: true, description: d, x-own: 1}
              - {name: b, in: formData, type: array, items: {type: integer}, collectionFormat: pipes}
            """);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        var body = Only(result).RequestBody!;
        Assert.Equal((true, "post_request[application/x-www-form-urlencoded]"), (body.Required, Show(body.Definitions)));
        Imported.AssertJson("""{"b": {"style": "pipeDelimited"}}""", body.Definitions[0].Encoding);
        Assert.Contains(
            """
            "type":"object","properties":{"a":{"type":"string","description":"d","x-own":1},"b":{"type":"array","items":{"type":"integer"}}},"required":["a"]}
            """,
            result.Connector.Contents.Definitions.Single(definition => definition.Name == "post_request").Schema,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "application/x-www-form-urlencoded", "multipart/form-data")]
    [InlineData("consumes: [multipart/form-data, application/x-www-form-urlencoded]", "multipart/form-data,application/x-www-form-urlencoded", "multipart/form-data")]
    [InlineData("consumes: [application/json]", "application/x-www-form-urlencoded", "multipart/form-data")]
    public void A_form_has_the_media_types_that_can_carry_it(string consumes, string plain, string withFile)
    {
        Assert.Equal($"post_request[{plain}]", Show(Action($"{consumes}\nparameters: [{{name: a, in: formData, type: string}}]").RequestBody!.Definitions));

        var result = Read($"{consumes}\nparameters: [{{name: a, in: formData, type: file}}]");
        Assert.Equal($"post_request[{withFile}]", Show(Only(result).RequestBody!.Definitions));
        Assert.DoesNotContain(result.Messages, message => message.Text.Contains("of the wrong kind", StringComparison.Ordinal));
        Assert.Contains("""{"a":{"format":"binary","type":"string"}}""", result.Connector!.Contents.Definitions.Single(definition => definition.Name == "post_request").Schema, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_body_and_form_fields_the_body_is_taken_with_a_message()
    {
        var result = Read("parameters: [{name: f, in: formData, type: string}, {name: b, in: body, schema: {type: object}}]");

        Assert.Equal("post_request[application/json]", Show(Only(result).RequestBody!.Definitions));
        Imported.AssertMessage(result, "A request has one body");
    }

    [Fact]
    public void A_response_is_linked_for_all_that_is_produced_with_its_examples()
    {
        var response = Assert.Single(Action("""
            produces: [application/json, text/xml]
            responses:
              200:
                description: d
                schema: {$ref: '#/definitions/Pet'}
                headers: {X-Rate: {type: integer, description: left}}
                examples: {text/xml: <pet/>, text/plain: pet}
                x-own: 1
            """).Responses);

        Assert.Equal("Pet[application/json] Pet[text/xml]", Show(response.Definitions));
        Imported.AssertJson("""{"example": "<pet/>"}""", response.Definitions[1].Examples);
        Imported.AssertJson("""{"x-own": 1, "examples": {"text/plain": "pet"}}""", response.Source);
        var header = Assert.Single(response.Headers);
        Assert.Equal(("X-Rate", "integer", "left"), (header.Name, header.Type, header.Description));
    }

    [Fact]
    public void A_file_in_a_response_is_just_bytes_and_no_schema_is_no_body()
    {
        var responses = Action("responses: {200: {description: d, schema: {type: file}}, 204: {description: d}, 400: {$ref: '#/responses/Bad'}}").Responses;

        Assert.Equal("BinaryContent[application/octet-stream]", Show(responses[0].Definitions));
        Assert.Empty(responses[1].Definitions);
        Assert.Equal("Bad_response[application/json]", Show(responses[2].Definitions));
    }

    [Theory]
    [InlineData("{type: string, x-nullable: true}", """{"type": ["string", "null"], "x-nullable": true}""", "")]
    [InlineData("{type: string, nullable: true}", """{"type": ["string", "null"]}""", "of OpenAPI 3.0 only")]
    [InlineData("{type: object, discriminator: kind, example: {kind: a}}", """{"type": "object", "discriminator": {"propertyName": "kind"}, "examples": [{"kind": "a"}]}""", "")]
    public void Schemas_are_converted_as_of_OpenAPI_3(string schema, string expected, string message)
    {
        var result = Imported.Result($$"""
            swagger: '2.0'
            info: {title: T, version: 1}
            host: a.example
            paths: {}
            definitions:
              S: {{schema}}
            """);

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Assert.EndsWith(System.Text.Json.Nodes.JsonNode.Parse(expected)!.ToJsonString()[1..], result.Connector.Contents.Definitions[0].Schema, StringComparison.Ordinal);
        if (message.Length > 0) Imported.AssertMessage(result, message);
    }

    [Theory]
    [InlineData("{type: basic}", "ImportedBasicAuth { SourceName = s, Description =  }")]
    [InlineData("{type: apiKey, in: query, name: k}", "ImportedApiKey { SourceName = s, Description = , In = query, Name = k }")]
    [InlineData("{type: oauth2, flow: accessCode, authorizationUrl: 'https://a.example/a', tokenUrl: 'https://a.example/t', scopes: {}}", "authorization_code https://a.example/a https://a.example/t")]
    [InlineData("{type: oauth2, flow: application, tokenUrl: 'https://a.example/t', scopes: {}}", "client_credentials  https://a.example/t")]
    [InlineData("{type: oauth2, flow: password, tokenUrl: 'https://a.example/t', scopes: {}}", "password  https://a.example/t")]
    public void Security_definitions_are_schemes(string definition, string expected)
    {
        var result = Imported.Result($$"""{swagger: '2.0', info: {title: T, version: 1}, host: a.example, paths: {}, securityDefinitions: {s: {{definition}} } }""");

        var scheme = Assert.Single(result.Connector!.AuthSchemes);
        Assert.Equal(expected, scheme is ImportedOAuth2 grant ? $"{grant.GrantType} {grant.AuthorizeUrl} {grant.TokenUrl}" : scheme.ToString());
        Assert.Empty(result.Messages);
    }

    private static ImportResult Read(string fields) => Imported.Result($$"""
        swagger: '2.0'
        info: {title: T, version: 1}
        host: a.example
        paths:
          /a:
            post:
              operationId: post
        {{string.Join('\n', fields.Split('\n').Select(line => "      " + line))}}
        definitions:
          Pet: {type: object}
        responses:
          Bad: {description: d, schema: {type: object} }
        """);

    private static ActionContent Action(string fields) => Only(Read(fields));

    private static ActionContent Only(ImportResult result) => Assert.Single(result.Connector!.Contents.Actions);

    private static string Show(IEnumerable<DefinitionLink> links) =>
        string.Join(' ', links.Select(link => $"{link.Definition}[{string.Join(',', link.MediaTypes)}]"));
}
