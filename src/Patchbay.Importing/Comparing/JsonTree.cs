using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Importing.Comparing;

/// <summary>A JSON value whose number is that of every equal value of the same <see cref="JsonForest"/>, whatever the order of members.</summary>
internal sealed class JsonTree(int number, JsonValueKind kind, string? text, IReadOnlyDictionary<string, JsonTree>? members, IReadOnlyList<JsonTree>? items)
{
    public int Number { get; } = number;

    public JsonValueKind Kind { get; } = kind;

    /// <summary>The text of a string or number.</summary>
    public string? Text { get; } = text;

    public IReadOnlyDictionary<string, JsonTree> Members { get; } = members ?? NoMembers;

    public IReadOnlyList<JsonTree> Items { get; } = items ?? [];

    private static readonly Dictionary<string, JsonTree> NoMembers = new(StringComparer.Ordinal);

    public JsonTree? Find(string member) => Members.GetValueOrDefault(member);

    /// <summary>The value for people, cut where it is long.</summary>
    public string Shortened()
    {
        if (Kind == JsonValueKind.String)
            return ShortText.Of(Text!);
        var written = new StringBuilder();
        Write(written);
        return ShortText.Of(written.ToString());
    }

    private void Write(StringBuilder written)
    {
        if (written.Length > ShortText.Most)
            return;
        switch (Kind)
        {
            case JsonValueKind.Object:
                written.Append('{');
                foreach (var (index, (name, value)) in Members.Index())
                {
                    if (index > 0)
                        written.Append(',');
                    written.Append('"').Append(name).Append("\":");
                    value.Write(written);
                    if (written.Length > ShortText.Most)
                        return;
                }

                written.Append('}');
                break;
            case JsonValueKind.Array:
                written.Append('[');
                foreach (var (index, item) in Items.Index())
                {
                    if (index > 0)
                        written.Append(',');
                    item.Write(written);
                    if (written.Length > ShortText.Most)
                        return;
                }

                written.Append(']');
                break;
            case JsonValueKind.String:
                written.Append('"').Append(Text).Append('"');
                break;
            default:
                written.Append(Text);
                break;
        }
    }
}

/// <summary>Texts for people.</summary>
internal static class ShortText
{
    public const int Most = 200;

    public static string Of(string text)
    {
        if (text.Length <= Most)
            return text;
        var end = char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most;
        return text[..end] + "…";
    }

    public static string? Of(JsonNode? value) => value switch
    {
        null => null,
        JsonValue v when v.TryGetValue<string>(out var text) => Of(text),
        _ => Of(value.ToJsonString()),
    };
}

/// <summary>Reads JSON so that equal values are one number: whether two are equal is then seen without looking inside.</summary>
internal sealed class JsonForest
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>How many values were read.</summary>
    public int Size { get; private set; }

    /// <summary>Reads a document; null where it is no JSON.</summary>
    public JsonTree? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what a half of a surrogate pair, written as an escape, gives.
            return null;
        }
    }

    public JsonTree Read(JsonNode? value) => Read(JsonSerializer.SerializeToElement(value));

    public JsonTree Read(JsonElement value)
    {
        Size++;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, JsonTree>(StringComparer.Ordinal);
                foreach (var member in value.EnumerateObject())
                    members[member.Name] = Read(member.Value);
                var key = new StringBuilder("{");
                foreach (var (name, member) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
                    key.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}={member.Number};");
                return new JsonTree(NumberOf(key.ToString()), value.ValueKind, null, members, null);
            case JsonValueKind.Array:
                var items = value.EnumerateArray().Select(Read).ToList();
                return new JsonTree(NumberOf("[" + string.Join(',', items.Select(i => i.Number))), value.ValueKind, null, null, items);
            case JsonValueKind.String:
                var text = value.GetString()!;
                return new JsonTree(NumberOf("\"" + text), value.ValueKind, text, null, null);
            case JsonValueKind.Number:
                var number = Normal(value.GetRawText());
                return new JsonTree(NumberOf("#" + number), value.ValueKind, number, null, null);
            default:
                return new JsonTree(NumberOf(value.GetRawText()), value.ValueKind, value.GetRawText(), null, null);
        }
    }

    private int NumberOf(string key)
    {
        if (_numbers.TryGetValue(key, out var number))
            return number;
        _numbers.Add(key, _numbers.Count);
        return _numbers.Count - 1;
    }

    /// <summary>One spelling for 1 and 1.0. Numbers that a decimal would round are left as they are.</summary>
    private static string Normal(string number) =>
        number.Length <= 28 && !number.AsSpan().ContainsAny('e', 'E') && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : number;
}
