using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>What breaks a rule and has one obvious reading is read that way, with a message. Published descriptions break every rule.</summary>
public sealed class BrokenRuleTests
{
    [Theory]
    [InlineData("openapi: v3.0.1", "OpenAPI", "")]
    [InlineData("openapi: 3.0", "OpenAPI", "")]
    [InlineData("openapi: 3", "OpenAPI", "")]
    [InlineData("openapi: 3.1.0-rc1", "OpenAPI", "")]
    [InlineData("openapi: '2.0'", "Swagger", "under the field of another specification")]
    [InlineData("swagger: 2", "Swagger", "")]
    [InlineData("swagger: '3.0.0'", "OpenAPI", "under the field of another specification")]
    [InlineData("tags: []", "OpenAPI", "names no version of OpenAPI; it was read as 3.0")]
    [InlineData("basePath: /v1", "Swagger", "names no version of OpenAPI, and has fields of Swagger 2.0")]
    public void A_version_is_read_however_it_is_written(string field, string read, string message)
    {
        var result = Imported.Result(field + "\n" + """
            info: {title: T, version: '1'}
            paths: {/a: {get: {parameters: [{name: p, in: query, type: integer}], responses: {200: {description: d}}}}}
            """);

        Assert.Equal("integer", Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Parameters).Type);
        Assert.Equal(read == "OpenAPI", result.Messages.Any(other => other.Text.Contains("keywords of a schema in place", StringComparison.Ordinal)));
        if (message.Length > 0) Imported.AssertMessage(result, message);
    }

    [Theory]
    [InlineData("{name: ID, in: path, required: true}", "path id", "differs from its placeholder in capitals")]
    [InlineData("{name: id, in: url, required: true}", "path id", "by another word")]
    [InlineData("{name: id, in: Path, required: 'yes'}", "path id", "means one")]
    public void A_path_parameter_finds_its_placeholder(string parameter, string expected, string message)
    {
        var result = Imported.Result(Imported.Operation($"parameters: [{parameter}]", "/a/{id}"));

        var read = Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Parameters);
        Assert.Equal((expected, true), ($"{read.In} {read.Name}", read.Required));
        Imported.AssertMessage(result, message);
    }

    [Theory]
    [InlineData("'/a/:id/b'", "/a/{{ param.id }}/b")]
    [InlineData("'/a/<id>'", "/a/{{ param.id }}")]
    [InlineData("'/a/:other'", "/a/:other")]
    [InlineData("'/a/{id=things/*}'", "/a/{{ param.id }}")]
    [InlineData("' /a/{id} '", "/a/{{ param.id }}")]
    public void Placeholders_of_web_frameworks_are_placeholders(string path, string expected) => Assert.Equal(
        expected, Imported.OnlyAction(Imported.Operation("parameters: [{name: id, in: path, required: true, schema: {type: string}}]", path)).Path);

    [Fact]
    public void Parameters_that_are_an_object_are_each_read()
    {
        var result = Imported.Result(Imported.Operation("parameters: {q: {in: query, schema: {type: integer}}, other: {name: r, in: header}}"));

        Lines.AssertEqual(["query q", "header r"], Assert.Single(result.Connector!.Contents.Actions).Parameters.Select(parameter => $"{parameter.In} {parameter.Name}"));
        Imported.AssertMessage(result, "are an object in place of a list");
    }

    [Fact]
    public void A_parameter_with_a_schema_and_media_types_takes_the_schema()
    {
        var result = Imported.Result(Imported.Operation("parameters: [{name: p, in: query, schema: {type: integer}, content: {a/b: {}}, format: int32}]"));

        var parameter = Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Parameters);
        Assert.True(parameter is { Type: "integer", ContentType: null });
        Imported.AssertJson("""{"format":"int32"}""", parameter.Source);
        Imported.AssertMessage(result, "of which it can have one");
        Imported.AssertMessage(result, "field of a parameter or header is unknown", ImportSeverity.Info);
    }

    [Theory]
    [InlineData("requestBody: {schema: {type: object}}", "getThings_request[application/json]")]
    [InlineData("requestBody: {application/xml: {schema: {type: object}}}", "getThings_request[application/xml]")]
    [InlineData("requestBody: {content: {application/json: {type: object, properties: {a: {}}}}}", "getThings_request[application/json]")]
    [InlineData("requestBody: {content: {application/json: {$ref: '#/components/schemas/S'}}}", "S[application/json]")]
    [InlineData("parameters: [{name: b, in: body, schema: {$ref: '#/definitions/S'}}]", "S[application/json]")]
    [InlineData("consumes: [text/xml]\nparameters: [{name: b, in: body, schema: {$ref: '#/components/schemas/S'}}]", "S[text/xml]")]
    [InlineData("parameters: [{name: f, in: formData, type: file}]", "getThings_request[multipart/form-data]")]
    public void A_body_is_found_where_it_should_not_be(string fields, string expected)
    {
        var result = Imported.Result(Imported.Operation(fields) + "\ncomponents: {schemas: {S: {type: object}}}");

        var contents = result.Connector!.Contents;
        DefinitionChecks.AssertSound(contents);
        Assert.Equal(expected, Show(contents.Actions[0].RequestBody!.Definitions));
        Assert.Contains(result.Messages, message => message.Severity == ImportSeverity.Warning && !message.Text.Contains("no responses", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("responses: {200: OK}", "", "A response is a text")]
    [InlineData("responses: {200: {description: OK, schema: {$ref: '#/components/schemas/S'}}}", "S[application/json]", "written as in Swagger 2.0")]
    [InlineData("produces: [text/xml]\nresponses: {200: {description: OK, schema: {$ref: '#/components/schemas/S'}, examples: {text/xml: a}}}", "S[text/xml]", "written as in Swagger 2.0")]
    [InlineData("responses: {200: {description: OK, application/json: {schema: {$ref: '#/components/schemas/S'}}}}", "S[application/json]", "without content")]
    public void A_response_is_read_however_it_is_written(string fields, string expected, string message)
    {
        var result = Imported.Result(Imported.Operation(fields) + "\ncomponents: {schemas: {S: {type: object}}}");

        var response = Assert.Single(Assert.Single(result.Connector!.Contents.Actions).Responses);
        Assert.Equal((200, "OK", expected), (response.Status, response.Description, Show(response.Definitions)));
        Imported.AssertMessage(result, message);
    }

    [Fact]
    public void Swagger_with_the_bodies_of_OpenAPI_3_is_read_as_there()
    {
        var result = Imported.Result("""
            swagger: '2.0'
            info: {title: T, version: '1'}
            servers: [{url: 'https://a.example/v1'}]
            paths:
              /a:
                post:
                  operationId: a
                  requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}
                  responses: {200: {description: d, content: {text/plain: {schema: {type: string}}}}}
            components:
              schemas: {S: {type: object}}
              securitySchemes: {s: {type: http, scheme: bearer}}
            """);

        var connector = result.Connector!;
        DefinitionChecks.AssertSound(connector.Contents);
        Assert.Equal("https://a.example/v1", connector.BaseUrl);
        Assert.Equal("S[application/json]", Show(connector.Contents.Actions[0].RequestBody!.Definitions));
        Assert.Equal("a_response_200[text/plain]", Show(connector.Contents.Actions[0].Responses[0].Definitions));
        Assert.IsType<ImportedApiKey>(Assert.Single(connector.AuthSchemes));
        Imported.AssertMessage(result, "of another version of the specification");
    }

    [Fact]
    public void OpenAPI_3_with_the_places_of_Swagger_is_read_as_there()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            host: a.example
            basePath: /v1
            schemes: [https]
            paths: {/a: {get: {parameters: [{$ref: '#/parameters/P'}], responses: {200: {$ref: '#/responses/R'}}}}}
            parameters: {P: {name: p, in: query, type: integer}}
            responses: {R: {description: d, content: {a/json: {schema: {$ref: '#/definitions/S'}}}}}
            definitions: {S: {type: object}}
            securityDefinitions: {s: {type: oauth2, flow: application, tokenUrl: 'https://a.example/t', scopes: [a, b]}}
            """);

        var connector = result.Connector!;
        DefinitionChecks.AssertSound(connector.Contents);
        Assert.Equal("https://a.example/v1", connector.BaseUrl);
        Assert.Equal("S[a/json]", Show(connector.Contents.Actions[0].Responses[0].Definitions));
        Assert.Equal("p", Assert.Single(connector.Contents.Actions[0].Parameters).Name);
        Lines.AssertEqual(["a", "b"], Assert.IsType<ImportedOAuth2>(Assert.Single(connector.AuthSchemes)).Scopes.Select(scope => scope.Key));
    }

    [Theory]
    [InlineData("#/components/schemas/pet")]
    [InlineData("#/components/schemas/Pet/")]
    [InlineData("components/schemas/Pet")]
    [InlineData("/definitions/Pet")]
    [InlineData("#definitions/Pet")]
    [InlineData("#/definitions/Pet")]
    [InlineData("Pet")]
    public void A_reference_that_is_written_otherwise_is_followed_with_a_message(string reference)
    {
        var result = Imported.Result(Imported.Schema($"{{properties: {{a: {{$ref: '{reference}'}}}}}}") + "\n    Pet: {type: string}\n");

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Lines.AssertEqual(["Pet"], result.Connector.Contents.Definitions.Single(definition => definition.Name == "S").References);
        Imported.AssertMessage(result, "A reference is written otherwise");
    }

    [Theory]
    [InlineData("a/b", "#/components/schemas/a/b")]
    [InlineData("a b", "#/components/schemas/a b")]
    [InlineData("a b", "#/components/schemas/a%20b")]
    [InlineData("a%20b", "#/components/schemas/a%20b")]
    [InlineData("List<Pet>", "#/components/schemas/List%3CPet%3E")]
    [InlineData("Page[Pet]", "#/components/schemas/Page[Pet]")]
    [InlineData("größe", "#/components/schemas/größe")]
    [InlineData("a~b", "#/components/schemas/a~b")]
    public void Odd_characters_in_names_and_references_are_understood(string name, string reference)
    {
        var contents = Imported.Connector(Imported.Schema($"{{properties: {{a: {{$ref: '{reference}'}}}}}}") + $"\n    '{name}': {{type: string}}\n").Contents;

        DefinitionChecks.AssertSound(contents);
        Assert.Single(contents.Definitions.Single(definition => definition.Name == "S").References);
    }

    [Theory]
    [InlineData("{type: bearer}", "ImportedApiKey")]
    [InlineData("{scheme: bearer}", "ImportedApiKey")]
    [InlineData("{in: header, name: K}", "ImportedApiKey")]
    [InlineData("{type: apikey, in: Header, name: K}", "ImportedApiKey")]
    [InlineData("{type: basicAuth}", "ImportedBasicAuth")]
    [InlineData("{type: oauth2, authorizationUrl: 'https://a.example/a', tokenUrl: 'https://a.example/t'}", "ImportedOAuth2 authorization_code")]
    [InlineData("{type: oauth, flows: {client_credentials: {tokenUrl: 'https://a.example/t', scopes: {}}}}", "ImportedOAuth2 client_credentials")]
    [InlineData("{flow: password, tokenUrl: 'https://a.example/t'}", "ImportedOAuth2 password")]
    public void A_security_scheme_is_what_it_has(string scheme, string expected)
    {
        var read = Assert.Single(Imported.Connector(Imported.Schema("{}") + $"\n  securitySchemes: {{s: {scheme}}}\n").AuthSchemes);

        Assert.Equal(expected, read.GetType().Name + (read is ImportedOAuth2 grant ? " " + grant.GrantType : ""));
    }

    [Theory]
    [InlineData("https://a.example/v1", "https://a.example/v1")]
    [InlineData("{url: 'https://a.example/v1'}", "https://a.example/v1")]
    [InlineData("['https://a.example/v1']", "https://a.example/v1")]
    [InlineData("[{url: api.example.com/v1}]", "https://api.example.com/v1")]
    [InlineData("[{url: 'https://{v}.example', variables: {v: a}}]", "https://{{ conn.v }}.example")]
    public void Servers_are_read_however_they_are_written(string servers, string expected)
    {
        var result = Imported.Result($"{{openapi: 3.0.0, info: {{title: T, version: '1'}}, servers: {servers}, paths: {{}} }}");

        Assert.Equal(expected, result.Connector!.BaseUrl);
    }

    [Theory]
    [InlineData("schemes: http", "http://a.example")]
    [InlineData("schemes: ['HTTPS://']", "https://a.example")]
    [InlineData("schemes: [ws, http]", "http://a.example")]
    [InlineData("basePath: v1", "https://a.example/v1")]
    [InlineData("basePath: 'https://b.example/v1/'", "https://b.example/v1")]
    [InlineData("x-ms-parameterized-host: {hostTemplate: '{account}.b.example', parameters: []}", "https://{{ conn.account }}.b.example")]
    [InlineData("x-ms-parameterized-host: {hostTemplate: '{endpoint}/x', useSchemePrefix: false}", "{{ conn.endpoint }}/x")]
    public void The_base_url_of_Swagger_is_read_however_it_is_written(string field, string expected) => Assert.Equal(
        expected, Imported.Connector($"swagger: '2.0'\ninfo: {{title: T, version: '1'}}\nhost: a.example\npaths: {{}}\n{field}\n").BaseUrl);

    [Theory]
    [InlineData("{properties: {a: string, b: {items: integer}}}", """{"properties":{"a":{"type":"string"},"b":{"items":{"type":"integer"}}}}""")]
    [InlineData("string", """{"type":"string"}""")]
    public void The_name_of_a_type_is_a_schema_of_that_type(string schema, string expected)
    {
        Imported.AssertJson(expected, Imported.Converted(schema));
        Imported.AssertMessage(Imported.Result(Imported.Schema(schema)), "A schema is the name of a type");
    }

    [Fact]
    public void An_operation_without_a_value_is_an_action_all_the_same()
    {
        var result = Imported.Result("openapi: 3.0.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://a.example'}]\npaths:\n  /a:\n    get:\n    post: text\n");

        Assert.Equal("get_a", Assert.Single(result.Connector!.Contents.Actions).Name);
        Imported.AssertMessage(result, "An operation has no value");
        Imported.AssertMessage(result, "An operation is no object");
    }

    [Fact]
    public void A_path_that_is_repeated_keeps_the_operations_of_all_its_places()
    {
        var result = Imported.Result("""
            {"openapi":"3.0.0","info":{"title":"T","version":"1"},"servers":[{"url":"https://a.example"}],
            "paths":{"/a":{"get":OPERATION},"/b":{"get":OPERATION},"/a":{"post":OPERATION},"/b":{"get":OPERATION}}}
            """.Replace("OPERATION", """{"responses":{"200":{"description":"d"}}}""", StringComparison.Ordinal));

        Lines.AssertEqual(["GET /a", "POST /a", "GET /b"], result.Connector!.Contents.Actions.Select(action => $"{action.Method} {action.Path}"));
        Assert.Equal(("/paths/~1a", 2), Place(Imported.AssertMessage(result, "A path is repeated")));
        Assert.Equal(("/paths/~1b", 2), Place(Imported.AssertMessage(result, "A name is repeated")));

        static (string, int) Place(ImportMessage message) => (message.Pointer, message.Line);
    }

    [Theory]
    [InlineData("openapi: 3.0.0\ninfo:\n\ttitle: T\n\tversion: '1'\npaths:\n\t/a:\n\t\tget:\n\t\t\tresponses:\n\t\t\t\t200: {description: d}\n")]
    [InlineData("openapi: 3.0.0\ninfo:\n    title: T\n    version: '1'\npaths:\n    /a:\n\tget:\n\t    responses:\n\t\t200: {description: d}\n")]
    public void Tabs_that_indent_YAML_are_blanks(string document)
    {
        var result = Imported.Result(document);

        Assert.NotNull(result.Connector);
        Imported.AssertMessage(result, "may not be indented by tabs");
    }

    [Fact]
    public void A_list_of_texts_is_a_text()
    {
        var result = Imported.Result(Imported.Operation("summary: [Beta]\ndescription: [a, b]\ndeprecated: 'True'"));

        var action = Assert.Single(result.Connector!.Contents.Actions);
        Assert.Equal(("Beta", "a\nb", true), (action.Summary, action.Description, action.Deprecated));
        Imported.AssertMessage(result, "is a list of texts");
    }

    [Fact]
    public void Paths_that_Azure_keeps_elsewhere_are_paths()
    {
        var result = Imported.Result("""
            swagger: '2.0'
            info: {title: T, version: '1'}
            host: a.example
            paths: {/a: {get: {operationId: a, responses: {200: {description: d}}}}}
            x-ms-paths: {'/a?op={op}': {get: {operationId: b, parameters: [{name: op, in: path, required: true, type: string}], responses: {200: {description: d}}}}}
            """);

        Lines.AssertEqual(["/a", "/a?op={{ param.op }}"], result.Connector!.Contents.Actions.Select(action => action.Path));
        Imported.AssertMessage(result, "x-ms-paths", ImportSeverity.Info);
    }

    [Fact]
    public void What_a_connector_of_Microsoft_says_of_notifications_becomes_a_trigger()
    {
        var result = Imported.Result(Accounting.SampleDescriptions.Swagger20);

        var trigger = Assert.Single(result.Connector!.Contents.Triggers);
        Assert.Equal(("subscribe_notification", "POST", "d", "Thing[application/json]"), (trigger.Name, trigger.Method, trigger.Description, Show(trigger.RequestBody!.Definitions)));
        Assert.Equal("subscribe", (string?)trigger.Source!["callbackOf"]);
        Imported.AssertMessage(result, "x-ms-notification-content", ImportSeverity.Info);
    }

    [Fact]
    public void Webhooks_before_there_were_webhooks_become_triggers()
    {
        var result = Imported.Result("""
            openapi: 3.0.0
            info: {title: T, version: '1'}
            paths: {}
            x-webhooks: {created: {post: {requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {200: {description: d}}}}}
            """);

        Assert.Equal("created", Assert.Single(result.Connector!.Contents.Triggers).Name);
        Imported.AssertMessage(result, "Webhooks stand in x-webhooks", ImportSeverity.Info);
    }

    private static string Show(IEnumerable<DefinitionLink> links) =>
        string.Join(' ', links.Select(link => $"{link.Definition}[{string.Join(',', link.MediaTypes)}]"));
}
