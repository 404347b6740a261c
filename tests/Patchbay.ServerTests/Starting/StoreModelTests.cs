using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Starting;

/// <summary>A start takes it for granted that the migrations make the store that the code expects.</summary>
public sealed class StoreModelTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task No_change_of_the_model_waits_for_a_migration(Database database)
    {
        await using var scope = (await hosts.OfAsync(database)).Services.CreateAsyncScope();

        Assert.False(scope.ServiceProvider.GetRequiredService<PatchbayDb>().Database.HasPendingModelChanges());
    }

    [Theory, EachDatabase]
    public async Task Every_context_of_a_process_uses_one_model(Database database)
    {
        var shared = await hosts.OfAsync(database);
        await using var own = await PatchbayHost.StartAsync(database);
        await using var one = shared.Services.CreateAsyncScope();
        await using var other = own.Services.CreateAsyncScope();

        Assert.Same(one.ServiceProvider.GetRequiredService<PatchbayDb>().Model, other.ServiceProvider.GetRequiredService<PatchbayDb>().Model);
    }
}
