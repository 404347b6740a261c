using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Deletes page sessions that are over, and those that nobody opened in time.</summary>
internal sealed class PageSessionSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PageSessionSweep> logger) : Sweep(TimeSpan.FromMinutes(5), scopes, clock, logger)
{
    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = Clock.Now();
        await services.GetRequiredService<PatchbayDb>().PageSessions.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(s => s.ExpiresAt <= now || (s.TokenHash == null && s.CodeExpiresAt <= now)).ExecuteDeleteAsync(cancellationToken);
    }
}
