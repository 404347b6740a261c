using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;

namespace Patchbay.Importing.Archives;

/// <summary>Writes archives. Equal versions give equal bytes: entries are sorted, and their times are always the same.</summary>
public static class ArchiveWriter
{
    /// <summary>The earliest that a zip file can say.</summary>
    private static readonly DateTimeOffset Always = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes an archive.</summary>
    /// <param name="archive">The version.</param>
    /// <param name="limits">What whoever reads it will bear.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <returns>The file; null where it would be larger than the limits.</returns>
    public static byte[]? Write(ConnectorArchive archive, ArchiveLimits limits, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(limits);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            var (entries, unpacked) = (0, 0L);
            foreach (var (name, write) in Entries(archive).OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                var bytes = write();
                unpacked += bytes.Length;
                if (++entries > limits.MaxEntries || bytes.Length > limits.MaxEntryBytes || unpacked > limits.MaxUnpackedBytes || stream.Length > limits.MaxBytes) return null;
                var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = Always;
                // Else it would be that of the system.
                entry.ExternalAttributes = 0;
                using var content = entry.Open();
                content.Write(bytes);
            }
        }
        return stream.Length > limits.MaxBytes ? null : stream.ToArray();
    }

    private static IEnumerable<(string Name, Func<byte[]> Write)> Entries(ConnectorArchive archive)
    {
        yield return (ConnectorArchive.ConnectorFile, () => Lines(archive.Connector));
        yield return (ConnectorArchive.VersionFile, () => Lines(VersionOf(archive)));
        foreach (var action in archive.Contents.Actions) yield return ($"{ConnectorArchive.Actions}{action.Name}.json", () => Lines(action));
        foreach (var trigger in archive.Contents.Triggers) yield return ($"{ConnectorArchive.Triggers}{trigger.Name}.json", () => Lines(trigger));
        foreach (var definition in archive.Contents.Definitions)
        {
            var extension = ExportedDefinitions.IsJson(definition) ? ".json" : ".xsd";
            // Byte for byte: the hash is over the text as it stands.
            yield return ($"{ConnectorArchive.Definitions}{definition.Name}{extension}", () => Encoding.UTF8.GetBytes(definition.Schema));
            yield return ($"{ConnectorArchive.Definitions}{definition.Name}{ConnectorArchive.Facts}", () => Lines(DefinitionFacts.Of(definition)));
        }
    }

    private static JsonObject VersionOf(ConnectorArchive archive)
    {
        var version = new JsonObject
        {
            ["format"] = ConnectorArchive.Format,
            ["formatVersion"] = ConnectorArchive.FormatVersion,
            ["name"] = archive.Version,
        };
        if (archive.Description is not null) version["description"] = archive.Description;
        version["contentHash"] = Convert.ToHexStringLower(ContentHash.Of(archive.Contents));
        if (archive.Messages is { Count: > 0 } messages) version["messages"] = messages.DeepClone();
        return version;
    }

    private static byte[] Lines<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, ContentJson.Indented), (byte)'\n'];
}

/// <summary>What is known of a definition besides its schema.</summary>
internal sealed record DefinitionFacts
{
    public string? Description { get; init; }

    public required IReadOnlyList<string> Accept { get; init; }

    public required string ContentType { get; init; }

    public static DefinitionFacts Of(DefinitionContent definition) =>
        new() { Description = definition.Description, Accept = definition.Accept, ContentType = definition.ContentType };
}
