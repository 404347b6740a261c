using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Patchbay.Server;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>The way that <c>docs/signing-keys.md</c> shows to make a token, run with the very package that it names.</summary>
public sealed partial class SigningGuideTests : IDisposable
{
    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-signing-").FullName;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_as_the_guide_makes_it_in_TypeScript_opens_what_is_its_users()
    {
        await using WebApplication app = await PatchbayServer.CreateAsync(ServerOptions.Load(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Urls"] = "http://127.0.0.1:0", ["PublicUrl"] = "", ["DataDir"] = _dataDir, ["Database"] = "sqlite",
        }), Token);
        await app.StartAsync(Token);
        var server = new Uri(app.Urls.Single());
        var bearer = $"Bearer {(await File.ReadAllTextAsync(Path.Combine(_dataDir, "operator.key"), Token)).Trim()}";
        var organisation = (string)(await PostAsync("/api/organisations/v1/organisations", new { slug = "acme", displayName = "Acme" }))["id"]!;
        var key = await PostAsync($"/api/organisations/v1/organisations/{organisation}/keys", new { name = "product" });
        var connector = (string)(await PostAsync($"/api/connect/v1/o/{organisation}/protocols/http/connectors", new
        {
            name = "Product", baseUrl = "https://api.example.com", authSchemeConfigs = new[] { new { id = "key", schemeType = "api-key", description = "", name = "X-Key", @in = "header" } },
        }))["id"]!;
        var hub = (string)(await PostAsync("/api/embedded/v1/hubs", new { organisationId = organisation, name = "Hub", primaryConnectorId = connector, authSchemeConfig = new { id = "key" } }))["id"]!;
        foreach (var user in (string[])["ada", "bob"])
            await PostAsync($"/api/embedded/v1/hubs/{hub}/users", new { externalId = user, displayName = user });

        // Node.js of today does not read the one character that is TypeScript's own.
        var script = TypeScript().Match(await File.ReadAllTextAsync(Path.Combine(Browser.Folder, "..", "..", "docs", "signing-keys.md"), Token)).Groups["script"].Value.Replace("!,", ",", StringComparison.Ordinal);
        var token = await Browser.RunModuleAsync($"const user = {{ id: 'ada' }};\n{script}\nprocess.stdout.write(token);", "jose",
            ("SIGNING_KEY_PEM", (string)key["privateKey"]!), ("SIGNING_KEY_ID", (string)key["id"]!));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/api/embedded/v1/hubs/{hub}/users/ada"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/api/embedded/v1/embed/{hub}/users/ada/integrations"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/api/embedded/v1/hubs/{hub}/users/bob"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/api/connect/v1/o/{organisation}/connectors"));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var answer = await SendAsync(HttpMethod.Get, path, null, $"JWT {token}");
            return answer.StatusCode;
        }

        async Task<JsonNode> PostAsync(string path, object body)
        {
            using var answer = await SendAsync(HttpMethod.Post, path, body, bearer);
            var text = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!;
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, string authorization)
        {
            using var request = new HttpRequestMessage(method, new Uri(server, path)) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
            return await _client.SendAsync(request, Token);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_dataDir, recursive: true);
    }

    [GeneratedRegex("^```ts\n(?<script>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeScript();
}
