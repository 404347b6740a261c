using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>Adds an action to a draft.</summary>
internal sealed class CreateAction(PatchbayDb db, ReadSentParts parts, CheckQuery checking, QueryResults results, TimeProvider clock)
{
    public async Task<Outcome<ChangedAction>> RunAsync(
        string connectorId, string versionName, ActionCreateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        CheckedQuery? query = null;
        if (request is ActionBigQueryCreateJson sent && !(await checking.RunAsync(connectorId, sent.Sent(), cancellationToken)).Succeeded(out query, out var refused))
            return refused;
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var id = Identifiers.New(clock);
        var protocol = query is null ? Connector.Http : Connector.BigQuery;
        var faults = new List<FieldFault>();
        if (await db.Connectors.AnyAsync(c => c.Id == version.ConnectorId && c.Protocol != protocol, cancellationToken))
            faults.Add(new("type", "does not fit the connector's protocol"));
        var read = request is ActionHTTPCreateJson http ? await parts.RunAsync(version, id, http.Sent(), PartsContent.Empty, faults, cancellationToken) : PartsContent.Empty;
        var isTaken = await db.Actions.AnyAsync(a => a.VersionId == version.Id && a.Name == request.Name, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(isTaken ? [new("name", "is taken"), .. faults] : faults);
        if (isTaken)
            return NameTaken(request.Name);
        var now = clock.Now();
        var content = new ActionContent
        {
            Name = request.Name,
            Summary = request.Summary,
            Description = request.Description,
            Method = (request as ActionHTTPCreateJson)?.Method.ToString() ?? CheckQuery.Method,
            Path = (request as ActionHTTPCreateJson)?.Path ?? "",
            Query = query?.Content,
            Parameters = read.Parameters,
            RequestBody = read.RequestBody,
            Responses = query is null ? read.Responses : await results.ResponsesAsync(version, request.Name, query, null, now, () => Identifiers.New(clock), cancellationToken),
            Deprecated = request.Deprecated ?? false,
        };
        var stored = StoredContent.Of(content);
        await db.Dialect.StoreContentsAsync(db, [stored], cancellationToken);
        var row = new VersionAction { Id = id, VersionId = version.Id, Name = request.Name, ContentHash = stored.Hash, UpdatedAt = now };
        db.Add(row);
        await DefinitionUses.ReplaceAsync(db, version.Id, ReferrerKind.Action, before: null, row.Name, DefinitionUses.Of(content), cancellationToken);
        await change.CommitAsync(now, cancellationToken);
        return new ChangedAction(version, row);
    }

    public static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "action_exists", $"The version has an action '{name}' already. Choose another name.");
}

/// <summary>An action after it was written, with its version.</summary>
internal sealed record ChangedAction(ConnectorVersion Version, VersionAction Action);
