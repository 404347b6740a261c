using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>Runs the scripts beside the project: they drive Chromium through Playwright's core and write what they met as JSON.</summary>
internal static class Browser
{
    /// <summary>The folder of the project and its scripts.</summary>
    public static readonly string Folder =
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ProjectFolder").Value!;

    /// <summary>Runs a script. Without Node.js, Chromium or the script's packages the test shows as skipped; on a build server it fails.</summary>
    /// <param name="script">The name of the script.</param>
    /// <param name="arguments">What it gets besides the browser's path.</param>
    public static async Task<JsonNode> RunAsync(string script, params string[] arguments)
    {
        var node = Find("node") ?? throw Missing("Node.js is not there: install nodejs.");
        var chromium = Find("chromium", "chromium-browser", "google-chrome") ?? throw Missing("Chromium is not there: install chromium.");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "playwright-core")))
            throw Missing($"playwright-core is not there: run npm ci in tests/{Path.GetFileName(Folder)}.");

        using var process = Process.Start(new ProcessStartInfo(node, [Path.Combine(Folder, script), chromium, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}: {errors}");
            return JsonNode.Parse(await output)!;
        }
        finally
        {
            // A cancelled test leaves no browser behind.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string? Find(params string[] programs) =>
        programs.SelectMany(p => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, p)))
            .FirstOrDefault(File.Exists);

    private static InvalidOperationException Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return new InvalidOperationException(reason);
    }
}
