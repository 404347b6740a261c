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
        var chromium = Find("chromium", "chromium-browser", "google-chrome") ?? throw Missing("Chromium is not there: install chromium.");
        var start = Node("playwright-core");
        foreach (var argument in (string[])[Path.Combine(Folder, script), chromium, .. arguments])
            start.ArgumentList.Add(argument);
        return JsonNode.Parse(await OutputOfAsync(start, script))!;
    }

    /// <summary>Runs a module without a browser, and gives what it printed.</summary>
    /// <param name="module">Its text.</param>
    /// <param name="package">The package that it imports.</param>
    /// <param name="environment">Variables for it.</param>
    public static Task<string> RunModuleAsync(string module, string package, params (string Name, string Value)[] environment)
    {
        var start = Node(package);
        foreach (var argument in (string[])["--input-type=module", "--eval", module])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return OutputOfAsync(start, "The module");
    }

    private static ProcessStartInfo Node(string package)
    {
        var node = Find("node") ?? throw Missing("Node.js is not there: install nodejs.");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", package)))
            throw Missing($"{package} is not there: run npm ci in tests/{Path.GetFileName(Folder)}.");
        return new ProcessStartInfo(node) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
    }

    private static async Task<string> OutputOfAsync(ProcessStartInfo start, string name)
    {
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}: {errors}");
            return await output;
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
