using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;

namespace Patchbay.Importing.Archives;

/// <summary>
/// Reads archives, which may come from anybody: what is unpacked is counted as it comes, whatever the archive says of itself, names are
/// looked up and never used as paths, and every content is held against the rules that all contents keep.
/// </summary>
public static class ArchiveReader
{
    private const int MostFaults = 100;

    /// <summary>Whether a file is an archive of ours: a zip file whose <c>version.json</c> says so.</summary>
    /// <param name="file">The file.</param>
    public static bool IsArchive(ReadOnlyMemory<byte> file)
    {
        if (!ArchiveEntries.MayBeZip(file)) return false;
        using var entries = ArchiveEntries.Open(file, ArchiveLimits.Default, out _);
        return entries?.Read(ConnectorArchive.VersionFile, out _) is { } bytes && VersionOf(bytes, out _) is not null;
    }

    /// <summary>Reads an archive as a connector.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limits">How much it may hold.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>
    /// The connector, with <see cref="ImportedConnector.Archived"/> as the archive has it; or no connector and a message for each thing that
    /// is wrong. What the file holds never makes it throw, nor run beyond the limits.
    /// </returns>
    public static ImportResult Import(ReadOnlyMemory<byte> file, ArchiveLimits limits, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var faults = new List<string>();
        var archive = Read(file, limits, faults, cancellation);
        if (archive is null || faults.Count > 0)
            return new(null, [.. faults.Distinct(StringComparer.Ordinal).Take(MostFaults).Select(fault => new ImportMessage(ImportSeverity.Error, fault, "", 0, 0))]);
        var connector = new ImportedConnector
        {
            Name = TextOf(archive.Connector, "name") is { Length: > 0 } name ? name : "Imported connector",
            Version = NameRules.Version(archive.Version),
            Description = archive.Description,
            BaseUrl = TextOf(archive.Connector, "baseUrl") ?? "",
            DocumentationUrl = TextOf(archive.Connector, "documentationURL"),
            Variables = [.. VariablesOf(archive.Connector)],
            Contents = archive.Contents,
            Archived = archive,
        };
        return new(connector, []) { Report = FidelityCount.Make(connector, new MessageLog()) };
    }

    private static ConnectorArchive? Read(ReadOnlyMemory<byte> file, ArchiveLimits limits, List<string> faults, CancellationToken cancellation)
    {
        using var entries = ArchiveEntries.Open(file, limits, out var refusal);
        if (entries is null)
        {
            faults.Add(refusal);
            return null;
        }
        faults.AddRange(entries.Faults);
        var connector = ReadObject(entries, ConnectorArchive.ConnectorFile, faults);
        var versionBytes = entries.Read(ConnectorArchive.VersionFile, out var versionFault);
        var version = versionBytes is null ? null : VersionOf(versionBytes, out versionFault);
        if (version is null) faults.Add($"{ConnectorArchive.VersionFile}: {versionFault}");
        var actions = ReadAll<ActionContent>(entries, ConnectorArchive.Actions, action => action.Name, ContentRules.FaultsOf, faults, cancellation);
        var triggers = ReadAll<TriggerContent>(entries, ConnectorArchive.Triggers, trigger => trigger.Name, ContentRules.FaultsOf, faults, cancellation);
        var definitions = ReadDefinitions(entries, faults, cancellation);
        if (faults.Count > 0 || connector is null || version is null) return null;
        faults.AddRange(DefinitionCheck.FaultsOf(definitions, cancellation).Select(fault => $"{ConnectorArchive.Definitions}{fault.Definition}: {fault.Text}"));
        var contents = new ConnectorContents(actions, triggers, definitions);
        if (version["contentHash"] is { } stated && TextOf(version, "contentHash") != Convert.ToHexStringLower(ContentHash.Of(contents)))
        {
            faults.Add($"{ConnectorArchive.VersionFile}: contentHash is not that of the contents ('{Shorten(stated.ToString())}'): the archive was damaged or edited. "
                + "Where the edits are meant, take contentHash out of the file");
        }
        return new()
        {
            Connector = connector,
            Version = TextOf(version, "name")!,
            Description = TextOf(version, "description"),
            Messages = version["messages"] as JsonArray,
            Contents = contents,
        };
    }

    /// <summary>What <c>version.json</c> says; null where it is not of this format.</summary>
    private static JsonObject? VersionOf(byte[] bytes, out string fault)
    {
        if (ObjectOf(bytes, out fault) is not { } version) return null;
        fault = "it is not of an archive that can be read here";
        if (TextOf(version, "format") != ConnectorArchive.Format) return null;
        if (version["formatVersion"] is not JsonValue number || !number.TryGetValue<int>(out var formatVersion) || formatVersion != ConnectorArchive.FormatVersion)
        {
            fault = FormattableString.Invariant($"formatVersion is not {ConnectorArchive.FormatVersion}: a newer Patchbay wrote it");
            return null;
        }
        fault = "name is missing";
        return TextOf(version, "name") is { Length: > 0 } ? version : null;
    }

