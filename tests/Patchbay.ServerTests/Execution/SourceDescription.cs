using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Patchbay.ServerTests.Execution;

/// <summary>A parameter as a description has it.</summary>
/// <param name="Name">As sent.</param>
/// <param name="In">The place.</param>
/// <param name="Required">Whether a request needs it.</param>
/// <param name="Schema">Its schema; in Swagger 2 the parameter itself.</param>
/// <param name="Object">The Parameter Object.</param>
internal sealed record SourceParameter(string Name, string In, bool Required, JsonNode? Schema, JsonObject Object);

/// <summary>An operation as a description has it.</summary>
internal sealed record SourceOperation(string Method, string Path, IReadOnlyList<SourceParameter> Parameters, JsonObject? Body, JsonObject Object)
{
    /// <summary>The path with every placeholder alike, to find the operation by.</summary>
    public string Shape => ShapeOf(Path);

    /// <summary>Whether its id makes an action's name.</summary>
    public bool IsNamed(string action) =>
        SourceDescription.Text(Object["operationId"]) is { } id && Regex.Replace(id, "[^A-Za-z0-9_-]", "_", RegexOptions.None, TimeSpan.FromSeconds(1)) == action;

    public static string ShapeOf(string path)
    {
        var hash = path.IndexOf('#', StringComparison.Ordinal);
        var plain = (hash < 0 ? path : path[..hash]).Trim();
        return Regex.Replace(plain.StartsWith('/') ? plain : "/" + plain, @"\{\{?[^{}]*\}?\}", "{}", RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}

/// <summary>An API description read plainly, without anything of the server's.</summary>
internal sealed class SourceDescription
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch"];

    private SourceDescription(JsonObject root)
    {
        Root = root;
        IsSwagger = root["swagger"] is not null;
        Plain = new PlainSchema(Resolve);
        Operations = [.. OperationsOf(root)];
    }

    public JsonObject Root { get; }
    public bool IsSwagger { get; }
    public PlainSchema Plain { get; }
    public IReadOnlyList<SourceOperation> Operations { get; }

    public static SourceDescription Read(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        if (text.TrimStart().StartsWith('{'))
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 500, AllowTrailingCommas = true });
            return new SourceDescription(Json(document.RootElement)!.AsObject());
        }

        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return new SourceDescription(Json(yaml.Documents[0].RootNode)!.AsObject());
    }

    /// <summary>The tree of a document in which names come twice, as they do in real ones: the last one counts.</summary>
    private static JsonNode? Json(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var holder = new JsonObject();
                foreach (var member in element.EnumerateObject())
                    holder[member.Name] = Json(member.Value);
                return holder;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Json)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    /// <summary>What a reference leads to.</summary>
    public (JsonNode? Schema, string Document) Resolve(string reference, string document)
    {
        if (!reference.StartsWith('#'))
            return (null, document);
        JsonNode? at = Root;
        foreach (var segment in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch { JsonObject holder => holder[key], JsonArray list when int.TryParse(key, CultureInfo.InvariantCulture, out var i) => list[i], _ => null };
        }

        return (at, document);
    }

    /// <summary>An object, or the one that it refers to.</summary>
    public JsonObject? Follow(JsonNode? node)
    {
        for (var i = 0; i < 20 && node is JsonObject holder && PlainSchema.Reference(holder) is { } reference; i++)
            node = Resolve(reference, "").Schema;
        return node as JsonObject;
    }

    public static bool HasType(string mediaType, string type) => mediaType.Split(';')[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase);

    public static bool IsJson(string mediaType) =>
        mediaType.Split(';')[0].Trim().ToLowerInvariant() is var type && (type is "application/json" or "text/json" || type.EndsWith("+json", StringComparison.Ordinal));

    private IEnumerable<SourceOperation> OperationsOf(JsonObject root)
    {
        foreach (var (path, item) in root["paths"] as JsonObject ?? [])
        {
            if (Follow(item) is not { } pathItem)
                continue;
            foreach (var method in Methods)
            {
                if (pathItem[method] is not JsonObject operation)
                    continue;
                var parameters = new Dictionary<(string, string), SourceParameter>();
                foreach (var stated in (pathItem["parameters"] as JsonArray ?? []).Concat(operation["parameters"] as JsonArray ?? []))
                {
                    if (Follow(stated) is { } parameter && Text(parameter["name"]) is { } name && Text(parameter["in"]) is { } place)
                    {
                        parameters[(name, place)] = new SourceParameter(name, place, PlainSchema.Flag(parameter, "required") || place == "path",
                            IsSwagger ? place == "body" ? parameter["schema"] : parameter : parameter["schema"] ?? (parameter["content"] as JsonObject)?.FirstOrDefault().Value?["schema"], parameter);
                    }
                }

                yield return new SourceOperation(method.ToUpperInvariant(), path, [.. parameters.Values], Follow(operation["requestBody"]), operation);
            }
        }
    }

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonNode? Json(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var made = new JsonObject();
                foreach (var (key, value) in map.Children)
                    made[((YamlScalarNode)key).Value!] = Json(value);
                return made;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select(Json)]);
            case YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar:
                return scalar.Value switch
                {
                    null or "" or "~" or "null" or "Null" or "NULL" => null,
                    "true" or "True" or "TRUE" => true,
                    "false" or "False" or "FALSE" => false,
                    var text when Regex.IsMatch(text, @"^[-+]?\d+$", RegexOptions.None, TimeSpan.FromSeconds(1)) && long.TryParse(text, CultureInfo.InvariantCulture, out var whole) => whole,
                    var text when Regex.IsMatch(text, @"^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) => double.Parse(text, CultureInfo.InvariantCulture),
                    var text => text,
                };
            default:
                return ((YamlScalarNode)node).Value;
        }
    }
}
