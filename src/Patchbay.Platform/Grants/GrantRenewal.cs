using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Grants;

/// <summary>
/// Renews grants that live by a refresh token ahead of their expiry, used or not: a refresh token that nobody uses for long is ended by many
/// providers. Every server does it; the lease sees to it that each grant is renewed by one.
/// </summary>
internal sealed partial class GrantRenewal(
    IServiceScopeFactory scopes, ConnectionPlans plans, GrantCustody custody, TimeProvider clock, ILogger<GrantRenewal> logger) : BackgroundService
{
    private const int Batch = 200;
    private const int AtOnce = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Parallel.ForEachAsync(await DueAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                    async (due, _) => await RenewAsync(due));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e);
            }
        }
    }

    private async Task<List<Due>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.Now();
        // Over all organisations: the server renews in its own name.
        return await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Grants.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(g => g.RenewAt <= now && !g.Dead && (g.NextAttemptAt == null || g.NextAttemptAt <= now) && (g.LeaseUntil == null || g.LeaseUntil < now))
            .OrderBy(g => g.RenewAt).Take(Batch).Select(g => new Due(g.Id, g.OrganisationId, g.Version)).ToListAsync(cancellationToken);
    }

    private async Task RenewAsync(Due due)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Http.Caller.Operator.Instance, due.OrganisationId);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var use = await db.ConnectionCredentials.AsNoTracking().Include(c => c.Credential).FirstOrDefaultAsync(c => c.CredentialId == due.CredentialId);
        if (use is null || await db.Connections.AsNoTracking().Include(c => c.Connector).Include(c => c.Credentials).ThenInclude(c => c.Credential).FirstOrDefaultAsync(c => c.Id == use.ConnectionId) is not { } connection)
            return;
        var config = await db.AuthSchemeConfigs.AsNoTracking().FirstOrDefaultAsync(a => a.ConnectorId == connection.ConnectorId && a.Id == use.AuthSchemeConfigId);
        if (config is null)
            return;
        var planned = await plans.PlanAsync(connection.Connector!, AuthSchemeConfigJson.Of(config), use.Credential!,
            connection.Variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal), scope.ServiceProvider.GetRequiredService<Applications>(),
            scope.ServiceProvider.GetRequiredService<TokenCertificates>(), connection.Credentials);
        if (planned.Succeeded(out var credential, out _) && credential is PlannedCredential.Live live)
            await custody.RenewAsync(live.Key, live.Source, due.Version);
    }

    private sealed record Due(Ulid CredentialId, Ulid OrganisationId, long Version);

    [LoggerMessage(1, LogLevel.Warning, "Grants could not be renewed ahead of their expiry; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
