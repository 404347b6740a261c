using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

/// <summary>
/// Servers that are killed while events come in and go out. What was acknowledged arrives, in order where that was asked; it may arrive more than
/// once, under the same id.
/// </summary>
public sealed class KilledDeliveryTests
{
    private const string OperatorKey = "the-operator-key-of-these-tests-is-long";

    /// <summary>Check 2 of the issue, as a receiver sees it.</summary>
    [Theory, EachDatabase]
    public async Task Every_acknowledged_event_arrives_though_the_server_is_killed(Database database)
    {
        var (total, connections, kills) = (Counts.Of(400, 50_000), Counts.Of(16, 64), Counts.Of(1, 5));
        await using var any = await EventReceiver.StartAsync();
        await using var ordered = await EventReceiver.StartAsync();
        await using var node = await Node.StartAsync(database);
        var source = await Source.MakeAsync(node, connections);
        await source.SubscribeAsync("any", any, isOrdered: false);
        await source.SubscribeAsync("ordered", ordered, isOrdered: true);

        var acknowledged = new ConcurrentBag<(string Connection, int Number)>();
        var sending = source.Endpoints.Select((endpoint, i) => SendAsync(node, endpoint, total / connections, acknowledged)).ToList();
        for (var kill = 1; kill <= kills; kill++)
        {
            while (acknowledged.Count < total * kill / (kills + 1))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
            await node.KillAndStartAsync();
        }

        await Task.WhenAll(sending);
        foreach (var receiver in (EventReceiver[])[any, ordered])
        {
            var patience = System.Diagnostics.Stopwatch.StartNew();
            List<(string, int)> missing;
            do
            {
                var arrived = receiver.Messages.Select(m => (m.Connection, m.Number)).ToHashSet();
                missing = [.. acknowledged.Where(a => !arrived.Contains(a))];
                if (missing.Count > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            }
            while (missing.Count > 0 && patience.Elapsed < TimeSpan.FromSeconds(Counts.Of(60, 600)));
            Assert.True(missing.Count == 0, $"{missing.Count} of {acknowledged.Count} acknowledged events did not arrive, such as {string.Join(", ", missing.Take(5))}\n{node.Output}");
        }

        // Of each event the first arrival counts: it is what a receiver that knows its ids handles.
        foreach (var connection in ordered.Messages.DistinctBy(m => m.Headers.Id).GroupBy(m => m.Connection))
        {
            var numbers = connection.Select(m => m.Number).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{acknowledged.Count} acknowledged at {connections} connections, {kills} kills; {any.Messages.Count} and {ordered.Messages.Count} messages of {any.Messages.Select(m => m.Headers.Id).Distinct().Count()} events");
    }

    [Fact]
    public async Task Of_two_nodes_one_sends_and_when_it_is_killed_the_other_goes_on()
    {
        await using var receiver = await EventReceiver.StartAsync();
        await using var ordered = await EventReceiver.StartAsync();
        await using var first = await Node.StartAsync(Database.Postgres);
        var source = await Source.MakeAsync(first, 4);
        await source.SubscribeAsync("any", receiver, isOrdered: false);
        await source.SubscribeAsync("ordered", ordered, isOrdered: true);
        await using var second = await first.BesideAsync();

        var acknowledged = new ConcurrentBag<(string Connection, int Number)>();
        await Task.WhenAll(source.Endpoints.Select((endpoint, i) => SendAsync(i % 2 == 0 ? first : second, endpoint, 25, acknowledged)));
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count >= 100 && ordered.Messages.Count >= 100));
        // Nobody was killed: each message once.
        Assert.Equal(100, receiver.Messages.Count);
        Assert.Equal(100, ordered.Messages.Count);

        var more = new ConcurrentBag<(string Connection, int Number)>();
        var sending = source.Endpoints.Select(endpoint => SendAsync(second, endpoint, 25, more, from: 25)).ToList();
        await first.KillAsync();
        await Task.WhenAll(sending);
        await Eventually.HoldsAsync(() => Task.FromResult(new[] { receiver, ordered }.All(r => r.Messages.Select(m => (m.Connection, m.Number)).Distinct().Count() == 200)));
        foreach (var connection in ordered.Messages.DistinctBy(m => m.Headers.Id).GroupBy(m => m.Connection))
            Assert.Equal(Enumerable.Range(0, 50), connection.Select(m => m.Number));
    }

    /// <summary>Sends one event after the other, each until it is acknowledged.</summary>
    private static async Task SendAsync(Node node, Endpoint endpoint, int count, ConcurrentBag<(string Connection, int Number)> acknowledged, int from = 0)
    {
        for (var n = from; n < from + count; n++)
        {
            while (!await TrySendAsync(node, endpoint, n))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            acknowledged.Add((endpoint.Connection, n));
        }
    }

