using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Patchbay.ServerTests.Tour;

/// <summary>Takes the tour in README.md as a newcomer would: every line of its shell blocks, on ports and in a folder of its own.</summary>
public sealed partial class ReadmeTourTests : IDisposable
{
    /// <summary>What the stand-in must have received: the stored credentials, and neither B's key nor a changed path.</summary>
    private const string Arrived = "GET /v1/books?title=dune\n";
    private const string Credentials = "Authorization: Basic YWRhOmxvdmVsYWNl\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("patchbay-tour-");

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShellBlock { get; }

    [Fact]
    public async Task The_tour_works_line_by_line()
    {
        var blocks = Blocks();

        var output = await RunAsync(blocks);

        Assert.Contains(Arrived, output, StringComparison.Ordinal);
        Assert.Contains(Credentials, output, StringComparison.Ordinal);
        Assert.DoesNotContain("lovelace", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_works_with_a_real_description()
    {
        var description = RepositoryRoot.Shared("corpus", "openapi", "twilio_api_v2010.json");
        Assert.SkipWhen(description is null, "There is no real description beside the repository.");
        var blocks = Blocks().Select(b => b.Replace("DESCRIPTION=examples/bookshelf.yaml", $"DESCRIPTION={description}", StringComparison.Ordinal)).ToList();

        // The answers of this size are for files, not for the log of a test.
        var output = await RunAsync(blocks);

        Assert.Contains(Credentials, output, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"Twilio", await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "taken.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static List<string> Blocks()
    {
        var readme = File.ReadAllText(RepositoryRoot.File("README.md"));
        return [.. ShellBlock.Matches(readme).Select(m => m.Groups["commands"].Value)];
    }

    private async Task<string> RunAsync(IReadOnlyList<string> blocks)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The tour is for a POSIX shell.");
        var server = FreePort();
        var standIn = FreePort();
        var script = new StringBuilder("set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n").AppendJoin("", blocks)
            .Replace("./run ", $"{RepositoryRoot.File("run")} --urls http://127.0.0.1:{server} ")
            .Replace("127.0.0.1:8080", $"127.0.0.1:{server}")
            .Replace("127.0.0.1:8081", $"127.0.0.1:{standIn}")
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
            Assert.True(bash.ExitCode == 0, $"The tour ended with {bash.ExitCode}: {await errors}\n{output}\n{Log()}");
            return output;
        }
        finally
        {
            if (!bash.HasExited)
                bash.Kill(entireProcessTree: true);
        }
    }

    private string Log()
    {
        var log = Path.Combine(_folder.FullName, "patchbay.log");
        return File.Exists(log) ? File.ReadAllText(log) : "";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
