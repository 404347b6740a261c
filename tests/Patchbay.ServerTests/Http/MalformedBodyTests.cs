using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Http;

/// <summary>
/// Sends to every operation that the server describes with a JSON body what cannot be sound. A new operation is in it without anyone
/// adding it; one without a sound body to begin from fails it.
/// </summary>
public sealed class MalformedBodyTests
{
    [Theory, EachDatabase]
    public async Task A_malformed_body_is_refused_and_changes_nothing(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await Upstream.StartAsync(AnswerAsync);
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        acme.DescriptionUrl = $"{upstream.Address}api.json";
        acme.Issuer = upstream.Address.GetLeftPart(UriPartial.Authority);
        var own = (string)(await acme.Tenant.GetAsync($"/api/embedded/v1/hubs/{acme.HubId}/users/{acme.UserId}/connections")).Expect(200)["connections"][0]!["id"]!;
        var operations = await DescribedOperation.AllAsync(host);
        Assert.True(operations.Count > 10, $"The server describes {operations.Count} operations with a body only");
        var before = await StoreDump.OfAsync(host);
        var bodies = 0;
        foreach (var operation in operations)
        {
            var path = PathOf(operation, acme, own);
            var sound = await RequestBodies.ForAsync(operation.Id, acme);
            Assert.True(sound is not null, $"{operation.Id} takes a body, and there is no sound one to begin from: add one to RequestBodies.");
            var mutations = new Mutations(operation, sound, seed: operation.Id.Sum(c => c));
            for (var i = 0; i < Counts.Of(30, 400); i++, bodies++)
            {
                var (fault, body) = mutations.Next();
                var answer = await host.Operator.SendAsync(operation.Method, path, Api.ContentOf(body));
                Assert.True(answer.Status is >= 400 and < 500, $"{operation.Id} with {fault}: {answer}");
                answer.ExpectErrorShape();
            }

            Assert.Equal(before, await StoreDump.OfAsync(host));
        }

        // The server still serves, and what the faults were put into was sound.
        await acme.MakeEndpointAsync();
        foreach (var operation in operations)
        {
            var sound = await RequestBodies.ForAsync(operation.Id, acme);
            var answer = await host.Operator.SendAsync(operation.Method, PathOf(operation, acme, own), Api.ContentOf(sound));
            // Of what is sound in itself one needs a connector out of the library, which this one is not.
            if (operation.Id == "MergeConnectorVersionUpstream")
                answer.ExpectError(409, "no_upstream");
            else if (operation.Id == "CreateTriggerEndpoint")
                answer.ExpectError(409, "trigger_endpoint_exists");
            else if (operation.Id.StartsWith("ExecuteAction", StringComparison.Ordinal))
                // There is no API where the sound bodies put it.
                answer.ExpectError(502, "upstream_unreachable");
            else
                answer.ExpectOneOf(200, 201, 204);
        }

        Assert.Empty(host.Log.Errors);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bodies} malformed bodies to {operations.Count} operations");
    }

    /// <summary>An API that has a description, and an OAuth provider that has metadata.</summary>
    private static Task AnswerAsync(HttpContext context)
    {
        var issuer = $"http://{context.Request.Host}";
        if (context.Request.Path == PopulatedTenant.OAuth1RequestPath)
            return context.Response.WriteAsync("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true", context.RequestAborted);
        return context.Request.Path.StartsWithSegments("/.well-known", StringComparison.Ordinal)
            ? context.Response.WriteAsJsonAsync(new { issuer, token_endpoint = $"{issuer}/token" }, context.RequestAborted)
            : context.Response.WriteAsync(new Description().ToString(), context.RequestAborted);
    }

    private static string PathOf(DescribedOperation operation, PopulatedTenant tenant, string userConnection)
    {
        var parts = operation.Path.Split('/').Select(part =>
        {
            if (!part.StartsWith('{'))
                return part;
            var ofUser = part == "{connection_id}" && operation.Path.Contains("/users/", StringComparison.Ordinal);
            var value = ofUser ? userConnection : tenant.RouteValue(part[1..^1], tenant.DraftVersion);
            Assert.True(value is not null, $"{operation.Path} has the parameter {part}, which cannot be filled in: give it a value in PopulatedTenant.RouteValue.");
            return Uri.EscapeDataString(value);
        });
        return string.Join('/', parts);
    }
}
