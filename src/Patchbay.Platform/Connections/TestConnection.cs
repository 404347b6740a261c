using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;

namespace Patchbay.Platform.Connections;

/// <summary>A credential that was tested.</summary>
internal sealed record CredentialTest(Ulid CredentialId, string AuthSchemeConfigId, Verdict Verdict);

/// <summary>
/// Tests a connection by the verification request of each config that has one, and notes at the credential what was shown. What shows
/// nothing, such as an API that is down, is not held against the credential.
/// </summary>
internal sealed class TestConnection(
    PatchbayDb db, RequestScope scope, ConnectionPlans plans, VerificationCalls calls, SecretUses uses, TimeProvider clock)
{
    /// <summary>How long a request waits at most that tests by the way.</summary>
    public static readonly TimeSpan ByTheWay = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits that is there to test.</summary>
    public static readonly TimeSpan OnDemand = TimeSpan.FromSeconds(30);

    /// <summary>Tests a connection that was made or changed a moment ago. Where no config has a request for it, no secret is opened.</summary>
    /// <param name="connectionId">The connection.</param>
    /// <param name="limit">For all requests together.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<IReadOnlyList<CredentialTest>>> RunByTheWayAsync(Ulid connectionId, TimeSpan limit, CancellationToken cancellationToken)
    {
        var configs = await db.Connections.AsNoTracking().Where(c => c.Id == connectionId)
            .Join(db.AuthSchemeConfigs, c => c.ConnectorId, a => a.ConnectorId, (_, config) => config).ToListAsync(cancellationToken);
        return configs.Exists(c => AuthSchemeConfigJson.Of(c).Verification is not null)
            ? await RunAsync(connectionId, limit, cancellationToken)
            : Outcome.Of<IReadOnlyList<CredentialTest>>([]);
    }

    /// <param name="connectionId">The connection.</param>
    /// <param name="limit">For all requests together.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was tested; or why the connection cannot be used at all.</returns>
    public async Task<Outcome<IReadOnlyList<CredentialTest>>> RunAsync(Ulid connectionId, TimeSpan limit, CancellationToken cancellationToken)
    {
        var connection = await db.Connections.AsNoTracking().Include(c => c.Credentials).ThenInclude(c => c.Credential)
            .FirstOrDefaultAsync(c => c.Id == connectionId, cancellationToken);
        if (connection is null)
            return Failure.NotFound("connection");
        // Made after the credentials were read, so that it cannot be of what they were before.
        plans.Forget(connectionId);
        if (await plans.FindAsync(connectionId, cancellationToken) is not { } plan)
            return Failure.NotFound("connection");
        if ((plan.NoProxy ?? plan.Fault) is { } fault)
            return fault;

        var configs = await db.AuthSchemeConfigs.AsNoTracking().Where(a => a.ConnectorId == connection.ConnectorId).ToDictionaryAsync(a => a.Id, StringComparer.Ordinal, cancellationToken);
        var tests = new List<CredentialTest>();
        var shown = new List<(Credential Seen, List<string> Errors)>();
        using var timeout = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        foreach (var use in connection.Credentials.Where(c => c.Use == CredentialUse.Action).OrderBy(c => c.Position))
        {
            if (!configs.TryGetValue(use.AuthSchemeConfigId, out var stored) || AuthSchemeConfigJson.Of(stored).Verification is not { } verification)
                continue;
            Verdict verdict;
            try
            {
                verdict = await calls.RunAsync(plan, verification, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                verdict = new Verdict(null, null, "The verification request was not answered in time.");
            }

            uses.Count(SecretUse.Verification, new EnteredConnection(scope.Caller!, connectionId, plan), verdict.Status is not null);
            tests.Add(new CredentialTest(use.CredentialId, use.AuthSchemeConfigId, verdict));
            if (verdict.IsValid is { } isValid)
                shown.Add((use.Credential!, isValid ? [] : [verdict.Message]));
        }

        if (shown.Count > 0)
            await NoteAsync(shown, cancellationToken);
        return tests;
    }

    /// <summary>Notes what was shown, unless the credential has become another meanwhile.</summary>
    private async Task NoteAsync(List<(Credential Seen, List<string> Errors)> shown, CancellationToken cancellationToken)
    {
        // In one order everywhere.
        var inOrder = shown.DistinctBy(s => s.Seen.Id).OrderBy(s => s.Seen.Id).ToList();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, inOrder[0].Seen.Id, cancellationToken);
        foreach (var (seen, errors) in inOrder)
        {
            await db.Dialect.LockAsync(db, seen.Id, shared: false, cancellationToken);
            if (await db.Credentials.Where(c => c.Id == seen.Id && c.UpdatedAt == seen.UpdatedAt).ExecuteUpdateAsync(c => c.SetProperty(x => x.Errors, errors), cancellationToken) > 0)
                db.Trail.Touch("credential", seen.Id, AuditResource.Updated);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
