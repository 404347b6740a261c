using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.ServiceAccounts;

/// <summary>Deletes tokens of service accounts that are over.</summary>
internal sealed class ServiceTokenSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ServiceTokenSweep> logger) : Sweep(TimeSpan.FromMinutes(5), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = Clock.Now();
        await services.GetRequiredService<PatchbayDb>().ServiceTokens.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(t => t.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
    }
}
