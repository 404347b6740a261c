using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.OpenApi;

public sealed class ConnectorTests
{
    [Fact]
    public void Title_version_description_and_documentation_become_the_connectors()
    {
        var connector = Imported.Connector("""
            openapi: 3.0.0
            info: {title: ' Pets ', version: 2024-01-01, description: d, contact: {name: n}}
            externalDocs: {url: 'https://docs.example'}
            servers: [{url: 'https://a.example/'}]
            tags: [{name: t}]
            security: [{key: []}]
            paths: {}
            """);

        Assert.Equal(
            ("Pets", "2024-01-01", "d", "https://docs.example", "https://a.example"),
            (connector.Name, connector.Version, connector.Description, connector.DocumentationUrl, connector.BaseUrl));
        Imported.AssertJson("""{"tags": [{"name": "t"}], "security": [{"key": []}], "info": {"contact": {"name": "n"}}}""", connector.Source);
    }

    [Theory]
    [InlineData("1.10", "1.10")]
    [InlineData("'v1/beta'", "v1-beta")]
    [InlineData("'  '", "1")]
    [InlineData("'..'", "1")]
    [InlineData("latest", "1")]
    [InlineData("'a\u0007b'", "ab")]
    [InlineData("", "1")]
    [InlineData("{a: b}", "1")]
    [InlineData("x123456789x123456789x123456789x123456789x123456789x123456789x123456789", "x123456789x123456789x123456789x123456789x123456789x123456789x123")]
    public void The_version_becomes_a_version_name(string version, string expected) => Assert.Equal(
        expected, Imported.Connector($$"""{openapi: 3.0.0, info: {title: T, version: {{version}} }, servers: [{url: 'https://a.example'}], paths: {} }""".Replace("\u0007", "\\a", StringComparison.Ordinal).Replace("'a\\ab'", "\"a\\ab\"", StringComparison.Ordinal)).Version);

    [Fact]
    public void A_description_without_title_and_version_is_named_all_the_same()
    {
        var result = Imported.Result("{openapi: 3.0.0, servers: [{url: 'https://a.example/b'}], paths: {}}");

        Assert.Equal(("a.example", "1"), (result.Connector!.Name, result.Connector.Version));
        Imported.AssertMessage(result, "has no title");
        Imported.AssertMessage(result, "has no version");
    }

    [Theory]
    [InlineData("[{url: 'https://a.example/v1/'}]", "https://a.example/v1", "")]
    [InlineData("[{url: 'https://{region}.a.example:{port}', variables: {region: {default: eu}, port: {default: 443}}}]", "https://{{ conn.region }}.a.example:{{ conn.port }}", "region=eu port=443")]
    [InlineData("[{url: '{scheme}://a.example', variables: {scheme: {enum: [https]}}}]", "{{ conn.scheme }}://a.example", "scheme=https")]
    [InlineData("[{url: 'https://{x}.example'}]", "https://{{ conn.x }}.example", "x=")]
    [InlineData("[{url: /v2}]", "https://source.example/v2", "")]
    [InlineData("[{url: v2}]", "https://source.example/specs/v2", "")]
    [InlineData("[{url: '../v2'}]", "https://source.example/v2", "")]
    [InlineData("[{url: '{v}/x', variables: {v: {default: a}}}]", "{{ conn.v }}/x", "v=a")]
    [InlineData("[{url: '/{v}/x', variables: {v: {default: a}}}]", "https://source.example/{{ conn.v }}/x", "v=a")]
    [InlineData("[{url: '//b.example'}]", "https://b.example", "")]
    [InlineData("[]", "https://source.example", "")]
    [InlineData("[{}]", "", "")]
    public void The_first_server_is_the_base_url(string servers, string baseUrl, string variables)
    {
        var options = new ImportOptions { SourceUrl = new Uri("https://source.example/specs/openapi.yaml?x=1") };
        var connector = Imported.Connector($$"""{openapi: 3.0.0, info: {title: T, version: 1}, servers: {{servers}}, paths: {} }""", options);

        Assert.Equal(baseUrl, connector.BaseUrl);
        Assert.Equal(variables, string.Join(' ', connector.Variables.Select(variable => $"{variable.Name}={variable.Value}")));
    }

    [Theory]
    [InlineData("[{url: /v2}]", "/v2", "URL is relative", ImportSeverity.Warning)]
    [InlineData("[]", "", "names no server", ImportSeverity.Warning)]
    [InlineData("[{url: 'https://a.example'}, {url: 'https://b.example'}]", "https://a.example", "another server was left out", ImportSeverity.Info)]
    [InlineData("[{url: 'https://a.example', variables: {v: {default: 1}}}]", "https://a.example", "stands nowhere in the URL", ImportSeverity.Info)]
    [InlineData("[{url: 'https://a.example/{b'}]", "https://a.example/{b", "without its partner", ImportSeverity.Warning)]
    public void What_a_connector_cannot_say_of_servers_is_a_message(string servers, string baseUrl, string message, ImportSeverity severity)
    {
        var result = Imported.Result($$"""{openapi: 3.0.0, info: {title: T, version: 1}, servers: {{servers}}, paths: {} }""");

        Assert.Equal(baseUrl, result.Connector!.BaseUrl);
        Imported.AssertMessage(result, message, severity);
    }

    [Fact]
    public void A_server_that_all_paths_agree_on_is_the_base_url()
    {
        var connector = Imported.Connector("""
            openapi: 3.0.0
            info: {title: T, version: 1}
            paths:
              /a: {servers: [{url: 'https://a.example'}], get: {responses: {200: {description: d}}}}
              /b: {servers: [{url: 'https://a.example'}], get: {responses: {200: {description: d}}}}
            """);

        Assert.Equal("https://a.example", connector.BaseUrl);
    }

    [Fact]
    public void The_same_remark_in_many_places_is_one_message()
    {
        var paths = string.Join('\n', Enumerable.Range(0, 30).Select(i => $"  /a{i}: {{get: {{}}}}"));
        var result = Imported.Result("openapi: 3.0.0\ninfo: {title: T, version: 1}\nservers: [{url: 'https://a.example'}]\npaths:\n" + paths);

        var message = Assert.Single(result.Messages);
        Assert.EndsWith("(30 places)", message.Text, StringComparison.Ordinal);
        Assert.Equal(("/paths/~1a0/get", 5), (message.Pointer, message.Line));
        Assert.Equal(21, message.Detail!.Count);
        Assert.Equal("/paths/~1a1/get (line 6, column 14)", message.Detail[1]);
        Assert.Equal("and 10 more", message.Detail[20]);
    }
}
