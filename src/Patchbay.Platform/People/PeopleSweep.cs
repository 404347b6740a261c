using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;
using Patchbay.Platform.Invitations;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.People;

/// <summary>Deletes sign-ins and tokens of service accounts that are over, and invitations that have been for 60 days.</summary>
internal sealed partial class PeopleSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PeopleSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e);
            }
        }
    }

    /// <summary>Deletes what is over by now.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var (now, old) = (clock.Now(), clock.Now() - Invitation.KeptFor);
        // Housekeeping over all organisations: only times are looked at.
        await db.ServiceTokens.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(t => t.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        await db.SignInSessions.Where(s => s.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        var over = db.Invitations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(i => i.ExpiresAt <= old).Select(i => i.Id);
        await db.RoleBindings.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(b => b.SubjectKind == RoleSubject.Invitation && over.Contains(b.SubjectId)).ExecuteDeleteAsync(cancellationToken);
        await db.Invitations.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(i => i.ExpiresAt <= old).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Old tokens and invitations could not be deleted; the next sweep tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
