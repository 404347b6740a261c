using System.CommandLine;
using System.Text;
using Patchbay.Vault;

namespace Patchbay.Server;

/// <summary><c>patchbay operator-password</c>: the password with which the operator signs in on the server's pages.</summary>
internal static class OperatorCommands
{
    public const string FileName = "operator.password";

    /// <summary>By NIST SP 800-63B-4, 3.1.1.2: 15 where a password is all that is asked for.</summary>
    private const int LeastCharacters = 15;

    private const int MostCharacters = 1000;

    public static Command Create(StoreSettings store)
    {
        var remove = new Option<bool>("--remove") { Description = "Take the password away: nobody signs in by one then." };
        var print = new Option<bool>("--print") { Description = "Print the hash, for PATCHBAY_OPERATOR_PASSWORD_HASH on each of several servers, in place of keeping it in the data folder." };
        var command = new Command("operator-password", "Sets the password with which the operator signs in on the server's pages. It is typed unseen or read from the standard input, and counts at once.") { remove, print };
        command.SetAction(parsed => Run(store.In(parsed), parsed.GetValue(remove), parsed.GetValue(print)));
        return command;
    }

    /// <summary>Where the hash is kept.</summary>
    public static string FileIn(string dataDir) => Path.Combine(dataDir, FileName);

    /// <summary>The hash, read anew each time: it may be changed while the server runs.</summary>
    public static string? ReadHash(ServerOptions options)
    {
        if (options.OperatorPasswordHash is { } given)
            return given;
        try
        {
            return File.ReadAllText(FileIn(options.DataDir)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a line from the terminal that does not show it.</summary>
    private static string ReadUnseen(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }

    private static int Run(Dictionary<string, string?> given, bool remove, bool print)
    {
        try
        {
            var file = FileIn(ServerOptions.Load(given).DataDir);
            if (remove)
            {
                File.Delete(file);
                Console.WriteLine("There is no password any more.");
                return 0;
            }

            var password = Console.IsInputRedirected ? Console.ReadLine() ?? "" : ReadUnseen($"Password, {LeastCharacters} characters or more: ");
            if (password.Length is < LeastCharacters or > MostCharacters)
                throw new StartRefusedException($"the password must have {LeastCharacters} to {MostCharacters} characters.");
            var hash = PasswordHash.Of(password);
            if (print)
            {
                Console.WriteLine(hash);
                return 0;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // Written beside and moved, so that the server never reads half of it.
            var fresh = $"{file}.new";
            File.Delete(fresh);
            var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(new FileStream(fresh, settings)))
                writer.WriteLine(hash);
            File.Move(fresh, file, overwrite: true);
            Console.WriteLine($"The password is set. Its hash is in {file}.");
            return 0;
        }
        catch (StartRefusedException e)
        {
            Console.Error.WriteLine($"Patchbay: {e.Message}");
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Patchbay: the password cannot be kept: {e.Message}");
            return 1;
        }
    }
}
