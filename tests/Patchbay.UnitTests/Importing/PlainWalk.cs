using System.Text;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Patchbay.UnitTests.Importing;

/// <summary>Counts without any part of ours.</summary>
internal static class PlainWalk
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    public static int CountOperations(byte[] document, string file) =>
        file.EndsWith(".json", StringComparison.Ordinal) ? CountInJson(document) : CountInYaml(document);

    public static bool IsSwagger(byte[] document, string file)
    {
        if (!file.EndsWith(".json", StringComparison.Ordinal)) return false;
        using var json = JsonDocument.Parse(document);
        return json.RootElement.TryGetProperty("swagger", out _);
    }

    /// <summary>A line for each response of a Swagger 2.0 document: operation, key, and the media types where it has a schema.</summary>
    public static List<string> SwaggerResponses(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return [.. json.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(member => Methods.Contains(member.Name)))
            .SelectMany(method => method.Value.GetProperty("responses").EnumerateObject()
                .Select(response => $"{response.Name} {string.Join(',', MediaTypes(json.RootElement, method.Value, response.Value))}")
                .DefaultIfEmpty("default ")
                .Select(response => $"{method.Value.GetProperty("operationId").GetString()} {response}"))];
    }

    private static IEnumerable<string> MediaTypes(JsonElement root, JsonElement operation, JsonElement response)
    {
        if (!response.TryGetProperty("schema", out _)) return [];
        if (!operation.TryGetProperty("produces", out var produces) && !root.TryGetProperty("produces", out produces)) return ["application/json"];
        return produces.GetArrayLength() == 0 ? ["application/json"] : produces.EnumerateArray().Select(item => item.GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private static int CountInJson(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.GetProperty("paths").EnumerateObject()
            .Sum(path => path.Value.EnumerateObject().Count(member => Methods.Contains(member.Name)));
    }

    private static int CountInYaml(byte[] document)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Encoding.UTF8.GetString(document)));
        var paths = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode).Children["paths"];
        return paths.Children.Values.Sum(path => ((YamlMappingNode)path).Children.Keys.Count(key => Methods.Contains(((YamlScalarNode)key).Value)));
    }
}
