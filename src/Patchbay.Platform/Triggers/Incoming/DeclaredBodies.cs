using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>The definitions that the bodies of a version's triggers are held against, compiled when they are first needed.</summary>
/// <param name="textOf">The text of a JSON Schema, by the name of its definition; null where there is none.</param>
internal sealed class DeclaredBodies(Func<string, string?> textOf)
{
    /// <summary>Where definitions stand side by side, so that their relative references hold. Nothing is ever fetched.</summary>
    private const string Root = "https://definitions.invalid/";

    private const int MostFaults = 20;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };
    private static readonly EvaluationOptions Flag = new() { OutputFormat = OutputFormat.Flag };
    private static readonly EvaluationOptions Whole = new() { OutputFormat = OutputFormat.List };

    private readonly Lock _building = new();
    private readonly ConcurrentDictionary<string, JsonSchema?> _compiled = new(StringComparer.Ordinal);
    private BuildOptions? _options;

    /// <summary>Where a value is not what a definition says; nothing also where the definition cannot be used.</summary>
    public IEnumerable<(string Field, string Message)> FaultsOf(string definition, JsonElement value)
    {
        if (Compiled(definition) is not { } schema)
            return [];
        try
        {
            if (schema.Evaluate(value, Flag).IsValid)
                return [];
            var faults = (schema.Evaluate(value, Whole).Details ?? [])
                .Where(d => !d.IsValid).SelectMany(d => (d.Errors?.Keys ?? Enumerable.Empty<string>()).Select(k => (Field(d.InstanceLocation.ToString()), Message(k))))
                .Distinct().Take(MostFaults).ToList();
            return faults.Count > 0 ? faults : [("body", Message(""))];
        }
        catch (RegexMatchTimeoutException)
        {
            return [("body", "could not be checked in time")];
        }
    }

    private static string Message(string keyword) =>
        keyword.Length == 0 ? "does not conform to its definition" : $"does not conform to its definition ({keyword})";

    private static string Field(string pointer) => "body" + pointer.Replace('/', '.');

    private JsonSchema? Compiled(string definition)
    {
        if (_compiled.TryGetValue(definition, out var known))
            return known;
        // One build registers what it refers to: two at once would register it twice.
        lock (_building)
        {
            return _compiled.GetOrAdd(definition, name =>
            {
                _options ??= new BuildOptions { SchemaRegistry = new SchemaRegistry { Fetch = (address, _) => NameOf(address) is { } other ? Build(other) : null } };
                try
                {
                    return _options.SchemaRegistry.Get(AddressOf(name)) as JsonSchema ?? Build(name);
                }
                catch (Exception e) when (e is JsonSchemaException or JsonException or RefResolutionException or ArgumentException)
                {
                    // A reference that leads nowhere, as a definition that was deleted by force leaves it: the schema says nothing then.
                    return null;
                }
            });
        }
    }

    private JsonSchema? Build(string name) => textOf(name) is { } text ? JsonSchema.FromText(text, _options!, AddressOf(name), Deep) : null;

    private static Uri AddressOf(string name) => new($"{Root}{name}.json");

    private static string? NameOf(Uri address)
    {
        var text = address.GetLeftPart(UriPartial.Path);
        return text.StartsWith(Root, StringComparison.Ordinal) && text.EndsWith(".json", StringComparison.Ordinal) ? text[Root.Length..^".json".Length] : null;
    }
}
