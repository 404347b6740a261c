using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Vault;

/// <summary>
/// Keys that a program prints, so that any key manager can keep them: its standard output is the text form of a ring. A second program,
/// where there is one, takes a changed ring on its standard input. What they print is shown to nobody, whatever becomes of it.
/// </summary>
/// <remarks>
/// A command is a program and its arguments, run without a shell: nothing in it is expanded. It is split at spaces and tabs; what stands in
/// double quotes is one argument, and there is no way to have a quote in one. A command that is as a whole the path of a file is that program,
/// whatever characters are in the path. It is not given the server's own settings (<c>PATCHBAY_…</c>), which hold secrets.
/// </remarks>
/// <param name="read">The command that prints the ring.</param>
/// <param name="write">The command that takes a new one; null for none.</param>
/// <param name="clock">Counts <see cref="Patience"/>.</param>
public sealed class KeyCommandSource(string read, string? write, TimeProvider clock) : IKeySource
{
    /// <summary>How long a command may run.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    private const string SettingsPrefix = "PATCHBAY_";

    /// <inheritdoc/>
    public string Description => Split(read) is [var program, ..] ? $"the command {program}" : "an empty command";

    /// <inheritdoc/>
    public bool CanWrite => write is not null;

    /// <summary>Splits a command into the program and its arguments.</summary>
    /// <param name="command">The command.</param>
    public static IReadOnlyList<string> Split(string command)
    {
        if (File.Exists(command)) return [command];
        var parts = new List<string>();
        var part = new StringBuilder();
        var (quoted, begun) = (false, false);
        foreach (var character in command)
        {
            if (character == '"')
            {
                (quoted, begun) = (!quoted, true);
            }
            else if (!quoted && character is ' ' or '\t')
            {
                if (begun) parts.Add(part.ToString());
                begun = false;
                part.Clear();
            }
            else
            {
                begun = true;
                part.Append(character);
            }
        }

        if (begun) parts.Add(part.ToString());
        return parts;
    }

    /// <inheritdoc/>
    public async Task<KeyFileResult> ReadAsync(CancellationToken cancellationToken)
    {
        var output = new byte[KeyRingText.MaxLength + 1];
        try
        {
            var length = 0;
            var failure = await RunAsync(read, input: null, async (stream, timeout) =>
            {
                length = await stream.ReadAtLeastAsync(output, output.Length, throwOnEndOfStream: false, timeout).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            // First: a program whose output nobody reads to the end fails for that.
            if (length > KeyRingText.MaxLength) return KeyFileResult.Of(KeyFileFault.Malformed, $"The key command printed more than {KeyRingText.MaxLength} bytes.");
            return failure is null ? KeyRingText.Parse(output.AsMemory(0, length)) : KeyFileResult.Of(KeyFileFault.Unreadable, failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(output);
        }
    }

    /// <inheritdoc/>
    public async Task<KeyFileRefusal?> WriteAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        if (write is null) return new KeyFileRefusal(KeyFileFault.Unwritable, "There is no command that takes a new ring.");
        var text = Encoding.UTF8.GetBytes(ring.ToFileText());
        try
        {
            var failure = await RunAsync(write, text, (stream, timeout) => stream.CopyToAsync(Stream.Null, timeout), cancellationToken).ConfigureAwait(false);
            return failure is null ? null : new KeyFileRefusal(KeyFileFault.Unwritable, failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Null where it ended with 0, else what went wrong.</returns>
    private async Task<string?> RunAsync(string command, byte[]? input, Func<Stream, CancellationToken, Task> readOutput, CancellationToken cancellationToken)
    {
        var parts = Split(command);
        if (parts.Count == 0) return "The key command is empty.";
        using var limit = new CancellationTokenSource(Patience, clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = new Process { StartInfo = StartOf(parts) };
        try
        {
            process.Start();
            var output = readOutput(process.StandardOutput.BaseStream, timeout.Token);
            // Unread, a full pipe would hold the program up; it may well speak of keys, so nobody gets to see it.
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, timeout.Token);
            if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, timeout.Token).ConfigureAwait(false);
            process.StandardInput.Close();
            await output.ConfigureAwait(false);
            process.StandardOutput.Close();
            await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            return process.ExitCode == 0 ? null : $"The key command {parts[0]} ended with {process.ExitCode}; run it by hand to see why.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            End(process);
            return $"The key command {parts[0]} did not end within {Patience.TotalSeconds} s.";
        }
        catch (OperationCanceledException)
        {
            End(process);
            throw;
        }
        catch (IOException)
        {
            End(process);
            return $"The key command {parts[0]} ended before it had read its input.";
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return $"The key command {parts[0]} cannot be run: {exception.Message}";
        }
    }

    private static ProcessStartInfo StartOf(IReadOnlyList<string> parts)
    {
        var start = new ProcessStartInfo(parts[0], parts.Skip(1))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith(SettingsPrefix, StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        return start;
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or NotSupportedException or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
