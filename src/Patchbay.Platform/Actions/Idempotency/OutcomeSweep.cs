using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>Forgets named calls a day after they ended.</summary>
internal sealed class OutcomeSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OutcomeSweep> logger) : Sweep(TimeSpan.FromMinutes(1), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = Clock.Now();
        await services.GetRequiredService<PatchbayDb>().IdempotentOutcomes.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(o => o.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
    }
}
