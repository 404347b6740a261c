using Patchbay.Importing.Documents;

namespace Patchbay.Server;

/// <summary>
/// The files beside a description: those of its folder and below. A description that somebody else wrote must not have other files of
/// this machine read, so nothing leads out of the folder, symbolic links included.
/// </summary>
internal sealed class FolderDocuments : IDocumentSource
{
    private const int ReadSize = 64 * 1024;

    private readonly string _folder;
    private long _bytesLeft;

    /// <param name="description">The full path of the description.</param>
    /// <param name="maxBytes">How much the other files may come to.</param>
    public FolderDocuments(string description, long maxBytes)
    {
        _folder = Path.GetDirectoryName(description)!;
        _bytesLeft = maxBytes;
        Root = new Uri($"https://description.invalid/{Uri.EscapeDataString(Path.GetFileName(description))}");
    }

    public Uri Root { get; }

    public async Task<DocumentAnswer> ReadAsync(Uri address, CancellationToken cancellation)
    {
        if (address.Host != Root.Host)
            return new DocumentAnswer.Missing("only files beside the description are read");
        var segments = address.AbsolutePath[1..].Split('/').Select(Uri.UnescapeDataString).ToList();
        if (segments.Exists(segment => segment is "" or "." or ".." || segment.IndexOfAny(['/', '\\', ':', '\0']) >= 0))
            return new DocumentAnswer.Missing("it leads out of the folder of the description");
        var path = _folder;
        foreach (var segment in segments)
        {
            path = Path.Combine(path, segment);
            if (new FileInfo(path).LinkTarget is not null)
                return new DocumentAnswer.Missing("it is a symbolic link, which is not followed");
        }

        if (!File.Exists(path))
            return new DocumentAnswer.Missing("there is no such file");
        try
        {
            if (await ReadFileAsync(path, _bytesLeft, cancellation) is not { } content)
                return new DocumentAnswer.Failed("The documents of the description come to more than is taken");
            _bytesLeft -= content.Length;
            return new DocumentAnswer.Found(content, address);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DocumentAnswer.Missing("the file cannot be read");
        }
    }

    /// <summary>The content of a file; null where it is longer than is taken, also while it is being read.</summary>
    public static async Task<byte[]?> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        if (file.CanSeek && file.Length > maxBytes)
            return null;
        using var content = new MemoryStream();
        var buffer = new byte[ReadSize];
        int read;
        while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > maxBytes)
                return null;
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
