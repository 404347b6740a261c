using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Http;

/// <summary>An operation that takes a JSON body, as the server describes it.</summary>
/// <param name="Id">Its operation id.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path template, from the root of the server.</param>
/// <param name="Schema">The schema of the body.</param>
/// <param name="Document">The description that it stands in.</param>
internal sealed record DescribedOperation(string Id, HttpMethod Method, string Path, JsonObject Schema, JsonObject Document)
{
    /// <summary>The operations of all descriptions that take a JSON body.</summary>
    public static async Task<IReadOnlyList<DescribedOperation>> AllAsync(PatchbayHost host)
    {
        var operations = new List<DescribedOperation>();
        foreach (var name in Patchbay.Platform.Http.ApiDocuments.All.Keys)
        {
            var document = (await host.Nobody.GetAsync($"/openapi/{name}.json")).Expect(200).Json.AsObject();
            var root = document["servers"]![0]!["url"]!.GetValue<string>();
            foreach (var (path, item) in document["paths"]!.AsObject())
            {
                foreach (var (method, operation) in item!.AsObject())
                {
                    if (operation?["requestBody"]?["content"]?["application/json"]?["schema"] is JsonObject schema)
                        operations.Add(new(operation["operationId"]!.GetValue<string>(), new HttpMethod(method.ToUpperInvariant()), new Uri(new Uri("http://any"), root).AbsolutePath + path, schema, document));
                }
            }
        }

        return operations;
    }

    /// <summary>The names of the body's members that must not be missing.</summary>
    public IReadOnlySet<string> RequiredIn(JsonObject body) => RequiredOf(Schema, body).ToHashSet(StringComparer.Ordinal);

    /// <summary>For each member name that is an enumeration somewhere, all of its values.</summary>
    public ILookup<string, string> Enumerations() =>
        EnumerationsIn(Document["components"]!["schemas"]!).SelectMany(e => e.Values.Select(v => (e.Name, Value: v))).ToLookup(e => e.Name, e => e.Value, StringComparer.Ordinal);

    private IEnumerable<string> RequiredOf(JsonNode schema, JsonObject body)
    {
        var resolved = Resolved(schema);
        var own = (resolved["required"]?.AsArray() ?? []).Select(r => r!.GetValue<string>());
        var inherited = (resolved["allOf"]?.AsArray() ?? []).SelectMany(s => RequiredOf(s!, body));
        var variant = resolved["discriminator"]?["mapping"]?[body[resolved["discriminator"]!["propertyName"]!.GetValue<string>()]!.GetValue<string>()];
        return own.Concat(inherited).Concat(variant is null ? [] : RequiredOf(new JsonObject { ["$ref"] = variant.GetValue<string>() }, body));
    }

    private IEnumerable<(string Name, IEnumerable<string> Values)> EnumerationsIn(JsonNode? node)
    {
        if (node is JsonArray array)
            return array.SelectMany(EnumerationsIn);
        if (node is not JsonObject schema)
            return [];
        var here = (schema["properties"] as JsonObject ?? []).SelectMany(p => ((JsonNode?[])[p.Value, p.Value?["items"]])
            .Where(s => s is JsonObject).Select(s => Resolved(s!)).Where(s => s["enum"] is not null || s["const"] is not null)
            .Select(s => (p.Key, (s["enum"]?.AsArray() ?? [s["const"]!.DeepClone()]).Where(v => v is JsonValue value && value.TryGetValue<string>(out _)).Select(v => v!.GetValue<string>()))));
        return here.Concat(schema.SelectMany(m => EnumerationsIn(m.Value)));
    }

    private JsonObject Resolved(JsonNode schema)
    {
        const string Prefix = "#/components/schemas/";
        return schema["$ref"] is { } reference
            ? Resolved(Document["components"]!["schemas"]![reference.GetValue<string>()[Prefix.Length..]]!)
            : schema.AsObject();
    }
}
