using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Authorizations;

/// <summary>Deletes authorizations of users who never came back, and used ones once nobody can mistake them any more.</summary>
internal sealed partial class AuthorizationSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AuthorizationSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>How long a state is still told from a made-up one after it is over.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var before = clock.Now() - Remembered;
                // Housekeeping over all organisations: only times are looked at.
                await scope.ServiceProvider.GetRequiredService<PatchbayDb>().PendingAuthorizations.IgnoreQueryFilters([PatchbayDb.TenantFilter])
                    .Where(a => a.ExpiresAt < before).ExecuteDeleteAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Old authorizations could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