    private static List<T> ReadAll<T>(
        ArchiveEntries entries, string folder, Func<T, string> nameOf, Func<T, IEnumerable<string>> faultsOf, List<string> faults, CancellationToken cancellation)
        where T : class
    {
        var read = new List<T>();
        foreach (var entry in entries.In(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (faults.Count > MostFaults) break;
            if (entries.Read(entry, out var fault) is not { } bytes || Parse<T>(bytes, out fault) is not { } content)
            {
                faults.Add($"{entry}: {fault}");
                continue;
            }
            if ($"{folder}{nameOf(content)}.json" != entry) faults.Add($"{entry}: name is not that of the file");
            faults.AddRange(faultsOf(content).Take(10).Select(found => $"{entry}: {found}"));
            read.Add(content);
        }
        return read;
    }

    private static List<DefinitionContent> ReadDefinitions(ArchiveEntries entries, List<string> faults, CancellationToken cancellation)
    {
        var read = new List<DefinitionContent>();
        var schemas = entries.In(ConnectorArchive.Definitions).Where(entry => !entry.EndsWith(ConnectorArchive.Facts, StringComparison.Ordinal)).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in schemas)
        {
            cancellation.ThrowIfCancellationRequested();
            if (faults.Count > MostFaults) break;
            var name = Path.GetFileNameWithoutExtension(entry[ConnectorArchive.Definitions.Length..]);
            if (!names.Add(name)) faults.Add($"{entry}: there is another schema of that name");
            var factsEntry = $"{ConnectorArchive.Definitions}{name}{ConnectorArchive.Facts}";
            if (entries.Read(factsEntry, out var fault) is not { } bytes || Parse<DefinitionFacts>(bytes, out fault) is not { } facts)
            {
                faults.Add($"{factsEntry}: {fault}");
                continue;
            }
            if (entries.Read(entry, out fault) is not { } schema || TextOf(schema, out fault) is not { } text)
            {
                faults.Add($"{entry}: {fault}");
                continue;
            }
            var definition = new DefinitionContent { Name = name, Description = facts.Description, Accept = facts.Accept, ContentType = facts.ContentType, Schema = text };
            faults.AddRange(ContentRules.FaultsOf(definition).Select(found => $"{factsEntry}: {found}"));
            if (ExportedDefinitions.IsJson(definition) == entry.EndsWith(".xsd", StringComparison.Ordinal)) faults.Add($"{entry}: contentType in {factsEntry} is that of another kind of schema");
            read.Add(definition with { References = DefinitionReferences.Of(definition) });
        }
        faults.AddRange(entries.In(ConnectorArchive.Definitions).Where(entry => entry.EndsWith(ConnectorArchive.Facts, StringComparison.Ordinal))
            .Where(entry => !names.Contains(entry[ConnectorArchive.Definitions.Length..^ConnectorArchive.Facts.Length])).Select(entry => $"{entry}: there is no schema beside it"));
        return read;
    }

    private static JsonObject? ReadObject(ArchiveEntries entries, string entry, List<string> faults)
    {
        if (entries.Read(entry, out var fault) is { } bytes && ObjectOf(bytes, out fault) is { } read) return read;
        faults.Add($"{entry}: {fault}");
        return null;
    }

    private static JsonObject? ObjectOf(byte[] bytes, out string fault)
    {
        using var document = SoundJson.Parse(WithoutMark(bytes), out fault);
        if (document is null) return null;
        fault = "it is no JSON object";
        return document.RootElement.ValueKind == JsonValueKind.Object ? JsonObject.Create(document.RootElement.Clone()) : null;
    }

    private static T? Parse<T>(byte[] bytes, out string fault)
        where T : class
    {
        using var document = SoundJson.Parse(WithoutMark(bytes), out fault);
        if (document is null) return null;
        fault = "it is no object that can be read";
        try
        {
            // The bytes, not the document: what is made of them outlives it.
            return JsonSerializer.Deserialize<T>(WithoutMark(bytes).Span, ContentJson.Strict);
        }
        catch (JsonException e)
        {
            fault = FormattableString.Invariant($"a field is missing, unknown or of the wrong type (at {Shorten(e.Path ?? "$")}, line {e.LineNumber + 1})");
            return null;
        }
    }

    private static string? TextOf(byte[] bytes, out string fault)
    {
        fault = "it is no valid UTF-8";
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private static string? TextOf(JsonObject holder, string name) => holder[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Some editors put a byte order mark before everything.</summary>
    private static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;

    private static IEnumerable<ImportedVariable> VariablesOf(JsonObject connector) => (connector["connectionVariables"] as JsonArray ?? []).OfType<JsonObject>()
        .Where(variable => TextOf(variable, "name") is not null).Select(variable => new ImportedVariable(TextOf(variable, "name")!, TextOf(variable, "value") ?? ""));

    private static string Shorten(string text) => text.Length > 100 ? text[..100] + "…" : text;
}
