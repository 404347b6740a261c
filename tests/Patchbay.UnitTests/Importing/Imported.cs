using System.Text;
using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>Shortcuts for tests of small descriptions.</summary>
internal static class Imported
{
    public static ImportResult Result(string description, ImportOptions? options = null) =>
        DescriptionImporter.Import(Encoding.UTF8.GetBytes(description), options ?? ImportOptions.Default, TestContext.Current.CancellationToken);

    public static ImportedConnector Connector(string description, ImportOptions? options = null)
    {
        var result = Result(description, options);
        Assert.True(result.Connector is not null, string.Join('\n', result.Messages.Select(message => message.Text)));
        return result.Connector;
    }

    public static ActionContent OnlyAction(string description) => Assert.Single(Connector(description).Contents.Actions);

    /// <summary>A description with one GET operation, whose fields are given in YAML with two spaces of indentation and no more.</summary>
    public static string Operation(string fields, string path = "/things", string version = "3.0.3") => $$"""
        openapi: {{version}}
        info: {title: T, version: '1'}
        servers: [{url: 'https://api.example.com'}]
        paths:
          {{path}}:
            get:
              operationId: getThings
        {{Indent(fields, 6)}}
        """;

    /// <summary>A description whose only schema <c>S</c> is given in YAML.</summary>
    public static string Schema(string schema, string version = "3.0.3") => $$"""
        openapi: {{version}}
        info: {title: T, version: '1'}
        servers: [{url: 'https://api.example.com'}]
        paths: {}
        components:
          schemas:
            S:
        {{Indent(schema, 6)}}
        """;

    /// <summary>The definition <c>S</c> of such a description, without <c>$schema</c>, after a check against the meta-schema.</summary>
    public static JsonObject Converted(string schema, string version = "3.0.3")
    {
        var connector = Connector(Schema(schema, version));
        DefinitionChecks.AssertSound(connector.Contents);
        var converted = JsonNode.Parse(connector.Contents.Definitions.Single(definition => definition.Name == "S").Schema)!.AsObject();
        converted.Remove("$schema");
        return converted;
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.Equal(JsonNode.Parse(expected)?.ToJsonString(), actual?.ToJsonString());

    public static ImportMessage AssertMessage(ImportResult result, string part, ImportSeverity severity = ImportSeverity.Warning)
    {
        var message = result.Messages.FirstOrDefault(message => message.Text.Contains(part, StringComparison.Ordinal));
        Assert.True(message is not null, $"No message says '{part}', but: " + string.Join('\n', result.Messages.Select(other => other.Text)));
        Assert.Equal(severity, message.Severity);
        Assert.True(message.Line > 0 && message.Column > 0, "The message does not say where");
        return message;
    }

    private static string Indent(string text, int spaces) =>
        string.Join('\n', text.Split('\n').Select(line => new string(' ', spaces) + line));
}
