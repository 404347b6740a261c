using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Patchbay.Importing.Contents;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>What holds for the definitions of every connector, whatever it was imported from.</summary>
internal static class DefinitionChecks
{
    private const string Base = "https://definitions.example/";

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf", "prefixItems"];
    private static readonly string[] Maps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    private static readonly string[] Singles =
    [
        "items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "propertyNames", "contains", "contentSchema",
        "not", "if", "then", "else",
    ];

    public static void AssertSound(ConnectorContents contents)
    {
        AssertNamesFit(contents);
        AssertReferencesResolve(contents);
        AssertValid(contents.Definitions);
        AssertUsable(contents.Definitions);
    }

    private static void AssertNamesFit(ConnectorContents contents)
    {
        Assert.All(contents.Definitions, definition => Assert.Matches(@"^[a-zA-Z0-9_\-]+$", definition.Name));
        Assert.All(contents.Actions, action => Assert.Matches(@"^[a-zA-Z0-9_\-$]+$", action.Name));
        Assert.All(contents.Triggers, trigger => Assert.Matches(@"^[a-zA-Z0-9_\-$]+$", trigger.Name));
        Assert.Distinct(contents.Definitions.Select(definition => definition.Name), StringComparer.Ordinal);
        Assert.Distinct(contents.Actions.Select(action => action.Name), StringComparer.Ordinal);
        Assert.Distinct(contents.Triggers.Select(trigger => trigger.Name), StringComparer.Ordinal);
    }

    /// <summary>Every <c>Name.json#/pointer</c> names a definition and a schema in it, and <c>References</c> and <c>Accept</c> tell the truth.</summary>
    private static void AssertReferencesResolve(ConnectorContents contents)
    {
        var schemas = contents.Definitions.ToDictionary(definition => definition.Name, definition => JsonNode.Parse(definition.Schema)!, StringComparer.Ordinal);
        foreach (var definition in contents.Definitions)
        {
            var references = References(schemas[definition.Name]).ToList();
            foreach (var reference in references) AssertResolves(schemas, reference, definition.Name);
            Lines.AssertEqual(references.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), definition.References);
        }
        foreach (var parameter in Parameters(contents).Where(parameter => parameter.Schema is not null))
        {
            foreach (var reference in References(parameter.Schema!)) AssertResolves(schemas, reference, parameter.Name);
        }
        var accept = contents.Definitions.ToDictionary(definition => definition.Name, definition => definition.Accept, StringComparer.Ordinal);
        foreach (var link in Links(contents))
        {
            Assert.True(accept.ContainsKey(link.Definition), $"{link.Definition} is linked to and does not exist");
            Assert.Subset(accept[link.Definition].ToHashSet(StringComparer.Ordinal), link.MediaTypes.ToHashSet(StringComparer.Ordinal));
        }
    }

    private static void AssertResolves(Dictionary<string, JsonNode> schemas, string reference, string from)
    {
        Assert.True(schemas.TryGetValue(NameOf(reference), out var at), $"{from} refers to {reference}, which does not exist");
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0 || !reference[(hash + 1)..].StartsWith('/')) return;
        foreach (var escaped in reference[(hash + 2)..].Split('/'))
        {
            var segment = Uri.UnescapeDataString(escaped).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch
            {
                JsonArray array => int.TryParse(segment, out var index) && index < array.Count ? array[index] : null,
                JsonObject holder => holder[segment],
                _ => null,
            };
            Assert.True(at is not null, $"{from} refers to {reference}, where there is nothing at {segment}");
        }
    }

    /// <summary>References in schemas; unknown keywords and data such as examples may hold anything.</summary>
    private static IEnumerable<string> References(JsonNode schema) => schema is not JsonObject holder ? [] : holder.SelectMany(member => member switch
    {
        { Key: "$ref" or "$dynamicRef", Value: { } reference } => [reference.GetValue<string>()],
        { Key: "discriminator", Value: JsonObject discriminator } => MappedTo(discriminator),
        { Value: JsonArray list } when Lists.Contains(member.Key) => list.SelectMany(item => References(item!)),
        { Value: JsonObject map } when Maps.Contains(member.Key) => map.SelectMany(item => References(item.Value!)),
        { Value: { } value } when Singles.Contains(member.Key) => References(value),
        _ => [],
    });

    private static IEnumerable<string> MappedTo(JsonObject discriminator) =>
        (discriminator["mapping"] as JsonObject ?? []).Select(member => member.Value).Append(discriminator["defaultMapping"]).OfType<JsonValue>()
            .Where(value => value.GetValueKind() == JsonValueKind.String).Select(value => value.GetValue<string>()).Where(value => value.Contains(".json", StringComparison.Ordinal));

    private static string NameOf(string reference) => reference[..reference.IndexOf(".json", StringComparison.Ordinal)];

    /// <summary>Valid against the meta-schema of JSON Schema 2020-12.</summary>
    private static void AssertValid(IReadOnlyList<DefinitionContent> definitions)
    {
        foreach (var definition in definitions)
        {
            using var schema = JsonDocument.Parse(definition.Schema);
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
            var options = new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
            var results = MetaSchemas.Draft202012.Evaluate(schema.RootElement, options);
            Assert.True(results.IsValid, $"{definition.Name} is no valid schema: {Explain(results)}\n{definition.Schema}");
        }
    }

    private static string Explain(EvaluationResults results) => string.Join("; ", (results.Details ?? [])
        .Where(detail => detail.Errors is { Count: > 0 })
        .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"));

    /// <summary>Compiles by the validator that the platform uses, with all references, and can be asked.</summary>
    private static void AssertUsable(IReadOnlyList<DefinitionContent> definitions)
    {
        var texts = definitions.ToDictionary(definition => Base + definition.Name + ".json", definition => definition.Schema, StringComparer.Ordinal);
        var options = new BuildOptions { SchemaRegistry = new SchemaRegistry() };
        options.SchemaRegistry.Fetch = (address, _) =>
            texts.TryGetValue(address.OriginalString, out var text) ? JsonSchema.FromText(text, options, address) : null;
        using var instance = JsonDocument.Parse("""{"a": [1, "two", null]}""");
        foreach (var (address, text) in texts)
        {
            var schema = options.SchemaRegistry.Get(new Uri(address)) as JsonSchema ?? JsonSchema.FromText(text, options, new Uri(address));
            _ = schema.Evaluate(instance.RootElement);
        }
    }

    private static IEnumerable<ParameterContent> Parameters(ConnectorContents contents) =>
        contents.Actions.SelectMany(action => action.Parameters.Concat(action.Responses.SelectMany(response => response.Headers)))
            .Concat(contents.Triggers.SelectMany(trigger => trigger.Parameters.Concat(trigger.Responses.SelectMany(response => response.Headers))));

    private static IEnumerable<DefinitionLink> Links(ConnectorContents contents) =>
        contents.Actions.SelectMany(action => (action.RequestBody?.Definitions ?? []).Concat(action.Responses.SelectMany(response => response.Definitions)))
            .Concat(contents.Triggers.SelectMany(trigger => (trigger.RequestBody?.Definitions ?? []).Concat(trigger.Responses.SelectMany(response => response.Definitions))));
}
