using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Patchbay.Importing.Documents;

/// <summary>A zip that was opened, or why not.</summary>
internal readonly record struct ZipOpening(ZipDocuments? Documents, string? Refusal);

/// <summary>
/// The documents of a zip. Nothing is ever written anywhere: names of entries are looked up, not followed, and what is unpacked is one
/// entry at a time, to a limit that its own header cannot move.
/// </summary>
internal sealed class ZipDocuments : IDocumentSource, IDisposable
{
    /// <summary>More files than any description has.</summary>
    public const int MostEntries = 5_000;

    private const int MostListed = 20;
    private const int ReadSize = 64 * 1024;
    private const int UnixFileType = 0xF000;
    private const int UnixSymbolicLink = 0xA000;

    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];
    private static readonly string[] RootNames = ["openapi", "swagger"];

    private readonly ZipArchive _archive;
    private readonly int _maxBytes;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private long _bytesLeft;

    private ZipDocuments(ZipArchive archive, int maxBytes)
    {
        _archive = archive;
        _maxBytes = maxBytes;
        _bytesLeft = maxBytes;
    }

    public Uri Root { get; private set; } = DocumentSet.Nowhere;

    /// <summary>The description itself.</summary>
    public ReadOnlyMemory<byte> Description { get; private set; }

    /// <summary>Whether bytes are a zip, going by how every zip with something in it, and every empty one, begins.</summary>
    public static bool IsZip(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK\u0003\u0004"u8) || bytes.StartsWith("PK\u0005\u0006"u8);

    public static ZipOpening Open(ReadOnlyMemory<byte> zip, ImportOptions options, CancellationToken cancellation)
    {
        if (zip.Length > options.MaxDocumentBytes) return Refused(FormattableString.Invariant($"The zip is larger than {options.MaxDocumentBytes} bytes"));
        // Reading the directory makes an object of each entry, whatever number it gives: their marks are counted first.
        if (zip.Span.Count("PK\u0001\u0002"u8) > MostEntries) return Refused(FormattableString.Invariant($"The zip has more than {MostEntries} entries"));
        ZipDocuments? documents = null;
        try
        {
            documents = new ZipDocuments(new ZipArchive(Stream(zip), ZipArchiveMode.Read), options.MaxDocumentBytes);
            if ((documents.List() ?? documents.FindDescription(cancellation)) is not { } refusal) return new(documents, null);
            documents.Dispose();
            return Refused(refusal);
        }
        catch (Exception exception) when (IsOfTheZip(exception))
        {
            documents?.Dispose();
            return Refused("The zip cannot be read: it is damaged, or packed in a way that is not known");
        }
    }

    public Task<DocumentAnswer> ReadAsync(Uri address, CancellationToken cancellation) => Task.FromResult(Read(address, cancellation));

    public void Dispose() => _archive.Dispose();

    private DocumentAnswer Read(Uri address, CancellationToken cancellation)
    {
        if (address.Host != DocumentSet.Nowhere.Host) return new DocumentAnswer.Missing("the zip is all that is read");
        if (!_entries.TryGetValue(Uri.UnescapeDataString(address.AbsolutePath[1..]), out var entry)) return new DocumentAnswer.Missing("the zip has no such file");
        try
        {
            return Unpack(entry, ref _bytesLeft, cancellation) is { } content
                ? new DocumentAnswer.Found(content, address)
                : new DocumentAnswer.Failed(TooMuch());
        }
        catch (Exception exception) when (IsOfTheZip(exception))
        {
            return new DocumentAnswer.Failed("An entry of the zip is damaged");
        }
    }

    /// <summary>Takes in the names. One that could lead anywhere else refuses the zip: who packs that has something else in mind.</summary>
    private string? List()
    {
        foreach (var entry in _archive.Entries)
        {
            var name = entry.FullName;
            if (IsUnfit(name)) return $"The zip has an entry whose name leads out of it: {Shown(name)}";
            if (((entry.ExternalAttributes >> 16) & UnixFileType) == UnixSymbolicLink) return $"The zip has a symbolic link, which is not followed: {Shown(name)}";
            if (entry.IsEncrypted) return $"The zip has an encrypted entry: {Shown(name)}";
            if (name.EndsWith('/')) continue;
            if (!_entries.TryAdd(name, entry)) return $"The zip has two entries of one name: {Shown(name)}";
        }
        return null;
    }

    private static bool IsUnfit(string name) =>
        name.Length == 0 || name[0] == '/' || name.Contains('\\', StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl)
        || name.Split('/').Any(segment => segment is ".." or ".");

    /// <summary>The document that the others belong to: the one that is called so, else the only one that says that it is a description.</summary>
    private string? FindDescription(CancellationToken cancellation)
    {
        var readable = _entries.Keys.Where(IsReadable).Order(StringComparer.Ordinal).ToList();
        var named = readable.Where(name => RootNames.Contains(Path.GetFileNameWithoutExtension(name), StringComparer.OrdinalIgnoreCase)).ToList();
        var depth = named.Count == 0 ? 0 : named.Min(Depth);
        var candidates = named.Where(name => Depth(name) == depth).ToList();
        if (candidates.Count == 0)
        {
            var left = (long)_maxBytes;
            foreach (var name in readable)
            {
                if (Unpack(_entries[name], ref left, cancellation) is not { } content) return TooMuch();
                if (DescriptionMark.IsIn(content)) candidates.Add(name);
            }
        }
        if (candidates.Count == 0) return "The zip holds no API description: no file is called openapi or swagger, and none says that it is one";
        if (candidates.Count > 1)
            return $"The zip holds several API descriptions, and none of them is called openapi or swagger above the others: {List(candidates)}";

        if (Unpack(_entries[candidates[0]], ref _bytesLeft, cancellation) is not { } description) return TooMuch();
        Description = description;
        Root = new Uri(DocumentSet.Nowhere, string.Join('/', candidates[0].Split('/').Select(Uri.EscapeDataString)));
        return null;
    }

    /// <summary>The content of an entry; null where it is more than is left, whatever the entry says of its length.</summary>
    private static byte[]? Unpack(ZipArchiveEntry entry, ref long left, CancellationToken cancellation)
    {
        if (entry.Length > left) return null;
        using var packed = entry.Open();
        using var unpacked = new MemoryStream();
        var buffer = new byte[ReadSize];
        int read;
        while ((read = packed.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            left -= read;
            if (left < 0) return null;
            unpacked.Write(buffer, 0, read);
        }
        return unpacked.ToArray();
    }

    private static bool IsReadable(string name)
    {
        // Archives of some systems have a shadow of each file, with a dot before its name.
        return Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase) && !name.Split('/')[^1].StartsWith('.') && !name.StartsWith("__MACOSX/", StringComparison.Ordinal);
    }

    private static int Depth(string name) => name.Count(character => character == '/');

    private static string List(List<string> names)
    {
        var listed = string.Join(", ", names.Take(MostListed).Select(Shown));
        return names.Count > MostListed ? string.Create(CultureInfo.InvariantCulture, $"{listed} and {names.Count - MostListed} more") : listed;
    }

    private static string Shown(string name)
    {
        const int Longest = 100;
        var shown = new string([.. name.Take(Longest).Select(character => char.IsControl(character) ? '?' : character)]);
        return name.Length > Longest ? shown + "…" : shown;
    }

    private string TooMuch() => FormattableString.Invariant($"What is in the zip comes to more than {_maxBytes} bytes");

    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);

    private static bool IsOfTheZip(Exception exception) => exception is InvalidDataException or IOException or NotSupportedException or ArgumentException;

    private static ZipOpening Refused(string text) => new(null, text);
}
