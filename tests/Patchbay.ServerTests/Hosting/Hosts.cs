using Patchbay.ServerTests.Hosting;
using Xunit;

[assembly: AssemblyFixture(typeof(Hosts))]

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// One server a database, shared by all tests that keep to organisations of their own; and the end of what the run has started.
/// </summary>
public sealed class Hosts : IAsyncDisposable
{
    private readonly Dictionary<Database, Lazy<Task<PatchbayHost>>> _hosts =
        Databases.All.ToDictionary(d => d, d => new Lazy<Task<PatchbayHost>>(() => PatchbayHost.StartAsync(d)));

    public Task<PatchbayHost> OfAsync(Database database) => _hosts[database].Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values.Where(h => h is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            await (await host.Value).DisposeAsync();
        await PostgresCluster.StopSharedAsync();
    }
}
