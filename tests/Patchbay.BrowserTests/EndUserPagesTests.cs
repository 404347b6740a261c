using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Patchbay.Authorizing;
using Patchbay.Server;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>
/// The product of <c>examples/product</c> and its users, in a real browser: with a real server, a real authorization server, and the product in a process of its own, as its readers
/// start it.
/// </summary>
public sealed class EndUserPagesTests : IAsyncLifetime
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Browser.Folder, "..", ".."));
    private static readonly string Pictures = Path.Combine(Root, "artifacts", "end-user-pages");

    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-embedded-").FullName;
    private WebApplication? _app;
    private AuthorizationServer? _provider;
    private Process? _product;
    private string _origin = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Pictures);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Urls"] = "http://127.0.0.1:0", ["PublicUrl"] = "", ["DataDir"] = _dataDir, ["Database"] = "sqlite", ["AllowNetwork"] = "127.0.0.0/8",
        };
        _app = await PatchbayServer.CreateAsync(ServerOptions.Load(settings), Token);
        await _app.StartAsync(Token);
        var server = _app.Urls.Single();
        _provider = await AuthorizationServer.StartAsync(new()
        {
            Clients = [new() { Id = "harbour", Secret = "harbour-secret", RequirePkce = true, RedirectUris = [$"{server}/oauth2/callback"] }],
            Consent = ConsentPolicy.Always,
        }, Token);
        var operatorKey = (await File.ReadAllTextAsync(Path.Combine(_dataDir, "operator.key"), Token)).Trim();
        _origin = $"http://127.0.0.1:{FreePort()}";
        _product = Process.Start(new ProcessStartInfo("dotnet",
        [
            "run", Path.Combine(Root, "examples", "product", "product.cs"), "--", "--urls", _origin, "--patchbay", server, "--provider", _provider.Url.AbsoluteUri.TrimEnd('/'),
            "--operator-key", operatorKey, "--folder", Path.Combine(Root, "examples", "product"),
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Root,
        })!;
        var errors = _product.StandardError.ReadToEndAsync(Token);
        string? line;
        do
            line = await _product.StandardOutput.ReadLineAsync(Token);
        while (line is not null && !line.StartsWith("Harbour is ready", StringComparison.Ordinal));
        Assert.True(line is not null, $"The product did not start: {(line is null ? await errors : "")}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_product is { HasExited: false })
            _product.Kill(entireProcessTree: true);
        _product?.Dispose();
        if (_provider is not null)
            await _provider.DisposeAsync();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_dataDir, recursive: true);
    }

    [Fact]
    public async Task A_user_of_the_product_connects_two_systems_and_activates_and_the_product_hears_and_calls()
    {
        var met = await Browser.RunAsync("end-user-pages.mjs", "product", _origin, Pictures);

        var activity = met["activity"]!.AsArray().Select(a => (string)a!).ToList();
        Assert.Contains(activity, a => a.StartsWith("Stockroom answered:", StringComparison.Ordinal) && a.Contains("anchor", StringComparison.Ordinal));
        Assert.Contains(activity, a => a.StartsWith("Meridian answered:", StringComparison.Ordinal) && a.Contains("alice", StringComparison.Ordinal));
        Assert.Contains(activity, a => a.StartsWith("Event stockChanged", StringComparison.Ordinal));
        // The product's own, and the authorization server's; none of the pages.
        Assert.DoesNotContain(met["cookies"]!.AsArray(), c => ((string)c!).Contains("patchbay", StringComparison.OrdinalIgnoreCase));
        AssertUndisturbed(met);
    }

    [Fact]
    public async Task The_whole_activation_works_by_keyboard_alone() =>
        AssertUndisturbed(await Browser.RunAsync("end-user-pages.mjs", "keyboard", _origin, Pictures));

    [Fact]
    public async Task Axe_finds_no_serious_fault_on_any_page_in_light_and_dark_at_any_width() =>
        AssertUndisturbed(await Browser.RunAsync("end-user-pages.mjs", "look", _origin, Pictures));

    private static void AssertUndisturbed(JsonNode met)
    {
        Assert.Empty(met["faults"]!.AsArray().Select(f => (string)f!));
        Assert.Empty(met["widths"]!.AsArray().Select(w => (string)w!));
        Assert.Empty(met["complaints"]!.AsArray().Select(c => (string)c!));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
