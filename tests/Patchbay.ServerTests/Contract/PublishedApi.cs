using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Patchbay.ServerTests.Hosting;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Patchbay.ServerTests.Contract;

/// <summary>An operation as it is published.</summary>
/// <param name="Id">Its operation id.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path template, without the prefix of the API.</param>
/// <param name="TakesBody">Whether it takes a body.</param>
/// <param name="Query">The names of its query parameters.</param>
/// <param name="Answers">The documented statuses with the schemas of their JSON; null where there is no body.</param>
internal sealed record PublishedOperation(
    string Id, HttpMethod Method, string Path, bool TakesBody, IReadOnlySet<string> Query, IReadOnlyDictionary<string, JsonNode?> Answers)
{
    /// <summary>The status of its success.</summary>
    public int Success => int.Parse(Answers.Keys.Single(s => s.StartsWith('2')), CultureInfo.InvariantCulture);

    public IEnumerable<string> PathParameters => Path.Split('/').Where(p => p.StartsWith('{')).Select(p => p[1..^1]);
}

/// <summary>A published description, which lies beside the repository. Answers are held against it, not against what we say of ourselves.</summary>
internal sealed class PublishedApi
{
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    private static readonly ConcurrentDictionary<string, PublishedApi?> Files = new(StringComparer.Ordinal);

    private readonly JsonNode _document;

    private PublishedApi(JsonNode document)
    {
        _document = document;
        Operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(m => Methods.Contains(m.Key, StringComparer.Ordinal))
            .Select(m => Read(path.Key, path.Value!, m.Key, m.Value!))).ToDictionary(o => o.Id, StringComparer.Ordinal);
    }

    /// <summary>The description of a file, or null where it is not there.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="leftOut">Fields that are not asked for, by their schema.</param>
    public static PublishedApi? Of(string file, IReadOnlyList<(string Schema, string Field)> leftOut) => Files.GetOrAdd(file, name =>
    {
        if (RepositoryRoot.Shared("contract", name) is not { } path)
            return null;
        var document = ReadYaml(File.ReadAllText(path));
        foreach (var (schema, field) in leftOut)
        {
            var published = document["components"]!["schemas"]![schema]!;
            Assert.True(published["properties"]!.AsObject().Remove(field), $"{schema} has no {field}.");
            if (published["required"]!.AsArray().FirstOrDefault(r => (string?)r == field) is { } required)
                published["required"]!.AsArray().Remove(required);
        }

        return new PublishedApi(document);
    });

    public IReadOnlyDictionary<string, PublishedOperation> Operations { get; }

    /// <summary>What is wrong with an answer, or null.</summary>
    public string? FaultOf(PublishedOperation operation, Answer answer)
    {
        var status = answer.Status.ToString(CultureInfo.InvariantCulture);
        // DeleteConnector documents no failure; all of them have the one shape.
        var schema = operation.Answers.TryGetValue(status, out var own) ? own
            : operation.Answers.GetValueOrDefault("default") ?? new JsonObject { ["$ref"] = "#/components/schemas/Error" };
        if (schema is null)
            return answer.Bytes.Length == 0 ? null : "there is a body where none is published";
        if (answer.Bytes.Length == 0)
            return "there is no body";
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = _document["components"]!["schemas"]!.DeepClone();
        Plain(whole, isSchema: true);
        var text = whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        var found = JsonSchema.FromText(text).Evaluate(JsonSerializer.SerializeToElement(answer.Json), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return found.IsValid ? null
            : string.Join("; ", (found.Details ?? []).Where(d => d.Errors is { Count: > 0 }).Select(d => $"{d.InstanceLocation} {string.Join(", ", d.Errors!.Values)}"));
    }

    /// <summary>
    /// Takes out what JSON Schema knows nothing of: a discriminator, without which the variants must exclude each other too, and examples that are
    /// written as OpenAPI has them for parameters.
    /// </summary>
    private static void Plain(JsonNode? node, bool isSchema)
    {
        if (node is JsonArray list)
        {
            foreach (var element in list)
                Plain(element, isSchema);
        }

        if (node is not JsonObject item)
            return;
        if (isSchema)
        {
            item.Remove("discriminator");
            item.Remove("examples");
            item.Remove("example");
            // One file says uuid of members; the page beside the files says that ids are ULIDs, and decides.
            if (item["format"] is JsonValue format && format.TryGetValue(out string? name) && name == "uuid")
                item.Remove("format");
        }

        // Below these stand names of fields, which may be any word.
        foreach (var (name, value) in item)
            Plain(value, !(isSchema && name is "properties" or "$defs"));
    }

    private PublishedOperation Read(string path, JsonNode item, string method, JsonNode operation)
    {
        var parameters = (item["parameters"]?.AsArray() ?? []).Concat(operation["parameters"]?.AsArray() ?? []).Select(p => Resolved(p!));
        return new PublishedOperation(
            operation["operationId"]!.GetValue<string>(), new HttpMethod(method.ToUpperInvariant()), path, operation["requestBody"] is not null,
            parameters.Where(p => (string)p["in"]! == "query").Select(p => (string)p["name"]!).ToHashSet(StringComparer.Ordinal),
            operation["responses"]!.AsObject().ToDictionary(r => r.Key, r => Resolved(r.Value!)["content"]?.AsObject().First().Value!["schema"], StringComparer.Ordinal));
    }

    private JsonNode Resolved(JsonNode node)
    {
        if (node["$ref"] is not { } reference)
            return node;
        return reference.GetValue<string>()[2..].Split('/').Aggregate(_document, (at, name) => at[name]!);
    }

    private static JsonNode ReadYaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return Json(yaml.Documents[0].RootNode)!;

        static JsonNode? Json(YamlNode node) => node switch
        {
            YamlMappingNode map => new JsonObject(map.Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value!, Json(p.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
            YamlScalarNode scalar => Scalar(scalar.Value ?? "", scalar.Style == ScalarStyle.Plain),
            _ => null,
        };

        // The core schema of YAML 1.2, as far as descriptions need it.
        static JsonNode? Scalar(string value, bool plain) => value switch
        {
            _ when !plain => value,
            "true" => true,
            "false" => false,
            "null" or "~" or "" => null,
            _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            _ when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
            _ => value,
        };
    }
}
