using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Actions.Execution;

namespace Patchbay.Platform.Agents;

/// <summary>What a tool gives back to a model: short enough to be read, and saying so where it was cut.</summary>
/// <param name="IsError">Whether the model has to do something about it.</param>
/// <param name="Text">All of it as text.</param>
/// <param name="Structured">All of it as JSON, where it is more than a sentence.</param>
internal sealed record ToolResult(bool IsError, string Text, JsonObject? Structured = null)
{
    /// <summary>Deeper JSON is given as text: it goes inside a message that must not nest deeper than 64 levels.</summary>
    private const int DeepestJson = 48;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 128 };

    /// <summary>Some JSON.</summary>
    public static ToolResult Of(JsonObject json, bool isError = false) => new(isError, json.ToJsonString(Plain), json);

    /// <summary>Why there is no result, with every fault that is known.</summary>
    public static ToolResult Of(Failure failure)
    {
        var text = new StringBuilder(failure.Fields.Count > 1 ? $"{failure.Code}: The arguments have {failure.Fields.Count} faults." : $"{failure.Code}: {failure.Message}");
        foreach (var fault in failure.Fields)
            text.Append("\n- ").Append(fault.Field).Append(": ").Append(fault.Message);
        if (failure.Details is not null)
            text.Append('\n').Append(failure.Details);
        return new ToolResult(true, text.ToString());
    }

    /// <summary>An action's outcome.</summary>
    /// <param name="executed">The outcome.</param>
    /// <param name="maxBytes">How much of its body is given, in bytes.</param>
    public static ToolResult Of(ExecutedAction executed, int maxBytes)
    {
        var json = new JsonObject { ["status"] = executed.Status };
        AddBody(json, executed.Body, maxBytes);
        if (executed.Response.Mismatches.Count > 0)
        {
            json["otherThanDescribed"] = new JsonArray([.. executed.Response.Mismatches.Take(20)
                .Select(m => (JsonNode)$"{m.Field}: {m.Message}")]);
        }

        // An answer such as 404 is for the model to read and to act on, like a fault in its arguments.
        return Of(json, isError: executed.Status >= 400);
    }

    private static void AddBody(JsonObject json, AnsweredBody body, int maxBytes)
    {
        switch (body.Kind)
        {
            case AnsweredBodyKind.None:
                break;
            case AnsweredBodyKind.Json when body.Bytes.Length <= maxBytes && !IsDeeper(body.Json, DeepestJson):
                json["body"] = NodeOf(body.Json);
                break;
            case AnsweredBodyKind.Json when body.Json.ValueKind == JsonValueKind.Array && !IsDeeper(body.Json, DeepestJson) && Fitting(body.Json, maxBytes) is { Count: > 0 } items:
                json["body"] = items;
                json["truncated"] = $"Only the first {items.Count} of {body.Json.GetArrayLength()} items are shown. Ask for fewer, or for a page of them, where the action lets you.";
                break;
            case AnsweredBodyKind.Binary:
                json["base64"] = Convert.ToBase64String(body.Bytes.Span[..Math.Min(body.Bytes.Length, maxBytes / 4 * 3)]);
                AddCut(json, body.Bytes.Length, maxBytes / 4 * 3);
                break;
            default:
                json["body"] = Beginning(body.Bytes.Span, maxBytes);
                AddCut(json, body.Bytes.Length, maxBytes);
                break;
        }
    }

    private static void AddCut(JsonObject json, int length, int shown)
    {
        if (length > shown)
            json["truncated"] = $"Only the first {shown} of {length} bytes are shown. Ask for less, where the action lets you.";
    }

    private static JsonArray Fitting(JsonElement array, int maxBytes)
    {
        var items = new JsonArray();
        var left = maxBytes;
        foreach (var item in array.EnumerateArray())
        {
            left -= Encoding.UTF8.GetByteCount(item.GetRawText()) + 1;
            if (left < 0)
                break;
            items.Add(NodeOf(item));
        }

        return items;
    }

    /// <summary>The text of the first bytes, without half of a character at its end.</summary>
    private static string Beginning(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        var length = Math.Min(utf8.Length, maxBytes);
        if (length < utf8.Length)
        {
            while (length > 0 && (utf8[length] & 0xC0) == 0x80)
                length--;
        }

        return Encoding.UTF8.GetString(utf8[..length]);
    }

    private static JsonNode? NodeOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(element),
    };

    private static bool IsDeeper(JsonElement node, int left) => node.ValueKind switch
    {
        JsonValueKind.Object => left == 0 || node.EnumerateObject().Any(m => IsDeeper(m.Value, left - 1)),
        JsonValueKind.Array => left == 0 || node.EnumerateArray().Any(i => IsDeeper(i, left - 1)),
        _ => false,
    };
}
