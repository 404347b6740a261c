namespace Patchbay.Bench;

/// <summary>Programs that a comparison uses where they are installed.</summary>
internal static class Tool
{
    private static readonly string[] Further = ["/usr/sbin", "/usr/local/sbin"];

    /// <summary>The path of a program, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(Further)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
