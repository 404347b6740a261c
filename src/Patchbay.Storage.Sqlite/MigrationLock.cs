namespace Patchbay.Storage.Sqlite;

/// <summary>
/// Lets one process at a time change the schema of a database file: a lock of the operating system on a file beside it, which ends with
/// the process however it ends.
/// </summary>
internal static class MigrationLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until no other process holds the lock, and takes it.</summary>
    /// <param name="databaseFile">The database file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Gives the lock back when disposed. The file stays: deleting it could leave two holders.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The lock's file may not be opened.</exception>
    public static async Task<FileStream> TakeAsync(string databaseFile, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = databaseFile + ".lock";
        while (true)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
