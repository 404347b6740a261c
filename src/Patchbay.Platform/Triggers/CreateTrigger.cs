using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers;

/// <summary>Adds a trigger to a draft.</summary>
internal sealed class CreateTrigger(PatchbayDb db, ReadSentParts parts, TimeProvider clock)
{
    public async Task<Outcome<ChangedTrigger>> RunAsync(
        string connectorId, string versionName, TriggerCreateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var id = Identifiers.New(clock);
        var http = (TriggerHTTPCreateJson)request;
        var faults = new List<FieldFault>();
        if (await db.Connectors.AnyAsync(c => c.Id == version.ConnectorId && c.Protocol != Connector.Http, cancellationToken))
            faults.Add(new("type", "does not fit the connector's protocol"));
        var read = await parts.RunAsync(version, id, http.Sent(), PartsContent.Empty, faults, cancellationToken);
        var intake = TriggerIntakeJson.Read(request.Intake, faults);
        var isTaken = await db.Triggers.AnyAsync(a => a.VersionId == version.Id && a.Name == request.Name, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(isTaken ? [new("name", "is taken"), .. faults] : faults);
        if (isTaken)
            return NameTaken(request.Name);
        var content = new TriggerContent
        {
            Name = request.Name,
            Summary = request.Summary,
            Description = request.Description,
            Method = http.Method.ToString(),
            Parameters = read.Parameters,
            RequestBody = read.RequestBody,
            Responses = read.Responses,
            Deprecated = request.Deprecated ?? false,
            Intake = intake,
        };
        var stored = StoredContent.Of(content);
        await db.Dialect.StoreContentsAsync(db, [stored], cancellationToken);
        var now = clock.Now();
        var row = new VersionTrigger { Id = id, VersionId = version.Id, Name = request.Name, ContentHash = stored.Hash, UpdatedAt = now };
        db.Add(row);
        await DefinitionUses.ReplaceAsync(db, version.Id, ReferrerKind.Trigger, before: null, row.Name, DefinitionUses.Of(content), cancellationToken);
        await change.CommitAsync(now, cancellationToken);
        return new ChangedTrigger(version, row);
    }

    public static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "trigger_exists", $"The version has a trigger '{name}' already. Choose another name.");
}

/// <summary>A trigger after it was written, with its version.</summary>
internal sealed record ChangedTrigger(ConnectorVersion Version, VersionTrigger Trigger);
