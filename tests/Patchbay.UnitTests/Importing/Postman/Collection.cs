using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing.Postman;

/// <summary>Shortcuts for tests of small collections.</summary>
internal static class Collection
{
    /// <summary>A collection around the JSON of its items, and of further fields.</summary>
    public static string Of(string items, string more = "") => $$"""
        {
          "info": {"name": "T", "version": "1", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
          "item": [{{items}}]{{(more.Length > 0 ? "," : "")}}{{more}}
        }
        """;

    /// <summary>An item with a request: its URL and further fields of the request.</summary>
    public static string Item(string url, string request = "", string more = "", string name = "it") =>
        $$"""{"name": "{{name}}", "request": {"method": "GET", "url": {{(url.StartsWith('{') && !url.StartsWith("{{", StringComparison.Ordinal) ? url : JsonSerializer.Serialize(url))}}{{(request.Length > 0 ? "," : "")}}{{request}}}{{(more.Length > 0 ? "," : "")}}{{more}}}""";

    public static ImportedConnector Connector(string collection)
    {
        var connector = Imported.Connector(collection);
        DefinitionChecks.AssertSound(connector.Contents);
        return connector;
    }

    public static ActionContent OnlyAction(string collection) => Assert.Single(Connector(collection).Contents.Actions);

    /// <summary>The schema of a definition, without <c>$schema</c>.</summary>
    public static JsonObject Schema(ImportedConnector connector, string name)
    {
        var schema = JsonNode.Parse(connector.Contents.Definitions.Single(definition => definition.Name == name).Schema)!.AsObject();
        schema.Remove("$schema");
        return schema;
    }
}
