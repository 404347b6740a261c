using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Answers;

/// <summary>An HTTP answer whose values can be looked up. What its body is, is seen from the body: providers label JSON and forms as anything.</summary>
internal sealed class Answer
{
    private const int MaxDepth = 32;
    private const int MaxFormFields = 200;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> NeverInForms = SearchValues.Create("<>\" \r\n\t");

    private readonly JsonElement? _root;
    private readonly Func<string, string?> _headerOf;

    private Answer(int status, JsonElement? root, bool isStructured, Func<string, string?> headerOf)
    {
        Status = status;
        IsStructured = isStructured;
        _root = root;
        _headerOf = headerOf;
    }

    public int Status { get; }

    /// <summary>Whether the body is a JSON object or array, or a form.</summary>
    public bool IsStructured { get; }

    /// <summary>Reads a body. It cannot fail: what is neither JSON nor a form is text, and what is no UTF-8 is nothing.</summary>
    public static Answer Read(int status, ReadOnlySpan<byte> body, Func<string, string?> headerOf)
    {
        body = Trim(body);
        if (body.IsEmpty) return new Answer(status, root: null, isStructured: false, headerOf);
        if (body[0] is (byte)'{' or (byte)'[' or (byte)'"')
        {
            try
            {
                var root = JsonElement.Parse(body, Options);
                return new Answer(status, root, root.ValueKind is JsonValueKind.Object or JsonValueKind.Array, headerOf);
            }
            catch (JsonException)
            {
                return new Answer(status, root: null, isStructured: false, headerOf);
            }
        }

        string text;
        try
        {
            text = StrictUtf8.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return new Answer(status, root: null, isStructured: false, headerOf);
        }

        return Form(text) is { } form
            ? new Answer(status, JsonSerializer.SerializeToElement(form), isStructured: true, headerOf)
            : new Answer(status, JsonSerializer.SerializeToElement(text), isStructured: false, headerOf);
    }

    /// <summary>The value at a path, or null.</summary>
    public JsonElement? Find(string path)
    {
        if (AnswerPath.Of(path) is not { } parsed) return null;
        if (parsed.Header is { } header) return _headerOf(header) is { } value ? JsonSerializer.SerializeToElement(value) : null;
        return _root is { } root && parsed.Find(root) is { ValueKind: not JsonValueKind.Null } found ? found : null;
    }

    /// <summary>The text, number or boolean at a path as text, or null; an empty text is none.</summary>
    public string? Text(string path) => Find(path) is { } value && JsonText.Scalar(value) is { Length: > 0 } text ? text : null;

    /// <summary>Whether everything that a rule gives holds.</summary>
    public bool Matches(AnswerRule rule)
    {
        if (rule.Statuses is null && rule.Path is null) return false;
        if (rule.Statuses is { } statuses && !statuses.Contains(Status)) return false;
        if (rule.Path is null) return true;
        if (Find(rule.Path) is not { } value) return false;
        if (rule.EqualTo is null && rule.Contains is null) return true;
        return JsonText.Scalar(value) is { } text
            && (rule.EqualTo is null || text == rule.EqualTo)
            && (rule.Contains is null || text.Contains(rule.Contains, StringComparison.OrdinalIgnoreCase));
    }

    public bool MatchesAny(IReadOnlyList<AnswerRule>? rules) => rules?.Any(Matches) == true;

    private static JsonObject? Form(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal) || text.AsSpan().ContainsAny(NeverInForms)) return null;
        var fields = new JsonObject();
        foreach (var pair in text.Split('&'))
        {
            if (pair.Length == 0) continue;
            var mark = pair.IndexOf('=', StringComparison.Ordinal);
            if (fields.Count == MaxFormFields
                || FormText.Decode(mark < 0 ? pair : pair.AsSpan(0, mark)) is not { } name
                || FormText.Decode(mark < 0 ? "" : pair.AsSpan(mark + 1)) is not { } value)
            {
                return null;
            }

            fields[name] = value;
        }

        return fields;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        return body.Trim(" \t\r\n"u8);
    }
}
