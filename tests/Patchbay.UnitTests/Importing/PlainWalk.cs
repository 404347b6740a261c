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
