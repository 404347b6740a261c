using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Comparing;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>
/// Merges a newer version of the library's connector into a draft that came from it: what was imported is the base, the draft is one side, the newer
/// version the other. All of it happens in one transaction, or, where something waits for a choice, nothing.
/// </summary>
internal sealed class MergeUpstreamVersion(
    PatchbayDb db, RequestScope scope, UpstreamVersions upstreams, UpstreamSettings settings, StoredPartsReader reader, MergedDraft drafts,
    CompareVersions compare, ConnectionPlans plans, TimeProvider clock)
{
    public async Task<Outcome<MergeUpstreamResultJson>> RunAsync(
        string connectorId, string versionName, MergeUpstreamVersionJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        if (MergeChoices.Faults(request) is { Count: > 0 } faults)
            return Failure.InvalidFields(faults);
        var found = await db.FindConnectorAsync(connectorId, cancellationToken);
        if (!found.Succeeded(out var known, out var failure))
            return failure;
        db.ChangeTracker.Clear();
        // In the order in which an import locks: the organisation, the source, the connector. What is merged stays published meanwhile.
        await using var transaction = await db.Dialect.BeginWriteAsync(db, scope.OrganisationId!.Value, cancellationToken);
        if (known.SourceConnectorId is { } source)
            await db.Dialect.LockAsync(db, source, shared: true, cancellationToken);
        var opened = await VersionChange.OpenWithinAsync(db, transaction, known.Id, versionName, draftOnly: true, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out failure))
            return failure;
        var draft = change.Version;
        var upstream = await FindUpstreamAsync(known.SourceConnectorId, draft, request.UpstreamVersion, cancellationToken);
        if (!upstream.Succeeded(out var newer, out failure))
            return failure;
        if (await upstreams.BaseOfAsync(draft, cancellationToken) is not { } before)
        {
            return new Failure(FailureKind.Conflict, "merge_base_lost",
                "What this version was imported with is not kept any more, so that your changes cannot be told from upstream's. Import the newer version as a draft of its own.");
        }

        var own = await reader.OfVersionAsync(draft.Id, cancellationToken);
        var theirs = await reader.OfVersionAsync(newer.Version.Id, cancellationToken);
        var merged = await MergeAsync(before, own, theirs, request, cancellationToken);
        if (MergeChoices.Idle(request, merged) is { Count: > 0 } idle)
            return Failure.InvalidFields(idle);

        var connector = await db.Connectors.Include(c => c.AuthSchemeConfigs).FirstAsync(c => c.Id == known.Id, cancellationToken);
        var offered = SourceSettings.Of(newer.Connector, newer.Version.PublishedAt!.Value);
        var differences = UpstreamSettings.Differences(connector, offered, SourceSettings.Read(draft.SourceSettings), (kind, name) => MergeChoices.IsTaken(request, kind, name));
        if (await TakeAsync(connector, offered, differences, request, cancellationToken) is { Count: > 0 } refused)
            return Failure.InvalidFields(refused);
        var hosts = CredentialHosts.Places(connector);
        if (merged.Conflicts.Count > 0)
            return Conflicts(merged.Conflicts, differences, hosts);

        var result = drafts.Result(before, own, theirs, merged);
        var difference = VersionDifferenceJson.Of(await compare.RunAsync(own, result, cancellationToken),
            new ComparedVersionJson { Name = draft.Name }, ComparedVersionJson.Of(draft));
        var messages = MessagesOf(connector, newer.Version);
        var now = clock.Now();
        if (request.DryRun is not true)
        {
            await drafts.WriteAsync(draft, own, result, now, cancellationToken);
            (draft.SourceVersionId, draft.SourceVersionName, draft.SourceContentHash) = (newer.Version.Id, newer.Version.Name, newer.Version.ContentHash);
            draft.SourceSettings = offered.ToStored();
            draft.Messages = JsonSerializer.Serialize(ImportMessages.Keepable([.. messages, .. OtherMessages(draft)]), ApiJson.Options);
            await drafts.KeepChangesAsync(draft.Id, difference, cancellationToken);
            await change.CommitAsync(now, cancellationToken);
            plans.ForgetConnector(connector.Id);
        }

        return new MergeUpstreamResultJson
        {
            Version = ConnectorVersionJson.Of(draft, isLatest: false),
            Difference = difference,
            Connector = differences,
            Hosts = hosts,
            Messages = messages,
        };
    }

    private async Task<Outcome<(Connector Connector, ConnectorVersion Version)>> FindUpstreamAsync(
        Ulid? sourceId, ConnectorVersion draft, string name, CancellationToken cancellationToken)
    {
        if (sourceId is not { } id || draft.SourceVersionId is null)
        {
            return new Failure(FailureKind.Conflict, "no_upstream",
                $"Version '{draft.Name}' did not come from the library: there is nothing upstream of it to merge.");
        }

        // A private, unpublished or unknown one: as for an import, strangers must not be able to tell which.
        if (await upstreams.FindConnectorAsync(id, cancellationToken) is not { } connector
            || await upstreams.FindAsync(connector, name, cancellationToken) is not { } version)
        {
            return Failure.NotFound("public_version") with { Message = "The library has no such connector version." };
        }

        return version.PublishedAt > await upstreams.SinceAsync(draft, cancellationToken)
            ? (connector, version)
            : new Failure(FailureKind.Conflict, "upstream_not_newer",
                $"The library's version '{version.Name}' is not newer than '{draft.SourceVersionName}', which this version came from.");
    }

    private async Task<MergedContents> MergeAsync(
        StoredParts before, StoredParts own, StoredParts theirs, MergeUpstreamVersionJson request, CancellationToken cancellationToken)
    {
        var resolutions = (request.Resolutions ?? []).Select(MergeChoices.OfPart).OfType<MergeResolution>().ToList();
        while (true)
        {
            if (ContentsMerge.Merge(before.Parts, own.Parts, theirs.Parts, resolutions) is { } merged)
                return merged;
            foreach (var side in (StoredParts[])[before, own, theirs])
                await reader.AddMissingAsync(side, cancellationToken);
        }
    }

    private async Task<List<FieldFault>> TakeAsync(
        Connector connector, SourceSettings offered, List<ConnectorDifferenceJson> differences, MergeUpstreamVersionJson request, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        foreach (var (index, resolution) in (request.Resolutions ?? []).Index())
        {
            if (MergeChoices.SettingOf(resolution) is not { } kind)
                continue;
            if (!differences.Any(d => d.Kind == kind && d.Name == resolution.Name))
                faults.Add(new($"resolutions[{index}].{(resolution.Name is null ? "kind" : "name")}", "is nothing that upstream changed"));
            else if (resolution.Take == MergeTake.Upstream
                && await settings.TakeAsync(connector, offered, kind, resolution.Name, cancellationToken) is { } refusal)
                faults.Add(new($"resolutions[{index}].take", refusal));
        }

        return faults;
    }

    private static IReadOnlyList<MessageJson> MessagesOf(Connector connector, ConnectorVersion upstream) =>
        [CredentialHosts.Message(connector), ImportMessages.Info($"The library's version '{upstream.Name}' was merged.")];

    /// <summary>What was said before, but for the hosts, which are told anew.</summary>
    private static IEnumerable<MessageJson> OtherMessages(ConnectorVersion draft) =>
        (draft.Messages is null ? [] : JsonSerializer.Deserialize<IReadOnlyList<MessageJson>>(draft.Messages, ApiJson.Options)!)
            .Where(m => m.Text != CredentialHosts.Text);

    private static Failure Conflicts(
        IReadOnlyList<MergeConflict> conflicts, IReadOnlyList<ConnectorDifferenceJson> connector, IReadOnlyList<string> hosts) =>
        new(FailureKind.Conflict, "merge_conflicts",
            $"{conflicts.Count} part{(conflicts.Count == 1 ? " waits" : "s wait")} for your choice: nothing was written. Send it again with resolutions.")
        {
            Extension = new { Conflicts = conflicts.Select(MergeConflicts.Json).ToList(), Connector = connector, Hosts = hosts },
        };
}
