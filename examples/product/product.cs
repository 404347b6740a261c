#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
// A small product, Harbour, that embeds Patchbay: README.md says how to start it. It sets itself up in Patchbay when it starts, shows its users the
// pages, receives their events, and calls APIs for them. What a product of your own needs is marked "Yours".
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
string Setting(string name, string standard) => builder.Configuration[name] is { Length: > 0 } value ? value : standard;
var own = Setting("urls", "http://127.0.0.1:8090").TrimEnd('/');
var provider = Setting("provider", "http://127.0.0.1:8085").TrimEnd('/');
var patchbay = new Patchbay(Setting("patchbay", "http://127.0.0.1:8080"), Setting("operator-key", ""));
var page = File.ReadAllText(Path.Combine(Setting("folder", "examples/product"), "product.html"));

var sessions = new ConcurrentDictionary<string, string>();
var events = new ConcurrentDictionary<string, JsonNode>();
var log = new ConcurrentQueue<(string User, string Line)>();
Hub? hub = null;

// Harbour itself: who signs in is remembered by a cookie.
app.MapGet("/", (HttpContext context) => Results.Content(
    page.Replace("{{user}}", UserOf(context) ?? "", StringComparison.Ordinal).Replace("{{patchbay}}", patchbay.Origin, StringComparison.Ordinal), "text/html; charset=utf-8"));
app.MapPost("/sign-in", async (HttpContext context) =>
{
    var user = (await context.Request.ReadFormAsync())["user"].ToString();
    if (user.Length is 0 or > 40 || !user.All(char.IsAsciiLetterOrDigit))
        return Results.BadRequest("A user name has letters and digits.");
    var session = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    sessions[session] = user;
    context.Response.Cookies.Append("harbour", session, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax });
    return Results.Redirect("/");
});

// Yours: the page asks its own backend for the address of the user's pages, and the backend asks Patchbay with its key.
app.MapPost("/integrations/session", async (HttpContext context) =>
{
    if (UserOf(context) is not { } user)
        return Results.Unauthorized();
    var session = await patchbay.PostAsync($"embedded/v1/hubs/{hub!.Id}/users/{Uri.EscapeDataString($"user-{user}")}/sessions", new JsonObject { ["returnUrl"] = own + "/" });
    return Results.Json(new Dictionary<string, string> { ["url"] = (string)session["url"]! });
});

// Yours: once a user has activated, their connection is used like any other. This makes the first call by each of them.
app.MapPost("/integrations/activated", async (HttpContext context) =>
{
    if (UserOf(context) is not { } user)
        return Results.Unauthorized();
    foreach (var (name, template, path) in hub!.Templates)
    {
        var answer = await patchbay.GetAsync($"proxy/templates/{template}/users/{Uri.EscapeDataString($"user-{user}")}{path}");
        log.Enqueue((user, $"{name} answered: {answer.ToJsonString()}"));
    }

    // The activation came with a URL for Stockroom's events, since the deployment names its trigger. Users, or your backend by the API, enter it there as a webhook;
    // Stockroom being ours too, it tells at once that something has happened.
    var connection = await patchbay.GetAsync($"embedded/v1/connection-templates/{hub.Templates[0].Template}/users/{Uri.EscapeDataString($"user-{user}")}");
    var endpoint = await patchbay.GetAsync($"connect/v1/o/{patchbay.Organisation}/connectors/{hub.Stockroom}/connections/{connection["id"]}/triggers/stockChanged/endpoint");
    await patchbay.PostAsync((string)endpoint["url"]!, new JsonObject { ["article"] = "anchor", ["stock"] = 7 });
    return Results.NoContent();
});

// Yours: what Patchbay sends is verified (Standard Webhooks), and taken once however often it comes.
app.MapPost("/hooks/patchbay", async (HttpContext context) =>
{
    using var reader = new StreamReader(context.Request.Body);
    var body = await reader.ReadToEndAsync();
    var headers = context.Request.Headers;
    var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
    var key = Convert.FromBase64String(hub!.Secret["whsec_".Length..]);
    var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"))));
    var isOurs = headers["webhook-signature"].ToString().Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(s), expected));
    var isFresh = long.TryParse(timestamp, out var sent) && Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - sent) < 300;
    if (!isOurs || !isFresh)
        return Results.Unauthorized();
    var message = JsonNode.Parse(body)!;
    // Whose it is, and what they have set, stands in it; nobody's, once they have deactivated.
    var activation = message["data"]!["activation"]!;
    if ((string?)activation["userId"] is { } owner && events.TryAdd(id, message))
        log.Enqueue((owner["user-".Length..], $"Event {message["type"]}: {message["data"]!["body"]!.ToJsonString()}, with {activation["dynamicVariables"]!.ToJsonString()}"));
    return Results.NoContent();
});
app.MapGet("/activity", (HttpContext context) => UserOf(context) is { } user
    ? Results.Json(log.Where(l => l.User == user).Select(l => l.Line).ToArray())
    : Results.Unauthorized());

// Stockroom, an API with keys: it stands for one of somebody else's.
app.MapGet("/stockroom/articles", (HttpContext context) => context.Request.Headers["X-Stockroom-Key"] == "stock-key-of-ada"
    ? Results.Text("""{"articles":[{"name":"anchor","stock":7}]}""", "application/json")
    : Results.Json(new Dictionary<string, string> { ["error"] = "The key is not known." }, statusCode: 401));

await app.StartAsync();
hub = await patchbay.SetUpAsync(own, provider);
Console.WriteLine($"Harbour is ready at {own}");
await app.WaitForShutdownAsync();

