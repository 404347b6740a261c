using System.Text;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Versions;

public sealed class DescriptionImportTests(Hosts hosts)
{
    private const string New = "protocols/http/import";

    private const string Yaml = """
        openapi: 3.0.3
        info: {title: Parcels in YAML, version: '2'}
        servers: [{url: 'https://{region}.example.com', variables: {region: {default: eu}}}]
        paths:
          /parcels/{id}:
            get:
              operationId: getParcel
              parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
              responses:
                '200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
        components:
          schemas:
            Parcel: {type: object, properties: {sender: {$ref: '#/components/schemas/Party'}}}
            Party: {type: object, properties: {name: {type: string}}}
        """;

    [Theory, EachDatabase]
    public async Task A_description_becomes_a_connector_with_one_draft(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = (await acme.PostAsync(New, Upload.Of(new Description().ToString()))).Expect(201);
        var connector = imported["connector"];
        var id = connector["id"]!.GetValue<string>();
        Assert.Equal($"/api/connect/v1/o/{acme.Id}/connectors/{id}", imported.Headers["Location"]);
        Assert.Equal(("Parcels", "https://api.example.com", false), (connector["name"]!.GetValue<string>(), connector["baseUrl"]!.GetValue<string>(), connector["public"]!.GetValue<bool>()));
        Assert.Equal("1.0.0", Assert.Single(connector["versions"]!.AsArray())!["name"]!.GetValue<string>());
        Assert.Equal(["getParcel0", "getParcel1", "getParcel2"], imported["actions"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.Equal(["parcelArrived"], imported["triggers"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.Equal(["Parcel0", "Parcel1", "Parcel2"], imported["definitions"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.Equal(["api-key", "basic-auth"], connector["authSchemeConfigs"]!.AsArray().Select(a => a!["schemeType"]!.GetValue<string>()));

        var path = $"connectors/{id}/versions/1.0.0";
        Assert.Equal(imported["actions"][0]!.ToJsonString(), (await acme.GetAsync($"{path}/actions/getParcel0")).Expect(200).Json.ToJsonString());
        Assert.Equal(imported["triggers"][0]!.ToJsonString(), (await acme.GetAsync($"{path}/triggers/parcelArrived")).Expect(200).Json.ToJsonString());
        var definition = (await acme.GetAsync($"{path}/definitions/Parcel0")).Expect(200);
        Assert.Equal(["action getParcel0", "definition Parcel2", "trigger parcelArrived"],
            definition["referencedBy"].AsArray().Select(r => $"{r!["type"]} {r["name"]}").Order(StringComparer.Ordinal));
        Assert.Equal(1, (await acme.GetAsync($"{path}/actions?name=PARCEL1")).Expect(200)["totalCount"].GetValue<int>());
        (await acme.GetAsync($"{path}/actions/nonsense")).ExpectError(404, "action_not_found");
        (await acme.GetAsync($"{path}/triggers/nonsense")).ExpectError(404, "trigger_not_found");
        (await acme.GetAsync($"{path}/definitions/nonsense")).ExpectError(404, "definition_not_found");
    }

    [Theory, EachDatabase]
    public async Task Every_reference_of_a_served_schema_leads_to_a_served_schema(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var description in (string[])[new Description().ToString(), Yaml])
        {
            var imported = (await acme.PostAsync(New, Upload.Of(description, fileName: description[0] == '{' ? "api.json" : "api.yaml"))).Expect(201);
            var followed = 0;
            foreach (var definition in imported["definitions"].AsArray())
            {
                var url = definition!["url"]!.GetValue<string>();
                Assert.StartsWith(acme.Host.Address.ToString(), url, StringComparison.Ordinal);
                var schema = (await acme.Api.GetAsync(url)).Expect(200);
                Assert.Equal("application/schema+json", schema.Headers["Content-Type"]);
                foreach (var reference in References(schema.Json))
                {
                    (await acme.Api.GetAsync(new Uri(new Uri(url), reference).ToString())).Expect(200);
                    followed++;
                }

                (await acme.Host.Nobody.GetAsync(url)).ExpectError(401, "unauthenticated");
                (await acme.Api.GetAsync(url.Replace(".json", ".xsd", StringComparison.Ordinal))).ExpectError(404, "definition_not_found");
            }

            Assert.True(followed > 0);
        }

        static IEnumerable<string> References(JsonNode? node) => node switch
        {
            JsonObject o => o.SelectMany(m => m.Key == "$ref" ? [m.Value!.GetValue<string>()] : References(m.Value)),
            JsonArray a => a.SelectMany(References),
            _ => [],
        };
    }

    [Theory]
    [InlineData("api.yaml", "application/yaml")]
    [InlineData("api.yml", null)]
    [InlineData("api", "application/x-yaml")]
    [InlineData("api.txt", "application/octet-stream")]
    public async Task Yaml_is_read_whatever_the_upload_is_called(string fileName, string? contentType)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        using var file = new ByteArrayContent(Encoding.UTF8.GetBytes(Yaml));
        if (contentType is not null)
            file.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var form = new MultipartFormDataContent { { new StringContent("""{"format":"openapi"}"""), "metadata" }, { file, "file", fileName } };
        var imported = (await acme.PostAsync(New, form)).Expect(201);
        Assert.Equal("https://{{ conn.region }}.example.com", imported["connector"]["baseUrl"]!.GetValue<string>());
        Assert.Equal("""[{"name":"region","value":"eu"}]""", imported["connector"]["connectionVariables"]!.ToJsonString());
    }

    [Theory, EachDatabase]
    public async Task Metadata_may_be_a_text_field_or_a_json_part(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var description = new Description().ToString();
        var connector = (await acme.PostAsync(New, Upload.Of(description, new { format = "openapi" }))).Expect(201)["connector"]["id"];
        (await acme.PostAsync(New, Upload.WithJsonPart(description, new { format = "openapi" }))).Expect(201);
        (await acme.PostAsync($"connector/{connector}/http/import", Upload.WithJsonPart(description, new { format = "openapi", version = "two" }))).Expect(201);
        (await acme.GetAsync($"connectors/{connector}/versions/two")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task A_description_is_fetched_from_a_url(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        await using var upstream = await Upstream.StartAsync(Yaml, "text/plain");
        var url = $"{upstream.Address}specs/api.yaml?x=1";
        var imported = (await acme.PostAsync(New, new { schemaURL = url, format = "openapi" })).Expect(201);
        Assert.Equal("Parcels in YAML", imported["connector"]["name"]!.GetValue<string>());
        var request = Assert.Single(upstream.Requests);
        Assert.Equal("/specs/api.yaml?x=1", request.Target);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        (await acme.PostAsync($"connector/{imported["connector"]["id"]}/http/import", new { schemaURL = url, filetype = "yaml", format = "openapi", version = "v9" })).Expect(201);
    }

    [Theory]
    [InlineData("http://10.1.2.3/api.json", "host_not_allowed")]
    [InlineData("http://169.254.169.254/latest/meta-data", "host_not_allowed")]
    [InlineData("http://[::1]:1/api.json", "host_not_allowed")]
    [InlineData("ftp://example.com/api.json", "invalid_request")]
    [InlineData("/api.json", "invalid_request")]
    [InlineData("", "invalid_request")]
    [InlineData("nonsense", "invalid_request")]
    public async Task A_url_that_must_not_be_fetched_is_refused(string schemaURL, string code)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        (await acme.PostAsync(New, new { schemaURL, format = "openapi" })).ExpectError(400, code, "schemaURL");
    }

    [Theory, EachDatabase]
    public async Task A_description_that_cannot_be_read_says_why_and_where(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var (description, fileName) in ((string, string)[])
        [
            ("{\n  \"openapi\": \"3.0.0\",\n  \"info\": }", "api.json"), ("openapi: 3.0.0\ninfo: [", "api.yaml"), ("<html></html>", "api.json"),
            ("", "api.json"), ("[]", "api.json"), ("{\"openapi\":\"9.9.9\"}", "api.json"), ("just text", "api.txt"),
        ])
        {
            var refused = (await acme.PostAsync(New, Upload.Of(description, fileName: fileName))).ExpectError(400, "description_unreadable");
            var message = Assert.Single(refused["messages"].AsArray(), m => m!["severity"]!.GetValue<string>() == "error")!;
            if (description.Contains('\n', StringComparison.Ordinal))
                Assert.Matches(@"line \d+, column \d+", message["text"]!.GetValue<string>());
        }

        Assert.Equal(0, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task What_could_not_be_carried_over_is_remembered_by_the_version(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = (await acme.PostAsync(New, Upload.Of("""{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{}}}}"""))).Expect(201);
        Assert.NotEmpty(imported["messages"].AsArray());
        var version = (await acme.GetAsync($"connectors/{imported["connector"]["id"]}/versions/1")).Expect(200);
        Assert.Equal(imported["messages"].ToJsonString(), version["messages"].ToJsonString());
        // What was read can be sent back.
        (await acme.PutVersionAsync(imported["connector"]["id"]!.GetValue<string>(), "1", v => v["description"] = "mended")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Importing_into_a_connector_keeps_its_own_fields_adds_missing_ones_and_reports_both(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.PostAsync("protocols/http/connectors", new
        {
            name = "Mine",
            baseUrl = "https://mine.example.com",
            connectionVariables = new[] { new { name = "region", value = "us" } },
            authSchemeConfigs = new[] { TenantSteps.ApiKeyConfig },
        })).Expect(201);
        var first = (await acme.PostAsync($"connector/{connector.Id}/http/import", Upload.Of(new Description().ToString(), new { format = "openapi", version = "one" }))).Expect(201);
        Assert.Equal($"/api/connect/v1/o/{acme.Id}/connectors/{connector.Id}/versions/one", first.Headers["Location"]);
        Assert.Equal(("Mine", "https://mine.example.com"), (first["connector"]["name"]!.GetValue<string>(), first["connector"]["baseUrl"]!.GetValue<string>()));
        Assert.Equal(["api-key", "basic-auth"], first["connector"]["authSchemeConfigs"]!.AsArray().Select(c => c!["schemeType"]!.GetValue<string>()));
        Assert.Equal("key", first["connector"]["authSchemeConfigs"]![0]!["id"]!.GetValue<string>());
        AssertSays(first, "https://api.example.com");
        AssertSays(first, "'basic' was added");

        var second = (await acme.PostAsync($"connector/{connector.Id}/http/import",
            Upload.Of(Yaml.Replace("region}", "region}{zone}", StringComparison.Ordinal).Replace("eu}}}", "eu}, zone: {default: a}}}", StringComparison.Ordinal),
                new { format = "openapi", version = "two" }, "a.yaml"))).Expect(201);
        Assert.Equal("""[{"name":"region","value":"us"},{"name":"zone","value":"a"}]""", second["connector"]["connectionVariables"]!.ToJsonString());
        AssertSays(second, "'zone' was added");
        AssertSays(second, "'region' differs");
        (await acme.PostAsync($"connector/{connector.Id}/http/import", Upload.Of(Yaml, new { format = "openapi", version = "two" }, "a.yaml"))).ExpectError(409, "version_exists");
        (await acme.PostAsync("connector/01JDF3Q2M8V7K5T9XW4RZ6YB1C/http/import", Upload.Of(Yaml, new { format = "openapi", version = "x" }, "a.yaml"))).ExpectError(404, "connector_not_found");

        static void AssertSays(Answer imported, string part) =>
            Assert.Contains(imported["messages"].AsArray(), m => m!["text"]!.GetValue<string>().Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("asana.yaml")]
    [InlineData("box.json")]
    [InlineData("twilio_api_v2010.json")]
    [InlineData("xero_accounting.yaml")]
    public async Task A_published_description_is_imported_published_and_sent_back_as_it_was_read(string file)
    {
        var path = RepositoryRoot.Shared("corpus", "openapi", file);
        Assert.SkipWhen(path is null, $"The corpus has no {file} here");
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var imported = (await acme.PostAsync(New, Upload.Of(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), fileName: file))).Expect(201);
        var (id, version) = (imported["connector"]["id"]!.GetValue<string>(), imported["connector"]["versions"]![0]!["name"]!.GetValue<string>());
        await acme.PublishAsync(id, Uri.EscapeDataString(version));
        (await acme.PutVersionAsync(id, Uri.EscapeDataString(version), v => v["isDefault"] = true)).Expect(200);
        (await acme.PutAsync($"connectors/{id}", await acme.ConnectorUpdateAsync(id))).Expect(200);
        foreach (var config in imported["connector"]["authSchemeConfigs"]!.AsArray())
            (await acme.PutAsync($"connectors/{id}/auth-scheme-configs/{config!["id"]}", config)).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Odd_texts_in_a_description_are_no_bug(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var odd in (string[])["\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800", "\\uffff", "\\u202e", new string('a', 199) + "\\ud83d\\udce6", new string('x', 30_000)])
        {
            var description = $$$"""
                {
                  "openapi": "3.1.0",
                  "info": { "title": "{{{odd}}}", "version": "{{{odd}}}", "description": "{{{odd}}}" },
                  "externalDocs": { "url": "https://example.com/{{{odd}}}" },
                  "servers": [{ "url": "https://example.com/{a}", "variables": { "a": { "default": "{{{odd}}}" } } }],
                  "paths": { "/x": { "get": { "operationId": "{{{odd}}}", "summary": "{{{odd}}}", "tags": ["{{{odd}}}"], "responses": { "200": { "description": "{{{odd}}}",
                    "content": { "application/{{{odd}}}": { "schema": { "$ref": "#/components/schemas/S" } } } } } } } },
                  "components": {
                    "schemas": { "S": { "type": "object", "description": "{{{odd}}}", "properties": { "{{{odd}}}": { "const": "{{{odd}}}" } } } },
                    "securitySchemes": { "{{{odd}}}": { "type": "apiKey", "in": "header", "name": "X-Key", "description": "{{{odd}}}" },
                      "o": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "https://example.com/t", "scopes": { "{{{odd}}}": "{{{odd}}}" } } } } }
                  }
                }
                """;
            var answer = await acme.PostAsync(New, Upload.Of(description));
            answer.ExpectOneOf(201, 400);
            if (answer.Status == 400)
            {
                answer.ExpectErrorShape();
                continue;
            }

            var id = answer["connector"]["id"]!.GetValue<string>();
            var version = Uri.EscapeDataString(answer["connector"]["versions"]![0]!["name"]!.GetValue<string>());
            (await acme.GetAsync($"connectors/{id}")).Expect(200);
            await acme.PublishAsync(id, version);
            (await acme.PutVersionAsync(id, version, v => v["isDefault"] = true)).Expect(200);
            (await acme.PutAsync($"connectors/{id}", await acme.ConnectorUpdateAsync(id))).Expect(200);
            foreach (var kind in (string[])["actions", "definitions"])
                (await acme.GetAsync($"connectors/{id}/versions/{version}/{kind}")).Expect(200);
        }

        Assert.Empty(acme.Host.Log.Errors);
    }
}
