using System.Text.RegularExpressions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Embedding;

/// <summary>An activation is whole or nothing, at whatever moment the server dies.</summary>
public sealed partial class KilledActivationTests
{
    private const string OperatorKey = "an-operator-key-for-tests-of-40-characters";

    /// <summary>At once for each kill, so that it hits many moments.</summary>
    private const int Users = 24;

    [Theory, EachDatabase]
    public async Task An_activation_that_was_killed_left_all_or_nothing(Database database)
    {
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var dataDir = Directory.CreateTempSubdirectory("patchbay-killed-").FullName;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        // One fixed seed: a failure comes again.
        var random = new Random(20261126);
        var (left, done, cut) = (0, 0, 0);
        try
        {
            var rounds = Counts.Of(reduced: 2, full: 60);
            for (var round = 0; round < rounds; round++)
            {
                var killed = round;
                await using var server = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                var api = new Api(invoker, await server.ReadyAsync(), OperatorKey, _ => { });
                var world = await MakeAsync(api, $"round-{round}");
                // The first one compiles its queries; killed only in later ones, the activation itself is what is hit.
                (await ActivateAsync(api, world, $"warm-{round}-first")).Expect(200);
                var answered = 0;
                var enough = random.Next(Users);
                using var reached = new SemaphoreSlim(0);
                var activations = Enumerable.Range(0, Users).Select(async u =>
                {
                    try
                    {
                        (await ActivateAsync(api, world, $"user-{killed}-{u}")).Expect(200);
                        if (Interlocked.Increment(ref answered) == enough)
                            reached.Release();
                    }
                    catch (HttpRequestException)
                    {
                        // Killed before it answered.
                    }
                }).ToList();
                if (enough > 0)
                    await reached.WaitAsync(TestContext.Current.CancellationToken);
                await server.KillAsync();
                await Task.WhenAll(activations);
                done += answered;

                await using var restarted = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                api = new Api(invoker, await restarted.ReadyAsync(), OperatorKey, _ => { });
                var whole = await WholeAsync(api, world, killed);
                Assert.True(whole >= answered, $"{answered} were answered, {whole} are there");
                (left, cut) = (left + whole, cut + Users - whole);
                AssertNoOrphans(await StoreDump.OfAsync(dataDir, connectionString));
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} kills: of {rounds * Users} activations {left} are there whole, {cut} left nothing, {done} had been answered");
            Assert.True(left > 0 && (cut > 0 || !Counts.Full), "every kill came too late or too early to say anything");
        }
        finally
        {
            Directory.Delete(dataDir, recursive: true);
        }
    }

    /// <summary>How many users of a round have activated, with all that belongs to it; the others can begin anew.</summary>
    private static async Task<int> WholeAsync(Api api, World world, int round)
    {
        var whole = 0;
        for (var u = 0; u < Users; u++)
        {
            var user = $"user-{round}-{u}";
            var activated = (await api.GetAsync($"/api/embedded/v1/embed/{world.Hub}/users/{user}/activations")).Expect(200)["activations"].AsArray();
            var connections = (await api.GetAsync($"/api/embedded/v1/hubs/{world.Hub}/users/{user}/connections")).Expect(200)["totalCount"].GetValue<int>();
            Assert.Equal(activated.Count == 0 ? 0 : 2, connections);
            if (activated.Count == 0)
                continue;
            whole++;
            foreach (var template in world.Templates)
                (await api.GetAsync($"/api/embedded/v1/connection-templates/{template}/users/{user}")).Expect(200);
            Assert.NotNull((await api.GetAsync($"/api/embedded/v1/hubs/{world.Hub}/users/{user}")).Expect(200)["primaryConnection"]);
        }

        return whole;
    }

