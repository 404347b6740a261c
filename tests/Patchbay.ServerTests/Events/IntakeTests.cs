using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Patchbay.Server;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>What was acknowledged is stored once, whatever happens to the server: a real process, killed as a power cut would.</summary>
public sealed class IntakeTests
{
    private const string OperatorKey = "an-operator-key-for-tests-of-40-characters";
    private const int Senders = 64;

    [Theory, EachDatabase]
    public async Task Every_acknowledged_event_is_stored_once_and_in_order_however_often_the_server_is_killed(Database database)
    {
        var (total, kills) = (Counts.Of(reduced: 1_000, full: 50_000), Counts.Of(reduced: 1, full: 5));
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
        var dataDir = Directory.CreateTempSubdirectory("patchbay-events-").FullName;
        try
        {
            using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = Senders, PooledConnectionLifetime = TimeSpan.FromMinutes(10) });
            var server = ServerProcess.Start(dataDir, connectionString, OperatorKey);
            var address = new Address(await server.ReadyAsync());
            var (organisation, connection, path) = await MakeHookAsync(new Api(invoker, address.Value, OperatorKey, _ => { }));
            var acknowledged = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
            var began = Stopwatch.GetTimestamp();
            var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAllAsync(invoker, address, path, sender, total / Senders, acknowledged)));
            // Each time after about as many more were acknowledged.
            for (var kill = 1; kill <= kills; kill++)
            {
                await Eventually.HoldsAsync(() => Task.FromResult(acknowledged.Count >= total * kill / (kills + 1) || sending.IsCompleted));
                await server.KillAsync();
                await server.DisposeAsync();
                server = ServerProcess.Start(dataDir, connectionString, OperatorKey);
                address.Value = await server.ReadyAsync();
            }

            await sending;
            var took = Stopwatch.GetElapsedTime(began);
            await server.StopAsync();
            Assert.Equal(0, await server.ExitedAsync());
            await server.DisposeAsync();

            var stored = await ReadAsync(dataDir, connectionString, organisation, connection);
            Assert.Empty(acknowledged.Keys.Except(stored, StringComparer.Ordinal));
            // Once each, and what was sent again because its answer was lost, too.
            Assert.Distinct(stored, StringComparer.Ordinal);
            Assert.Equal(total / Senders * Senders, acknowledged.Count);
            foreach (var sender in stored.GroupBy(s => s.Split('-')[0], StringComparer.Ordinal))
                Assert.Equal(sender.Order(StringComparer.Ordinal), sender);
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{acknowledged.Count} events at {Senders} connections with {kills} kills in {took.TotalSeconds:F1} s"));
        }
        finally
        {
            Directory.Delete(dataDir, recursive: true);
        }
    }

    /// <summary>Sends one event after the other, each again until it is acknowledged.</summary>
    private static async Task SendAllAsync(HttpMessageInvoker invoker, Address address, string path, int sender, int count, ConcurrentDictionary<string, bool> acknowledged)
    {
        for (var i = 0; i < count; i++)
        {
            var marker = string.Create(CultureInfo.InvariantCulture, $"{sender:D2}-{i:D6}");
            while (!await SendAsync(invoker, address.Value, path, marker))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            Assert.True(acknowledged.TryAdd(marker, true));
        }
    }

    private static async Task<bool> SendAsync(HttpMessageInvoker invoker, Uri root, string path, string marker)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(root, path)) { Content = new StringContent($$"""{"id":"{{marker}}","text":"something happened"}""", Encoding.UTF8, "application/json") };
            using var response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed before it answered: whether it stored the event nobody knows.
            return false;
        }
    }

    private static async Task<(string Organisation, string Connection, string Path)> MakeHookAsync(Api api)
    {
        var organisation = (await api.PostAsync("/api/organisations/v1/organisations", new { slug = "events", displayName = "Events" })).Expect(201).Id;
        var root = $"/api/connect/v1/o/{organisation}";
        var connector = (await api.PostAsync($"{root}/protocols/http/connectors", new { name = "Events", baseUrl = "https://api.example.com", authSchemeConfigs = Array.Empty<object>() })).Expect(201).Id;
        (await api.PostAsync($"{root}/connectors/{connector}/versions", new { name = "1" })).Expect(201);
        (await api.PostAsync($"{root}/connectors/{connector}/versions/1/triggers", Hook.AnyPost(new JsonObject { ["duplicateKey"] = "body:/id" }))).Expect(201);
        (await api.PostAsync($"{root}/connectors/{connector}/versions/1/publish")).Expect(200);
        var connection = (await api.PostAsync($"{root}/connectors/{connector}/connections", new { name = "c", credentials = new { trigger = Array.Empty<object>() }, variables = Array.Empty<object>() })).Expect(200).Id;
        var url = (await api.PostAsync($"{root}/connectors/{connector}/connections/{connection}/triggers/{Hook.Trigger}/endpoint", new { })).Expect(201)["url"].GetValue<string>();
        return (organisation, connection, new Uri(url).AbsolutePath);
    }

    /// <summary>The markers of all events, in the order of their ids, read by a server that does not listen.</summary>
    private static async Task<List<string>> ReadAsync(string dataDir, string? connectionString, string organisation, string connection)
    {
        var options = ServerOptions.Load(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["DataDir"] = dataDir, ["Database"] = connectionString is null ? "sqlite" : "postgres", ["ConnectionString"] = connectionString, ["OperatorKey"] = OperatorKey, ["PublicUrl"] = "",
        });
        await using var app = await PatchbayServer.CreateAsync(options, TestContext.Current.CancellationToken, configure: builder => builder.Logging.ClearProviders());
        var events = await Hook.EventsAsync(app.Services, Ulid.Parse(organisation), Ulid.Parse(connection));
        return [.. events.Select(e => JsonNode.Parse(e.Content.Body.Span)!["id"]!.GetValue<string>())];
    }

    /// <summary>Where the server listens now.</summary>
    private sealed class Address(Uri value)
    {
        private volatile Uri _value = value;

        public Uri Value
        {
            get => _value;
            set => _value = value;
        }
    }
}
