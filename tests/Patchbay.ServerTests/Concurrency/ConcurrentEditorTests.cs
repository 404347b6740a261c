using System.Globalization;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Concurrency;

/// <summary>
/// Many editors who read a counter, add one, and write it back over what they read. Whoever finds it changed begins again: in the end the
/// counter must say how often it was written, or somebody wrote over what he had not seen.
/// </summary>
public sealed class ConcurrentEditorTests(Hosts hosts)
{
    private const int Editors = 8;

    [Theory, EachDatabase]
    public async Task No_update_of_a_version_is_lost(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        await acme.CreateVersionAsync(connector.Id, "1");
        await RunAsync([acme.Api], acme.Whole($"connectors/{connector.Id}/versions/1"), Counts.Of(120, 10_000),
            read => Counter(read, "description"), (version, count) => version["description"] = count);
    }

    [Theory, EachDatabase]
    public async Task No_update_of_a_connector_or_a_connection_or_the_origins_is_lost(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: TenantSteps.ApiKeyConfig)).Id;
        var connection = (await acme.ConnectAsync(connector)).Id;
        var writes = Counts.Of(40, 2_000);

        await RunAsync([acme.Api], acme.Whole($"connectors/{connector}"), writes, read => Counter(read, "name"), (body, count) =>
        {
            foreach (var name in body.Select(m => m.Key).Except(["id", "organisationId", "protocol", "baseUrl"], StringComparer.Ordinal).ToList())
                body.Remove(name);
            body["name"] = count;
        });
        await RunAsync([acme.Api], acme.Whole($"connectors/{connector}/connections/{connection}"), writes, read => Counter(read, "name"), (body, count) =>
        {
            foreach (var name in (string[])["credentials", "variables", "createdAt", "updatedAt"])
                body.Remove(name);
            body["name"] = count;
        });
        // Only one of them is in the answer, and nothing else: no time tells one state from another that looks the same.
        await RunAsync([acme.Api], $"/api/organisations/v1/organisations/{acme.Id}/allowed-origins", writes,
            read => read["origins"]!.AsArray() is [var only] ? only!.GetValue<string>()["https://host".Length..] : "0",
            (body, count) => body["origins"] = new JsonArray($"https://host{count}"));
    }

    [Theory, EachDatabase]
    public async Task No_update_of_a_credential_is_lost(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: TenantSteps.ApiKeyConfig)).Id;
        var credential = (await acme.ConnectAsync(connector))["credentials"]["action"]![0]!["credential"]!["id"]!.GetValue<string>();

        await RunAsync([acme.Api], acme.Whole($"credentials/{credential}"), Counts.Of(40, 2_000), read => Counter(read, "name"), (body, count) =>
        {
            foreach (var name in (string[])["id", "organisationId", "usages", "errors"])
                body.Remove(name);
            body["name"] = count;
        });
    }

    /// <summary>Two servers, of which one is a process of its own; they have nothing in common but the database.</summary>
    [Fact]
    public async Task No_update_is_lost_between_two_servers()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Postgres);
        await using var second = ServerProcess.Start(host.DataDir, host.ConnectionString);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        var acme = await host.NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        await acme.CreateVersionAsync(connector.Id, "1");
        var other = new Api(invoker, await second.ReadyAsync(), acme.Key, _ => { });

        await RunAsync([acme.Api, other], acme.Whole($"connectors/{connector.Id}/versions/1"), Counts.Of(120, 10_000),
            read => Counter(read, "description"), (version, count) => version["description"] = count);
    }

    private static async Task RunAsync(
        IReadOnlyList<Api> servers, string path, int writes, Func<JsonObject, string> counterOf, Action<JsonObject, string> setCounter)
    {
        var (left, refused) = (writes, 0);
        var first = (await servers[0].GetAsync(path)).Expect(200);
        var start = int.TryParse(counterOf(first.Json.AsObject()), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        await Task.WhenAll(Enumerable.Range(0, Editors).Select(async editor =>
        {
            var api = servers[editor % servers.Count];
            while (Interlocked.Decrement(ref left) >= 0)
            {
                while (true)
                {
                    var read = (await api.GetAsync(path)).Expect(200);
                    var body = read.Json.AsObject();
                    var count = int.TryParse(counterOf(body), NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 0;
                    setCounter(body, (count + 1).ToString(CultureInfo.InvariantCulture));
                    var written = (await api.SendAsync(HttpMethod.Put, path, Api.ContentOf(body), ("If-Match", read.Headers["ETag"]))).ExpectOneOf(200, 412);
                    if (written.Status == 200)
                        break;
                    written.ExpectError(412, "precondition_failed");
                    Interlocked.Increment(ref refused);
                }
            }
        }));

        var end = (await servers[^1].GetAsync(path)).Expect(200).Json.AsObject();
        Assert.Equal((start + writes).ToString(CultureInfo.InvariantCulture), counterOf(end));
        Assert.True(refused > 0, "Nobody was ever in anybody's way: this shows nothing.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{writes} writes of {Editors} editors at {servers.Count} servers, {refused} refused and made again");
    }

    private static string Counter(JsonObject read, string field) => read[field]?.GetValue<string>() ?? "";
}