    /// <summary>Each connection of a user belongs to an activation, has its credential, and the one that is listened to its URL; nothing else is there.</summary>
    private static void AssertNoOrphans(string dump)
    {
        var counts = Table().Matches(dump).ToDictionary(m => m.Groups["table"].Value, m => int.Parse(m.Groups["rows"].Value, System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var activations = counts["activations"];
        Assert.Equal(2 * activations, counts["activation_connections"]);
        Assert.Equal(2 * activations, counts["connections"]);
        Assert.Equal(2 * activations, counts["connection_credentials"]);
        Assert.Equal(2 * activations, counts["credentials"]);
        Assert.Equal(activations, counts["trigger_endpoints"]);
    }

    private static async Task<Answer> ActivateAsync(Api api, World world, string user)
    {
        if (user.EndsWith("-first", StringComparison.Ordinal))
            (await api.PostAsync($"/api/embedded/v1/hubs/{world.Hub}/users", new { externalId = user })).Expect(201);
        return await api.PostAsync("/api/embedded/v1/activations", new
        {
            userId = user, integrationId = world.Integration, dynamicVariables = new { channel = "general" },
            connections = world.Templates.Select((template, i) => new
            {
                templateId = template, name = $"{user} {i}", variables = Array.Empty<object>(),
                credentials = new { action = new[] { new { authSchemeConfig = new { id = "key" }, credential = new { name = "n", type = "string", data = new { value = $"secret of {user}" } } } }, trigger = Array.Empty<object>() },
            }),
        });
    }

    /// <summary>A hub with an integration that takes two connections and listens to one of them, and users who have activated nothing.</summary>
    private static async Task<World> MakeAsync(Api api, string slug)
    {
        var organisation = (await api.PostAsync("/api/organisations/v1/organisations", new { slug, displayName = slug })).Expect(201).Id;
        var connect = $"/api/connect/v1/o/{organisation}";
        var connector = (await api.PostAsync($"{connect}/protocols/http/connectors", new { name = "Parcels", baseUrl = "https://api.example.com", authSchemeConfigs = new[] { EmbeddedHub.Config() } })).Expect(201).Id;
        (await api.PostAsync($"{connect}/connectors/{connector}/versions", new { name = "1" })).Expect(201);
        (await api.PostAsync($"{connect}/connectors/{connector}/versions/1/triggers", new { type = "http", name = "arrived", method = "POST", parameters = Array.Empty<object>(), responses = new[] { new { status = 200, definitions = Array.Empty<object>() } } })).Expect(201);
        (await api.PostAsync($"{connect}/connectors/{connector}/versions/1/publish")).Expect(200);
        var subscription = (await api.PostAsync($"{connect}/subscriptions", new { name = "s", url = "http://127.0.0.1:9/hook", connectorId = connector, activationsOnly = true })).Expect(201).Id;
        var hub = (await api.PostAsync("/api/embedded/v1/hubs", new { organisationId = organisation, name = "hub", primaryConnectorId = connector, authSchemeConfig = new { id = "key" } })).Expect(201).Id;
        var integration = (await api.PostAsync($"/api/embedded/v1/hubs/{hub}/integrations", new
        {
            organisationId = organisation, name = "x", connectionTemplate = new { connectorId = connector, authSchemeConfig = new { id = "key" } },
        })).Expect(200).Id;
        var templates = (await api.GetAsync($"/api/embedded/v1/integrations/{integration}/connection-templates")).Expect(200)["connectionTemplates"].AsArray().Select(t => (string)t!["id"]!).ToList();
        (await api.PostAsync($"/api/embedded/v1/integrations/{integration}/deploy", new { events = new[] { new { templateId = templates[1], triggerName = "arrived", subscriptionId = subscription } } })).Expect(200);
        foreach (var u in Enumerable.Range(0, Users))
            (await api.PostAsync($"/api/embedded/v1/hubs/{hub}/users", new { externalId = $"user-{slug[(slug.IndexOf('-', StringComparison.Ordinal) + 1)..]}-{u}" })).Expect(201);
        return new World(hub, integration, templates);
    }

    private sealed record World(string Hub, string Integration, IReadOnlyList<string> Templates);

    [GeneratedRegex(@"^(?<table>\w+): (?<rows>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Table();
}
