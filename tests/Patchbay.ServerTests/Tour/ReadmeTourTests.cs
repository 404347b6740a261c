using Xunit;

namespace Patchbay.ServerTests.Tour;

/// <summary>Takes the tour in README.md as a newcomer would, and tries what the guides show.</summary>
public sealed class ReadmeTourTests : IDisposable
{
    /// <summary>What the stand-in must have received: the stored credentials, and neither B's key nor a changed path.</summary>
    private const string Arrived = "GET /v1/books?title=dune\n";
    private const string Credentials = "Authorization: Basic YWRhOmxvdmVsYWNl\n";

    private readonly DocumentedShell _shell = new();

    [Fact]
    public async Task The_tour_works_line_by_line()
    {
        var output = await _shell.RunAsync(DocumentedShell.BlocksOf("README.md"));

        Assert.Contains(Arrived, output, StringComparison.Ordinal);
        Assert.Contains(Credentials, output, StringComparison.Ordinal);
        Assert.Contains("\"declared\":\"200\",\"conforms\":false", output, StringComparison.Ordinal);
        Assert.DoesNotContain("lovelace", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_works_with_a_real_description()
    {
        var description = RepositoryRoot.Shared("corpus", "openapi", "twilio_api_v2010.json");
        Assert.SkipWhen(description is null, "There is no real description beside the repository.");

        var output = await _shell.RunAsync(DocumentedShell.BlocksOf("README.md")
            .Select(b => b.Replace("DESCRIPTION=examples/bookshelf.yaml", $"DESCRIPTION={description}", StringComparison.Ordinal)));

        Assert.Contains(Credentials, output, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"Twilio", _shell.Read("taken.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_guides_show_works()
    {
        var tour = DocumentedShell.BlocksOf("README.md");
        // The organisation of the guides, and a stranger's connector for it to find.
        const string Setting = """
            O=$B KEY=$KEY_B PUBLIC_CONNECTOR=$CONNECTOR

            """;
        string[] guides = ["import.md", "export.md", "upgrading-connectors.md", "library.md", "connections.md", "credentials.md", "oauth.md", "proxy.md", "actions.md", "concurrency.md", "audit.md", "triggers.md", "idempotency.md", "mcp.md", "permissions.md", "people.md", "signing-keys.md", "embedding.md"];

        var output = await _shell.RunAsync([
            tour[0], tour[1], tour[2], Setting,
            .. DocumentedShell.BlocksOf("docs", "README.md"),
            .. guides.SelectMany(g => DocumentedShell.BlocksOf("docs", g)).Select(b => b.Replace("https://bookshelf.example", "http://127.0.0.1:8081", StringComparison.Ordinal)),
        ]);

        Assert.DoesNotContain("\"code\":", output, StringComparison.Ordinal);
        Assert.Contains(Arrived, output, StringComparison.Ordinal);
        Assert.Contains(Credentials, output, StringComparison.Ordinal);
    }

    public void Dispose() => _shell.Dispose();
}
