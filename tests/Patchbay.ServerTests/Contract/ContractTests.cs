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
    private const string Prefix = "/api/connect/v1";
    private const string MadeUpId = "01JDF3Q2M8V7K5T9XW4RZ6YB1C";

    /// <summary>The ways to fail. None of the published operations is the operator's alone, so that 403 cannot be seen until there are roles.</summary>
    private static readonly int[] Failures = [400, 401, 404, 409, 412, 413, 415];

    public static TheoryData<Database, string> Cases
    {
        get
        {
            var cases = new TheoryData<Database, string>();
            foreach (var operation in ContractCases.Operations.Except(ContractCases.NotYet, StringComparer.Ordinal))
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
        var published = Published();
        Assert.Equal(published.Operations.Keys.Order(StringComparer.Ordinal), ContractCases.Operations.Order(StringComparer.Ordinal));
        Assert.Equal(48, ContractCases.Operations.Count);
        // Every status that is published for an operation is among those that are looked for.
        var documented = published.Operations.Values.SelectMany(o => o.Answers.Keys).Where(s => s != "default" && !s.StartsWith('2')).Select(s => int.Parse(s, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(documented.Except(Failures));
        Assert.Empty(ContractCases.NeverConflicts.Keys.Intersect(ContractCases.Special.Where(s => s.Status == 409).Select(s => s.Operation), StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_server_does_not_have_yet_is_what_the_list_says()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var mapped = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).ToHashSet(StringComparer.Ordinal);

        var missing = ContractCases.Operations.Where(o => !mapped.Contains(o));

        Assert.Equal(ContractCases.NotYet.Order(StringComparer.Ordinal), missing.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_operation_answers_as_published(Database database, string name)
    {
        var published = Published();
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
        foreach (var (status, answer) in await FailAsync(operation, world, host, access))
        {
            answer.Expect(status).ExpectErrorShape();
            Assert.True(published.FaultOf(operation, answer) is null, $"{name}, {status}: {published.FaultOf(operation, answer)}: {answer}");
            seen[status] = answer.Text;
        }

        var sound = await SoundCallAsync(operation, world);
        var done = (await sound.SendAsync()).Expect(operation.Success);
        Assert.True(published.FaultOf(operation, done) is null, $"{name}: {published.FaultOf(operation, done)}: {done}");
        Assert.Equal(Failures.Where(s => Impossible(operation, host, access, s) is null), seen.Keys.Order());
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>Why an operation cannot answer a status, or null where it can, and must be seen to.</summary>
    private static string? Impossible(PublishedOperation operation, PatchbayHost host, Access access, int status) => status switch
    {
        401 when access is Access.Public => "It needs no key.",
        404 when !operation.PathParameters.Any() => "Its path names nothing that could be missing.",
        409 when ContractCases.NeverConflicts.TryGetValue(operation.Id, out var reason) => reason,
        412 when !TakesCondition(host, operation) && !ContractCases.Special.Any(s => s.Operation == operation.Id && s.Status == 412) => "It takes no precondition.",
        413 or 415 when !operation.TakesBody => "It takes no body.",
        _ => null,
    };

    private static async Task<IReadOnlyList<(int Status, Answer Answer)>> FailAsync(PublishedOperation operation, ContractWorld world, PatchbayHost host, Access access)
    {
        var failures = new List<(int, Answer)>();
        var sound = await SoundCallAsync(operation, world);
        failures.Add((400, operation switch
        {
            { TakesBody: true } => await (sound with { Body = ("{", "application/json") }).SendAsync(),
            { Query.Count: > 0 } => await (sound with { Path = sound.Path.Split('?')[0] + (operation.Query.Contains("first") ? "?first=0" : "?force=maybe") }).SendAsync(),
            { Id: "GetProtocolUploadURL" } => await (sound with { Path = sound.Path.Split('?')[0] + "?content_length=x" }).SendAsync(),
            // What no query can have.
            _ => await (sound with { Path = sound.Path + "?q=%00" }).SendAsync(),
        }));
        if (access is not Access.Public)
            failures.Add((401, await (sound with { Api = host.Nobody }).SendAsync()));
        foreach (var parameter in operation.PathParameters)
        {
            // The id of a new config is the caller's choice.
            if ((operation.Id, parameter) is not ("UpsertAuthSchemeConfig", "auth_scheme_config_id"))
                failures.Add((404, await (await SoundCallAsync(operation, world, parameter)).SendAsync()));
        }

        if (TakesCondition(host, operation))
            failures.Add((412, await (sound with { IfMatch = "\"no-such-state\"" }).SendAsync()));
        if (operation.TakesBody)
        {
            failures.Add((413, await (sound with { Body = (new string(' ', JsonBody.DefaultLimit + 1), "application/json") }).SendAsync()));
            failures.Add((415, await (sound with { Body = ("{}", "text/plain") }).SendAsync()));
        }

        foreach (var special in ContractCases.Special.Where(s => s.Operation == operation.Id))
            failures.Add((special.Status, await special.Call(world)));
        return failures;
    }

    /// <summary>The sound call of an operation, with one thing in its path made up where a parameter is named.</summary>
    private static async Task<Call> SoundCallAsync(PublishedOperation operation, ContractWorld world, string? madeUp = null)
    {
        var caller = operation.Id == "ImportPublicConnectorVersion" ? world.Other : world.Tenant;
        var version = ContractCases.VersionFor(operation.Id, world);
        var path = string.Join('/', operation.Path.Split('/').Select(part =>
        {
            if (!part.StartsWith('{'))
                return part;
            var parameter = part[1..^1];
            if (parameter == madeUp)
                return parameter.EndsWith("_id", StringComparison.Ordinal) ? MadeUpId : "made-up";
            return Uri.EscapeDataString(parameter == "organisation_id" ? caller.Id : world.Populated.RouteValue(parameter, version)!);
        }));
        var body = operation.TakesBody ? await ContractCases.BodyAsync(operation.Id, world, version) : null;
        Assert.True(!operation.TakesBody || body is not null, $"{operation.Id} takes a body, and there is none: add one to {nameof(ContractCases)} or {nameof(RequestBodies)}.");
        return new Call(caller.Api, operation.Method, Prefix + path + ContractCases.QueryFor(operation.Id), body is null ? null : (body.ToJsonString(), "application/json"), null);
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

    private static PublishedApi Published()
    {
        Assert.SkipWhen(PublishedApi.Connect is null, "The published descriptions are not there.");
        return PublishedApi.Connect!;
    }

    private sealed record Call(Api Api, HttpMethod Method, string Path, (string Text, string Type)? Body, string? IfMatch)
    {
        public Task<Answer> SendAsync() => Api.SendAsync(
            Method, Path, Body is var (text, type) ? new StringContent(text, Encoding.UTF8, type) : null, IfMatch is null ? [] : [("If-Match", IfMatch)]);
    }
}
