using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Vault;

/// <summary>The file that holds the instance keys. Without it nothing in the database opens, so a new ring takes its place whole or not at all.</summary>
public static class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads a key file.</summary>
    /// <param name="path">Where it is.</param>
    /// <returns>The ring, with a warning where others than its owner may open the file, or what is wrong.</returns>
    public static KeyFileResult Load(string path)
    {
        var buffer = new byte[KeyRingText.MaxLength + 1];
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var length = 0;
            int read;
            do
            {
                read = RandomAccess.Read(file, buffer.AsSpan(length), length);
                length += read;
            }
            while (read > 0 && length < buffer.Length);

            if (length > KeyRingText.MaxLength) return KeyFileResult.Of(KeyFileFault.Malformed, $"{path} is too long for a key file.");
            var result = KeyRingText.Parse(buffer.AsMemory(0, length));
            return result.Succeeded && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None
                ? result.With($"Others than its owner may open the key file {path}; give it the mode 0600.")
                : result;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return KeyFileResult.Of(KeyFileFault.Missing, $"There is no key file at {path}.");
        }
        catch (Exception exception) when (IsOfTheFileSystem(exception))
        {
            return KeyFileResult.Of(KeyFileFault.Unreadable, $"The key file {path} cannot be read: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>
    /// Writes a ring to a new file that its owner alone may read and write (mode 0600 where there are modes). Of several that try at once one
    /// succeeds. The file appears complete and on the disk, or not at all; only where the file system has no hard links may a crash leave a
    /// part of it, which <see cref="Load"/> then refuses.
    /// </summary>
    /// <param name="path">Where the file shall be; its directory must exist.</param>
    /// <param name="ring">What to write.</param>
    /// <returns>Null, or what is wrong; an existing file is left alone.</returns>
    public static KeyFileRefusal? CreateNew(string path, KeyRing ring)
    {
        string? temporary = null;
        var text = Encoding.UTF8.GetBytes(ring.ToFileText());
        try
        {
            var full = Path.GetFullPath(path);
            if (Path.Exists(full)) return Exists(path);
            temporary = $"{full}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
            using var stream = Write(temporary, text);
            switch (ExclusiveName.TryGive(temporary, full))
            {
                case false:
                    return Exists(path);
                case null:
                    Write(full, text).Dispose();
                    break;
                default:
                    // Again: with the file, a journaling file system now writes the name that it was given.
                    stream.Flush(flushToDisk: true);
                    break;
            }

            return null;
        }
        catch (IOException) when (temporary is not null && Path.Exists(path))
        {
            return Exists(path);
        }
        catch (Exception exception) when (IsOfTheFileSystem(exception))
        {
            return new KeyFileRefusal(KeyFileFault.Unwritable, $"The key file {path} cannot be written: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            if (temporary is not null) Remove(temporary);
        }
    }

    /// <summary>
    /// Puts a ring in the place of the one in the file, which must be there. Whoever reads it meanwhile, and whatever ends this process, the
    /// file holds the old ring or the new one. The file belongs to the user who runs this.
    /// </summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="ring">What to write; it must have every key that is still needed.</param>
    /// <returns>Null, or what is wrong; the file is then as it was.</returns>
    public static KeyFileRefusal? Replace(string path, KeyRing ring)
    {
        string? temporary = null;
        var text = Encoding.UTF8.GetBytes(ring.ToFileText());
        try
        {
            var full = Path.GetFullPath(path);
            if (!File.Exists(full)) return new KeyFileRefusal(KeyFileFault.Missing, $"There is no key file at {path}.");
            // The place of a link is not what is meant, but what it leads to.
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
            temporary = $"{full}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
            using var stream = Write(temporary, text);
            File.Move(temporary, full, overwrite: true);
            stream.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception exception) when (IsOfTheFileSystem(exception))
        {
            return new KeyFileRefusal(KeyFileFault.Unwritable, $"The key file {path} cannot be replaced: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            if (temporary is not null) Remove(temporary);
        }
    }

    /// <summary>Writes a file that must not exist, to the disk.</summary>
    private static FileStream Write(string path, byte[] text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        var stream = new FileStream(path, options);
        try
        {
            stream.Write(text);
            stream.Flush(flushToDisk: true);
            return stream;
        }
        catch
        {
            stream.Dispose();
            Remove(path);
            throw;
        }
    }

    private static KeyFileRefusal Exists(string path) =>
        new(KeyFileFault.AlreadyExists, $"There is a file at {path} already; it was left as it is.");

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (IsOfTheFileSystem(exception))
        {
            // The failure that led here is the one to report.
        }
    }

    private static bool IsOfTheFileSystem(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}

/// <summary>Why a key file was not written.</summary>
/// <param name="Fault">The kind.</param>
/// <param name="Message">A sentence for the operator.</param>
public sealed record KeyFileRefusal(KeyFileFault Fault, string Message);
