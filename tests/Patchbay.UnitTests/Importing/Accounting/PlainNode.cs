using System.Text;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Patchbay.UnitTests.Importing.Accounting;

/// <summary>A document as others' readers have it. What a YAML alias repeats is one node.</summary>
internal sealed class PlainNode
{
    public List<(string Name, PlainNode Value)> Members { get; } = [];

    public List<PlainNode> Items { get; } = [];

    public bool IsObject { get; private init; }

    public bool IsNull { get; private init; }

    public string? Text { get; private init; }

    public PlainNode? Find(string name) => Members.Find(member => member.Name == name).Value;

    public static PlainNode Read(byte[] document)
    {
        var text = Encoding.UTF8.GetString(document).TrimStart('\uFEFF');
        if (text.TrimStart().StartsWith('{'))
        {
            try
            {
                using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
                return Of(json.RootElement);
            }
            catch (JsonException)
            {
                // A flow mapping of YAML.
            }
        }
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return Of(yaml.Documents[0].RootNode, new(ReferenceEqualityComparer.Instance));
    }

    private static PlainNode Of(JsonElement element)
    {
        var node = new PlainNode
        {
            IsObject = element.ValueKind == JsonValueKind.Object,
            IsNull = element.ValueKind == JsonValueKind.Null,
            Text = element.ValueKind == JsonValueKind.String ? element.GetString() : null,
        };
        if (element.ValueKind == JsonValueKind.Array) node.Items.AddRange(element.EnumerateArray().Select(Of));
        if (element.ValueKind != JsonValueKind.Object) return node;
        foreach (var member in element.EnumerateObject()) node.Set(member.Name, Of(member.Value));
        return node;
    }

    private static PlainNode Of(YamlNode yaml, Dictionary<YamlNode, PlainNode> known)
    {
        if (known.TryGetValue(yaml, out var there)) return there;
        var scalar = yaml as YamlScalarNode;
        var node = new PlainNode
        {
            IsObject = yaml is YamlMappingNode,
            IsNull = scalar is { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "" or "null" or "~" },
            Text = scalar?.Value,
        };
        known.Add(yaml, node);
        if (yaml is YamlSequenceNode list) node.Items.AddRange(list.Children.Select(item => Of(item, known)));
        if (yaml is not YamlMappingNode mapping) return node;
        foreach (var (key, value) in mapping.Children) node.Set(((YamlScalarNode)key).Value!, Of(value, known));
        return node;
    }

    private void Set(string name, PlainNode value)
    {
        var earlier = Members.FindIndex(member => member.Name == name);
        if (earlier >= 0)
            Members[earlier] = (name, value);
        else
            Members.Add((name, value));
    }
}
