using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>The built server as a process of its own, to be killed or to be seen refusing to start.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Ready = "Patchbay is ready at ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private ServerProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, null), ReadAsync(process.StandardError, _errors));
    }

    /// <summary>What it has written so far, to both outputs.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>What it has written so far to the standard error output.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts the server; it listens on a free port.</summary>
    /// <param name="dataDir">The data folder.</param>
    /// <param name="connectionString">Of PostgreSQL; null for SQLite.</param>
    /// <param name="operatorKey">The operator key in the environment; null for none there.</param>
    /// <param name="vaultKey">The vault key in the environment; null for none there.</param>
    /// <param name="more">Further options.</param>
    public static ServerProcess Start(
        string dataDir, string? connectionString = null, string? operatorKey = null, string? vaultKey = null, params string[] more) =>
        Run([.. more, "--urls", "http://127.0.0.1:0", "--allow-network", "127.0.0.0/8"], dataDir, connectionString, operatorKey, vaultKey);

    /// <summary>Runs one of the program's commands on a store; wait for it with <see cref="ExitedAsync"/>.</summary>
    /// <param name="command">The command with its options.</param>
    /// <param name="dataDir">The data folder.</param>
    /// <param name="connectionString">Of PostgreSQL; null for SQLite.</param>
    /// <param name="vaultKey">The vault key in the environment; null for none there.</param>
    public static ServerProcess Command(string[] command, string dataDir, string? connectionString = null, string? vaultKey = null) =>
        Run(command, dataDir, connectionString, null, vaultKey);

    private static ServerProcess Run(string[] arguments, string dataDir, string? connectionString, string? operatorKey, string? vaultKey)
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "patchbay.dll"), .. arguments, "--data-dir", dataDir,
            .. connectionString is null ? (string[])["--database", "sqlite"] : ["--database", "postgres", "--connection-string", connectionString]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("PATCHBAY_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        if (operatorKey is not null)
            start.Environment["PATCHBAY_OPERATOR_KEY"] = operatorKey;
        if (vaultKey is not null)
            start.Environment["PATCHBAY_VAULT_KEY"] = vaultKey;
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>Where it does.</returns>
    public async Task<Uri> ReadyAsync()
    {
        await Task.WhenAny(_ready.Task, _reading).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(_ready.Task.IsCompleted, $"The server did not start:\n{Output}");
        return await _ready.Task;
    }

    /// <summary>Waits until it has written something, or has ended.</summary>
    public async Task SaidAsync(string text)
    {
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        while (!Output.Contains(text, StringComparison.Ordinal) && !ended.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until it has ended by itself, as it should.</summary>
    /// <param name="exitCode">How it should end.</param>
    /// <returns>All that it wrote.</returns>
    public async Task<string> EndedAsync(int exitCode = 0)
    {
        var code = await ExitedAsync();
        Assert.True(code == exitCode, $"It ended with {code}:\n{Output}");
        return Output;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Ends it as a power cut would: nothing in it runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks it to end, as a service manager does (SIGTERM).</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string>? more)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            more?.Enqueue(line);
            if (line.StartsWith(Ready, StringComparison.Ordinal))
                _ready.TrySetResult(new Uri(line[Ready.Length..].Trim()));
        }
    }
}
