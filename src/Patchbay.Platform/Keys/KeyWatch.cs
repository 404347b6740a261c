using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Platform.Organisations;
using Patchbay.Vault;

namespace Patchbay.Platform.Keys;

/// <summary>
/// Asks the store every second whether keys have changed: a rotation that began hands its new key to every running server, and the key of a
/// deleted organisation leaves the memory of all. One small query; nothing is in its way, and nothing waits for it.
/// </summary>
internal sealed partial class KeyWatch(
    IServiceScopeFactory scopes, InstanceKeys instance, OrganisationKeys organisations, AuditKeys audit, TimeProvider clock, ILogger<KeyWatch> logger) : BackgroundService
{
    /// <summary>Where the id of the organisation that was deleted last is kept.</summary>
    public const string LastDeletedName = "last_deleted_organisation";

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] _lastDeleted = [];
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (!_failing)
                    Failed(logger, e);
                _failing = true;
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var found = await db.InstanceValues.AsNoTracking().Where(v => v.Name == KeyFacts.HandOverName || v.Name == LastDeletedName || v.Name == AuditKeys.Name)
            .ToDictionaryAsync(v => v.Name, v => v.Value, StringComparer.Ordinal, cancellationToken);
        if (found.TryGetValue(KeyFacts.HandOverName, out var handOver) && KeyRing.KeyIdIn(handOver) is { } keyId && instance.Ring.ActiveKeyId != keyId)
            await TakeOverAsync(db, keyId, cancellationToken);
        if (found.TryGetValue(AuditKeys.Name, out var auditKeys))
            audit.Offer(auditKeys);
        if (found.TryGetValue(LastDeletedName, out var lastDeleted) && !lastDeleted.AsSpan().SequenceEqual(_lastDeleted))
        {
            await organisations.ForgetDeletedAsync(db, cancellationToken);
            _lastDeleted = lastDeleted;
        }
    }

    private async Task TakeOverAsync(PatchbayDb db, string keyId, CancellationToken cancellationToken)
    {
        if (await KeyFacts.ReadAsync(db, cancellationToken) is not { } facts)
            return;
        var ring = await instance.RenewAsync(facts, null, cancellationToken);
        if (ring.ActiveKeyId != keyId)
            return;
        var read = await instance.Source.ReadAsync(cancellationToken);
        using (read.Ring)
        {
            if (read.Ring?.Contains(keyId) == true)
                TookOver(logger, keyId);
            else
                TookOverInMemory(logger, keyId, instance.Source.Description);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The vault key is being changed; this server has the new one, {KeyId}")]
    private static partial void TookOver(ILogger logger, string keyId);

    [LoggerMessage(2, LogLevel.Warning, "The vault key is being changed; this server has the new one, {KeyId}, in memory only: give it to {Source} before the next start")]
    private static partial void TookOverInMemory(ILogger logger, string keyId, string source);

    [LoggerMessage(3, LogLevel.Warning, "The store could not be asked whether keys have changed; asking again every second")]
    private static partial void Failed(ILogger logger, Exception exception);
}
