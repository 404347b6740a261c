using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.OAuth;
using Patchbay.OAuth.Refreshing;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Proxy;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Grants;

/// <summary>
/// Tells providers, after a deletion, that grants are no longer wanted (RFC 7009). It goes on in the background and fails no deletion; a
/// graceful stop waits for it. A process that is killed meanwhile leaves grants at their providers that nobody holds any more.
/// </summary>
internal sealed partial class GrantRevocations(
    ConnectionPlans plans, GrantStore store, GrantCustody custody, TimeProvider clock, ILogger<GrantRevocations> logger) : IHostedService, IDisposable
{
    private const int Attempts = 4;

    /// <summary>How many providers one deletion asks at a time.</summary>
    private const int AtOnce = 4;

    private static readonly RetryBackoff Backoff = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins to revoke grants whose deletion is durable.</summary>
    public void Begin(IReadOnlyList<EndingGrant> grants)
    {
        if (grants.Count == 0)
            return;
        foreach (var grant in grants)
            custody.Forget(grant.Row.Id);
        var revoking = Task.Run(() => Parallel.ForEachAsync(grants, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (grant, _) => await RevokeAsync(grant)));
        _underWay.TryAdd(revoking, true);
        _ = revoking.ContinueWith(done => _underWay.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for what is under way; pauses between attempts end at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_underWay.Keys).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Abandoned(logger);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RevokeAsync(EndingGrant ending)
    {
        try
        {
            ClientCertificate? certificate = null;
            if (!ending.Application.Succeeded(out var application, out var failure)
                || (ending.Certificate is { } sought && !sought.Succeeded(out certificate, out failure))
                || !(await plans.PlanAsync(ending.Config, ending.Credential, ending.Variables, application, certificate)).Succeeded(out var planned, out failure))
            {
                NotTold(logger, ending.Row.Id, failure.Message);
                return;
            }

            if (planned is PlannedCredential.Live live && await AskAsync(live.Source, (await store.OpenAsync(ending.Row))!) is { } why)
                NotTold(logger, ending.Row.Id, why.Message);
        }
        catch (Exception e)
        {
            // The deletion has happened; nothing that fails here may end the process or the other revocations.
            Failed(logger, e, ending.Row.Id);
        }
    }

    private async Task<EndpointFailure?> AskAsync(TokenSource source, GrantTokens tokens)
    {
        for (var attempt = 1; ; attempt++)
        {
            // The last attempt is the one that a stopping server still makes.
            var isLast = attempt == Attempts || _stopping.IsCancellationRequested;
            var failure = await source.RevokeAsync(tokens, CancellationToken.None);
            if (failure is not EndpointFailure.Unavailable unavailable || isLast)
                return failure;
            var pause = Backoff.DelayAfter(attempt, unavailable.RetryAfter, Random.Shared.NextDouble());
            try
            {
                await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                // The server stops: once more, now.
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The provider could not be told that the grant of credential {CredentialId} is no longer wanted; the connection is deleted all the same: {Why}")]
    private static partial void NotTold(ILogger logger, Ulid credentialId, string why);

    [LoggerMessage(2, LogLevel.Warning, "The grant of the deleted credential {CredentialId} could not be revoked")]
    private static partial void Failed(ILogger logger, Exception exception, Ulid credentialId);

    [LoggerMessage(3, LogLevel.Warning, "The server stops while providers are still to be told of grants that are no longer wanted")]
    private static partial void Abandoned(ILogger logger);
}
