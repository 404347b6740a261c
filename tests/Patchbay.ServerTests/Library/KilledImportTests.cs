using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Library;

/// <summary>A library import is whole or nothing, at whatever moment the server dies.</summary>
public sealed class KilledImportTests
{
    private const int Actions = 1000;
    private const string OperatorKey = "an-operator-key-for-tests-of-40-characters";

    [Theory, EachDatabase]
    public async Task An_import_that_was_killed_left_all_or_nothing(Database database)
    {
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var dataDir = Directory.CreateTempSubdirectory("patchbay-killed-").FullName;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        // One fixed seed: a failure comes again.
        var random = new Random(20261124);
        string? source = null;
        var (left, done) = (0, 0);
        try
        {
            var rounds = Counts.Of(reduced: 2, full: 60);
            for (var round = 0; round < rounds; round++)
            {
                await using var server = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                var api = new Api(invoker, await server.ReadyAsync(), OperatorKey, _ => { });
                source ??= await PublishAsync(api);
                var importer = await OrganisationAsync(api, $"importer-{round}");
                // The first import of a process compiles its queries: killed only in a later one, the copy itself is what is hit.
                var warm = await OrganisationAsync(api, $"warm-{round}");
                (await ImportAsync(api, warm, source)).Expect(200);
                var again = await OrganisationAsync(api, $"again-{round}");
                var began = Stopwatch.GetTimestamp();
                (await ImportAsync(api, again, source)).Expect(200);
                var usual = Stopwatch.GetElapsedTime(began);

                var import = ImportAsync(api, importer, source);
                await Task.Delay(usual * (1.5 * random.NextDouble()), TestContext.Current.CancellationToken);
                await server.KillAsync();
                try
                {
                    await import;
                    done++;
                }
                catch (HttpRequestException)
                {
                    // Killed before it answered.
                }

                await using var restarted = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                api = new Api(invoker, await restarted.ReadyAsync(), OperatorKey, _ => { });
                if (await IsWholeAsync(api, importer))
                    left++;
            }

            // What was answered was there; and not every round may have been too late or too early to say anything.
            Assert.True(left >= done, $"{done} imports were answered, {left} are there");
            TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} kills: {left} left all, {rounds - left} left nothing, {done} had been answered");
        }
        finally
        {
            Directory.Delete(dataDir, recursive: true);
        }
    }

    /// <summary>Whether the import is there, all of it; part of it is what must not be.</summary>
    private static async Task<bool> IsWholeAsync(Api api, string organisation)
    {
        var connectors = (await api.GetAsync($"/api/connect/v1/o/{organisation}/connectors")).Expect(200)["connectors"].AsArray();
        if (connectors.Count == 0)
            return false;
        var connector = Assert.Single(connectors)!;
        var version = Assert.Single(connector["versions"]!.AsArray())!["name"]!.GetValue<string>();
        var root = $"/api/connect/v1/o/{organisation}/connectors/{connector["id"]}/versions/{version}";
        Assert.Equal(Actions, (await api.GetAsync($"{root}/actions?first=1")).Expect(200)["totalCount"].GetValue<int>());
        Assert.True((await api.GetAsync($"{root}/definitions?first=1")).Expect(200)["totalCount"].GetValue<int>() >= Actions);
        Assert.Single((await api.GetAsync($"{root}/triggers")).Expect(200)["triggers"].AsArray());
        // Publishing holds every reference against what there is.
        (await api.PostAsync($"{root}/publish")).Expect(200);
        return true;
    }

    private static Task<Answer> ImportAsync(Api api, string organisation, string source) =>
        api.PostAsync($"/api/connect/v1/o/{organisation}/connectors/{source}/versions/latest/library/import");

    private static async Task<string> OrganisationAsync(Api api, string slug) =>
        (await api.PostAsync("/api/organisations/v1/organisations", new { slug, displayName = slug })).Expect(201).Id;

    private static async Task<string> PublishAsync(Api api)
    {
        var owner = await OrganisationAsync(api, "publisher");
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(new Description { Actions = Actions }.ToString()));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        form.Add(file, "file", "description.json");
        form.Add(new StringContent("""{"format":"openapi"}"""), "metadata");
        var imported = (await api.SendAsync(HttpMethod.Post, $"/api/connect/v1/o/{owner}/protocols/http/import", form)).Expect(201);
        var connector = imported["connector"];
        var id = connector["id"]!.GetValue<string>();
        (await api.PostAsync($"/api/connect/v1/o/{owner}/connectors/{id}/versions/1.0.0/publish")).Expect(200);
        (await api.PutAsync($"/api/connect/v1/o/{owner}/connectors/{id}", new
        {
            id,
            organisationId = owner,
            name = "Parcels",
            protocol = "http",
            baseUrl = connector["baseUrl"]!.GetValue<string>(),
            @public = true,
        })).Expect(200);
        return id;
    }
}
