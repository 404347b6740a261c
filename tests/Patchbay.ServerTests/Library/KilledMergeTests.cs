using System.Diagnostics;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Library;

/// <summary>An upstream merge is whole or nothing, at whatever moment the server dies.</summary>
public sealed class KilledMergeTests
{
    private const int Actions = 200;
    private const string Older = "what came first";
    private const string Newer = "what came later";
    private const string OperatorKey = "an-operator-key-for-tests-of-40-characters";

    [Theory, EachDatabase]
    public async Task A_merge_that_was_killed_left_all_or_nothing(Database database)
    {
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var dataDir = Directory.CreateTempSubdirectory("patchbay-killed-").FullName;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        // One fixed seed: a failure comes again.
        var random = new Random(20261126);
        string? source = null;
        var (left, done) = (0, 0);
        try
        {
            var rounds = Counts.Of(reduced: 1, full: 40);
            for (var round = 0; round < rounds; round++)
            {
                await using var server = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                var api = new Api(invoker, await server.ReadyAsync(), OperatorKey, _ => { });
                source ??= await PublishAsync(api);
                // The first merge of a process compiles its queries: killed only in a later one, the merge itself is what is hit.
                var usual = TimeSpan.Zero;
                foreach (var name in (string[])[$"warm-{round}", $"again-{round}"])
                {
                    var draft = await ImportAsync(api, name, source);
                    var began = Stopwatch.GetTimestamp();
                    (await MergeAsync(api, draft)).Expect(200);
                    usual = Stopwatch.GetElapsedTime(began);
                }

                var copy = await ImportAsync(api, $"importer-{round}", source);
                var merge = MergeAsync(api, copy);
                await Task.Delay(usual * (1.2 * random.NextDouble()), TestContext.Current.CancellationToken);
                await server.KillAsync();
                var answered = false;
                try
                {
                    answered = (await merge).Status == 200;
                }
                catch (HttpRequestException)
                {
                    // Killed before it answered.
                }

                await using var restarted = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                var isThere = await IsMergedAsync(new Api(invoker, await restarted.ReadyAsync(), OperatorKey, _ => { }), copy);
                Assert.True(isThere || !answered, "What was answered is not there.");
                (left, done) = (left + (isThere ? 1 : 0), done + (answered ? 1 : 0));
                await restarted.KillAsync();
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} kills: {left} left all, {rounds - left} left nothing, {done} had been answered");
            await using var verify = ServerProcess.Command(["audit", "verify"], dataDir, connectionString);
            Assert.DoesNotContain("BROKEN", await verify.EndedAsync(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(dataDir, recursive: true);
        }
    }

    /// <summary>Whether the draft is the newer version; a part of it is what must not be, and neither a record without the merge or the other way round.</summary>
    private static async Task<bool> IsMergedAsync(Api api, string copy)
    {
        var merged = (await api.GetAsync($"{copy}/upstream")).Expect(200)["merged"]["name"]!.GetValue<string>();
        Assert.Contains(merged, (string[])["1", "2"]);
        var seen = 0;
        for (var next = $"{copy}/actions?first=100"; next is not null;)
        {
            var page = (await api.GetAsync(next)).Expect(200);
            foreach (var action in page["actions"].AsArray().Select(a => a!.ToJsonString()))
            {
                Assert.Contains(merged == "2" ? Newer : Older, action, StringComparison.Ordinal);
                Assert.DoesNotContain(merged == "2" ? Older : Newer, action, StringComparison.Ordinal);
                seen++;
            }

            next = page.Json["next"] is { } cursor ? $"{copy}/actions?first=100&after={cursor}" : null;
        }

        Assert.Equal(Actions, seen);
        var organisation = copy.Split('/')[5];
        Assert.Equal(merged == "2" ? 1 : 0, (await api.GetAsync($"/api/connect/v1/o/{organisation}/audit?operation=MergeConnectorVersionUpstream")).Expect(200)["totalCount"].GetValue<int>());
        (await api.PostAsync($"{copy}/publish")).Expect(200);
        return merged == "2";
    }

    private static Task<Answer> MergeAsync(Api api, string copy) => api.PostAsync($"{copy}/upstream/merge", new { upstreamVersion = "2" });

    /// <returns>The path of the draft.</returns>
    private static async Task<string> ImportAsync(Api api, string slug, string source)
    {
        var organisation = await OrganisationAsync(api, slug);
        var copy = (await api.PostAsync($"/api/connect/v1/o/{organisation}/connectors/{source}/versions/1/library/import")).Expect(200).Id;
        return $"/api/connect/v1/o/{organisation}/connectors/{copy}/versions/1";
    }

    private static async Task<string> OrganisationAsync(Api api, string slug) =>
        (await api.PostAsync("/api/organisations/v1/organisations", new { slug, displayName = slug })).Expect(201).Id;

    private static async Task<string> PublishAsync(Api api)
    {
        var root = $"/api/connect/v1/o/{await OrganisationAsync(api, "publisher")}";
        var connector = (await api.PostAsync($"{root}/protocols/http/connectors", new { name = "Parcels", baseUrl = "https://api.example.com", authSchemeConfigs = Array.Empty<object>() })).Expect(201);
        foreach (var (version, marker) in ((string, string)[])[("1", Older), ("2", Newer)])
        {
            (await api.PostAsync($"{root}/connector/{connector.Id}/http/import",
                Upload.Of(new Description { Actions = Actions, Marker = marker }.ToString(), new { format = "openapi", version }))).Expect(201);
            (await api.PostAsync($"{root}/connectors/{connector.Id}/versions/{version}/publish")).Expect(200);
        }

        var update = new JsonObject
        {
            ["id"] = connector.Id, ["organisationId"] = root.Split('/')[5], ["name"] = "Parcels", ["protocol"] = "http", ["baseUrl"] = "https://api.example.com", ["public"] = true,
        };
        (await api.PutAsync($"{root}/connectors/{connector.Id}", update)).Expect(200);
        return connector.Id;
    }
}
