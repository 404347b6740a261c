using System.Text;
using System.Text.Unicode;
using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

/// <summary>Finds out how a document is written and reads it.</summary>
internal static class DocumentReader
{
    /// <summary>What is larger, and broken, is read in one way only: each further one takes as long as the first.</summary>
    private const int LargestTriedAgain = 16 * 1024 * 1024;

    public static SourceReading Read(ReadOnlySpan<byte> document, ImportOptions options, MessageLog log, CancellationToken cancellation)
    {
        if (document.Length > options.MaxDocumentBytes)
            return Refuse(FormattableString.Invariant($"The document is larger than {options.MaxDocumentBytes} bytes"), 0, 0);
        if (document.StartsWith("\uFEFF"u8)) document = document[3..];
        if (document is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            if (Transcode(document) is not { } transcoded) return Refuse("The document is no valid UTF-16", 1, 1);
            log.Add(DocumentRemarks.Utf16, 1, 1);
            document = transcoded;
        }
        if (!Utf8.IsValid(document))
            return RefuseEncoding(document);
        var content = document.TrimStart(" \t\r\n"u8);
        if (content.IsEmpty)
            return Refuse("The document is empty", 1, 1);
        if (content[0] == (byte)'<')
            return Refuse("The document is XML or HTML, not an API description in JSON or YAML", 1, 1);

        switch (FormatOf(options))
        {
            case DescriptionFormat.Json when options.Format == DescriptionFormat.Json:
                return JsonTreeReader.Read(document, options, log, cancellation);
            case DescriptionFormat.Json:
            case DescriptionFormat.Unknown when content[0] is (byte)'{' or (byte)'[':
                var json = JsonTreeReader.Read(document, options, log, cancellation);
                if (json.Failure is not { IsSyntax: true } || document.Length > LargestTriedAgain) return json;
                // Such text may still be YAML; where it is neither, what is wrong with the JSON is the better answer.
                var yaml = ReadYaml(document, options, log, cancellation);
                if (yaml.Failure is not null) return json;
                if (FormatOf(options) == DescriptionFormat.Json) log.Add(DocumentRemarks.YamlForJson, json.Failure.Line, json.Failure.Column);
                return yaml;
            default:
                return ReadYaml(document, options, log, cancellation);
        }
    }

    /// <summary>Reads YAML. What is no YAML only because it is indented by tabs is read with blanks in their place.</summary>
    private static SourceReading ReadYaml(ReadOnlySpan<byte> document, ImportOptions options, MessageLog log, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetString(document);
        var reading = YamlTreeReader.Read(text, options, log, cancellation);
        if (reading.Failure is not { IsSyntax: true } || text.Length > LargestTriedAgain) return reading;
        foreach (var width in (int[])[2, 4])
        {
            if (YamlTabs.Replace(text, width, out var line) is not { } mended) return reading;
            var second = YamlTreeReader.Read(mended, options, log, cancellation);
            if (second.Failure is not null) continue;
            log.Add(DocumentRemarks.Tabs, line, 1);
            return second;
        }
        return reading;
    }

    private static byte[]? Transcode(ReadOnlySpan<byte> document)
    {
        var encoding = new UnicodeEncoding(bigEndian: document[0] == 0xFE, byteOrderMark: true, throwOnInvalidBytes: true);
        try
        {
            return Encoding.UTF8.GetBytes(encoding.GetString(document[2..]));
        }
        catch (DecoderFallbackException)
        {
            return null;
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
