using System.IO.Compression;
using System.Text;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Documents;

/// <summary>Makes zips and imports them.</summary>
internal static class Zips
{
    public static byte[] Of(params (string Name, string Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries) Add(archive, name, Encoding.UTF8.GetBytes(content));
        }
        return stream.ToArray();
    }

    public static ZipArchiveEntry Add(ZipArchive archive, string name, byte[] content)
    {
        var entry = archive.CreateEntry(name);
        using var stream = entry.Open();
        stream.Write(content);
        return entry;
    }

    public static Task<ImportResult> ImportAsync(byte[] zip, ImportOptions? options = null) =>
        DescriptionImporter.ImportAsync(zip, options ?? ImportOptions.Default, others: null, TestContext.Current.CancellationToken);

    public static Task<ImportResult> ImportAsync(params (string Name, string Content)[] entries) => ImportAsync(Of(entries));

    /// <summary>Why a zip is refused.</summary>
    public static async Task<string> RefusalAsync(byte[] zip, ImportOptions? options = null)
    {
        var result = await ImportAsync(zip, options);
        Assert.Null(result.Connector);
        var error = result.Messages[^1];
        Assert.Equal(ImportSeverity.Error, error.Severity);
        return error.Text;
    }
}
