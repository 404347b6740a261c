using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Patchbay.Authorizing;
using Patchbay.Server;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>The server's own pages to sign in on, in a real browser: by keyboard, at the width of a phone, and with axe.</summary>
public sealed class AccountPagesTests : IDisposable
{
    private const string Password = "a long password of the operator's";

    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-account-").FullName;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_operator_and_a_person_sign_in_and_nothing_stands_in_anybodys_way()
    {
        var pictures = Path.GetFullPath(Path.Combine(Browser.Folder, "..", "..", "artifacts", "account-pages"));
        Directory.CreateDirectory(pictures);
        var server = $"http://127.0.0.1:{FreePort()}";
        await using var provider = await AuthorizationServer.StartAsync(new()
        {
            Clients = [new() { Id = "patchbay", Secret = "secret-of-the-server-1c7d", RequirePkce = true, RedirectUris = [$"{server}/sign-in/callback"] }],
            Users = [new() { Name = "alice", Password = "wonderland", Email = "alice@example.com" }], Consent = ConsentPolicy.Always,
        }, Token);
        var secret = Path.Combine(_dataDir, "client.secret");
        await File.WriteAllTextAsync(secret, "secret-of-the-server-1c7d\n", Token);
        await File.WriteAllTextAsync(Path.Combine(_dataDir, "operator.password"), PasswordHash.Of(Password), Token);
        await using WebApplication app = await PatchbayServer.CreateAsync(ServerOptions.Load(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Urls"] = server, ["DataDir"] = _dataDir, ["Database"] = "sqlite", ["AllowNetwork"] = "127.0.0.0/8",
            ["OidcIssuer"] = provider.Url.ToString(), ["OidcClientId"] = "patchbay", ["OidcClientSecretFile"] = secret, ["OidcScopes"] = "openid profile",
        }), Token);
        await app.StartAsync(Token);
        var key = (await File.ReadAllTextAsync(Path.Combine(_dataDir, "operator.key"), Token)).Trim();
        var organisation = (string)(await PostAsync(server, key, "/api/organisations/v1/organisations", new { slug = "acme", displayName = "Acme" }))["id"]!;
        await PostAsync(server, key, $"/api/organisations/v1/organisations/{organisation}/invitations",
            new { email = "alice@example.com", url = $"{server}/account", authUrl = $"{server}/sign-in", inviteType = "join_organisation", roles = new[] { "viewer" } });

        var met = await Browser.RunAsync("account-pages.mjs", JsonSerializer.Serialize(new { url = server, password = Password, pictures }));

        Assert.Equal("[]", met["faults"]!.ToJsonString());
        Assert.Equal("[]", met["complaints"]!.ToJsonString());
        Assert.Equal("[]", met["widths"]!.ToJsonString());
        Assert.Equal(["Acme"], met["organisations"]!.AsArray().Select(o => ((string)o!).Trim()), StringComparer.Ordinal);
        Assert.StartsWith("pbs_", (string)met["token"]!, StringComparison.Ordinal);
        // Four pages of the operator and one or two of the person, at two widths, on light and on dark ground.
        Assert.Equal(22, (int)met["looked"]!);
    }

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_dataDir, recursive: true);
    }

    private async Task<JsonNode> PostAsync(string server, string key, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(server), path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await _client.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
