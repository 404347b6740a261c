using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>Published descriptions that lie beside the repository where tests run; they are no part of it.</summary>
internal static class Corpus
{
    /// <summary>The bytes of a file, or a visible skip where the corpus is missing.</summary>
    public static byte[] Read(string file)
    {
        var path = Folder is null ? null : Path.Combine(Folder, file);
        if (path is null || !File.Exists(path)) Assert.Skip($"The corpus has no {file} here");
        return File.ReadAllBytes(path);
    }

    /// <summary>The names of the files of a folder; none where the corpus is missing.</summary>
    public static IEnumerable<string> Files(string folder) => Folder is null
        ? []
        : Directory.EnumerateFiles(Path.Combine(Folder, folder)).Select(file => Path.Combine(folder, Path.GetFileName(file))).Order(StringComparer.Ordinal);

    private static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Patchbay.slnx"))) continue;
            var corpus = Path.Combine(folder.FullName, "..", "shared", "corpus");
            return Directory.Exists(corpus) ? corpus : null;
        }
        return null;
    }
}
