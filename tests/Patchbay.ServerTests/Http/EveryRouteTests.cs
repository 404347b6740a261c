using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;
using Patchbay.Platform.Versions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Http;

/// <summary>
/// Walks every route that the running server has, with every method that it takes, as somebody who has no business there. A new route is
/// walked without anyone adding it; what the walk cannot fill in fails it.
/// </summary>
public sealed class EveryRouteTests(Hosts hosts)
{
    private static readonly string[] AllMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>The proxy has no routes; these are its two spellings.</summary>
    private static readonly string[] ProxyPatterns = ["/api/proxy/{connection_id}/parcels", "/api/proxy/legacy/{connection_id}/parcels"];

    [Theory, EachDatabase]
    public async Task Without_a_key_that_works_every_route_but_the_reviewed_ones_is_closed(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await PopulatedTenant.MakeAsync(host, upstream, "closed", inLibrary: true);
        var before = await acme.SnapshotAsync();
        var forbidden = await ForbiddenAsync(acme, inLibrary: false);
        var deleted = await DeletedKeyAsync(acme.Tenant);
        foreach (var call in Calls(host))
        {
            foreach (var (authorization, code) in ((string?, string)[])
            [
                (null, "unauthenticated"), ($"Bearer {deleted}", "invalid_key"), ($"Bearer {deleted[..^1]}", "invalid_key"), ("Bearer pb_", "invalid_key"),
                ($"Bearer {acme.Tenant.Id}", "invalid_key"), ($"Basic {acme.Tenant.Key}", "unauthenticated"), (acme.Tenant.Key, "unauthenticated"),
                ($"JWT {acme.Tenant.Key}", "invalid_key"), ("Bearer", "unauthenticated"), ($"Bearer {acme.Tenant.Key}x", "invalid_key"),
                ($"Bearer {acme.Tenant.Key} x", "invalid_key"), ($"Bearer {host.OperatorKey}x", "invalid_key"),
            ])
            {
                var path = call.PathFor(acme, acme, PopulatedTenant.PublishedVersion);
                var answer = await call.SendAsync(host.Nobody, path, acme, authorization is null ? [] : [("Authorization", authorization)]);
                AssertNoLeak(answer, forbidden, path);
                if (call.Access is Access.Public)
                    Assert.Contains(call.Pattern, PublicRoutes.All.Keys);
                else if (call.Method == "HEAD")
                    answer.Expect(401);
                else
                    answer.ExpectError(401, code);
            }
        }

        Assert.Empty(upstream.Requests);
        Assert.Equal(before, await acme.SnapshotAsync());
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task With_another_organisations_key_every_route_looks_as_if_there_were_nothing(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await PopulatedTenant.MakeAsync(host, upstream, "hidden");
        var stranger = await PopulatedTenant.MakeAsync(host, upstream, "stranger");
        var before = await acme.SnapshotAsync();
        var forbidden = await ForbiddenAsync(acme, inLibrary: false);
        foreach (var call in Calls(host))
        {
            foreach (var version in call.VersionsOf(acme))
            {
                foreach (var pathOwner in (PopulatedTenant[])[acme, stranger])
                {
                    var path = call.PathFor(acme, pathOwner, version);
                    var answer = await call.SendAsync(stranger.Tenant.Api, path, acme);
                    AssertNoLeak(answer, forbidden, path);
                    if (call.Access is Access.OperatorOnly)
                        answer.ExpectError(403, "operator_required");
                    else if (call.ReachesOthers(acme, pathOwner))
                        await AssertLikeMadeUpAsync(call, answer, path, acme, stranger);
                }
            }
        }

        Assert.Empty(upstream.Requests);
        Assert.Equal(before, await acme.SnapshotAsync());
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_connector_in_the_library_shows_what_is_published_and_nothing_else(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await PopulatedTenant.MakeAsync(host, upstream, "listed", inLibrary: true);
        var stranger = await PopulatedTenant.MakeAsync(host, upstream, "stranger");
        var before = await acme.SnapshotAsync();
        var forbidden = await ForbiddenAsync(acme, inLibrary: true);
        var read = 0;
        foreach (var call in Calls(host).Where(c => c.Access is not (Access.OperatorOnly or Access.Public)))
        {
            foreach (var version in call.VersionsOf(acme))
            {
                foreach (var pathOwner in (PopulatedTenant[])[acme, stranger])
                {
                    var path = call.PathFor(acme, pathOwner, version);
                    var answer = await call.SendAsync(stranger.Tenant.Api, path, acme);
                    AssertNoLeak(answer, forbidden, path);
                    var published = version != acme.DraftVersion;
                    if (published && call.Access is Access.Organisation { Library: true } && pathOwner == acme)
                    {
                        answer.Expect(200);
                        read++;
                    }
                    else if (published && call.Name == "ImportPublicConnectorVersion" && pathOwner == stranger)
                        answer.ExpectOneOf(200, 409);
                    else if (call.Access is Access.Organisation { Library: true } && pathOwner == acme)
                        await AssertLikeAsync(call, answer, path.Replace(acme.DraftVersion, "made-up", StringComparison.Ordinal), acme, stranger);
                    else if (call.ReachesOthers(acme, pathOwner))
                        await AssertLikeMadeUpAsync(call, answer, path, acme, stranger);
                }
            }
        }

        Assert.True(read > 10, $"The library was read {read} times only");
        Assert.Empty(upstream.Requests);
        Assert.Equal(before, await acme.SnapshotAsync());
    }

    /// <summary>Shows that the paths of the walk are those of things that are there.</summary>
    [Theory, EachDatabase]
    public async Task With_the_owners_key_every_route_that_reads_finds_what_the_walk_asks_for(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var acme = await PopulatedTenant.MakeAsync(host, upstream);
        await acme.MakeEndpointAsync();
        // Where APIs send their events nothing is read; and to an issuer and back goes who has a browser (the tests of signing in).
        foreach (var call in Calls(host).Where(c => c.Method == "GET" && c.Pattern is not ("/api/triggers/{token}" or "/sign-in/issuer" or "/sign-in/callback")))
        {
            var owner = call.Access is Access.OperatorOnly ? host.Operator : acme.Tenant.Api;
            foreach (var version in call.VersionsOf(acme))
                (await call.SendAsync(owner, call.PathFor(acme, acme, version), acme)).ExpectOneOf(200, 301, 302);
        }

        Assert.Equal(ProxyPatterns.Length, upstream.Requests.Count);
    }

    private static async Task<string> DeletedKeyAsync(Tenant tenant)
    {
        var keys = $"/api/organisations/v1/organisations/{tenant.Id}/api-keys";
        var created = (await tenant.PostAsync(keys, new { name = "short-lived" })).Expect(201);
        var key = created["key"].GetValue<string>();
        (await tenant.Host.As(key).GetAsync(keys)).Expect(200);
        (await tenant.DeleteAsync($"{keys}/{created.Id}")).Expect(204);
        return key;
    }

    /// <summary>What must not stand in an answer to a stranger.</summary>
    private static async Task<IReadOnlySet<string>> ForbiddenAsync(PopulatedTenant owner, bool inLibrary)
    {
        var forbidden = PopulatedTenant.IdsIn(await owner.SnapshotAsync()).ToHashSet(StringComparer.Ordinal);
        if (inLibrary)
        {
            var name = Uri.EscapeDataString($"{owner.PublishedMarker}-connector");
            var connector = (await owner.Tenant.GetAsync($"connectors/{owner.ConnectorId}")).Expect(200).Json.AsObject();
            (connector["connections"], connector["versions"]) = (null, JsonNode.Parse((await owner.Tenant.GetAsync($"connectors/{owner.ConnectorId}/versions/latest")).Text));
            var root = $"connectors/{owner.ConnectorId}/versions/latest";
            var shown = connector.ToJsonString() + name;
            foreach (var kind in (string[])["actions", "triggers", "definitions"])
                shown += (await owner.Tenant.GetAsync($"{root}/{kind}")).Expect(200).Text;
            forbidden.ExceptWith(PopulatedTenant.IdsIn(shown));
        }
        else
            forbidden.Add(owner.PublishedMarker);
        forbidden.Add(owner.PrivateMarker);
        // These every organisation has.
        forbidden.ExceptWith(BuiltInRoles.All.Select(r => r.Id.ToString()));
        return forbidden;
    }

    private static void AssertNoLeak(Answer answer, IReadOnlySet<string> forbidden, string path)
    {
        var all = answer.Text + string.Join('\n', answer.Headers.Select(h => $"{h.Key}: {h.Value}"));
        foreach (var word in forbidden.Where(w => !path.Contains(w, StringComparison.Ordinal)))
            Assert.False(all.Contains(word, StringComparison.Ordinal), $"'{word}' stands in {answer}");
    }

    /// <summary>The answer must be that for something that was never there.</summary>
    private static Task AssertLikeMadeUpAsync(Call call, Answer answer, string path, PopulatedTenant owner, PopulatedTenant stranger) =>
        AssertLikeAsync(call, answer, path.Replace(owner.Tenant.Id, "01JDF3Q2M8V7K5T9XW4RZ6YB1C", StringComparison.Ordinal)
            .Replace(owner.ConnectorId, "01JDF3Q2M8V7K5T9XW4RZ6YB2C", StringComparison.Ordinal)
            .Replace(owner.ConnectionId, "01JDF3Q2M8V7K5T9XW4RZ6YB3C", StringComparison.Ordinal)
            .Replace(owner.CredentialId, "01JDF3Q2M8V7K5T9XW4RZ6YB5C", StringComparison.Ordinal)
            .Replace(owner.EventId, "01JDF3Q2M8V7K5T9XW4RZ6YB7C", StringComparison.Ordinal)
            .Replace(owner.SubscriptionId, "01JDF3Q2M8V7K5T9XW4RZ6YB8C", StringComparison.Ordinal)
            .Replace(owner.PollId, "01JDF3Q2M8V7K5T9XW4RZ6YB9C", StringComparison.Ordinal)
            .Replace(owner.IntegrationId, "01JDF3Q2M8V7K5T9XW4RZ6YBDC", StringComparison.Ordinal)
            .Replace(owner.TemplateId, "01JDF3Q2M8V7K5T9XW4RZ6YBEC", StringComparison.Ordinal)
            .Replace(owner.ActivationId, "01JDF3Q2M8V7K5T9XW4RZ6YBFC", StringComparison.Ordinal)
            .Replace(owner.HubId, "01JDF3Q2M8V7K5T9XW4RZ6YBCC", StringComparison.Ordinal)
            .Replace(owner.GroupId, "01JDF3Q2M8V7K5T9XW4RZ6YBGC", StringComparison.Ordinal)
            .Replace(owner.ServiceAccountId, "01JDF3Q2M8V7K5T9XW4RZ6YBHC", StringComparison.Ordinal)
            .Replace(owner.MemberId, "01JDF3Q2M8V7K5T9XW4RZ6YBJC", StringComparison.Ordinal)
            .Replace(owner.InvitationId, "01JDF3Q2M8V7K5T9XW4RZ6YBKC", StringComparison.Ordinal)
            .Replace(owner.RoleId, "01JDF3Q2M8V7K5T9XW4RZ6YBAC", StringComparison.Ordinal)
            .Replace(owner.SigningKeyId, "01JDF3Q2M8V7K5T9XW4RZ6YBBC", StringComparison.Ordinal)
            .Replace(owner.Tenant.KeyId, "01JDF3Q2M8V7K5T9XW4RZ6YB4C", StringComparison.Ordinal), owner, stranger);

    private static async Task AssertLikeAsync(Call call, Answer answer, string madeUp, PopulatedTenant owner, PopulatedTenant stranger)
    {
        Assert.False(answer.Request.EndsWith(madeUp, StringComparison.Ordinal), $"{madeUp} names nothing of the other organisation");
        var expected = await call.SendAsync(stranger.Tenant.Api, madeUp, owner);
        expected.Expect(404);
        Assert.True((expected.Status, expected.Text) == (answer.Status, answer.Text), $"{answer} but {expected}");
    }

    private static IEnumerable<Call> Calls(PatchbayHost host)
    {
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.True(routes.Count > 30, $"The server lists {routes.Count} routes only");
        foreach (var route in routes)
        {
            var pattern = "/" + route.RoutePattern.RawText!.TrimStart('/');
            // Without an access of its own a route is on the reviewed list, or the server would not have started.
            var access = route.Metadata.GetMetadata<Access>() ?? new Access.Public();
            var takesBody = route.Metadata.GetMetadata<IAcceptsMetadata>() is not null || route.Metadata.GetMetadata<AcceptsUpload>() is not null;
            foreach (var method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? AllMethods)
                yield return new Call(method, pattern, access, route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName, takesBody);
        }

        foreach (var pattern in ProxyPatterns)
        {
            foreach (var method in AllMethods)
                yield return new Call(method, pattern, new Access.Organisation("connection_id"), null, TakesBody: false);
        }
    }

    /// <summary>A route with one of its methods.</summary>
    private sealed record Call(string Method, string Pattern, Access Access, string? Name, bool TakesBody)
    {
        private IEnumerable<string> Parameters => RoutePatternOf(Pattern);

        /// <summary>The versions that are worth asking for.</summary>
        public IEnumerable<string> VersionsOf(PopulatedTenant owner) =>
            Parameters.Contains("version") ? [PopulatedTenant.PublishedVersion, owner.DraftVersion, "latest", "default"] : [PopulatedTenant.PublishedVersion];

        /// <summary>Whether the path leads to something that belongs to somebody else than the caller.</summary>
        public bool ReachesOthers(PopulatedTenant owner, PopulatedTenant pathOwner) =>
            Access is Access.Organisation && (pathOwner == owner || Parameters.Any(p => p is "connector_id" or "connection_id" or "credential_id" or "key_id" or "event_id" or "subscription_id" or "poll_id"));

        /// <summary>The path with ids filled in: the organisation's of one, everything else of the other.</summary>
        public string PathFor(PopulatedTenant owner, PopulatedTenant pathOwner, string version)
        {
            var path = Pattern;
            foreach (var parameter in Parameters)
            {
                var value = (parameter == "organisation_id" ? pathOwner : owner).RouteValue(parameter, version);
                Assert.True(value is not null, $"{Pattern} has the parameter '{parameter}', which the walk cannot fill in: give it a value in PopulatedTenant.RouteValue.");
                path = path.Replace($"{{{parameter}}}", Uri.EscapeDataString(value), StringComparison.Ordinal).Replace($"{{{parameter}?}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
            }

            return path;
        }

        public async Task<Answer> SendAsync(Api api, string path, PopulatedTenant owner, params (string, string)[] headers)
        {
            object? body = null;
            if (TakesBody)
            {
                body = await RequestBodies.ForAsync(Name ?? "", owner);
                Assert.True(body is not null, $"{Method} {Pattern} ({Name}) takes a body, of which the walk has none: add one to RequestBodies.ForAsync.");
            }

            return await api.SendAsync(new HttpMethod(Method), path, Api.ContentOf(body), headers);
        }

        private static IEnumerable<string> RoutePatternOf(string pattern) =>
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse(pattern).Parameters.Select(p => p.Name);
    }
}
