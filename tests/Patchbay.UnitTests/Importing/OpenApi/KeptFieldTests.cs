using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.UnitTests.Importing.Accounting;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

/// <summary>What has no field of ours is found again where it belongs.</summary>
public sealed class KeptFieldTests
{
    private static readonly ImportedConnector OpenApi30 = Imported.Connector(SampleDescriptions.OpenApi30);
    private static readonly ImportedConnector OpenApi31 = Imported.Connector(SampleDescriptions.OpenApi31);
    private static readonly ImportedConnector Swagger20 = Imported.Connector(SampleDescriptions.Swagger20);

    [Theory]
    [InlineData("x-root", "1")]
    [InlineData("paths/x-paths", "1")]
    [InlineData("components/x-components", "1")]
    [InlineData("info/x-info", "1")]
    [InlineData("server/x-server", "1")]
    [InlineData("server/variables/region", """{"description":"d","x-variable":1}""")]
    [InlineData("securitySchemes/bearer", """{"bearerFormat":"JWT","x-scheme":1}""")]
    [InlineData("securitySchemes/oauth/flows", """{"x-flows":1,"authorizationCode":{"x-flow":1,"scopes":{"x-scope":1}}}""")]
    [InlineData("security", """[{"bearer":[]},{}]""")]
    public void Of_the_description(string way, string expected) => Assert.Equal(expected, At(OpenApi30.Source, way)?.ToJsonString());

    [Theory]
    [InlineData("responses/x-responses", "1")]
    [InlineData("security/0/oauth", """["read","write"]""")]
    [InlineData("servers/0/url", "\"https://{region}.a.example/{base}/deeper\"")]
    public void Of_an_operation(string way, string expected) =>
        Assert.Equal(expected, At(OpenApi30.Contents.Actions.Single(action => action.Name == "getThing").Source, way)?.ToJsonString());

    [Fact]
    public void Of_a_body_its_media_types_and_its_encodings()
    {
        var body = OpenApi30.Contents.Actions.Single(action => action.Method == "PUT").RequestBody!;

        Imported.AssertJson("""{"x-request":1}""", body.Source);
        Imported.AssertJson(
            """
            {
              "file": {
                "contentType": "image/png",
                "headers": {"X-Part": {"schema": {"$ref": "Id.json"}}, "X-Shared": {"x-header": 1, "schema": {"type": "integer"}}},
                "x-encoding": 1
              },
              "meta": {"style": "form", "explode": true, "allowReserved": true}
            }
            """,
            Assert.Single(body.Definitions).Encoding);
    }

    [Fact]
    public void Of_a_response_its_links_and_media_types()
    {
        var response = OpenApi30.Contents.Actions.Single(action => action.Name == "getThing").Responses[0];

        Lines.AssertEqual(["X-Rate", "x-small"], response.Headers.Select(header => header.Name));
        Imported.AssertJson("""{"operationRef":"#/paths/~1things/get"}""", response.Source!["links"]!["shared"]);
        Imported.AssertJson("""{"x-media":1}""", response.Definitions[0].Source);
        Imported.AssertJson(
            """{"examples":{"one":{"value":{"id":1}},"far":{"externalValue":"https://a.example/e.json"}}}""", response.Definitions[0].Examples);
    }

    [Fact]
    public void Of_parameters()
    {
        var parameters = OpenApi30.Contents.Actions.Single(action => action.Name == "getThing").Parameters;

        Lines.AssertEqual(["path id", "path list", "query deep", "query filter", "cookie session", "header X-Head"], parameters.Select(parameter => $"{parameter.In} {parameter.Name}"));
        Assert.True(parameters[1] is { Style: "matrix", Explode: true });
        Assert.True(parameters[2] is { Style: "deepObject", Explode: true, AllowReserved: true });
        Imported.AssertJson("""{"example":{"id":1},"content":{"x-media":1}}""", parameters[3].Source);
        Imported.AssertJson("""{"allowEmptyValue":true}""", parameters[4].Source);
        Imported.AssertJson("""{"examples":{"one":{"value":{"id":1}},"two":{"value":[1],"summary":"s","x-example":1}}}""", parameters[5].Source);
    }

    [Fact]
    public void Of_callbacks_and_webhooks()
    {
        Imported.AssertJson(
            """{"callbackOf":"getThing","expression":"{$request.query.url}","callback":{"x-callback":1}}""", OpenApi30.Contents.Triggers[0].Source);
        Assert.Equal("shared", OpenApi30.Contents.Triggers[1].Name);
        Imported.AssertJson("""{"x-operation":1,"pathItem":{"x-item":1}}""", OpenApi31.Contents.Triggers[0].Source);
        Assert.Equal("X-Signature", Assert.Single(OpenApi31.Contents.Triggers[0].Parameters).Name);
    }

    [Fact]
    public void A_description_beside_a_reference_is_the_uses_own()
    {
        Assert.Equal("own", OpenApi31.Contents.Actions.First(action => action.Name == "shared").Parameters[0].Description);
        Assert.Equal("own", OpenApi31.Contents.Actions.Single(action => action.Path == "/b").RequestBody!.Description);
        Assert.Equal("own", OpenApi31.Contents.Actions.Single(action => action.Path == "/b").Responses[0].Description);
    }

    [Fact]
    public void Of_Swagger()
    {
        var actions = Swagger20.Contents.Actions.ToDictionary(action => action.Method + " " + action.Path, StringComparer.Ordinal);
        var get = actions["GET /things/{{ param.id }}"];

        Lines.AssertEqual(
            ["path id  ", "query page  ", "query list  ", "query tabs  ", "query pipes pipeDelimited ", "header X-Head  "],
            get.Parameters.Select(parameter => $"{parameter.In} {parameter.Name} {parameter.Style} {parameter.Explode}"));
        Assert.Equal("tsv", (string?)get.Parameters.Single(parameter => parameter.Name == "tabs").Source!["collectionFormat"]);
        Imported.AssertJson("""{"type":["string","null"],"maxLength":3,"x-nullable":true}""", get.Parameters.Single(parameter => parameter.Name == "X-Head").Schema);
        Imported.AssertJson("1", get.Source!["responses"]!["x-responses"]);
        Imported.AssertJson("""{"x-response":1,"examples":{"text/plain":"a"}}""", get.Responses[0].Source);
        Imported.AssertJson("""["application/json"]""", actions["DELETE /things/{{ param.id }}"].Source!["consumes"]);
        Imported.AssertJson("""{"name":"body","x-body":1}""", actions["POST /things/{{ param.id }}"].Source!["requestBody"]);
    }

    private static JsonNode? At(JsonNode? node, string way) => way.Split('/').Aggregate(
        node, (at, segment) => at is JsonArray list ? list[int.Parse(segment, System.Globalization.CultureInfo.InvariantCulture)] : at?[segment]);
}
