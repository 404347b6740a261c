using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>
/// Runs polls when they are due, each on one node at a time. How far a poll has come is stored after the events are, so that a run that is
/// interrupted is repeated; what it had made already is known by its key and not made twice.
/// </summary>
internal sealed partial class PollRunner(
    IServiceScopeFactory scopes, EventIntake intake, SecretStore secrets, TimeProvider clock, ILogger<PollRunner> logger) : BackgroundService
{
    private const int Batch = 50;
    private const int AtOnce = 8;

    /// <summary>How many events wait to be stored at once.</summary>
    private const int EventsAtOnce = 256;

    private const int LongestError = 1000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>The pause after a failure doubles, up to this.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        var first = true;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (first)
                    await TakeStoreAsync(stoppingToken);
                first = false;
                await Parallel.ForEachAsync(await DueAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                    async (due, token) => await RunAsync(due, token));
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(logger, e);
            }
        }
    }

    /// <summary>Frees what a server held that is no more; only where there is no other.</summary>
    private async Task TakeStoreAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        if (db.Dialect.HasOneServer)
        {
            await db.Polls.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(p => p.LeaseUntil != null)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), cancellationToken);
        }
    }

    private async Task<List<DuePoll>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.Now();
        // Over all organisations: each poll then runs inside its own.
        return await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Polls.IgnoreQueryFilters([PatchbayDb.TenantFilter])
            .Where(p => p.Enabled && p.NextRunAt <= now && (p.LeaseUntil == null || p.LeaseUntil < now))
            .OrderBy(p => p.NextRunAt).Take(Batch).Select(p => new DuePoll(p.Id, p.OrganisationId)).ToListAsync(cancellationToken);
    }

    private async Task RunAsync(DuePoll due, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, due.OrganisationId);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var now = clock.Now();
        if (await db.Polls.AsNoTracking().FirstOrDefaultAsync(p => p.Id == due.Id, cancellationToken) is not { Enabled: true } poll)
            return;
        var fence = poll.Fence + 1;
        if (await db.Polls.Where(p => p.Id == poll.Id && p.Fence == poll.Fence && (p.LeaseUntil == null || p.LeaseUntil < now))
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.Fence, fence).SetProperty(x => x.LeaseUntil, now + Lease), cancellationToken) == 0)
        {
            return;
        }

        PollRun run;
        try
        {
            run = await AskAsync(scope.ServiceProvider, db, poll, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops; another, or the next one, runs it again at once.
            await db.Polls.Where(p => p.Id == poll.Id && p.Fence == fence)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), CancellationToken.None);
            return;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Interrupted(logger, e, poll.Id);
            run = PollRun.Failed("It was interrupted by a fault of the server.");
        }

        await StoreAsync(db, poll, fence, run, now);
    }

    private async Task<PollRun> AskAsync(IServiceProvider services, PatchbayDb db, Poll poll, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(poll.ConnectorId.ToString(), poll.VersionSelector, cancellationToken);
        if (!found.Succeeded(out var version, out var failure))
            return PollRun.Failed(failure.Message);
        var memory = await PollMemory.OpenAsync(secrets, poll, cancellationToken);
        var parameters = poll.Parameters is null
            ? new Dictionary<string, JsonElement>(StringComparer.Ordinal)
            : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(poll.Parameters, ApiJson.Options)!;
        if (poll.CursorParameter is { } into && memory.Cursor is { } cursor)
            parameters[into] = JsonSerializer.Deserialize<JsonElement>(cursor);
        var executed = await services.GetRequiredService<ExecuteAction>().RunAsync(new ActionCall
        {
            ConnectorId = poll.ConnectorId.ToString(),
            Version = version.Name,
            Action = poll.ActionName,
            ConnectionId = poll.ConnectionId,
            Parameters = parameters,
        }, cancellationToken);
        if (!executed.Succeeded(out var answer, out failure))
            return PollRun.Failed(string.Join(" ", failure.Fields.Select(f => $"{f.Field}: {f.Message}").Prepend(failure.Message)));
        if (answer.Status is < 200 or > 299)
            return PollRun.Failed($"The action was answered with {answer.Status}.");
        if (answer.Body.Kind != AnsweredBodyKind.Json)
            return answer.Body.Kind == AnsweredBodyKind.None ? new PollRun(0, null, null) : PollRun.Failed("The answer of the action is no JSON.");
        return await TakeAsync(db, poll, version, memory, answer.Body.Bytes, cancellationToken);
    }

    private async Task<PollRun> TakeAsync(
        PatchbayDb db, Poll poll, ConnectorVersion version, PollMemory memory, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        JToken body;
        try
        {
            body = JsonExpression.Read(json);
        }
        catch (Newtonsoft.Json.JsonException)
        {
            return PollRun.Failed("The answer of the action is nested too deep.");
        }

        if (Apply(poll.Items, body) is not JArray items)
            return PollRun.Failed("The expression for items finds no list in the answer.");
        var made = 0;
        var method = await MethodAsync(db, version, poll.ActionName, cancellationToken);
        foreach (var some in items.Chunk(EventsAtOnce))
        {
            // Each takes its id before it waits, so that they stay in their order.
            var stored = await Task.WhenAll(some.Select(item => intake.AcceptAsync(EventOf(poll, version, memory, method, item), cancellationToken)));
            foreach (var outcome in stored)
            {
                if (!outcome.Succeeded(out var accepted, out var failure))
                    return PollRun.Failed(failure.Message);
                made += accepted.IsDuplicate ? 0 : 1;
            }
        }

        var next = poll.Cursor is null ? null : Apply(poll.Cursor, body) is { Type: not (JTokenType.Null or JTokenType.Undefined) } found ? Text(found) : null;
        return new PollRun(made, null, next is null || next == memory.Cursor ? null : memory with { Cursor = next });
    }

    private static IncomingEvent EventOf(Poll poll, ConnectorVersion version, PollMemory memory, string method, JToken item)
    {
        var text = Text(item);
        var id = poll.ItemId is null ? text : Apply(poll.ItemId, item) is { Type: not (JTokenType.Null or JTokenType.Undefined) } found ? Text(found) : text;
        return new IncomingEvent
        {
            OrganisationId = poll.OrganisationId,
            ConnectorId = poll.ConnectorId,
            ConnectionId = poll.ConnectionId,
            TriggerName = poll.Name,
            VersionName = version.Name,
            Origin = EventOrigin.Poll,
            Content = new EventContent { Method = method, Query = "", Headers = [new EventHeader("Content-Type", "application/json")], Body = Encoding.UTF8.GetBytes(text) },
            DuplicateKey = DuplicateKey.Of(memory.Key, id),
        };
    }

    private async Task StoreAsync(PatchbayDb db, Poll poll, long fence, PollRun run, DateTimeOffset began)
    {
        var now = clock.Now();
        var failures = run.Error is null ? 0 : poll.ConsecutiveFailures + 1;
        PollSchedule.TryParse(poll.Schedule, poll.TimeZone, out var schedule, []);
        var next = schedule?.Next(now);
        if (run.Error is null && run.Memory is not null && run.Events > 0)
        {
            // There may be more behind the cursor.
            next = now;
        }
        else if (failures > 1 && next is { } soon)
        {
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(failures, 20))));
            next = soon > now + pause ? soon : now + pause;
        }

        await using var transaction = await db.Dialect.BeginWriteAsync(db, poll.Id, CancellationToken.None);
        var sealedMemory = run.Memory is null ? poll.Secret : await run.Memory.SealAsync(secrets, db, poll, CancellationToken.None);
        var (error, events, memory) = (run.Error is { Length: > LongestError } text ? text[..LongestError] : run.Error, run.Events, run.Memory is not null);
        var row = db.Polls.Where(p => p.Id == poll.Id && p.Fence == fence);
        await row.ExecuteUpdateAsync(p => p
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null).SetProperty(x => x.NextRunAt, next).SetProperty(x => x.LastRunAt, began)
            .SetProperty(x => x.LastError, error).SetProperty(x => x.ConsecutiveFailures, failures)
            .SetProperty(x => x.LastEvents, x => error == null ? events : x.LastEvents), CancellationToken.None);
        // What was not changed is not written: keys may have changed meanwhile.
        if (memory)
            await row.ExecuteUpdateAsync(p => p.SetProperty(x => x.Secret, sealedMemory), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static async Task<string> MethodAsync(PatchbayDb db, ConnectorVersion version, string action, CancellationToken cancellationToken)
    {
        var body = await db.Actions.Where(a => a.VersionId == version.Id && a.Name == action)
            .Join(db.Contents, a => a.ContentHash, c => c.Hash, (_, c) => c.Body).FirstOrDefaultAsync(cancellationToken);
        return body is null ? "" : StoredContent.Read<ActionContent>(body).Method;
    }

    private static JToken? Apply(string expression, JToken json) => JsonExpression.TryParse(expression, out var parsed, out _) ? parsed.Apply(json) : null;

    private static string Text(JToken value) => value.ToString(Newtonsoft.Json.Formatting.None);

    private sealed record DuePoll(Ulid Id, Ulid OrganisationId);

    /// <param name="Events">How many events it made.</param>
    /// <param name="Error">Why it failed.</param>
    /// <param name="Memory">What the next goes on from, where that has changed.</param>
    private sealed record PollRun(int Events, string? Error, PollMemory? Memory)
    {
        public static PollRun Failed(string error) => new(0, error, null);
    }

    [LoggerMessage(1, LogLevel.Warning, "Polls that are due could not be run; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Poll {PollId} was interrupted; it runs again")]
    private static partial void Interrupted(ILogger logger, Exception exception, Ulid pollId);
}
