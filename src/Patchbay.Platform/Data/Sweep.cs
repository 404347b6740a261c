using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Patchbay.Platform.Data;

/// <summary>
/// Housekeeping over all organisations: deletes from time to time what is over, by its times and states alone. A sweep that fails is logged, and the next one tries again. It may
/// come late: what is over is refused everywhere without it.
/// </summary>
/// <param name="interval">From one sweep to the next.</param>
/// <param name="scopes">Makes a scope for each sweep.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Hears of what failed.</param>
internal abstract partial class Sweep(TimeSpan interval, IServiceScopeFactory scopes, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>Hears of what was done.</summary>
    protected ILogger Logger => logger;

    /// <summary>Deletes what is over by now.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await SweepAsync(scope.ServiceProvider, cancellationToken);
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, GetType().Name, e);
            }
        }
    }

    /// <summary>Deletes what is over by now.</summary>
    /// <param name="services">Those of the sweep's scope.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected abstract Task SweepAsync(IServiceProvider services, CancellationToken cancellationToken);

    [LoggerMessage(1, LogLevel.Warning, "{Sweep} failed; the next one tries again")]
    private static partial void Failed(ILogger logger, string sweep, Exception exception);
}
