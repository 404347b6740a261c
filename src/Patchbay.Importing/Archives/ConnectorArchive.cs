using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Archives;

/// <summary>
/// A connector version as one file that another server takes over, and that version control can work with once it is unpacked: a zip file
/// with <c>connector.json</c>, <c>version.json</c> and a file for each action, trigger and definition.
/// </summary>
public sealed record ConnectorArchive
{
    /// <summary>What <c>version.json</c> says under <c>format</c>.</summary>
    public const string Format = "patchbay-connector-version";

    /// <summary>What it says under <c>formatVersion</c>.</summary>
    public const int FormatVersion = 1;

    internal const string ConnectorFile = "connector.json";
    internal const string VersionFile = "version.json";
    internal const string Actions = "actions/";
    internal const string Triggers = "triggers/";
    internal const string Definitions = "definitions/";
    internal const string Facts = ".facts.json";

    /// <summary>What the connector is, as its owner writes it; of no meaning here.</summary>
    public required JsonObject Connector { get; init; }

    /// <summary>The name of the version.</summary>
    public required string Version { get; init; }

    /// <summary>What is said of the version.</summary>
    public string? Description { get; init; }

    /// <summary>Remarks on its making, as the owner writes them.</summary>
    public JsonArray? Messages { get; init; }

    /// <summary>The actions, triggers and definitions.</summary>
    public required ConnectorContents Contents { get; init; }
}

/// <summary>The beginning of a zip file.</summary>
internal static class ZipFile
{
    public static ReadOnlySpan<byte> LocalHeader => "PK\u0003\u0004"u8;

    public static ReadOnlySpan<byte> CentralHeader => "PK\u0001\u0002"u8;
}

/// <summary>How much an archive may hold.</summary>
public sealed record ArchiveLimits
{
    /// <summary>The defaults.</summary>
    public static ArchiveLimits Default { get; } = new();

    /// <summary>The largest file, in bytes.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many entries it may have. More would need another form of zip.</summary>
    public int MaxEntries { get; init; } = 65_000;

    /// <summary>The largest entry when it is unpacked, in bytes.</summary>
    public int MaxEntryBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>What all entries may come to when they are unpacked, in bytes.</summary>
    public long MaxUnpackedBytes { get; init; } = 128L * 1024 * 1024;
}
