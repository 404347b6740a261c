using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>An example of a body, as text.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Text">The body.</param>
/// <param name="At">Where it stands.</param>
internal sealed record BodyExample(string Name, string Text, SourceNode At);

/// <summary>What examples of one body amount to.</summary>
/// <param name="Schema">What they suggest; null where they are no JSON.</param>
/// <param name="Examples">The examples, in the form of a Media Type Object of OpenAPI 3; null for none.</param>
internal sealed record ExampleReading(SourceObject? Schema, JsonObject? Examples);

/// <summary>Reads examples of bodies, without the secrets in them.</summary>
internal sealed class ExampleReader(ImportContext context, KnownSecrets secrets)
{
    /// <summary>Stands before what was no text in the body, lest its type be taken for that of a text. No character has this code point.</summary>
    private const char Mark = '\uE000';

    private int _valuesLeft = context.Options.MaxNodes;

    public ExampleReading Read(bool isJson, IReadOnlyList<BodyExample> examples)
    {
        var inferred = new InferredSchema();
        var read = new List<(string Name, JsonNode? Value)>();
        var isInferred = isJson;
        foreach (var example in examples)
        {
            if (context.IsExhausted) break;
            if (isJson && ReadJson(example, inferred) is { } json)
            {
                read.Add((example.Name, json.Value));
                continue;
            }
            isInferred = false;
            if (isJson) context.Log.Add(PostmanRemarks.NoJson, example.At);
            context.Charge(example.Text.Length);
            read.Add((example.Name, JsonValue.Create(CleanMarkup(example.Text, example.At))));
        }
        return new(isInferred && examples.Count > 0 ? inferred.ToSchema(examples[0].At) : null, Examples(read));
    }

    public static JsonObject? Examples(IReadOnlyList<(string Name, JsonNode? Value)> examples)
    {
        if (examples.Count == 0) return null;
        if (examples.Count == 1) return new() { ["example"] = examples[0].Value };
        var names = new Naming.UniqueNames();
        var named = new JsonObject();
        foreach (var (name, value) in examples) named[names.Claim(name.Length > 0 ? name : "example")] = new JsonObject { ["value"] = value };
        return new() { ["examples"] = named };
    }

    /// <summary>Takes a JSON text into a schema, and gives a copy of it; null where it is no JSON.</summary>
    public JsonCopy? ReadJson(BodyExample example, InferredSchema inferred)
    {
        var unknown = new HashSet<SourceNode>(ReferenceEqualityComparer.Instance);
        if (Parse(example, unknown) is not { } tree) return null;
        _valuesLeft -= inferred.Add(tree, unknown);
        if (_valuesLeft <= 0) context.Charge(context.Options.MaxOutputBytes + 1L);
        var copy = context.Json.ToNode(tree);
        return new(Redact(copy, example.At, secret: null));
    }

