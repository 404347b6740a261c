using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Archives;

/// <summary>The entries of a zip file by their names, unpacked one by one within limits.</summary>
internal sealed partial class ArchiveEntries : IDisposable
{
    private readonly Stream _stream;
    private readonly ZipArchive _zip;
    private readonly ArchiveLimits _limits;
    private readonly SortedDictionary<string, ZipArchiveEntry> _byName = new(StringComparer.Ordinal);
    private long _unpacked;

    private ArchiveEntries(Stream stream, ZipArchive zip, ArchiveLimits limits)
    {
        (_stream, _zip, _limits) = (stream, zip, limits);
        foreach (var entry in zip.Entries)
        {
            // A folder by itself: some programs write those too.
            if (entry.FullName is "actions/" or "triggers/" or "definitions/" && entry.Length == 0) continue;
            if (!IsKnown(entry.FullName)) AddFault($"'{Shown(entry.FullName)}' is no entry of such an archive");
            else if (!_byName.TryAdd(entry.FullName, entry)) AddFault($"{entry.FullName} stands in the archive twice");
        }
    }

    /// <summary>What is wrong with the names.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Whether a file begins as zip files do.</summary>
    public static bool MayBeZip(ReadOnlyMemory<byte> file) => file.Span.StartsWith(ZipFile.LocalHeader);

    /// <summary>Opens a file; null with the reason where it is no zip file that can be read.</summary>
    public static ArchiveEntries? Open(ReadOnlyMemory<byte> file, ArchiveLimits limits, out string refusal)
    {
        refusal = "The file is no archive that can be read";
        if (!MayBeZip(file)) return null;
        if (file.Length > limits.MaxBytes)
        {
            refusal = FormattableString.Invariant($"The archive is larger than {limits.MaxBytes} bytes");
            return null;
        }
        // Opening makes an object of each entry: how many there are has to be known before.
        if (file.Span.Count(ZipFile.CentralHeader) > limits.MaxEntries)
        {
            refusal = FormattableString.Invariant($"The archive has more than {limits.MaxEntries} entries");
            return null;
        }
        var stream = new MemoryStream(MemoryMarshal.TryGetArray(file, out var array) ? array.Array! : file.ToArray(), array.Offset, file.Length, writable: false);
        ZipArchive? zip = null;
        try
        {
            zip = new ZipArchive(stream, ZipArchiveMode.Read);
            return new ArchiveEntries(stream, zip, limits);
        }
        catch (Exception e) when (IsOfFile(e))
        {
            zip?.Dispose();
            stream.Dispose();
            return null;
        }
    }

    /// <summary>The names of the entries in a folder, ordered.</summary>
    public IEnumerable<string> In(string folder) => _byName.Keys.Where(name => name.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Unpacks an entry; null with what is wrong where that cannot be done.</summary>
    public byte[]? Read(string name, out string fault)
    {
        fault = "it is missing";
        if (!_byName.TryGetValue(name, out var entry)) return null;
        try
        {
            using var packed = entry.Open();
            using var unpacked = new MemoryStream();
            var buffer = new byte[16 * 1024];
            // What the archive says of the length is not to be trusted: it is what is unpacked that counts.
            for (int read; (read = packed.Read(buffer)) > 0;)
            {
                _unpacked += read;
                if (_unpacked > _limits.MaxUnpackedBytes)
                {
                    fault = FormattableString.Invariant($"the archive unpacks to more than {_limits.MaxUnpackedBytes} bytes");
                    return null;
                }
                if (unpacked.Length + read > _limits.MaxEntryBytes)
                {
                    fault = FormattableString.Invariant($"it unpacks to more than {_limits.MaxEntryBytes} bytes");
                    return null;
                }
                unpacked.Write(buffer, 0, read);
            }
            return unpacked.ToArray();
        }
        catch (Exception e) when (IsOfFile(e))
        {
            fault = "it cannot be unpacked";
            return null;
        }
    }

    public void Dispose()
    {
        _zip.Dispose();
        _stream.Dispose();
    }

    /// <summary>What faulty zip files make the framework throw.</summary>
    private static bool IsOfFile(Exception e) => e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException;

    private static bool IsKnown(string name)
    {
        if (name is ConnectorArchive.ConnectorFile or ConnectorArchive.VersionFile) return true;
        if (Operation().Match(name) is { Success: true } operation) return ContentRules.IsOperationName(operation.Groups["name"].Value);
        return Definition().Match(name) is { Success: true } definition && ContentRules.IsDefinitionName(definition.Groups["name"].Value);
    }

    private static string Shown(string name) => string.Concat(name.Take(100).Select(character => char.IsControl(character) ? '?' : character));

    private void AddFault(string fault)
    {
        if (Faults.Count < 100) Faults.Add(fault);
    }

    [GeneratedRegex(@"^(actions|triggers)/(?<name>[^/\\]+)\.json\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Operation();

    [GeneratedRegex(@"^definitions/(?<name>[^/\\.]+)\.(json|xsd|facts\.json)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Definition();
}
