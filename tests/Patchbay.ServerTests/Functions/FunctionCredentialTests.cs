using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Grants;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Functions;

/// <summary>A connector's own code says what requests carry; it runs apart, and its requests go out by way of the server.</summary>
public sealed class FunctionCredentialTests(Hosts hosts)
{
    private const string Password = "a-password-for-the-function";

    [Theory, EachDatabase]
    public async Task A_function_signs_in_once_and_again_when_the_API_says_that_it_expired(Database database)
    {
        var signIns = 0;
        await using var login = await Upstream.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var sent = await reader.ReadToEndAsync(context.RequestAborted);
            context.Response.StatusCode = sent.Contains(Password, StringComparison.Ordinal) ? 200 : 403;
            await context.Response.WriteAsync($"{{\"session\":\"session-{Interlocked.Increment(ref signIns)}\"}}");
        });
        await using var api = await Upstream.StartAsync(context =>
        {
            // The first session is over at once.
            context.Response.StatusCode = context.Request.Headers["X-Session"] == "session-1" ? 401 : 200;
            return Task.CompletedTask;
        });
        var (tenant, connection) = await ConnectAsync(database, api, [login.Address.GetLeftPart(UriPartial.Authority)], $$"""
            async function authenticate({ values }) {
              const response = await fetch('{{login.Address}}login', { method: 'POST', body: JSON.stringify({ password: values.password }) });
              const { session } = await response.json();
              return { headers: { 'X-Session': session } };
            }
            """);

        (await tenant.Api.GetAsync($"/api/proxy/{connection}/x")).Expect(200);
        (await tenant.Api.GetAsync($"/api/proxy/{connection}/x")).Expect(200);

        Assert.Equal(2, signIns);
        Assert.Equal("session-2", api.Requests.Last().Headers["X-Session"]);
    }

    [Theory, EachDatabase]
    public async Task A_function_that_fails_is_answered_without_the_values_that_it_had(Database database)
    {
        await using var api = await Upstream.StartAsync("{}");
        foreach (var source in (string[])
        [
            "function authenticate({ values }) { throw new Error('no: ' + values.password); }",
            "function authenticate() { while (true) { } }",
            "async function authenticate() { await fetch('https://elsewhere.example/'); }",
            "function authenticate() { return { headers: { Host: 'x' } }; }",
        ])
        {
            var (tenant, connection) = await ConnectAsync(database, api, [], source);

            var answer = await tenant.Api.GetAsync($"/api/proxy/{connection}/x");

            Assert.Equal("function_failed", answer.Expect(502).Code);
            Assert.DoesNotContain(Password, answer.Text, StringComparison.Ordinal);
        }

        Assert.Empty(api.Requests);
    }

    private async Task<(Tenant Tenant, string Connection)> ConnectAsync(Database database, Upstream api, string[] allowedHosts, string source)
    {
        var tenant = await (await hosts.OfAsync(database)).NewOrganisationAsync("functions");
        var connector = (await tenant.PostAsync("protocols/http/connectors", new
        {
            name = "Function", baseUrl = api.Address.GetLeftPart(UriPartial.Authority), @public = false,
            authSchemeConfigs = new[] { new { id = "it", schemeType = "custom-function", description = "d", source, allowedHosts } },
        })).Expect(201).Id;
        var connection = (await tenant.PostAsync($"connectors/{connector}/connections", RotatingProvider.Connection(
            "c", "custom-function", new { values = new { password = Password } }, "it"))).Expect(200).Id;
        return (tenant, connection);
    }
}
