using System.Text.Encodings.Web;
using System.Text.Json;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Exporting;

/// <summary>Writes connectors as OpenAPI 3.1 descriptions that our importer reads back as they were.</summary>
public static class OpenApiExporter
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The limits are of no use for what we wrote ourselves.</summary>
    private static readonly ImportOptions Unlimited = new()
    {
        Format = DescriptionFormat.Json,
        MaxDocumentBytes = int.MaxValue,
        MaxDepth = 1000,
        MaxNodes = int.MaxValue,
        MaxOutputBytes = long.MaxValue,
    };

    /// <summary>
    /// Writes a description. Other tools read it by its fields; what has no field, or would be read differently, stands in extensions
    /// whose names begin with <c>x-patchbay-</c>. That it is read back as it was is made sure of by reading it.
    /// </summary>
    /// <param name="connector">The connector.</param>
    /// <param name="format">JSON, which <see cref="DescriptionFormat.Unknown"/> means too, or YAML.</param>
    /// <param name="remarks">What the caller knows of that the description cannot hold.</param>
    /// <param name="cancellation">Stops the export.</param>
    /// <returns>The document in UTF-8, and all remarks, which stand in it as well.</returns>
    public static ExportedDescription Export(
        ImportedConnector connector, DescriptionFormat format = DescriptionFormat.Json, IEnumerable<string>? remarks = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connector);
        using var definitions = new ExportedDefinitions(connector.Contents.Definitions);
        using var stream = new MemoryStream();
        List<string> all = [.. remarks ?? []];
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            var writer = new DescriptionWriter(json, connector, definitions);
            all.AddRange(writer.Remarks);
            writer.Write(all, exact: null);
        }
        // The importer decides what is read, so it is asked.
        var read = DescriptionImporter.Import(stream.GetBuffer().AsMemory(0, (int)stream.Length), Unlimited, cancellation);
        if (ExactContents.Of(connector.Contents, read.Connector?.Contents ?? new ConnectorContents([], [], [])) is { } exact)
        {
            stream.SetLength(0);
            using var json = new Utf8JsonWriter(stream, Indented);
            new DescriptionWriter(json, connector, definitions).Write(all, exact);
        }
        if (format == DescriptionFormat.Yaml) return new(YamlWriter.FromJson(stream.GetBuffer().AsSpan(0, (int)stream.Length), cancellation), all);
        stream.WriteByte((byte)'\n');
        return new(stream.ToArray(), all);
    }
}

/// <summary>A description that was written.</summary>
/// <param name="Document">In UTF-8.</param>
/// <param name="Remarks">What it does not hold, or holds in extensions of ours only.</param>
public sealed record ExportedDescription(byte[] Document, IReadOnlyList<string> Remarks);
