using System.Diagnostics;
using Xunit;

namespace Patchbay.ServerTests.Authorization;

/// <summary>The authorization server as a process of its own.</summary>
internal sealed class AuthorizationServerProcess : IAsyncDisposable
{
    private const string Ready = "The authorization server is ready at ";

    private readonly Process _process;
    private readonly string _optionsFile;

    private AuthorizationServerProcess(Process process, string optionsFile, Uri url) => (_process, _optionsFile, Url) = (process, optionsFile, url);

    public Uri Url { get; }

    /// <summary>Starts one.</summary>
    /// <param name="optionsFile">A JSON file with its options, which is deleted in the end.</param>
    public static async Task<AuthorizationServerProcess> StartAsync(string optionsFile)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Patchbay.AuthorizationServer.dll"), optionsFile])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line?.StartsWith(Ready, StringComparison.Ordinal), $"The authorization server did not start: {line}");
        return new AuthorizationServerProcess(process, optionsFile, new Uri(line![Ready.Length..]));
    }

    public async ValueTask DisposeAsync()
    {
        // It ends with its input, so that none outlives the tests that started it.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        File.Delete(_optionsFile);
    }
}
