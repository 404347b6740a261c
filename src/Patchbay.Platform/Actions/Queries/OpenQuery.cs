using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Platform.Proxy;
using Patchbay.Protocols.BigQuery;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>A call of an action that is a query, with what it takes to make it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Action">The action, which has a query.</param>
/// <param name="Schemas">The definitions of its version, that of its result loaded.</param>
/// <param name="Dataset">The connector's dataset, as <c>project.dataset</c>.</param>
/// <param name="Plan">The connection.</param>
/// <param name="Faults">What is wrong with the call already.</param>
internal sealed record QueryCall(
    ActionCall Call, ActionContent Action, VersionSchemas Schemas, string Dataset, ConnectionPlan Plan, IReadOnlyList<FieldFault> Faults)
{
    /// <summary>The status under which the result of a query is declared.</summary>
    public const int Success = 200;

    public QueryContent Query => Action.Query!;

    /// <summary>Where a result is not what the action declares; what it was made for may have been changed since.</summary>
    /// <param name="result">The result, or some of its rows in the same form.</param>
    public IReadOnlyList<FieldFault> FaultsOf(JsonElement result) =>
        ReadAnswer.Declared(Action.Responses, Success)?.Definitions is [var link, ..] ? Schemas.Received.Check(link.Definition, result, "body") : [];
}

/// <summary>A query under way, up to its first page.</summary>
internal sealed class OpenedQuery : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly long _started;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private long _at;

    public OpenedQuery(string host, TimeSpan limit, TimeProvider clock, CancellationToken caller)
    {
        (Host, _limit, _clock, _caller) = (host, limit, clock, caller);
        _started = _at = clock.GetTimestamp();
        // The runner ends by itself in time, and tells the job to stop; this is for a connection that hangs.
        _timeout = new CancellationTokenSource(limit + TimeSpan.FromSeconds(5), clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, caller);
    }

    public string Host { get; }
    public List<ActionAttempt> Attempts { get; } = [];
    public TimeSpan Duration => _clock.GetElapsedTime(_started);
    public TimeSpan Left => _limit - Duration;
    public CancellationToken Token => _either.Token;
    public QueryRunner? Runner { get; set; }
    public QueryPage? Page { get; set; }
    public QueryFailure? Refusal { get; set; }

    /// <summary>Its place among what the connection does at once.</summary>
    public IDisposable? Turn { get; set; }

    public void Note(int? status)
    {
        Attempts.Add(new ActionAttempt(status, status is null ? "upstream_connection_lost" : null, TimeSpan.Zero, _clock.GetElapsedTime(_at), false));
        _at = _clock.GetTimestamp();
    }

    /// <summary>Does something with BigQuery; a connection that breaks or hangs is a failure.</summary>
    public async Task<Failure?> TryAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var failure = UpstreamFailures.Of(e, Host);
            if (Attempts is [.., { Status: null } last])
                Attempts[^1] = last with { Failure = failure.Code };
            return WithAttempts(failure);
        }
        catch (OperationCanceledException) when (!_caller.IsCancellationRequested)
        {
            return WithAttempts(UpstreamFailures.TimedOut(Host));
        }
    }

    /// <summary>What BigQuery refused, where that is no answer to give on: it did not answer, or not as it should.</summary>
    public Failure? FailureOf(QueryFailure failure) => failure.Kind switch
    {
        QueryFailureKind.TimedOut => WithAttempts(UpstreamFailures.TimedOut(Host) with { Details = failure.Message }),
        QueryFailureKind.Unreadable => WithAttempts(new Failure(FailureKind.BadGateway, failure.Reason == "answer_too_large" ? failure.Reason : "answer_unreadable", failure.Message)),
        _ => null,
    };

    public void Dispose()
    {
        Turn?.Dispose();
        _either.Dispose();
        _timeout.Dispose();
    }

    private Failure WithAttempts(Failure failure) => Attempts.Count == 0
        ? failure
        : failure with { Extension = new ActionAttemptsJson { Attempts = [.. Attempts.Select(ActionAttemptJson.Of)] } };
}

/// <summary>Checks the call of a query and runs it up to the first page of its result.</summary>
internal sealed class OpenQuery(QueryCalls calls, ConnectionPaces paces, PatchbaySettings settings, TimeProvider clock)
{
    /// <param name="sent">The call.</param>
    /// <param name="pageSize">How many rows a page may have; null for as many as BigQuery puts into one.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <returns>The query, with a page or a refusal of BigQuery's; a failure where it was not or could not be asked.</returns>
    public async Task<Outcome<OpenedQuery>> RunAsync(QueryCall sent, int? pageSize, CancellationToken cancellationToken)
    {
        var faults = sent.Faults.ToList();
        var parameters = QueryParameters.Values(sent.Query, sent.Call.Parameters, faults);
        if (sent.Call.Body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) || sent.Call.Streamed is not null)
            faults.Add(new("body", "the action is a query, which takes none"));
        if (sent.Call is { ContentType: not null, Streamed: null })
            faults.Add(new("contentType", "the action is a query, which takes no body"));
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (sent.Plan.Fault is { } unusable)
            return unusable;
        if (sent.Dataset.Length == 0)
            return new Failure(FailureKind.Conflict, "dataset_missing", "The connector has no datasetId yet; set it with UpdateConnector.");

        var limit = sent.Call.TimeLimit is { } asked && asked < settings.ActionTimeLimit ? asked : settings.ActionTimeLimit;
        var opened = new OpenedQuery(sent.Plan.StoredAddress.Succeeded(out var address, out _) ? address.Origin.Host : "BigQuery", limit, clock, cancellationToken);
        Failure? failure = null;
        var broken = await opened.TryAsync(async () =>
        {
            if (!(await paces.EnterAsync(sent.Call.ConnectionId, PaceLimits.Of(sent.Plan, settings), opened.Left, opened.Token)).Succeeded(out var turn, out failure))
                return;
            opened.Turn = turn;
            if (!(await calls.SenderAsync(sent.Plan, opened.Note, opened.Token)).Succeeded(out var send, out failure))
                return;
            opened.Runner = new QueryRunner(send, clock);
            var query = QueryOf(sent.Query, sent.Dataset, parameters, sent.Call.DryRun) with { PageSize = pageSize };
            var result = await opened.Runner.RunAsync(query, limit, Identifiers.New(clock).ToString(), opened.Token);
            (opened.Page, opened.Refusal) = (result.Page, result.Failure);
        });
        if ((failure ?? broken ?? (opened.Refusal is { } refusal ? opened.FailureOf(refusal) : null)) is not { } why)
            return opened;
        opened.Dispose();
        return why;
    }

    /// <summary>The query as the kernel takes it.</summary>
    public static Query QueryOf(QueryContent query, string dataset, JsonArray parameters, bool dryRun)
    {
        // The project may be of a domain, with dots in it; a dataset has none.
        var dot = dataset.LastIndexOf('.');
        return new Query(dataset[..dot], query.Sql)
        {
            DefaultDataset = (dataset[..dot], dataset[(dot + 1)..]),
            Parameters = parameters,
            Location = query.Location,
            MaximumBytesBilled = query.MaximumBytesBilled,
            UseCache = !query.IgnoresCache,
            DryRun = dryRun,
        };
    }
}
