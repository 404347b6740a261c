using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Credentials;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Execution;

/// <summary>Actions have the proxy's credentials: tokens that are renewed, and signatures over the body.</summary>
public sealed class ActionCredentialTests(Hosts hosts)
{
    private const string SigningKey = "the-key-of-signatures";

    [Theory, EachDatabase]
    public async Task A_token_that_the_api_calls_expired_is_renewed_and_the_signed_request_sent_once_more(Database database)
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var upstream = await Upstream.StartAsync(context =>
        {
            var isStale = context.Request.Headers.Authorization == "Bearer access-1";
            context.Response.StatusCode = isStale ? 401 : 200;
            if (isStale)
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return context.Response.WriteAsJsonAsync(new { token = context.Request.Headers.Authorization.ToString() }, context.RequestAborted);
        });
        var tenant = await (await hosts.OfAsync(database)).NewOrganisationAsync("tokens");
        var signing = new JsonObject { ["id"] = "sign", ["schemeType"] = "hmac", ["description"] = "", ["name"] = "X-Sign", ["in"] = "header", ["algorithm"] = "sha256", ["digestInputs"] = new JsonArray("body") };
        var connector = (await tenant.CreateConnectorAsync("Signed", upstream.Address.ToString().TrimEnd('/'), signing, CredentialSteps.ClientCredentials(tokens.Url))).Id;
        await tenant.CreateVersionAsync(connector, "1");
        (await tenant.PostAsync($"connectors/{connector}/versions/1/definitions", new { definitions = new[] { new { name = "Any", accept = new[] { "application/json" }, schema = new { contentType = "application/schema+json", content = "{}" } } } })).Expect(201);
        (await tenant.PostAsync($"connectors/{connector}/versions/1/actions", new
        {
            type = "http", name = "add", method = "POST", path = "/things", parameters = Array.Empty<object>(),
            requestBody = new { required = true, definitions = new[] { new { definition = new { name = "Any" } } } }, responses = new[] { new { status = 200, definitions = Array.Empty<object>() } },
        })).Expect(201);
        var connection = (await tenant.ConnectAsync(connector, ("sign", "string", new { value = SigningKey }), ("client", "oauth2-client", CredentialSteps.Client(tokens.Url, "s")))).Id;

        var answer = (await tenant.PostAsync($"connectors/{connector}/versions/1/actions/add/execute", new { connectionId = connection, body = new { a = 1 } })).Expect(200);

        Assert.Equal(200, (int)answer["status"]);
        Assert.Equal([401, 200], answer["attempts"].AsArray().Select(a => (int)a!["status"]!));
        Assert.True((bool)answer["attempts"][1]!["renewedCredential"]!);
        Assert.Equal("[redacted]", (string)answer["body"]["token"]!);
        Assert.Equal(["Bearer access-1", "Bearer access-2"], upstream.Requests.Select(r => r.Headers["Authorization"]));
        Assert.All(upstream.Requests, r => Assert.Equal(
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SigningKey), """{"a":1}"""u8)), r.Headers["X-Sign"]));
        var raw = await tenant.Api.SendAsync(HttpMethod.Post, tenant.Whole($"connectors/{connector}/versions/1/actions/add/execute/raw?connectionId={connection}"), Api.ContentOf("{}"));
        raw.ExpectError(400, "invalid_request", "contentType");
    }
}
