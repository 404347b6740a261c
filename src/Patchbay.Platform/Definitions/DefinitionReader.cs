using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Reads definitions as their JSON shows them.</summary>
internal sealed class DefinitionReader(PatchbayDb db, DefinitionUrls urls)
{
    public DefinitionJson Json(ConnectorVersion version, VersionDefinition definition, IReadOnlyList<DefinitionReferenceJson>? referencedBy = null) => new()
    {
        Id = definition.Id,
        Name = definition.Name,
        Accept = definition.Accept,
        Description = definition.Description,
        Url = urls.Of(version, definition),
        ReferencedBy = referencedBy,
        // The schema has a URL of its own, and is written here.
        StateBehind = $"{definition.ContentType} {Convert.ToHexStringLower(definition.ContentHash)}",
    };

    /// <summary>Definitions with what refers to each.</summary>
    public async Task<IReadOnlyList<DefinitionJson>> WithReferencesAsync(
        ConnectorVersion version, IReadOnlyList<VersionDefinition> definitions, CancellationToken cancellationToken)
    {
        var references = await ReferencesAsync(version.Id, definitions.Select(d => d.Name), cancellationToken);
        return [.. definitions.Select(d => Json(version, d, [.. references[d.Name]]))];
    }

    /// <summary>A definition as its own GET answers.</summary>
    public async Task<DefinitionJson> ShownAsync(ConnectorVersion version, VersionDefinition definition, CancellationToken cancellationToken) =>
        Json(version, definition, [.. (await ReferencesAsync(version.Id, [definition.Name], cancellationToken))[definition.Name]]);

    /// <summary>The definitions of these names, as actions and triggers show them.</summary>
    public async Task<Dictionary<string, DefinitionJson>> ByNameAsync(
        ConnectorVersion version, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.Distinct(StringComparer.Ordinal).ToList();
        return await db.Definitions.AsNoTracking().Where(d => d.VersionId == version.Id && wanted.Contains(d.Name))
            .ToDictionaryAsync(d => d.Name, d => Json(version, d), StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>What refers to each of these definitions.</summary>
    public async Task<ILookup<string, DefinitionReferenceJson>> ReferencesAsync(
        Ulid versionId, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.ToList();
        var uses = await db.DefinitionUses.AsNoTracking().Where(u => u.VersionId == versionId && wanted.Contains(u.Definition)).ToListAsync(cancellationToken);
        var ids = new Dictionary<(ReferrerKind, string), Ulid>();
        foreach (var kind in uses.Select(u => u.ReferrerKind).Distinct())
        {
            var referrers = uses.Where(u => u.ReferrerKind == kind).Select(u => u.Referrer).Distinct(StringComparer.Ordinal).ToList();
            var rows = kind switch
            {
                ReferrerKind.Definition => db.Definitions.Where(x => x.VersionId == versionId && referrers.Contains(x.Name)).Select(x => new { x.Name, x.Id }),
                ReferrerKind.Action => db.Actions.Where(x => x.VersionId == versionId && referrers.Contains(x.Name)).Select(x => new { x.Name, x.Id }),
                _ => db.Triggers.Where(x => x.VersionId == versionId && referrers.Contains(x.Name)).Select(x => new { x.Name, x.Id }),
            };
            foreach (var row in await rows.ToListAsync(cancellationToken))
                ids[(kind, row.Name)] = row.Id;
        }

        return uses.Where(u => ids.ContainsKey((u.ReferrerKind, u.Referrer)))
            .OrderBy(u => u.ReferrerKind).ThenBy(u => u.Referrer, StringComparer.Ordinal)
            .ToLookup(u => u.Definition, u => new DefinitionReferenceJson
            {
                Type = (DefinitionReferenceType)u.ReferrerKind,
                Id = ids[(u.ReferrerKind, u.Referrer)],
                Name = u.Referrer,
            }, StringComparer.Ordinal);
    }
}