    /// <summary>A text without the secrets of the collection, nor what stands in an element of XML that is called like one.</summary>
    public string CleanMarkup(string text, SourceNode at)
    {
        var cleaned = secrets.Clean(text, at);
        if (!cleaned.Contains("</", StringComparison.Ordinal)) return cleaned;
        var result = new StringBuilder(cleaned.Length);
        var from = 0;
        while (cleaned.IndexOf('<', from) is >= 0 and var open && cleaned.IndexOf('>', open) is >= 0 and var end)
        {
            result.Append(cleaned, from, end + 1 - from);
            from = end + 1;
            var name = cleaned[(open + 1)..end].Split(' ', '\t', '\n', '/')[0];
            var next = cleaned.IndexOf('<', from);
            if (next <= from || cleaned[end - 1] == '/' || !SecretNames.Is(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..], isKeySecret: false)) continue;
            if (string.IsNullOrWhiteSpace(cleaned[from..next])) continue;
            context.Log.Add(PostmanRemarks.SecretValue, at, name);
            result.Append(KnownSecrets.Placeholder);
            from = next;
        }
        return result.Append(cleaned, from, cleaned.Length - from).ToString();
    }

    /// <summary>A copy without the values of members that are called like secrets.</summary>
    /// <param name="node">The value.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="secret">The name of the secret that it belongs to, if it does.</param>
    private JsonNode? Redact(JsonNode? node, SourceNode at, string? secret)
    {
        switch (node)
        {
            case JsonObject holder:
                foreach (var (name, value) in holder.ToList())
                {
                    var redacted = Redact(value, at, secret ?? (SecretNames.Is(name, isKeySecret: false) ? name : null));
                    if (!ReferenceEquals(redacted, value)) holder[name] = redacted;
                }
                return holder;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    var redacted = Redact(list[i], at, secret);
                    if (!ReferenceEquals(redacted, list[i])) list[i] = redacted;
                }
                return list;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return RedactText(value, value.GetValue<string>(), at, secret);
            case JsonValue number when secret is not null && number.GetValueKind() == JsonValueKind.Number:
                context.Log.Add(PostmanRemarks.SecretValue, at, secret);
                return JsonValue.Create(KnownSecrets.Placeholder);
            default:
                return node;
        }
    }

    private JsonValue RedactText(JsonValue value, string text, SourceNode at, string? secret)
    {
        if (secret is null || text.Length == 0 || Placeholders.IsOne(text))
            return secrets.Clean(text, at) is var cleaned && ReferenceEquals(cleaned, text) ? value : JsonValue.Create(cleaned);
        context.Log.Add(PostmanRemarks.SecretValue, at, secret);
        return JsonValue.Create(KnownSecrets.Placeholder);
    }

    private SourceNode? Parse(BodyExample example, HashSet<SourceNode> unknown)
    {
        var scratch = new MessageLog();
        if (ParseText(example.Text, scratch) is not { } tree)
        {
            var quoted = QuoteVariables(example.Text);
            tree = quoted is null ? null : ParseText(quoted, scratch);
            if (tree is null) return null;
            tree = Unmark(tree, unknown);
        }
        if (unknown.Count > 0 || scratch.Counted().Any()) context.Log.Add(PostmanRemarks.MendedJson, example.At);
        return tree;
    }

    private SourceNode? ParseText(string text, MessageLog scratch)
    {
        var limits = context.Options with { MaxNodes = Math.Max(_valuesLeft, 1) };
        return JsonTreeReader.Read(Encoding.UTF8.GetBytes(text), limits, scratch, context.Cancellation).Root;
    }

    /// <summary>Puts quotes around variables that stand where a value should, which is no JSON before they are filled in.</summary>
    private static string? QuoteVariables(string text)
    {
        var quoted = new StringBuilder(text.Length);
        var isInString = false;
        var isMended = false;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (isInString && character == '\\' && i + 1 < text.Length)
            {
                quoted.Append(character).Append(text[++i]);
                continue;
            }
            if (character == '"') isInString = !isInString;
            if (isInString || character != '{' || i + 1 == text.Length || text[i + 1] != '{')
            {
                quoted.Append(character);
                continue;
            }
            var close = text.IndexOfAny(['}', '"', '\n'], i + 2);
            if (close < 0 || close + 1 == text.Length || text[close] != '}' || text[close + 1] != '}') return null;
            quoted.Append('"').Append(Mark).Append(text, i, close + 2 - i).Append('"');
            isMended = true;
            i = close + 1;
        }
        return isMended ? quoted.ToString() : null;
    }

    private static SourceNode Unmark(SourceNode node, HashSet<SourceNode> unknown)
    {
        switch (node)
        {
            case SourceScalar { Kind: SourceKind.String, Text: [Mark, .. var text] } marked:
                var plain = new SourceScalar(SourceKind.String, text, marked.Line, marked.Column);
                unknown.Add(plain);
                return plain;
            case SourceObject holder:
                for (var i = 0; i < holder.Members.Length; i++) holder.Members[i] = holder.Members[i] with { Value = Unmark(holder.Members[i].Value, unknown) };
                return holder;
            case SourceArray array:
                for (var i = 0; i < array.Items.Length; i++) array.Items[i] = Unmark(array.Items[i], unknown);
                return array;
            default:
                return node;
        }
    }
}

/// <summary>A copy of a JSON value, which may be null.</summary>
internal sealed record JsonCopy(JsonNode? Value);
