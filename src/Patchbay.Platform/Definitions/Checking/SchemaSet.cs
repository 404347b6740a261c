using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Json.Schema;
using Json.Schema.Keywords;
using Patchbay.Importing.Schemas;

namespace Patchbay.Platform.Definitions.Checking;

/// <summary>Which way data goes: a field that is read-only need not be sent, one that is write-only does not come back.</summary>
internal enum DataDirection
{
    /// <summary>From us to the API, or from the API to a trigger.</summary>
    Sent,

    /// <summary>Out of an API's answer.</summary>
    Received,
}

/// <summary>The definitions of one version for data that goes one way, each compiled when it is first needed, and then kept.</summary>
internal sealed class SchemaSet
{
    /// <summary>Where definitions stand side by side, so that their relative references hold. Nothing is ever fetched.</summary>
    private const string Root = "https://definitions.invalid/";

    private const int LargeStack = 128 * 1024 * 1024;

    private static readonly DialectRegistry Dialects = BoundedDialects();

    private readonly DataDirection _direction;
    private readonly Func<string, string?> _textOf;
    private readonly Lock _building = new();
    private readonly BuildOptions _options = new() { SchemaRegistry = new SchemaRegistry(), DialectRegistry = Dialects, Dialect = Bounded(Dialect.Draft202012) };
    private readonly ConcurrentDictionary<string, Compiled?> _compiled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, XmlBodyCheck?> _xml = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _inPlace = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonElement> _read = new(StringComparer.Ordinal);

    /// <param name="direction">Which way.</param>
    /// <param name="textOf">The text of a definition, by its name; null where there is none.</param>
    public SchemaSet(DataDirection direction, Func<string, string?> textOf)
    {
        (_direction, _textOf) = (direction, textOf);
        // A definition that is not there, as one deleted by force leaves it to those that refer to it, allows everything; what refers to it still counts.
        _options.SchemaRegistry.Fetch = (uri, _) => Build(uri, TextAt(uri) ?? "{}");
    }

    /// <summary>Checks a value against a definition.</summary>
    /// <param name="definition">Its name. All that it refers to must be at hand.</param>
    /// <param name="value">The value.</param>
    /// <param name="path">What stands before the paths of faults, such as <c>body</c>.</param>
    /// <returns>What is wrong; nothing also where there is no such definition, or none that can be used.</returns>
    public IReadOnlyList<FieldFault> Check(string definition, JsonElement value, string path) =>
        Find(Root + definition + ".json", () => _textOf(definition)) is { } compiled ? compiled.Check(value, path) : [];

    /// <summary>Checks a value against a schema that stands in a parameter.</summary>
    /// <param name="schema">The schema, as JSON.</param>
    /// <param name="value">The value.</param>
    /// <param name="path">What stands before the paths of faults.</param>
    public IReadOnlyList<FieldFault> CheckInPlace(string schema, JsonElement value, string path)
    {
        // No definition has a name with this mark.
        var name = "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schema)));
        _inPlace.TryAdd(name, schema);
        return Find($"{Root}{name}.json", () => schema) is { } compiled ? compiled.Check(value, path) : [];
    }

    /// <summary>Checks an XML document against a definition that is an XML Schema.</summary>
    /// <param name="definition">Its name.</param>
    /// <param name="xml">The document.</param>
    /// <param name="path">The path of the whole.</param>
    public IReadOnlyList<FieldFault> CheckXml(string definition, string xml, string path)
    {
        var check = _xml.GetOrAdd(definition, static (name, textOf) => XmlBodyCheck.Compile(name, textOf), _textOf);
        return check is null ? [] : [.. check.Check(xml).Select(fault => new FieldFault(path, fault.ToString()))];
    }

    private Compiled? Find(string address, Func<string?> text)
    {
        if (_compiled.TryGetValue(address, out var known))
            return known;
        // One build registers what it refers to: two at once would register it twice.
        lock (_building)
        {
            if (_compiled.TryGetValue(address, out known))
                return known;
            var built = text() is { } source ? WithRoom(() => Compile(new Uri(address), source)) : null;
            return _compiled[address] = built;
        }
    }

    private Compiled? Compile(Uri address, string text)
    {
        try
        {
            return new Compiled(_options.SchemaRegistry.Get(address) as JsonSchema ?? Build(address, text), this);
        }
        catch (Exception e) when (e is JsonSchemaException or JsonException or RefResolutionException or ArgumentException)
        {
            // A schema that says what no schema can. The action still runs: it says nothing then.
            return null;
        }
    }

