using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>Writes parts of the source as JSON, as they stood: numbers keep their text.</summary>
internal sealed class JsonCopier(ImportContext context)
{
    /// <summary>
    /// How deep what we hand out nests at most. Readers of JSON refuse more than 64 levels unless told otherwise, and what
    /// stands here is embedded in larger documents.
    /// </summary>
    public const int DeepestOutput = 48;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        // The output is served as JSON, never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 2 * DeepestOutput,
    };

    /// <param name="json">The writer.</param>
    /// <param name="node">The part.</param>
    /// <param name="deepest">How deep the writer goes.</param>
    public void Write(Utf8JsonWriter json, SourceNode node, int deepest = DeepestOutput)
    {
        switch (node)
        {
            case SourceScalar scalar:
                WriteScalar(json, scalar);
                break;
            case not null when json.CurrentDepth >= deepest:
                context.Log.Add(DocumentRemarks.DeepData, node);
                json.WriteNullValue();
                break;
            case SourceArray array:
                json.WriteStartArray();
                foreach (var item in array.Items)
                {
                    if (context.IsTooMuch(json)) break;
                    Write(json, item, deepest);
                }
                json.WriteEndArray();
                break;
            case SourceObject holder:
                json.WriteStartObject();
                foreach (var member in holder.Members)
                {
                    if (context.IsTooMuch(json)) break;
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value, deepest);
                }
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>A copy of a value, which is carried over thereby; null for JSON's null.</summary>
    public JsonNode? ToNode(SourceNode node)
    {
        context.Carried.AddWhole(node);
        if (node is SourceScalar { Kind: not SourceKind.Number } scalar)
        {
            context.Charge(scalar.Text.Length);
            return scalar.Kind switch
            {
                SourceKind.String => JsonValue.Create(scalar.Text),
                SourceKind.Boolean => JsonValue.Create(scalar.IsTrue),
                _ => null,
            };
        }
        return ToNode(json => Write(json, node));
    }

    /// <summary>What <paramref name="write"/> writes, as a node; null for JSON's null.</summary>
    public JsonNode? ToNode(Action<Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, WriterOptions)) write(json);
        context.Charge(_buffer.WrittenCount);
        return JsonNode.Parse(_buffer.WrittenSpan);
    }

    /// <summary>An object of those members that are there and not already held elsewhere; null when none is.</summary>
    public JsonObject? Keep(SourceObject holder, Func<string, bool> isKept)
    {
        JsonObject? kept = null;
        foreach (var member in holder.Members)
        {
            if (context.IsExhausted) break;
            if (KeptFacts.NameOf(member.Name) is { } fact) (kept ??= [])[fact] = ToNode(member.Value);
            else if (isKept(member.Name) && !KeptFacts.IsMark(member.Name)) (kept ??= [])[member.Name] = ToNode(member.Value);
        }
        return kept;
    }

    /// <summary>The extensions of an object; null where there are none, or where it is no object.</summary>
    public JsonObject? KeepExtensions(SourceNode? holder) => holder is SourceObject known ? Keep(known, IsExtension) : null;

    public static bool IsExtension(string name) => name.StartsWith("x-", StringComparison.Ordinal);

    public static void WriteScalar(Utf8JsonWriter json, SourceScalar scalar)
    {
        switch (scalar.Kind)
        {
            case SourceKind.Number:
                json.WriteRawValue(YamlScalars.ToJsonNumber(scalar.Text), skipInputValidation: true);
                break;
            case SourceKind.Boolean:
                json.WriteBooleanValue(scalar.IsTrue);
                break;
            case SourceKind.Null:
                json.WriteNullValue();
                break;
            default:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }
}
