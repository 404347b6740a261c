using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>Replaces an action of a draft, and renames it. What was sent as it had been read changes nothing.</summary>
internal sealed class UpdateAction(PatchbayDb db, ReadSentParts parts, CheckQuery checking, QueryResults results, VersionReader reader, TimeProvider clock)
{
    public async Task<Outcome<ChangedAction>> RunAsync(
        string connectorId, string versionName, string name, ActionJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        CheckedQuery? query = null;
        if (request is ActionBigQueryJson sent && !(await checking.RunAsync(connectorId, sent.Sent(), cancellationToken)).Succeeded(out query, out var refused))
            return refused;
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var row = await db.Actions.FirstOrDefaultAsync(a => a.VersionId == version.Id && a.Name == name, cancellationToken);
        if (row is null)
            return Failure.NotFound("action");
        if (await precondition.RefusalAsync(() => reader.ActionAsync(version, row, cancellationToken)) is { } refusal)
            return refusal;
        var body = await db.Contents.Where(c => c.Hash == row.ContentHash).Select(c => c.Body).SingleAsync(cancellationToken);
        var before = StoredContent.Read<ActionContent>(body);
        var faults = new List<FieldFault>();
        if (query is null != before.Query is null)
            return Failure.InvalidField("type", "is read-only: it must be the type of the action");
        if (request.Id != row.Id)
            faults.Add(new("id", "is read-only: it must be the id of the action"));
        var read = request is ActionHTTPJson http ? await parts.RunAsync(version, row.Id, http.Sent(), PartsContent.Of(before), faults, cancellationToken) : PartsContent.Empty;
        var isTaken = request.Name != row.Name && await db.Actions.AnyAsync(a => a.VersionId == version.Id && a.Name == request.Name, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(isTaken ? [new("name", "is taken"), .. faults] : faults);
        if (isTaken)
            return CreateAction.NameTaken(request.Name);
        var now = clock.Now();
        var content = before with
        {
            Name = request.Name,
            Summary = request.Summary,
            Description = request.Description,
            Method = (request as ActionHTTPJson)?.Method.ToString() ?? before.Method,
            Path = (request as ActionHTTPJson)?.Path ?? before.Path,
            Query = query?.Content,
            Parameters = read.Parameters,
            RequestBody = read.RequestBody,
            Responses = query is null ? read.Responses : await results.ResponsesAsync(version, request.Name, query, before, now, () => Identifiers.New(clock), cancellationToken),
            Deprecated = request.Deprecated ?? before.Deprecated,
        };
        var stored = StoredContent.Of(content);
        if (row.Name == request.Name && row.ContentHash.AsSpan().SequenceEqual(stored.Hash))
            return new ChangedAction(version, row);
        await db.Dialect.StoreContentsAsync(db, [stored], cancellationToken);
        await DefinitionUses.ReplaceAsync(db, version.Id, ReferrerKind.Action, row.Name, request.Name, DefinitionUses.Of(content), cancellationToken);
        (row.Name, row.ContentHash, row.UpdatedAt) = (request.Name, stored.Hash, now);
        await change.CommitAsync(now, cancellationToken);
        return new ChangedAction(version, row);
    }
}
