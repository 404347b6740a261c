using System.Text;
using System.Text.Json;
using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

/// <summary>Reads JSON (RFC 8259) into a tree. Comments and trailing commas are overlooked with a remark.</summary>
internal static class JsonTreeReader
{
    /// <param name="utf8">Valid UTF-8 without a byte order mark.</param>
    /// <param name="limits">How deep and how large the document may be.</param>
    /// <param name="log">Takes remarks.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static SourceReading Read(ReadOnlySpan<byte> utf8, ImportOptions limits, MessageLog log, CancellationToken cancellation)
    {
        var builder = new TreeBuilder(limits, log);
        var pool = new TextPool();
        var position = new PositionTracker(utf8);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Allow,
            AllowTrailingCommas = true,
            // The builder refuses first, with a message of ours.
            MaxDepth = limits.MaxDepth + 2,
        });
        try
        {
            while (reader.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                position.Advance((int)reader.TokenStartIndex);
                ReadToken(ref reader, utf8, builder, pool, position.Line, position.Column, log);
                if (builder.Failure is { } failure) return new(null, failure);
            }
        }
        catch (JsonException exception)
        {
            return new(null, Explain(exception, utf8));
        }
        return builder.Root is { } root ? new(root, null) : new(null, new("The document is empty", 1, 1));
    }

    private static void ReadToken(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, TreeBuilder builder, TextPool pool, int line, int column, MessageLog log)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                builder.Begin(new SourceObject(line, column));
                break;
            case JsonTokenType.StartArray:
                builder.Begin(new SourceArray(line, column));
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                if (utf8[..(int)reader.TokenStartIndex].TrimEnd(" \t\r\n"u8) is [.., (byte)','])
                    log.Add(DocumentRemarks.TrailingComma, line, column, within: builder.Innermost);
                builder.End();
                break;
            case JsonTokenType.PropertyName:
                builder.Name(ReadText(ref reader, pool, line, column, log, builder), line, column);
                break;
            case JsonTokenType.String:
                builder.Add(new SourceScalar(SourceKind.String, ReadText(ref reader, pool, line, column, log, builder), line, column));
                break;
            case JsonTokenType.Number:
                builder.Add(new SourceScalar(SourceKind.Number, pool.Get(reader.ValueSpan), line, column));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                builder.Add(new SourceScalar(SourceKind.Boolean, reader.TokenType == JsonTokenType.True ? "true" : "false", line, column));
                break;
            case JsonTokenType.Null:
                builder.Add(new SourceScalar(SourceKind.Null, "null", line, column));
                break;
            case JsonTokenType.Comment:
                log.Add(DocumentRemarks.Comment, line, column, within: builder.Innermost);
                break;
        }
    }

    private static string ReadText(ref Utf8JsonReader reader, TextPool pool, int line, int column, MessageLog log, TreeBuilder builder)
    {
        if (!reader.ValueIsEscaped) return pool.Get(reader.ValueSpan);
        if (LoneSurrogates.Occur(reader.ValueSpan))
        {
            log.Add(DocumentRemarks.HalfCharacter, line, column, within: builder.Innermost);
            return LoneSurrogates.Unescape(reader.ValueSpan);
        }
        return reader.GetString() ?? "";
    }

    private static ReadFailure Explain(JsonException exception, ReadOnlySpan<byte> utf8)
    {
        var reason = exception.Message;
        var suffix = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (suffix >= 0) reason = reason[..suffix];
        var line = (int)(exception.LineNumber ?? 0);
        var rest = utf8;
        for (var i = 0; i < line; i++) rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        var before = (int)Math.Min(exception.BytePositionInLine ?? 0, rest.Length);
        return new("The document is no valid JSON: " + reason.TrimEnd('.'), line + 1, Encoding.UTF8.GetCharCount(rest[..before]) + 1) { IsSyntax = true };
    }

    /// <summary>Lines and columns of offsets that only grow, so that a document is scanned once.</summary>
    private ref struct PositionTracker(ReadOnlySpan<byte> utf8)
    {
        private readonly ReadOnlySpan<byte> _utf8 = utf8;
        private int _offset;

        public int Line { get; private set; } = 1;

        public int Column { get; private set; } = 1;

        public void Advance(int offset)
        {
            var passed = _utf8[_offset..offset];
            _offset = offset;
            var lastBreak = passed.LastIndexOf((byte)'\n');
            if (lastBreak >= 0)
            {
                Line += passed.Count((byte)'\n');
                Column = 1;
                passed = passed[(lastBreak + 1)..];
            }
            Column += Encoding.UTF8.GetCharCount(passed);
        }
    }
}
