using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.SigningKeys;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

/// <summary>Every operation of the Embedded API, as the server describes it, against every token that must not open it. A new operation is in it without anyone adding it.</summary>
public sealed class EndUserTokenAttackTests
{
    [Theory, EachDatabase]
    public async Task No_unsound_token_opens_any_operation_and_all_are_refused_alike(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await Upstream.StartAsync(_ => Task.CompletedTask);
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        var (signer, other, deleted) = (await Signer.MakeAsync(acme.Tenant), await Signer.MakeAsync(await host.NewOrganisationAsync()), await Signer.MakeAsync(acme.Tenant));
        (await acme.Tenant.DeleteAsync($"{Signer.PathOf(acme.Tenant)}/{deleted.Id}")).Expect(204);
        (await signer.GetAsync(signer.Token(acme.UserId), $"/api/embedded/v1/hubs/{acme.HubId}/users/{acme.UserId}")).Expect(200);
        var calls = await CallsAsync(host, acme);
        var before = await StoreDump.OfAsync(host);

        foreach (var (name, method, path, body) in calls)
        {
            var unknown = (await SendAsync(signer.Token(acme.UserId, $"{Signer.PublishedIssuer}01JDF3Q2M8V7K5T9XW4RZ6YB6C"))).ExpectError(401, "invalid_key");
            foreach (var attack in TokenAttack.All.Where(a => a != "empty"))
            {
                var refused = await SendAsync(TokenAttack.Make(attack, signer, other, acme.UserId));
                Assert.True(refused.Status == 401 && refused.Text == unknown.Text, $"{name} with {attack}: {refused}");
            }

            Assert.Equal(unknown.Text, (await SendAsync(deleted.Token(acme.UserId))).ExpectError(401, "invalid_key").Text);
            (await SendAsync("")).ExpectError(401, "unauthenticated");
            // A sound token of a user of the same name in another organisation's hub: whatever it names is not there for them.
            var foreign = await SendAsync(other.Token(acme.UserId));
            Assert.True(foreign.Status == 404, $"{name} by a foreign user: {foreign}");

            Task<Answer> SendAsync(string token) => host.Nobody.SendAsync(method, path, Api.ContentOf(body), ("Authorization", $"JWT {token}"));
        }

        Assert.Equal(before, await StoreDump.OfAsync(host));
        Assert.Empty(host.Log.Errors);
        TestContext.Current.TestOutputHelper?.WriteLine($"{calls.Count} operations, {TokenAttack.All.Count + 2} tokens each");
    }

    private static async Task<List<(string Name, HttpMethod Method, string Path, object? Body)>> CallsAsync(PatchbayHost host, PopulatedTenant acme)
    {
        var document = (await host.Nobody.GetAsync("/openapi/embedded-v1.json")).Expect(200).Json.AsObject();
        var calls = new List<(string, HttpMethod, string, object?)>();
        foreach (var (template, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject().Where(m => m.Value?["operationId"] is not null))
            {
                var name = (string)operation!["operationId"]!;
                // The page that a provider sends a browser back to reads no token.
                if (operation["security"] is { } security && security.AsArray().Count == 0)
                    continue;
                var path = string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? Uri.EscapeDataString(acme.RouteValue(part[1..^1], acme.DraftVersion)!) : part));
                calls.Add((name, new HttpMethod(method.ToUpperInvariant()), $"/api/embedded/v1{path}", await RequestBodies.ForAsync(name, acme)));
            }
        }

        Assert.True(calls.Count > 30, $"Only {calls.Count} operations were found");
        return calls;
    }
}