    private static async Task<bool> TrySendAsync(Node node, Endpoint endpoint, int n)
    {
        try
        {
            return (await node.Nobody.SendAsync(HttpMethod.Post, endpoint.Path, Api.ContentOf(new { n }))).Status is >= 200 and < 300;
        }
        catch (HttpRequestException)
        {
            // The server was killed.
            return false;
        }
    }

    /// <summary>The URL of a connection's trigger.</summary>
    private sealed record Endpoint(string Connection, string Path);

    /// <summary>A server process that can be killed and started again on its store, each time on another port.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly string _root;
        private readonly bool _ownsRoot;
        private readonly string? _connectionString;
        private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        private ServerProcess _process;
        private Uri _address;

        private Node(string root, bool ownsRoot, string? connectionString, ServerProcess process, Uri address) =>
            (_root, _ownsRoot, _connectionString, _process, _address) = (root, ownsRoot, connectionString, process, address);

        public Api Nobody => new(_invoker, Volatile.Read(ref _address), null, _ => { });

        public string Output => _process.Output;

        public Api As(string key) => new(_invoker, Volatile.Read(ref _address), key, _ => { });

        public static async Task<Node> StartAsync(Database database)
        {
            var root = Directory.CreateTempSubdirectory("patchbay-killed-").FullName;
            var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewDatabaseAsync() : null;
            var process = ServerProcess.Start(root, connectionString, OperatorKey);
            return new Node(root, true, connectionString, process, await process.ReadyAsync());
        }

        /// <summary>Another node on the same store.</summary>
        public async Task<Node> BesideAsync()
        {
            var process = ServerProcess.Start(_root, _connectionString, OperatorKey);
            return new Node(_root, false, _connectionString, process, await process.ReadyAsync());
        }

        public Task KillAsync() => _process.KillAsync();

        public async Task KillAndStartAsync()
        {
            await _process.KillAsync();
            await _process.DisposeAsync();
            _process = ServerProcess.Start(_root, _connectionString, OperatorKey);
            Volatile.Write(ref _address, await _process.ReadyAsync());
        }

        public async ValueTask DisposeAsync()
        {
            await _process.DisposeAsync();
            _invoker.Dispose();
            if (_ownsRoot)
                Directory.Delete(_root, recursive: true);
        }
    }

    /// <summary>A connector whose connections have endpoints.</summary>
    private sealed record Source(Node Node, string Key, string Organisation, string Connector, IReadOnlyList<Endpoint> Endpoints)
    {
        public static async Task<Source> MakeAsync(Node node, int connections)
        {
            var organisation = (await node.As(OperatorKey).PostAsync("/api/organisations/v1/organisations", new { slug = "killed", displayName = "Killed" })).Expect(201).Id;
            var key = (await node.As(OperatorKey).PostAsync($"/api/organisations/v1/organisations/{organisation}/api-keys", new { name = "tests" })).Expect(201)["key"].GetValue<string>();
            var root = $"/api/connect/v1/o/{organisation}";
            var imported = (await node.As(key).PostAsync($"{root}/protocols/http/import", Upload.Of(new Description().ToString()))).Expect(201);
            var connector = imported["connector"]["id"]!.GetValue<string>();
            (await node.As(key).PostAsync($"{root}/connectors/{connector}/versions/1.0.0/publish")).Expect(200);
            (await node.As(key).PutAsync($"{root}/connectors/{connector}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(200);
            var endpoints = new List<Endpoint>();
            for (var i = 0; i < connections; i++)
            {
                var connection = (await node.As(key).PostAsync($"{root}/connectors/{connector}/connections", TenantSteps.Connection($"connection {i}"))).Expect(200).Id;
                var made = (await node.As(key).PostAsync($"{root}/connectors/{connector}/connections/{connection}/triggers/{EventSource.Trigger}/endpoint", new { })).Expect(201);
                endpoints.Add(new Endpoint(connection, new Uri(made["url"].GetValue<string>()).AbsolutePath));
            }

            return new Source(node, key, organisation, connector, endpoints);
        }

        public async Task SubscribeAsync(string name, EventReceiver receiver, bool isOrdered) =>
            (await Node.As(Key).PostAsync($"/api/connect/v1/o/{Organisation}/subscriptions",
                new JsonObject { ["name"] = name, ["url"] = receiver.Url.ToString(), ["connectorId"] = Connector, ["ordered"] = isOrdered })).Expect(201);
    }
}