string? UserOf(HttpContext context) => context.Request.Cookies["harbour"] is { } session ? sessions.GetValueOrDefault(session) : null;

internal sealed record Hub(string Id, IReadOnlyList<(string Name, string Template, string Path)> Templates, string Stockroom, string Secret);

/// <summary>Patchbay, as far as this product needs it. What an organisation does once by hand is done here at each start, in an organisation of its own.</summary>
internal sealed class Patchbay(string origin, string operatorKey)
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private string _key = operatorKey;

    public string Origin { get; } = origin.TrimEnd('/');

    public string Organisation { get; private set; } = "";

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonNode> PostAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Post, path, body);

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("http", StringComparison.Ordinal) ? path : $"{Origin}/api/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}: {text}");
    }

    public async Task<Hub> SetUpAsync(string own, string provider)
    {
        Organisation = (string)(await PostAsync("organisations/v1/organisations", Json($$"""{"slug":"harbour-{{Guid.NewGuid():N}}","displayName":"Harbour"}""")))["id"]!;
        _key = (string)(await PostAsync($"organisations/v1/organisations/{Organisation}/api-keys", Json("""{"name":"backend"}""")))["key"]!;

        var harbour = await ConnectorAsync("Harbour", own, """{"id":"none","schemeType":"none","description":""}""");
        var stockroom = await ConnectorAsync("Stockroom", own + "/stockroom",
            """{"id":"key","schemeType":"api-key","description":"You find the key in Stockroom under Settings, API.","name":"X-Stockroom-Key","in":"header"}""");
        var meridian = await ConnectorAsync("Meridian", provider + "/api", $$"""
            {"id":"login","schemeType":"oauth2","description":"Harbour reads your profile there.","authorizeUrl":"{{provider}}/connect/authorize","tokenUrl":"{{provider}}/connect/token",
             "scopes":[{"name":"read","description":"Read your profile"}],"defaultScopes":["read"],
             "grant":{"grantType":"authorization_code","clientId":"harbour","clientSecret":"harbour-secret"} }
            """);

        var hub = (string)(await PostAsync("embedded/v1/hubs", Json($$"""{"organisationId":"{{Organisation}}","name":"Harbour","primaryConnectorId":"{{harbour}}","authSchemeConfig":{"id":"none"} }""")))["id"]!;
        await SendAsync(HttpMethod.Put, $"embedded/v1/hubs/{hub}/pages", Json($$"""
            {"allowedOrigins":["{{own}}"],"theme":{"name":"Harbour","light":{"accent":"#0b6e6e"},"dark":{"accent":"#5fd3c4"} } }
            """));
        var integration = (string)(await PostAsync($"embedded/v1/hubs/{hub}/integrations", Json($$"""
            {"organisationId":"{{Organisation}}","name":"Stock sync","description":"Keeps Harbour in step with your stockroom, and greets you by your Meridian profile.",
             "variablesSchema":{"type":"object","required":["interval"],"properties":{
               "interval":{"type":"string","title":"How often","enum":["hourly","daily"],"default":"hourly"},
               "threshold":{"type":"integer","title":"Warn below","description":"Pieces left of an article.","minimum":0,"maximum":1000},
               "notify":{"type":"boolean","title":"Send a mail when an article runs out"} } } }
            """)))["id"]!;
        var first = await TemplateAsync(integration, stockroom, "key");
        var second = await TemplateAsync(integration, meridian, "login");
        await SendAsync(HttpMethod.Put, $"embedded/v1/integrations/{integration}/metadata", Json($$"""{"usedConnectionTemplates":["{{first}}","{{second}}"]}"""));
        var subscription = await PostAsync($"connect/v1/o/{Organisation}/subscriptions", Json($$"""
            {"name":"harbour","url":"{{own}}/hooks/patchbay","connectorId":"{{stockroom}}","triggerName":"stockChanged","activationsOnly":true}
            """));
        await PostAsync($"embedded/v1/integrations/{integration}/deploy", Json($$"""
            {"events":[{"templateId":"{{first}}","triggerName":"stockChanged","subscriptionId":"{{subscription["id"]}}"}]}
            """));
        return new Hub(hub, [("Stockroom", first, "/articles"), ("Meridian", second, "/me")], stockroom, (string)subscription["secret"]!);
    }

    /// <summary>A connector with one published version, which has a trigger.</summary>
    private async Task<string> ConnectorAsync(string name, string baseUrl, string config)
    {
        var connector = (string)(await PostAsync($"connect/v1/o/{Organisation}/protocols/http/connectors", Json($$"""{"name":"{{name}}","baseUrl":"{{baseUrl}}","authSchemeConfigs":[{{config}}]}""")))["id"]!;
        await PostAsync($"connect/v1/o/{Organisation}/connectors/{connector}/versions", Json("""{"name":"1"}"""));
        if (name == "Stockroom")
        {
            await PostAsync($"connect/v1/o/{Organisation}/connectors/{connector}/versions/1/triggers", Json("""
                {"type":"http","name":"stockChanged","method":"POST","parameters":[],"responses":[{"status":200,"definitions":[]}]}
                """));
        }

        await PostAsync($"connect/v1/o/{Organisation}/connectors/{connector}/versions/1/publish");
        return connector;
    }

    private async Task<string> TemplateAsync(string integration, string connector, string config) => (string)(await PostAsync(
        $"embedded/v1/integrations/{integration}/connection-templates", Json($$"""{"connectorId":"{{connector}}","authSchemeConfig":{"id":"{{config}}"} }""")))["id"]!;

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;
}
