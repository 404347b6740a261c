using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Versions;
using Patchbay.Protocols.BigQuery;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>A query that may be kept.</summary>
/// <param name="Content">The query.</param>
/// <param name="Row">A JSON Schema of a row of its result, where BigQuery was asked.</param>
internal sealed record CheckedQuery(QueryContent Content, JsonObject? Row);

/// <summary>
/// Checks a query before it is kept: by itself, and where a connection is named by a dry run at BigQuery, which costs nothing and tells the columns
/// of the result. It is done before the version is locked, since BigQuery takes its time.
/// </summary>
internal sealed class CheckQuery(PatchbayDb db, RequestScope scope, ConnectionPlans plans, QueryCalls calls, TimeProvider clock)
{
    /// <summary>What stands in place of a method; a query has none of its own.</summary>
    public const string Method = "POST";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task<Outcome<CheckedQuery>> RunAsync(string connectorId, SentQuery sent, CancellationToken cancellationToken)
    {
        var content = new QueryContent
        {
            Sql = sent.Sql,
            Parameters = [.. sent.Parameters.Select(p => p.Content())],
            Location = string.IsNullOrEmpty(sent.Location) ? null : sent.Location,
            MaximumBytesBilled = sent.MaximumBytesBilled,
            IgnoresCache = sent.UseCache == false,
        };
        var faults = new List<FieldFault>();
        QueryParameters.Check(content, faults);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (sent.ConnectionId is not { } connectionId)
            return new CheckedQuery(content, null);
        if (!(await db.FindConnectorAsync(connectorId, cancellationToken)).Succeeded(out var connector, out var failure))
            return failure;
        if (connector.Protocol != Connector.BigQuery)
            return new CheckedQuery(content, null);
        if (await plans.FindAsync(connectionId, cancellationToken) is not { } plan || plan.OrganisationId != scope.OrganisationId || plan.ConnectorId != connector.Id)
            return Failure.InvalidField("connectionId", "is no connection of this connector");
        if (connector.DatasetId.Length == 0)
            return Failure.InvalidField("connectionId", "cannot be used to check the query: the connector has no datasetId yet");
        if (plan.Fault is { } unusable)
            return unusable;
        return await DryRunAsync(content, connector.DatasetId, plan, cancellationToken);
    }

    private async Task<Outcome<CheckedQuery>> DryRunAsync(QueryContent content, string dataset, ConnectionPlan plan, CancellationToken cancellationToken)
    {
        var host = plan.StoredAddress.Succeeded(out var address, out _) ? address.Origin.Host : "BigQuery";
        try
        {
            if (!(await calls.SenderAsync(plan, _ => { }, cancellationToken)).Succeeded(out var send, out var failure))
                return failure;
            var checking = await new QueryRunner(send, clock).RunAsync(
                OpenQuery.QueryOf(content, dataset, QueryParameters.Nulls(content), dryRun: true), Limit, Identifiers.New(clock).ToString(), cancellationToken);
            if (checking.Page is { } page)
                return new CheckedQuery(content, page.Schema.ToJsonSchema());
            return checking.Failure!.Kind == QueryFailureKind.Refused
                ? Failure.InvalidField("query", $"is refused by BigQuery ({checking.Failure.Reason}): {checking.Failure.Message}")
                : new Failure(FailureKind.BadGateway, "query_not_checked", $"BigQuery could not be asked about the query ({checking.Failure.Reason}): {checking.Failure.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return UpstreamFailures.Of(e, host);
        }
    }
}
