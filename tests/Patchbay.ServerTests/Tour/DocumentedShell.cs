using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Patchbay.ServerTests.Tour;

/// <summary>A shell that runs what the documentation shows, on ports and in a folder of its own.</summary>
internal sealed partial class DocumentedShell : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("patchbay-tour-");
    private readonly int _server = FreePort();
    private readonly int _standIn = FreePort();

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShellBlock { get; }

    /// <summary>The shell blocks of a file of the repository, in order.</summary>
    public static IReadOnlyList<string> BlocksOf(params string[] file) =>
        [.. ShellBlock.Matches(File.ReadAllText(RepositoryRoot.File(file))).Select(m => m.Groups["commands"].Value)];

    /// <summary>Runs commands, one after the other, until one fails.</summary>
    /// <param name="blocks">The commands.</param>
    /// <returns>What they wrote.</returns>
    public async Task<string> RunAsync(IEnumerable<string> blocks)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The documentation is for a POSIX shell.");
        var script = new StringBuilder("set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n").AppendJoin("", blocks)
            .Replace("./run ", $"{RepositoryRoot.File("run")} --urls http://127.0.0.1:{_server} ")
            .Replace("127.0.0.1:8080", $"127.0.0.1:{_server}")
            .Replace("127.0.0.1:8081", $"127.0.0.1:{_standIn}")
            .Replace("examples/", RepositoryRoot.File("examples") + "/");
        var start = new ProcessStartInfo("bash", ["-c", script.ToString()])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["PATCHBAY_DATA_DIR"] = Path.Combine(_folder.FullName, "data"), ["PATCHBAY_URLS"] = null, ["PATCHBAY_OPERATOR_KEY"] = null },
        };
        using var bash = Process.Start(start)!;
        try
        {
            var errors = bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(bash.ExitCode == 0, $"The shell ended with {bash.ExitCode}: {await errors}\n{output}\n{Read("patchbay.log")}");
            return output;
        }
        finally
        {
            if (!bash.HasExited)
                bash.Kill(entireProcessTree: true);
        }
    }

    /// <summary>What a file that the commands left behind holds; empty where there is none.</summary>
    public string Read(string file)
    {
        var path = Path.Combine(_folder.FullName, file);
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
