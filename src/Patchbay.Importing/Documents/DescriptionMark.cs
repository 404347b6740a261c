using System.Text;
using System.Text.Json;

namespace Patchbay.Importing.Documents;

/// <summary>Looks whether a document says that it is an API description, without reading all of it into a tree.</summary>
internal static class DescriptionMark
{
    private static readonly string[] Marks = ["openapi", "swagger"];

    public static bool IsIn(ReadOnlySpan<byte> document)
    {
        if (document.StartsWith("\uFEFF"u8)) document = document[3..];
        document = document.TrimStart(" \t\r\n"u8);
        return document is [(byte)'{', ..] ? IsInJson(document) : IsInYaml(document);
    }

    /// <summary>A member of the document itself, or one of <c>info</c> that only a Postman collection has.</summary>
    private static bool IsInJson(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 1_000 });
        try
        {
            var isInfo = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth <= 1) isInfo = false;
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                var name = reader.ValueSpan;
                if (reader.CurrentDepth == 1)
                {
                    if (name.SequenceEqual("openapi"u8) || name.SequenceEqual("swagger"u8)) return true;
                    isInfo = name.SequenceEqual("info"u8);
                }
                if (isInfo && reader.CurrentDepth == 2 && name.SequenceEqual("_postman_id"u8)) return true;
                if (isInfo && reader.CurrentDepth == 2 && name.SequenceEqual("schema"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IndexOf("getpostman.com"u8) >= 0) return true;
                }
                else if (!isInfo || reader.CurrentDepth > 1)
                {
                    reader.Skip();
                }
            }
        }
        catch (JsonException)
        {
            // Whoever reads it as a description says where; here it is just none.
        }
        return false;
    }

    /// <summary>A name at the start of a line. Text in a block that stands so far to the left would end the block.</summary>
    private static bool IsInYaml(ReadOnlySpan<byte> document)
    {
        foreach (var range in document.Split((byte)'\n'))
        {
            var line = document[range];
            if (line is not [(byte)'o' or (byte)'s' or (byte)'"' or (byte)'\'', ..] || line.IndexOf((byte)':') is not (> 0 and var colon)) continue;
            if (Marks.Contains(Encoding.UTF8.GetString(line[..colon]).Trim().Trim('"', '\''), StringComparer.Ordinal)) return true;
        }
        return false;
    }
}