    private JsonSchema Build(Uri address, string text) => JsonSchema.FromText(DirectedSchema.Of(text, _direction), _options, address, new JsonDocumentOptions { MaxDepth = 512 });

    private string? TextAt(Uri address) => NameOf(address) is { } name ? _inPlace.GetValueOrDefault(name) ?? _textOf(name) : null;

    private static string? NameOf(Uri address)
    {
        var text = address.GetLeftPart(UriPartial.Path);
        return text.StartsWith(Root, StringComparison.Ordinal) && text.EndsWith(".json", StringComparison.Ordinal) ? text[Root.Length..^".json".Length] : null;
    }

    /// <summary>
    /// Runs what recurses with schema and data. Both are bounded, but their product is more than the stack of an ordinary thread may hold, and
    /// a stack that overflows ends the process.
    /// </summary>
    private static T WithRoom<T>(Func<T> work)
    {
        T result = default!;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    thrown = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
                }
            },
            LargeStack);
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return result;
    }

    private static DialectRegistry BoundedDialects()
    {
        var registry = new DialectRegistry();
        foreach (var dialect in (Dialect[])[Dialect.Draft202012, Dialect.Draft07])
            registry.Register(Bounded(dialect));
        return registry;
    }

    private static Dialect Bounded(Dialect dialect)
    {
        var bounded = dialect.Without([PatternKeyword.Instance, RefKeyword.Instance], dialect.Id).With([new BoundedPatternKeyword(), new RoomyRefKeyword()], dialect.Id);
        return dialect == Dialect.Draft202012
            ? bounded.Without([Json.Schema.Keywords.Draft202012.DynamicRefKeyword.Instance], dialect.Id).With([new RoomyDynamicRefKeyword()], dialect.Id)
            : bounded;
    }

    /// <summary>A compiled schema.</summary>
    private sealed class Compiled(JsonSchema schema, SchemaSet set)
    {
        private static readonly EvaluationOptions Flag = Options(OutputFormat.Flag);
        private static readonly EvaluationOptions Whole = Options(OutputFormat.Hierarchical);

        public IReadOnlyList<FieldFault> Check(JsonElement value, string path)
        {
            try
            {
                return CheckHere(value, path);
            }
            catch (RefResolutionException)
            {
                // A pointer into a definition that has nothing there, of which the schema says nothing more.
                return [];
            }
            catch (System.Text.RegularExpressions.RegexMatchTimeoutException)
            {
                return [new(path, "takes too long to be checked against a pattern")];
            }
            catch (InsufficientExecutionStackException)
            {
                try
                {
                    return WithRoom(() => CheckHere(value, path));
                }
                catch (InsufficientExecutionStackException)
                {
                    return [new(path, "nests too deeply to be checked")];
                }
            }
        }

        private IReadOnlyList<FieldFault> CheckHere(JsonElement value, string path)
        {
            if (schema.Evaluate(value, Flag).IsValid)
                return [];
            return new SchemaFaults(value, path, set.SchemaAt).Of(schema.Evaluate(value, Whole));
        }

        private static EvaluationOptions Options(OutputFormat format) => new() { OutputFormat = format };
    }

    /// <summary>The schema at an address with a pointer as its fragment, as far as it can be told.</summary>
    private JsonElement? SchemaAt(Uri location)
    {
        if (NameOf(location) is not { } name || TextAt(location) is not { } text)
            return null;
        if (!_read.TryGetValue(name, out var root))
        {
            using var document = JsonDocument.Parse(DirectedSchema.Of(text, _direction), new JsonDocumentOptions { MaxDepth = 512 });
            root = _read[name] = document.RootElement.Clone();
        }

        return SchemaFaults.SchemaAt(root, Uri.UnescapeDataString(location.Fragment.TrimStart('#')));
    }
}

/// <summary>The keyword <c>$ref</c>, which recursion goes through: it looks whether there is room on the stack.</summary>
internal sealed class RoomyRefKeyword : RefKeyword
{
    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.Evaluate(keyword, context);
    }
}

/// <summary>The keyword <c>$dynamicRef</c>, likewise.</summary>
internal sealed class RoomyDynamicRefKeyword : Json.Schema.Keywords.Draft202012.DynamicRefKeyword
{
    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.Evaluate(keyword, context);
    }
}
