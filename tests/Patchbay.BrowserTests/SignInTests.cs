using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Patchbay.Authorizing;
using Patchbay.Server;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>A user signs in by a pop-up in a real browser, and the page that opened it gets what it needs to make a connection.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private const string ClientId = "app";
    private const string ClientSecret = "secret-of-the-application";

    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-signed-in-").FullName;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication? _app;
    private AuthorizationServer? _provider;
    private string _operatorKey = "";
    private string _organisation = "";
    private string _connector = "";
    private string _application = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Server => _app!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Urls"] = "http://127.0.0.1:0", ["PublicUrl"] = "", ["DataDir"] = _dataDir, ["Database"] = "sqlite", ["AllowNetwork"] = "127.0.0.0/8",
        };
        _app = await PatchbayServer.CreateAsync(ServerOptions.Load(settings), Token);
        await _app.StartAsync(Token);
        _provider = await AuthorizationServer.StartAsync(new()
        {
            Clients = [new() { Id = ClientId, Secret = ClientSecret, RequirePkce = true, RedirectUris = [$"{Server}/oauth2/callback"] }],
        }, Token);
        _operatorKey = (await File.ReadAllTextAsync(Path.Combine(_dataDir, "operator.key"), Token)).Trim();

        _organisation = (string)(await PostAsync("/api/organisations/v1/organisations", new { slug = "acme", displayName = "Acme" }))["id"]!;
        var connector = await PostAsync($"/api/connect/v1/o/{_organisation}/protocols/http/connectors", new
        {
            name = "Sign in",
            baseUrl = _provider.ApiUrl.AbsoluteUri,
            authSchemeConfigs = new[]
            {
                new
                {
                    id = "login", schemeType = "oauth2", description = "", authorizeUrl = _provider.AuthorizeUrl, tokenUrl = _provider.TokenUrl,
                    scopes = new[] { new { name = "read" } }, defaultScopes = new[] { "read" },
                    grant = new { grantType = "authorization_code", clientId = ClientId, clientSecret = ClientSecret },
                },
            },
        });
        _connector = (string)connector["id"]!;
        _application = (string)connector["authSchemeConfigs"]![0]!["grant"]!["credentialId"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
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
    public async Task An_application_at_an_allowed_origin_is_answered_and_connects_its_user()
    {
        await using var application = await Application.StartAsync(Server);
        application.AuthorizeUrl = await AuthorizeUrlAsync();
        await AllowAsync(application.Origin);

        var met = await Browser.RunAsync("sign-in.mjs", "message", application.Origin, Server);

        AssertUndisturbed(met);
        await AssertConnectsAsync((string)met["search"]!);
    }

    [Fact]
    public async Task A_page_of_the_servers_own_is_answered_on_its_channel_and_connects_its_user()
    {
        var met = await Browser.RunAsync("sign-in.mjs", "channel", await AuthorizeUrlAsync(), Server, OAuthGuide.Script("signInOnChannel"));

        AssertUndisturbed(met);
        await AssertConnectsAsync((string)met["search"]!);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_stranger_who_opened_the_window_is_not_answered_nor_is_one_who_guesses_the_state(bool isAllowed, bool guesses)
    {
        await using var friend = await Application.StartAsync(Server);
        await using var stranger = await Application.StartAsync(Server);
        stranger.AuthorizeUrl = await AuthorizeUrlAsync();
        stranger.Guesses = guesses;
        await AllowAsync(isAllowed ? stranger.Origin : friend.Origin);

        var met = await Browser.RunAsync("sign-in.mjs", "stranger", stranger.Origin, Server);

        Assert.Equal("the end", Assert.Single(met["received"]!.AsArray())!.GetValue<string>());
        Assert.Equal("One moment", (string)met["heading"]!);
        AssertUndisturbed(met);
    }

    [Fact]
    public async Task A_user_who_says_no_is_told_so_and_so_is_the_application()
    {
        await using var application = await Application.StartAsync(Server);
        application.AuthorizeUrl = await AuthorizeUrlAsync();
        await AllowAsync(application.Origin);

        var met = await Browser.RunAsync("sign-in.mjs", "denied", application.Origin, Server);

        Assert.Contains("error=access_denied", (string)met["search"]!, StringComparison.Ordinal);
        Assert.Equal("Access was not granted", (string)met["heading"]!);
        Assert.Contains("The person did not allow it.", (string)met["detail"]!, StringComparison.Ordinal);
        Assert.Equal($"{Server}/oauth2/callback", (string)met["address"]!);
        AssertUndisturbed(met);
    }

    [Theory]
    [InlineData("", "There is nothing to do here", "")]
    [InlineData("?code=c&state=s", "Nobody waits for this answer", "")]
    [InlineData("?code=c", "Nobody waits for this answer", "")]
    [InlineData("?error=server_error&state=s", "The provider reported an error", "(server_error)")]
    [InlineData("?error=x&error_description=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "The provider reported an error", "<img src=x onerror=alert(1)> (x)")]
    public async Task A_window_that_nobody_waits_for_says_so_in_plain_text(string query, string heading, string detail)
    {
        var met = await Browser.RunAsync("sign-in.mjs", "alone", $"{Server}/oauth2/callback{query}", Server);

        Assert.Equal((heading, detail), ((string)met["heading"]!, (string)met["detail"]!));
        AssertUndisturbed(met);
    }

    private async Task AssertConnectsAsync(string search)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(search);
        var connection = await PostAsync($"/api/connect/v1/o/{_organisation}/connectors/{_connector}/connections", new
        {
            name = "alice",
            credentials = new
            {
                action = new[]
                {
                    new
                    {
                        authSchemeConfig = new { id = "login" },
                        credential = new { name = "alice", type = "oauth2-code", data = new { code = query["code"].ToString(), state = query["state"].ToString() } },
                    },
                },
            },
            variables = Array.Empty<object>(),
        });
        var me = await SendAsync(HttpMethod.Get, $"/api/proxy/{connection["id"]}/me");
        Assert.Equal("alice", (string)me["subject"]!);
    }

    /// <summary>The page ran under its own policy and spoke with nobody but the servers of the test.</summary>
    private static void AssertUndisturbed(JsonNode met)
    {
        Assert.Empty(met["complaints"]!.AsArray());
        Assert.All(met["requests"]!.AsArray(), r => Assert.Matches("^(http://127\\.0\\.0\\.1:|data:)", (string)r!));
    }

    private async Task<string> AuthorizeUrlAsync() => (string)(await PostAsync($"/api/connect/v1/o/{_organisation}/connectors/{_connector}/oauth2/initialise", new
    {
        credential = new { id = _application, organisationId = _organisation }, authorizeUrl = _provider!.AuthorizeUrl, clientId = ClientId,
    }))["url"]!;

    private Task<JsonNode> AllowAsync(string origin) =>
        SendAsync(HttpMethod.Put, $"/api/organisations/v1/organisations/{_organisation}/allowed-origins", new { origins = new[] { origin } });

    private Task<JsonNode> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, Server + path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", _operatorKey);
        using var answer = await _client.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!;
    }
}
