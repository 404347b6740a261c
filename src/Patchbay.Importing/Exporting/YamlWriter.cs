using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patchbay.Importing.Tree;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Patchbay.Importing.Exporting;

/// <summary>Writes JSON as YAML 1.2. Strings are quoted unless no reader, of YAML 1.1 either, could take them for anything else.</summary>
internal static partial class YamlWriter
{
    private static readonly string[] Words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

    public static byte[] FromJson(ReadOnlySpan<byte> json, CancellationToken cancellation)
    {
        using var stream = new MemoryStream();
        using (var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
        {
            var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
            emitter.Emit(new StreamStart());
            emitter.Emit(new DocumentStart(null, null, isImplicit: true));
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                emitter.Emit(EventOf(ref reader));
            }
            emitter.Emit(new DocumentEnd(isImplicit: true));
            emitter.Emit(new StreamEnd());
        }
        return stream.ToArray();
    }

    private static ParsingEvent EventOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block),
        JsonTokenType.EndObject => new MappingEnd(),
        JsonTokenType.StartArray => new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block),
        JsonTokenType.EndArray => new SequenceEnd(),
        JsonTokenType.String => Text(reader.GetString()!, isName: false),
        JsonTokenType.PropertyName => Text(reader.GetString()!, isName: true),
        _ => new Scalar(AnchorName.Empty, TagName.Empty, Encoding.UTF8.GetString(reader.ValueSpan), ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false),
    };

    private static Scalar Text(string value, bool isName)
    {
        var style = IsPlain(value) ? ScalarStyle.Plain : !isName && IsBlock(value) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted;
        return new(AnchorName.Empty, TagName.Empty, value, style, isPlainImplicit: style == ScalarStyle.Plain, isQuotedImplicit: true);
    }

    private static bool IsPlain(string value) =>
        value.Length is > 0 and < 1000 && Plain().IsMatch(value) && !Words.Contains(value.ToLowerInvariant()) && YamlScalars.KindOf(value) == SourceKind.String;

    /// <summary>Several lines without anything that a block could not show as it is.</summary>
    private static bool IsBlock(string value) => value.Contains('\n', StringComparison.Ordinal) && Block().IsMatch(value);

    [GeneratedRegex(@"^[A-Za-z_$/][A-Za-z0-9_$/.{}\-]*( [A-Za-z0-9_$/.\-]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();

    [GeneratedRegex(@"^[!-~\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE]([ -~\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE]*[!-~\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE])?(\n+[!-~\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE]([ -~\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE]*[!-~\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE])?)*\n?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Block();
}
