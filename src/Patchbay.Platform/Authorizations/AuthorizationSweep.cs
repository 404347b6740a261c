using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Authorizations;

/// <summary>Deletes authorizations of users who never came back, and used ones once nobody can mistake them any more.</summary>
internal sealed class AuthorizationSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AuthorizationSweep> logger) : Sweep(TimeSpan.FromMinutes(10), scopes, clock, logger)
{
    /// <summary>How long a state is still told from a made-up one after it is over.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    protected override async Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var before = Clock.Now() - Remembered;
        await services.GetRequiredService<PatchbayDb>().PendingAuthorizations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(a => a.ExpiresAt < before).ExecuteDeleteAsync(cancellationToken);
    }
}
