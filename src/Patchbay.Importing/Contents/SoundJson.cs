using System.Text.Json;
using System.Text.Unicode;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Contents;

/// <summary>Whether JSON of strangers can be worked with: <c>JsonElement</c> throws late at halves of surrogate pairs and at repeated names.</summary>
internal static class SoundJson
{
    private static readonly JsonDocumentOptions Whole = new() { AllowDuplicateProperties = false, MaxDepth = DeepestText };

    /// <summary>How deep a text of JSON may nest.</summary>
    public const int DeepestText = 128;

    /// <summary>Parses JSON; null with what is wrong with it where it cannot be worked with. The caller disposes of the document.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, out string fault)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            fault = "it is no valid UTF-8";
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = DeepestText });
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped) continue;
                if (!LoneSurrogates.Occur(reader.ValueSpan)) continue;
                fault = "an escape in it names half of a character";
                return null;
            }
            fault = "";
            return JsonDocument.Parse(utf8, Whole);
        }
        catch (JsonException e)
        {
            fault = FormattableString.Invariant($"it is no JSON that can be read (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
            return null;
        }
    }
}
