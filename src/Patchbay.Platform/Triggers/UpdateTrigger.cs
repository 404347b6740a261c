using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers;

/// <summary>Replaces a trigger of a draft, and renames it. What was sent as it had been read changes nothing.</summary>
internal sealed class UpdateTrigger(PatchbayDb db, ReadSentParts parts, VersionReader reader, TimeProvider clock)
{
    public async Task<Outcome<ChangedTrigger>> RunAsync(
        string connectorId, string versionName, string name, TriggerJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var row = await db.Triggers.FirstOrDefaultAsync(a => a.VersionId == version.Id && a.Name == name, cancellationToken);
        if (row is null)
            return Failure.NotFound("trigger");
        if (await precondition.RefusalAsync(() => reader.TriggerAsync(version, row, cancellationToken)) is { } refusal)
            return refusal;
        var body = await db.Contents.Where(c => c.Hash == row.ContentHash).Select(c => c.Body).SingleAsync(cancellationToken);
        var before = StoredContent.Read<TriggerContent>(body);
        var http = (TriggerHTTPJson)request;
        var faults = new List<FieldFault>();
        if (request.Id != row.Id)
            faults.Add(new("id", "is read-only: it must be the id of the trigger"));
        var read = await parts.RunAsync(version, row.Id, http.Sent(), PartsContent.Of(before), faults, cancellationToken);
        var intake = TriggerIntakeJson.Read(request.Intake, faults);
        var isTaken = request.Name != row.Name && await db.Triggers.AnyAsync(a => a.VersionId == version.Id && a.Name == request.Name, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(isTaken ? [new("name", "is taken"), .. faults] : faults);
        if (isTaken)
            return CreateTrigger.NameTaken(request.Name);
        var content = before with
        {
            Name = request.Name,
            Summary = request.Summary,
            Description = request.Description,
            Method = http.Method.ToString(),
            Parameters = read.Parameters,
            RequestBody = read.RequestBody,
            Responses = read.Responses,
            Deprecated = request.Deprecated ?? before.Deprecated,
            Intake = request.Intake is null ? before.Intake : intake,
        };
        var stored = StoredContent.Of(content);
        if (row.Name == request.Name && row.ContentHash.AsSpan().SequenceEqual(stored.Hash))
            return new ChangedTrigger(version, row);
        await db.Dialect.StoreContentsAsync(db, [stored], cancellationToken);
        await DefinitionUses.ReplaceAsync(db, version.Id, ReferrerKind.Trigger, row.Name, request.Name, DefinitionUses.Of(content), cancellationToken);
        var now = clock.Now();
        (row.Name, row.ContentHash, row.UpdatedAt) = (request.Name, stored.Hash, now);
        await change.CommitAsync(now, cancellationToken);
        return new ChangedTrigger(version, row);
    }
}
