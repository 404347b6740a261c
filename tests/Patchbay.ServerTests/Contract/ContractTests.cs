using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Contract;

/// <summary>
/// Calls every published operation, once as it should be and once for each way in which it can fail, and holds the answers against the published
/// description. What a case is missing for fails it.
/// </summary>
public sealed class ContractTests(Hosts hosts)
{
    private const string MadeUpId = "01JDF3Q2M8V7K5T9XW4RZ6YB1C";

    /// <summary>The ways to fail.</summary>
    private static readonly int[] Failures = [400, 401, 403, 404, 409, 412, 413, 415];

    /// <summary>What no parameter of that name can be.</summary>
    private static readonly List<(string Name, string Value)> WrongQueries = [("first", "0"), ("force", "maybe"), ("identifier_type", "maybe"), ("deployed", "maybe")];

    public static TheoryData<Database, string> Cases
    {
        get
        {
            var cases = new TheoryData<Database, string>();
            foreach (var operation in ApiCases.All.SelectMany(a => a.Operations.Except(a.NotYet, StringComparer.Ordinal)))
            {
                foreach (var database in Databases.All)
                    cases.Add(database, operation);
            }

            return cases;
        }
    }

    [Fact]
    public void Every_published_operation_has_a_case()
    {
        foreach (var api in ApiCases.All)
        {
            var published = PublishedOf(api);
            Assert.Equal(published.Operations.Keys.Order(StringComparer.Ordinal), api.Operations.Concat(api.LeftOut).Order(StringComparer.Ordinal));
            Assert.Equal(api.Count, api.Operations.Count);
            // Every status that is published for an operation is among those that are looked for.
            var documented = published.Operations.Values.SelectMany(o => o.Answers.Keys).Where(s => s != "default" && !s.StartsWith('2')).Select(s => int.Parse(s, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Empty(documented.Except(Failures));
            Assert.Empty(api.NeverConflicts.Keys.Intersect(api.Special.Where(s => s.Status == 409).Select(s => s.Operation), StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task What_the_server_does_not_have_yet_is_what_the_lists_say()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        foreach (var api in ApiCases.All)
        {
            var mapped = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => $"/{e.RoutePattern.RawText?.TrimStart('/')}".StartsWith(api.Prefix, StringComparison.Ordinal))
                .Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).ToHashSet(StringComparer.Ordinal);
            Assert.Equal(api.NotYet.Order(StringComparer.Ordinal), api.Operations.Where(o => !mapped.Contains(o)).Order(StringComparer.Ordinal));
            Assert.DoesNotContain(api.LeftOut, mapped.Contains);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_operation_answers_as_published(Database database, string name)
    {
        var api = ApiCases.Of(name);
        var published = PublishedOf(api);
        var operation = published.Operations[name];
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync(new Description().ToString());
        var populated = await PopulatedTenant.MakeAsync(host, upstream, "contract", inLibrary: true);
        populated.DescriptionUrl = upstream.Address.ToString();
        // A scheme of ours stands in answers where somebody made one, and nowhere else.
        (await populated.Tenant.DeleteAsync($"connectors/{populated.ConnectorId}/auth-scheme-configs/{PopulatedTenant.OAuth1ConfigId}")).Expect(200);
        var world = new ContractWorld(populated, await host.NewOrganisationAsync("taker"));
        var access = AccessOf(host, name);
        var seen = new Dictionary<int, string>();

        // The failures first: none of them changes what the sound call then finds.
        foreach (var (status, answer) in await FailAsync(api, operation, world, host, access))
        {
            answer.Expect(status).ExpectErrorShape();
            Assert.True(published.FaultOf(operation, answer) is null, $"{name}, {status}: {published.FaultOf(operation, answer)}: {answer}");
            seen[status] = answer.Text;
        }

        var sound = await SoundCallAsync(api, operation, world);
        var done = (await sound.SendAsync()).Expect(operation.Success);
        Assert.True(published.FaultOf(operation, done) is null, $"{name}: {published.FaultOf(operation, done)}: {done}");
        Assert.Equal(Failures.Where(s => Impossible(api, operation, host, access, s) is null), seen.Keys.Order());
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>Why an operation cannot answer a status, or null where it can, and must be seen to.</summary>
    private static string? Impossible(ApiCases api, PublishedOperation operation, PatchbayHost host, Access access, int status) => status switch
    {
        401 when access is Access.Public => "It needs no key.",
        403 when access is not Access.OperatorOnly && EndpointOf(host, operation.Id).Metadata.GetMetadata<Needs>() is null => "It needs no permission.",
        404 when !MissingParameters(api, operation).Any() => "Its path names nothing that could be missing.",
        409 when api.NeverConflicts.TryGetValue(operation.Id, out var reason) => reason,
        409 when operation.Method == HttpMethod.Get && !api.Special.Any(s => s.Operation == operation.Id && s.Status == 409) => "It reads; there is nothing that it could clash with.",
        412 when !TakesCondition(host, operation) && !api.Special.Any(s => s.Operation == operation.Id && s.Status == 412) => "It takes no precondition.",
        413 or 415 when !operation.TakesBody => "It takes no body.",
        _ => null,
    };

    private static async Task<IReadOnlyList<(int Status, Answer Answer)>> FailAsync(ApiCases api, PublishedOperation operation, ContractWorld world, PatchbayHost host, Access access)
    {
        var failures = new List<(int, Answer)>();
        var sound = await SoundCallAsync(api, operation, world);
        failures.Add((400, operation switch
        {
            { TakesBody: true } => await (sound with { Body = ("{", "application/json") }).SendAsync(),
            _ when WrongQueries.Find(q => operation.Query.Contains(q.Name)) is { Name: not null } wrong => await (sound with { Path = $"{sound.Path.Split('?')[0]}?{wrong.Name}={wrong.Value}" }).SendAsync(),
            { Id: "GetProtocolUploadURL" } => await (sound with { Path = sound.Path.Split('?')[0] + "?content_length=x" }).SendAsync(),
            // What no query can have.
            _ => await (sound with { Path = sound.Path + "?q=%00" }).SendAsync(),
        }));
        if (access is not Access.Public)
            failures.Add((401, await (sound with { Api = host.Nobody }).SendAsync()));
        if (Impossible(api, operation, host, access, 403) is null)
            failures.Add((403, await (sound with { Api = access is Access.OperatorOnly ? world.Tenant.Api : await PowerlessAsync(sound.Api == world.Other.Api ? world.Other : world.Tenant) }).SendAsync()));
        foreach (var parameter in MissingParameters(api, operation))
            failures.Add((404, await (await SoundCallAsync(api, operation, world, parameter)).SendAsync()));

        if (TakesCondition(host, operation))
            failures.Add((412, await (sound with { IfMatch = "\"no-such-state\"" }).SendAsync()));
        if (operation.TakesBody)
        {
            failures.Add((413, await (sound with { Body = (new string(' ', JsonBody.DefaultLimit + 1), "application/json") }).SendAsync()));
            failures.Add((415, await (sound with { Body = ("{}", "text/plain") }).SendAsync()));
        }

        foreach (var special in api.Special.Where(s => s.Operation == operation.Id))
            failures.Add((special.Status, await special.Call(world)));
        return failures;
    }

    /// <summary>The sound call of an operation, with one thing in its path made up where a parameter is named.</summary>
    private static async Task<Call> SoundCallAsync(ApiCases api, PublishedOperation operation, ContractWorld world, string? madeUp = null)
    {
        var caller = api.CallerFor(operation.Id, world) ?? world.Tenant.Api;
        var version = api.VersionFor(operation.Id, world);
        var path = string.Join('/', operation.Path.Split('/').Select(part =>
        {
            if (!part.StartsWith('{'))
                return part;
            var parameter = part[1..^1];
            if (parameter == madeUp)
                return parameter.EndsWith("_id", StringComparison.Ordinal) ? MadeUpId : "made-up";
            return Uri.EscapeDataString(parameter == "organisation_id" && caller == world.Other.Api ? world.Other.Id : world.Populated.RouteValue(parameter, version)!);
        }));
        var body = operation.TakesBody ? await api.BodyAsync(operation.Id, world, version) : null;
        Assert.True(!operation.TakesBody || body is not null, $"{operation.Id} takes a body, and there is none: add one to {nameof(ApiCases)} or {nameof(RequestBodies)}.");
        return new Call(caller, operation.Method, api.Prefix + path + api.QueryFor(operation.Id), body is null ? null : (body.ToJsonString(), "application/json"), null);
    }

    private static RouteEndpoint EndpointOf(PatchbayHost host, string name) => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Single(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name);

    private static Access AccessOf(PatchbayHost host, string name) => EndpointOf(host, name).Metadata.GetMetadata<Access>()!;

    /// <summary>Whether an operation takes If-Match: writes that say so, and reads of what has a tag.</summary>
    private static bool TakesCondition(PatchbayHost host, PublishedOperation operation)
    {
        var metadata = EndpointOf(host, operation.Id).Metadata;
        return metadata.GetMetadata<Precondition.IsGuarded>() is not null || (operation.Method == HttpMethod.Get && metadata.GetMetadata<Tagged.IsTagged>() is not null);
    }

    /// <summary>What a path names and may not be made up.</summary>
    private static IEnumerable<string> MissingParameters(ApiCases api, PublishedOperation operation) => operation.PathParameters.Where(p => !api.NeverMissing.Contains((operation.Id, p)));

    /// <summary>A key whose only role allows nothing.</summary>
    private static async Task<Api> PowerlessAsync(Tenant tenant)
    {
        var organisation = $"/api/organisations/v1/organisations/{tenant.Id}";
        (await tenant.PostAsync($"{organisation}/roles", new { name = "powerless", permissions = new[] { "switchboard.read" } })).Expect(201);
        return tenant.Host.As((await tenant.PostAsync($"{organisation}/api-keys", new { name = "powerless", roles = new[] { "powerless" } })).Expect(201)["key"].GetValue<string>());
    }

    private static PublishedApi PublishedOf(ApiCases api)
    {
        Assert.SkipWhen(api.Published is null, "The published descriptions are not there.");
        return api.Published!;
    }

    private sealed record Call(Api Api, HttpMethod Method, string Path, (string Text, string Type)? Body, string? IfMatch)
    {
        public Task<Answer> SendAsync() => Api.SendAsync(
            Method, Path, Body is var (text, type) ? new StringContent(text, Encoding.UTF8, type) : null, IfMatch is null ? [] : [("If-Match", IfMatch)]);
    }
}
