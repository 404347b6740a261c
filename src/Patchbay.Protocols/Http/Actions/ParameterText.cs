using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Patchbay.Protocols.Http.Actions;

/// <summary>
/// Writes values as the styles of parameters want them (OpenAPI 3.1, "Style Values"; RFC 6570). What a value holds is encoded, what parts
/// values from each other is not, so that the two cannot be taken for each other; in a header, where nothing is encoded, line breaks are refused.
/// </summary>
/// <remarks>
/// Where the specification leaves it open: a null is not written. A list or an object inside another is written as JSON, but in a
/// <c>deepObject</c>, where it goes on in further brackets, lists by index from 0.
/// </remarks>
internal static class ParameterText
{
    // What has no meaning of its own between the question mark and the end: & and = part parameters, + is a space to many, # ends the query, and % begins an escape.
    private static readonly SearchValues<char> KeptWhenReserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$'()*,;");

    /// <summary>The text in place of a path's placeholder.</summary>
    public static string InPath(ParameterShape shape, JsonElement value)
    {
        if (shape.MediaType is not null) return Uri.EscapeDataString(Document(shape, value));
        var name = Uri.EscapeDataString(shape.Name);
        return shape.Style switch
        {
            ParameterStyle.Label => "." + Joined(value, shape.Explode ? '.' : ',', shape.Explode, Uri.EscapeDataString),
            ParameterStyle.Matrix when shape.Explode => string.Concat(MatrixPairs(name, value)),
            ParameterStyle.Matrix => MatrixPair(name, Joined(value, ',', explode: false, Uri.EscapeDataString)),
            _ => Joined(value, ',', shape.Explode, Uri.EscapeDataString),
        };
    }

    /// <summary>The parameters, encoded, that a value makes in a query or in a form's body; none for null and for what is empty.</summary>
    public static IEnumerable<string> InQuery(ParameterShape shape, JsonElement value)
    {
        Func<string, string> encode = shape.AllowReserved ? EncodeUnreserved : Uri.EscapeDataString;
        return Pairs(shape, value).Select(pair => $"{Uri.EscapeDataString(pair.Name)}={string.Join(pair.Delimiter, pair.Values.Select(encode))}");
    }

    /// <summary>The value of a header, not checked.</summary>
    public static string InHeader(ParameterShape shape, JsonElement value) =>
        shape.MediaType is not null ? Document(shape, value) : Joined(value, ',', shape.Explode, static text => text);

    /// <summary>The cookies that a value makes, encoded.</summary>
    public static IEnumerable<(string Name, string Value)> InCookie(ParameterShape shape, JsonElement value) =>
        Pairs(shape, value).Select(pair => (Uri.EscapeDataString(pair.Name), string.Join(pair.Delimiter, pair.Values.Select(Uri.EscapeDataString))));

    /// <summary>A value without parts as text. Whole numbers have no fraction, however they were written.</summary>
    public static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null or JsonValueKind.Undefined => string.Empty,
        JsonValueKind.Number => Number(value.GetRawText()),
        _ => value.GetRawText(),
    };

    /// <summary>A value as a document of a media type: JSON, or plain text where the type is none of JSON's.</summary>
    private static string Document(ParameterShape shape, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && !MediaTypes.IsJson(shape.MediaType!) ? value.GetString()! : value.GetRawText();

    /// <summary>Names with values in one of which the delimiter may stand; a single value has none.</summary>
    private static List<(string Name, string Delimiter, IEnumerable<string> Values)> Pairs(ParameterShape shape, JsonElement value)
    {
        var pairs = PairsOf(shape, value).ToList();
        return pairs.Count == 0 && shape.WritesEmpty ? [(shape.Name, string.Empty, [string.Empty])] : pairs;
    }

    private static IEnumerable<(string Name, string Delimiter, IEnumerable<string> Values)> PairsOf(ParameterShape shape, JsonElement value)
    {
        if (shape.MediaType is not null) return [(shape.Name, string.Empty, [Document(shape, value)])];
        if (shape.Style == ParameterStyle.DeepObject) return Deep(shape.Name, value).Select(pair => (pair.Name, string.Empty, (IEnumerable<string>)[pair.Value]));
        var delimiter = shape.Style switch { ParameterStyle.SpaceDelimited => "%20", ParameterStyle.PipeDelimited => "%7C", _ => "," };
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return [];
            case JsonValueKind.Array when shape.Explode:
                return Items(value).Select(item => (shape.Name, string.Empty, (IEnumerable<string>)[Scalar(item)]));
            case JsonValueKind.Object when shape.Explode:
                return Members(value).Select(member => (member.Name, string.Empty, (IEnumerable<string>)[Scalar(member.Value)]));
            case JsonValueKind.Array:
                var items = Items(value).Select(Scalar).ToList();
                return items.Count == 0 ? [] : [(shape.Name, delimiter, items)];
            case JsonValueKind.Object:
                var parts = Members(value).SelectMany(member => (string[])[member.Name, Scalar(member.Value)]).ToList();
                return parts.Count == 0 ? [] : [(shape.Name, delimiter, parts)];
            default:
                return [(shape.Name, string.Empty, [Scalar(value)])];
        }
    }

    private static IEnumerable<(string Name, string Value)> Deep(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        JsonValueKind.Object => Members(value).SelectMany(member => Deep($"{name}[{member.Name}]", member.Value)),
        JsonValueKind.Array => Items(value).Index().SelectMany(item => Deep(FormattableString.Invariant($"{name}[{item.Index}]"), item.Item)),
        _ => [(name, Scalar(value))],
    };

    private static IEnumerable<string> MatrixPairs(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => Items(value).Select(item => MatrixPair(name, Uri.EscapeDataString(Scalar(item)))),
        JsonValueKind.Object => Members(value).Select(member => MatrixPair(Uri.EscapeDataString(member.Name), Uri.EscapeDataString(Scalar(member.Value)))),
        _ => [MatrixPair(name, Uri.EscapeDataString(Scalar(value)))],
    };

    private static string MatrixPair(string name, string value) => value.Length == 0 ? $";{name}" : $";{name}={value}";

    private static string Joined(JsonElement value, char delimiter, bool explode, Func<string, string> encode) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(delimiter, Items(value).Select(item => encode(Scalar(item)))),
        JsonValueKind.Object => string.Join(delimiter, Members(value).Select(member => $"{encode(member.Name)}{(explode ? '=' : ',')}{encode(Scalar(member.Value))}")),
        _ => encode(Scalar(value)),
    };

    private static IEnumerable<JsonElement> Items(JsonElement value) => value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null);

    private static IEnumerable<JsonProperty> Members(JsonElement value) => value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null);

    // Many servers read 5.0 and 1e3 as no integers, which to JSON Schema they are.
    private static string Number(string raw) =>
        raw.AsSpan().ContainsAny(".eE") && decimal.TryParse(raw, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) && number == decimal.Truncate(number)
            ? decimal.Truncate(number).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : raw;

    private static string EncodeUnreserved(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(KeptWhenReserved)) return text;
        var encoded = new StringBuilder();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var plain = rest.IndexOfAnyExcept(KeptWhenReserved);
            encoded.Append(plain < 0 ? rest : rest[..plain]);
            if (plain < 0) break;
            rest = rest[plain..];
            var end = rest.IndexOfAny(KeptWhenReserved);
            var odd = end < 0 ? rest : rest[..end];
            encoded.Append(Uri.EscapeDataString(odd));
            rest = rest[odd.Length..];
        }

        return encoded.ToString();
    }
}
