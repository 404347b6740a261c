using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Starting;

public sealed class HardStopTests
{
    /// <summary>As when the time for an orderly end has run out: a service that throws then would keep the others from ending, and its exception would be what is seen.</summary>
    [Theory, EachDatabase]
    public async Task Every_service_ends_at_once_without_an_exception(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();

        foreach (var service in host.Services.GetServices<IHostedService>().Reverse())
            Assert.Null(await Record.ExceptionAsync(() => service.StopAsync(now.Token)));
    }
}
