using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Audit;

/// <summary>
/// Writes down each minute, and when the server stops, how often secrets were used. Nobody waits for it, and nothing fails with it: what cannot
/// be written is kept and tried again. A process that is killed loses what it counted since the last time.
/// </summary>
internal sealed partial class SecretUseRecords(SecretUses uses, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SecretUseRecords> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How many records one transaction writes: a change of the organisation waits for no more.</summary>
    private const int Batch = 200;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await WriteAsync(CancellationToken.None);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            NotWaitedFor(logger);
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    /// <summary>Writes what was counted.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            foreach (var ofOrganisation in uses.Take().GroupBy(c => c.Place.OrganisationId))
            {
                foreach (var batch in ofOrganisation.Chunk(Batch))
                    await WriteAsync(ofOrganisation.Key, batch, cancellationToken);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(Ulid organisationId, SecretUses.UseCount[] counts, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Http.Caller.Operator.Instance, organisationId);
            var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
            await using var transaction = await db.Dialect.BeginWriteAsync(db, Identifiers.OfPart(organisationId, "secret-uses"), cancellationToken);
            foreach (var count in counts)
                db.Trail.Add(count.ToEntry());
            await transaction.CommitAsync(cancellationToken);
            _failing = false;
        }
        catch (DeletedMeanwhileException)
        {
            // The organisation is gone, and its records with it.
        }
        catch (Exception e)
        {
            uses.Restore(counts);
            if (!_failing)
                Failed(logger, e);
            _failing = true;
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "The server ends at once: how often secrets were used in the last minute is not written down")]
    private static partial void NotWaitedFor(ILogger logger);

    [LoggerMessage(1, LogLevel.Warning, "How often secrets were used could not be written down; it is kept in memory and tried again each minute")]
    private static partial void Failed(ILogger logger, Exception exception);
}
