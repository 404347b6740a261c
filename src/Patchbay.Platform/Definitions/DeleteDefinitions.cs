using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>
/// Deletes definitions of a draft that nothing else refers to, all of those that are named or none; with force also others, whose referrers
/// then have an error.
/// </summary>
internal sealed class DeleteDefinitions(PatchbayDb db, DefinitionReader reader, TimeProvider clock)
{
    /// <summary>Deletes one.</summary>
    public async Task<Outcome<Done>> RunAsync(string connectorId, string versionName, string name, bool force, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var rows = await db.Definitions.Where(d => d.VersionId == change.Version.Id && d.Name == name).ToListAsync(cancellationToken);
        if (rows.Count == 0)
            return Failure.NotFound("definition");
        return await precondition.RefusalAsync(() => reader.ShownAsync(change.Version, rows[0], cancellationToken)) is { } refusal
            ? refusal
            : await DeleteAsync(change, rows, force, cancellationToken);
    }

    /// <summary>Deletes several.</summary>
    public async Task<Outcome<Done>> RunAsync(
        string connectorId, string versionName, DefinitionsDeleteJson request, bool force, Precondition precondition, CancellationToken cancellationToken)
    {
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var (ids, names) = (request.Ids ?? [], request.Names ?? []);
        var ofVersion = db.Definitions.Where(d => d.VersionId == change.Version.Id);
        var faults = ChoiceFaults(request);
        var rows = faults.Count > 0 ? []
            : await (request.All == true ? ofVersion : ofVersion.Where(d => ids.Contains(d.Id) || names.Contains(d.Name))).ToListAsync(cancellationToken);
        if (faults.Count == 0)
            AddUnknown(faults, ids, names, rows);
        return faults.Count > 0 ? Failure.InvalidFields(faults) : await DeleteAsync(change, rows, force, cancellationToken);
    }

    private static List<FieldFault> ChoiceFaults(DefinitionsDeleteJson request) => request switch
    {
        { All: true } when request.Ids is not null || request.Names is not null => [new("all", "stands instead of ids and names: leave one or the other out")],
        { All: not true } when request.Ids is not { Count: > 0 } && request.Names is not { Count: > 0 } => [new("names", "must name a definition, unless ids do or all is true")],
        _ => [],
    };

    private static void AddUnknown(List<FieldFault> faults, IReadOnlyList<Ulid> ids, IReadOnlyList<string> names, List<VersionDefinition> rows)
    {
        var byId = rows.ToDictionary(d => d.Id);
        var byName = rows.ToDictionary(d => d.Name, StringComparer.Ordinal);
        faults.AddRange(ids.Index().Where(i => !byId.ContainsKey(i.Item)).Select(i => new FieldFault($"ids[{i.Index}]", "is no definition of this version")));
        foreach (var (index, name) in names.Index())
        {
            if (!byName.TryGetValue(name, out var row))
                faults.Add(new($"names[{index}]", "is no definition of this version"));
            else if (ids.Contains(row.Id))
                faults.Add(new($"names[{index}]", "is among the ids as well: name a definition by one of the two"));
        }
    }

    private async Task<Outcome<Done>> DeleteAsync(VersionChange change, List<VersionDefinition> rows, bool force, CancellationToken cancellationToken)
    {
        var version = change.Version.Id;
        var names = rows.Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        if (!force && await BlockedAsync(version, rows, names, cancellationToken) is { Count: > 0 } blocked)
        {
            return new Failure(FailureKind.PreconditionFailed, "definition_in_use", blocked.Count == 1
                ? $"The definition '{blocked[0].Name}' is referred to. Change what refers to it first, or delete it with ?force=true."
                : $"{blocked.Count} definitions are referred to. Change what refers to them first, or delete them with ?force=true.")
            {
                Details = string.Join("; ", blocked.Take(20).Select(b => $"{b.Name}: {string.Join(", ", b.ReferencedBy.Take(20).Select(r => $"{r.Type.ToString().ToLowerInvariant()} {r.Name}"))}")),
                Extension = new { Definition = blocked[0], Definitions = blocked },
            };
        }

        db.RemoveRange(rows);
        foreach (var chunk in names.Chunk(500))
        {
            db.RemoveRange(await db.DefinitionUses
                .Where(u => u.VersionId == version && u.ReferrerKind == ReferrerKind.Definition && chunk.Contains(u.Referrer)).ToListAsync(cancellationToken));
        }

        await change.CommitAsync(clock.Now(), cancellationToken);
        return new Done();
    }

    /// <summary>Those to which something refers that stays.</summary>
    private async Task<List<DefinitionsDeletePreconditionFailedDefinitionJson>> BlockedAsync(
        Ulid versionId, List<VersionDefinition> rows, HashSet<string> names, CancellationToken cancellationToken)
    {
        var references = await reader.ReferencesAsync(versionId, names, cancellationToken);
        return [.. rows.OrderBy(d => d.Name, StringComparer.Ordinal)
            .Select(d => new DefinitionsDeletePreconditionFailedDefinitionJson
            {
                Id = d.Id,
                Name = d.Name,
                ReferencedBy = [.. references[d.Name].Where(r => r.Type != DefinitionReferenceType.Definition || !names.Contains(r.Name))],
            })
            .Where(d => d.ReferencedBy.Count > 0)];
    }
}
