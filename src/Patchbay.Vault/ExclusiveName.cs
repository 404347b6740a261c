using System.Runtime.InteropServices;

namespace Patchbay.Vault;

/// <summary>Gives a finished file its name if nothing has that name yet, in one step that cannot be raced.</summary>
/// <remarks>
/// <see cref="File.Move(string, string, bool)"/> without overwriting is no such step on Unix: it looks first and renames then, and of two
/// servers that start at once the second would replace the first one's key. A hard link (POSIX link) fails where the name exists.
/// </remarks>
internal static class ExclusiveName
{
    private const int Exists = 17;

    /// <summary>Names a file.</summary>
    /// <param name="temporary">The finished file, which keeps its old name too on Unix.</param>
    /// <param name="path">The name that it shall have.</param>
    /// <returns>
    /// Whether it has the name now. Null: the file system knows no second names, and nothing was done.
    /// </returns>
    /// <exception cref="IOException">On Windows: the name is taken, or cannot be given.</exception>
    public static bool? TryGive(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }

        if (Link(temporary, path) == 0) return true;
        return Marshal.GetLastPInvokeError() == Exists ? false : null;
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
