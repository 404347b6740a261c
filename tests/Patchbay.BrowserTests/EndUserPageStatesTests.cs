using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Patchbay.Authorizing;
using Patchbay.Server;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>
/// The pages for end users where something is not as on every day, in a real browser. The server calls itself localhost, so that for the browser it is another site than those that
/// embed it, which are at 127.0.0.1.
/// </summary>
public sealed class EndUserPageStatesTests : IAsyncLifetime
{
    private static readonly string Pictures = Path.GetFullPath(Path.Combine(Browser.Folder, "..", "..", "artifacts", "end-user-pages"));

    private readonly string _dataDir = Directory.CreateTempSubdirectory("patchbay-states-").FullName;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication? _app;
    private AuthorizationServer? _provider;
    private Embedder? _friend;
    private Embedder? _stranger;
    private string _server = "";
    private string _operatorKey = "";
    private string _organisation = "";
    private string _hub = "";
    private string _product = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Pictures);
        var port = FreePort();
        _server = $"http://localhost:{port}";
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Urls"] = $"http://127.0.0.1:{port}", ["PublicUrl"] = _server, ["DataDir"] = _dataDir, ["Database"] = "sqlite", ["AllowNetwork"] = "127.0.0.0/8",
        };
        _app = await PatchbayServer.CreateAsync(ServerOptions.Load(settings), Token);
        await _app.StartAsync(Token);
        _provider = await AuthorizationServer.StartAsync(new()
        {
            Clients = [new() { Id = "harbour", Secret = "harbour-secret", RequirePkce = true, RedirectUris = [$"{_server}/oauth2/callback"] }],
            Consent = ConsentPolicy.Always,
        }, Token);
        (_friend, _stranger) = (await Embedder.StartAsync(_server), await Embedder.StartAsync(_server));
        _operatorKey = (await File.ReadAllTextAsync(Path.Combine(_dataDir, "operator.key"), Token)).Trim();

        _organisation = (string)(await PostAsync("/api/organisations/v1/organisations", new { slug = "acme", displayName = "Acme" }))["id"]!;
        _product = await ConnectorAsync("Product", _friend.Origin, new { id = "none", schemeType = "none", description = "" });
        _hub = (string)(await PostAsync("/api/embedded/v1/hubs", new { organisationId = _organisation, name = "Hub", primaryConnectorId = _product, authSchemeConfig = new { id = "none" } }))["id"]!;
        await SendAsync(HttpMethod.Put, $"/api/embedded/v1/hubs/{_hub}/pages", new { allowedOrigins = new[] { _friend.Origin } });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var part in (IAsyncDisposable?[])[_friend, _stranger, _provider])
        {
            if (part is not null)
                await part.DisposeAsync();
        }

        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_dataDir, recursive: true);
    }

    [Fact]
    public async Task A_grant_that_died_is_shown_and_connected_again_and_the_activation_is_the_same()
    {
        var (integration, templates) = await EverythingAsync();
        var first = await RunAsync("activate", new { url = await SessionAsync("ada"), key = Embedder.Key });
        Assert.Equal(["Connected", "Connected"], Texts(first["states"]), StringComparer.Ordinal);
        var activation = await ActivationAsync("ada", integration);
        var connection = (string)(await GetAsync($"/api/embedded/v1/connection-templates/{templates[1]}/users/ada"))["id"]!;
        Assert.Equal(200, await StatusAsync($"/api/proxy/{connection}/me"));

        await _provider!.RevokeEverythingAsync(Token);
        Assert.NotEqual(200, await StatusAsync($"/api/proxy/{connection}/me"));

        var second = await RunAsync("reconnect", new { url = await SessionAsync("ada") });
        Assert.Equal(["Connected", "Needs attention"], Texts(second["states"]).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains("Meridian", (string)second["notice"]!, StringComparison.Ordinal);
        Assert.Equal(["Connected", "Connected"], Texts(second["after"]), StringComparer.Ordinal);
        Assert.Equal(activation, await ActivationAsync("ada", integration));
        Assert.Equal(200, await StatusAsync($"/api/proxy/{connection}/me"));
        AssertUndisturbed(second, 6);
    }

    [Fact]
    public async Task What_goes_wrong_is_told_where_it_goes_wrong()
    {
        await EverythingAsync();
        await PostAsync($"/api/embedded/v1/hubs/{_hub}/users", new { externalId = "ada" });

        var met = await RunAsync("faults", new
        {
            url = await SessionAsync("ada"), second = await SessionAsync("grace"), embedder = _friend!.Origin, operatorKey = _operatorKey, user = $"{Listening}/api/embedded/v1/hubs/{_hub}/users/ada",
        });

        Assert.Contains(Texts(met["refused"]), t => t.StartsWith("API key: ", StringComparison.Ordinal));
        Assert.Equal(204, (int)met["deleted"]!);
        Assert.Equal("h1", (string)met["focused"]!);
        Assert.Equal("Your session has ended", (string)met["title"]!);
        AssertUndisturbed(met, 8);
    }

    [Fact]
    public async Task The_pages_stand_in_frames_dialogs_and_windows_of_allowed_sites_keep_nothing_and_are_silent_to_others()
    {
        await EverythingAsync();
        var urls = new List<string>();
        foreach (var user in (string[])["a", "b", "c", "d", "e"])
            urls.Add(await SessionAsync(user));

        var met = await RunAsync("embed", new { urls, friend = _friend!.Origin, stranger = _stranger!.Origin, key = Embedder.Key });

        // The browser gives the frame of another site no storage; the window has some, and nothing in it.
        foreach (var (place, way, storage) in ((string, string, string)[])[("frame", $"message from {_server}", "denied"), ("window", "channel", "0")])
        {
            var kept = met[place]!;
            Assert.Equal($"{_server}/embed/{_hub}", (string)kept["address"]!);
            Assert.Equal((storage, storage, ""), (kept["local"]!.ToString(), kept["session"]!.ToString(), (string)kept["cookies"]!));
            Assert.Equal([way], Texts(kept["ways"]), StringComparer.Ordinal);
        }

        Assert.Equal(["onReady", "onActivated"], met["frameTold"]!.AsArray().Select(t => (string)t![0]!), StringComparer.Ordinal);
        Assert.Contains("frame-ancestors", (string)met["refusal"]!, StringComparison.Ordinal);
        Assert.Equal(["the end"], Texts(met["strangerReceived"]), StringComparer.Ordinal);
        AssertUndisturbed(met, 0);
    }

    [Fact]
    public async Task Each_auth_scheme_has_a_form_of_its_own_whose_credential_is_taken_and_one_without_a_form_says_so()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportPkcs8PrivateKeyPem();
        using var certificate = new CertificateRequest("CN=ada", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var provider = _provider!.Url.AbsoluteUri.TrimEnd('/');
        object OAuth(string id, object grant) => new
        {
            id, schemeType = "oauth2", description = "", authorizeUrl = _provider.AuthorizeUrl, tokenUrl = _provider.TokenUrl, scopes = new[] { new { name = "read", description = "Read your things" } },
            defaultScopes = new[] { "read" }, grant,
        };
        (string Name, object Config, string[] Fields)[] schemes =
        [
            ("Header key", new { id = "c", schemeType = "api-key", description = "It stands in the settings.", name = "X-Key", @in = "header" }, ["API key"]),
            ("Bearer", new { id = "c", schemeType = "api-key", description = "", name = "Authorization", @in = "header" }, ["API key"]),
            ("Basic", new { id = "c", schemeType = "basic-auth", description = "" }, ["User name", "Password"]),
            ("Hmac", new { id = "c", schemeType = "hmac", description = "", name = "X-Signature", @in = "header", algorithm = "sha256", digestInputs = new[] { "body" } }, ["Signing secret"]),
            ("Certificate", new { id = "c", schemeType = "certificate", description = "" }, ["Client certificate", "Private key of the certificate", "Certificate authority"]),
            ("Jwt", new { id = "c", schemeType = "jwt-bearer", description = "" }, ["Issuer", "Subject", "Audience", "Private key", "Key ID"]),
            ("Shared jwt", new { id = "c", schemeType = "jwt-bearer", description = "", assertion = new { algorithm = "HS256", claims = new { iss = "{{teamId}}" } } }, ["Team Id", "Signing secret", "Key ID"]),
            ("Google", new { id = "c", schemeType = "google-service-account", description = "", audience = "https://things.example.com/" }, ["Service account key"]),
            ("Two steps", new { id = "c", schemeType = "two-step", description = "", trade = new { url = $"{_friend!.Origin}/trade", json = new { user = "{{user_name}}", pin = "{{pin}}" }, answer = new { accessToken = "/token" } } }, ["User name", "Pin"]),
            ("OAuth 1", new { id = "c", schemeType = "oauth1", description = "" }, ["Consumer key", "Consumer secret", "Token", "Token secret"]),
            ("Aws", new { id = "c", schemeType = "aws-signature", description = "", region = "eu-west-1", service = "s3" }, ["Access key ID", "Secret access key", "Session token"]),
            ("Client", OAuth("c", new { grantType = "client_credentials" }), ["Client ID", "Client secret"]),
            ("Resource owner", OAuth("c", new { grantType = "password", clientId = "harbour", clientSecret = "harbour-secret" }), ["User name", "Password"]),
            ("Code", OAuth("c", new { grantType = "authorization_code", clientId = "harbour", clientSecret = "harbour-secret" }), ["sign-in"]),
        ];
        var connectors = new List<string>();
        foreach (var (name, config, _) in schemes)
            connectors.Add(await ConnectorAsync(name, _friend!.Origin, config));
        var (integration, _) = await IntegrationAsync("All schemes", [.. connectors.Select(c => (c, "c"))]);
        const string Script = "function authenticate(context) { const { apiKey } = context.values; return { headers: { 'X-Key': apiKey } }; }";
        var function = await ConnectorAsync("Function", _friend!.Origin, new { id = "c", schemeType = "custom-function", description = "", source = Script });
        var (hopeless, _) = await IntegrationAsync("Unfinished", [(function, "c"), (await ConnectorAsync("No client", _friend!.Origin, OAuth("c", new { grantType = "authorization_code" })), "c")]);

        var met = await RunAsync("schemes", new
        {
            url = await SessionAsync("ada", integration), hopeless = await SessionAsync("ada", hopeless),
            values = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Client certificate"] = certificate.ExportCertificatePem(), ["Private key of the certificate"] = pem, ["Private key"] = pem, ["Certificate authority"] = "", ["Client ID"] = "harbour",
                ["Client secret"] = "harbour-secret", ["User name"] = "alice", ["Password"] = "wonderland", ["Signing secret"] = new string('s', 40),
                ["Service account key"] = JsonSerializer.Serialize(new
                {
                    type = "service_account", project_id = "p", private_key_id = "k", private_key = pem, client_email = "robot@p.iam.gserviceaccount.com", client_id = "1", token_uri = "https://oauth2.googleapis.com/token",
                }),
            },
        });

        Assert.Empty(Texts(met["refused"]));
        foreach (var (name, _, fields) in schemes)
            Assert.Equal(fields, Texts(met["forms"]![name]), StringComparer.Ordinal);
        Assert.Equal(["Api Key"], Texts(met["forms"]!["Function"]), StringComparer.Ordinal);
        Assert.NotEmpty(await ActivationAsync("ada", integration));
        Assert.Contains("No client cannot be connected yet", Assert.Single(Texts(met["hopeless"])), StringComparison.Ordinal);
        AssertUndisturbed(met, 8);
    }

    [Fact]
    public async Task Variables_of_every_kind_have_fields_and_arrive_as_they_were_filled_in()
    {
        for (var number = 1; number < 8; number++)
            await IntegrationAsync($"Number {number}", []);
        var (integration, _) = await IntegrationAsync("Settled", [], JsonNode.Parse("""
            {"type":"object","required":["mail","speed"],"properties":{
              "mail":{"type":"string","format":"email"},
              "threshold":{"type":"integer","title":"Warn below","description":"Pieces left.","minimum":0},
              "speed":{"title":"Speed","oneOf":[{"const":1,"title":"Slowly"},{"const":2,"title":"As fast as can be"}]},
              "notify":{"type":"boolean","title":"Tell me"},
              "tags":{"type":"array","items":{"type":"string","minLength":1}},
              "days":{"type":"array","uniqueItems":true,"items":{"enum":["Mon","Tue"]}},
              "address":{"type":"object","properties":{"street":{"type":"string"}}},
              "rules":{"type":"object"}}}
            """));

        var met = await RunAsync("variables", new { url = await SessionAsync("ada") });

        Assert.Equal(["Mail must be an e-mail address.", "Warn below must be 0 or more.", "Speed is required."], Texts(met["checked"]), StringComparer.Ordinal);
        var stored = (await GetAsync($"/api/embedded/v1/activations/{await ActivationAsync("ada", integration)}"))["dynamicVariables"];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"mail":"ada@example.com","threshold":7,"speed":2,"notify":true,"tags":["blue","green"],"days":["Tue"],"address":{"street":"Dorset Street 1"},"rules":{"a":[1,{"b":null}]}}
            """), stored), stored?.ToJsonString());
        AssertUndisturbed(met, 8);
    }

    /// <summary>An integration with an API key system and an OAuth system.</summary>
    private async Task<(string Id, IReadOnlyList<string> Templates)> EverythingAsync() => await IntegrationAsync("Everything",
    [
        (await ConnectorAsync("Stockroom", $"{_friend!.Origin}/api", new { id = "c", schemeType = "api-key", description = "", name = "X-Key", @in = "header" }), "c"),
        (await ConnectorAsync("Meridian", _provider!.ApiUrl.AbsoluteUri, new
        {
            id = "c", schemeType = "oauth2", description = "", authorizeUrl = _provider.AuthorizeUrl, tokenUrl = _provider.TokenUrl, scopes = new[] { new { name = "read" } }, defaultScopes = new[] { "read" },
            grant = new { grantType = "authorization_code", clientId = "harbour", clientSecret = "harbour-secret" },
        }), "c"),
    ]);

    private async Task<(string Id, IReadOnlyList<string> Templates)> IntegrationAsync(string name, IReadOnlyList<(string Connector, string Config)> systems, JsonNode? variablesSchema = null)
    {
        var id = (string)(await PostAsync($"/api/embedded/v1/hubs/{_hub}/integrations", new { organisationId = _organisation, name, description = "Keeps things in step.", variablesSchema = variablesSchema ?? new JsonObject { ["type"] = "object" } }))["id"]!;
        var templates = new List<string>();
        foreach (var (connector, config) in systems)
            templates.Add((string)(await PostAsync($"/api/embedded/v1/integrations/{id}/connection-templates", new { connectorId = connector, authSchemeConfig = new { id = config } }))["id"]!);
        await SendAsync(HttpMethod.Put, $"/api/embedded/v1/integrations/{id}/metadata", new { usedConnectionTemplates = templates });
        await PostAsync($"/api/embedded/v1/integrations/{id}/deploy", new { });
        return (id, templates);
    }

    private async Task<string> ConnectorAsync(string name, string baseUrl, object config) =>
        (string)(await PostAsync($"/api/connect/v1/o/{_organisation}/protocols/http/connectors", new { name, baseUrl, authSchemeConfigs = new[] { config } }))["id"]!;

    private async Task<string> SessionAsync(string user, string? integration = null) =>
        (string)(await PostAsync($"/api/embedded/v1/hubs/{_hub}/users/{user}/sessions", integration is null ? new { } : new { integrationId = integration }))["url"]!;

    private async Task<string> ActivationAsync(string user, string integration) =>
        (string)Assert.Single((await GetAsync($"/api/embedded/v1/embed/{_hub}/users/{user}/activations?integration_id={integration}"))["activations"]!.AsArray())!["id"]!;

    private static async Task<JsonNode> RunAsync(string way, object given)
    {
        var json = JsonSerializer.SerializeToNode(given)!;
        json["pictures"] = Pictures;
        return await Browser.RunAsync("end-user-page-states.mjs", way, json.ToJsonString());
    }

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(t => (string)t!);

    private static void AssertUndisturbed(JsonNode met, int looked)
    {
        Assert.Empty(Texts(met["faults"]));
        Assert.Empty(Texts(met["widths"]));
        Assert.Empty(Texts(met["complaints"]));
        Assert.Equal(looked, (int)met["looked"]!);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Listening => _app!.Urls.Single();

    private Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    private Task<JsonNode> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    private async Task<int> StatusAsync(string path)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, null);
        return (int)answer.StatusCode;
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await AskAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, Listening + path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", _operatorKey);
        return await _client.SendAsync(request, Token);
    }
}
