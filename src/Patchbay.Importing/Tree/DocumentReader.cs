using System.Text;
using System.Text.Unicode;
using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

/// <summary>Finds out how a document is written and reads it.</summary>
internal static class DocumentReader
{
    public static SourceReading Read(ReadOnlySpan<byte> document, ImportOptions options, MessageLog log, CancellationToken cancellation)
    {
        if (document.Length > options.MaxDocumentBytes)
            return Refuse(FormattableString.Invariant($"The document is larger than {options.MaxDocumentBytes} bytes"), 0, 0);
        if (document.StartsWith("\uFEFF"u8)) document = document[3..];
        if (document is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return Refuse("The document is UTF-16; a description is UTF-8", 1, 1);
        if (!Utf8.IsValid(document))
            return RefuseEncoding(document);
        var content = document.TrimStart(" \t\r\n"u8);
        if (content.IsEmpty)
            return Refuse("The document is empty", 1, 1);

        switch (FormatOf(options))
        {
            case DescriptionFormat.Json:
                return JsonTreeReader.Read(document, options, log, cancellation);
            case DescriptionFormat.Unknown when content[0] is (byte)'{' or (byte)'[':
                var json = JsonTreeReader.Read(document, options, log, cancellation);
                if (json.Failure is null) return json;
                // Such text may still be YAML in flow style; where it is neither, what is wrong with the JSON is the better answer.
                var yaml = YamlTreeReader.Read(Encoding.UTF8.GetString(document), options, log, cancellation);
                return yaml.Failure is null ? yaml : json;
            default:
                return YamlTreeReader.Read(Encoding.UTF8.GetString(document), options, log, cancellation);
        }
    }

    private static DescriptionFormat FormatOf(ImportOptions options)
    {
        if (options.Format != DescriptionFormat.Unknown || options.MediaTypeHint is not { } hint) return options.Format;
        var mediaType = hint.Split(';')[0].Trim().ToLowerInvariant();
        if (mediaType.EndsWith("/json", StringComparison.Ordinal) || mediaType.EndsWith("+json", StringComparison.Ordinal))
            return DescriptionFormat.Json;
        return mediaType.EndsWith("yaml", StringComparison.Ordinal) ? DescriptionFormat.Yaml : DescriptionFormat.Unknown;
    }

    private static SourceReading RefuseEncoding(ReadOnlySpan<byte> document)
    {
        var valid = 0;
        while (valid < document.Length && Rune.DecodeFromUtf8(document[valid..], out _, out var length) == System.Buffers.OperationStatus.Done)
            valid += length;
        var before = document[..valid];
        var lastLine = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return Refuse("The document is no valid UTF-8", before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(lastLine) + 1);
    }

    private static SourceReading Refuse(string text, int line, int column) => new(null, new(text, line, column));
}
