using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Triggers;

namespace Patchbay.Platform.Versions;

/// <summary>Reads actions and triggers of a version as their JSON shows them, with the definitions that they use.</summary>
internal sealed class VersionReader(PatchbayDb db, DefinitionReader definitions)
{
    public async Task<IReadOnlyList<ActionJson>> ActionsAsync(
        ConnectorVersion version, IReadOnlyList<VersionAction> rows, CancellationToken cancellationToken)
    {
        var bodies = await BodiesAsync(rows.Select(r => r.ContentHash), cancellationToken);
        // The name is the row's: renaming an action leaves its content shared.
        var actions = rows.Select(r => StoredContent.Read<ActionContent>(bodies[Convert.ToHexString(r.ContentHash)]) with { Name = r.Name }).ToList();
        var byName = await definitions.ByNameAsync(version, actions.SelectMany(DefinitionUses.Of), cancellationToken);
        return [.. rows.Zip(actions, (row, action) => ActionJson.Of(row.Id, action, byName))];
    }

    public async Task<IReadOnlyList<TriggerJson>> TriggersAsync(
        ConnectorVersion version, IReadOnlyList<VersionTrigger> rows, CancellationToken cancellationToken)
    {
        var bodies = await BodiesAsync(rows.Select(r => r.ContentHash), cancellationToken);
        var triggers = rows.Select(r => StoredContent.Read<TriggerContent>(bodies[Convert.ToHexString(r.ContentHash)]) with { Name = r.Name }).ToList();
        var byName = await definitions.ByNameAsync(version, triggers.SelectMany(DefinitionUses.Of), cancellationToken);
        return [.. rows.Zip(triggers, (row, trigger) => TriggerHTTPJson.Of(row.Id, trigger, byName))];
    }

    /// <summary>An action as its own GET answers.</summary>
    public async Task<ActionJson> ActionAsync(ConnectorVersion version, VersionAction row, CancellationToken cancellationToken) =>
        (await ActionsAsync(version, [row], cancellationToken))[0];

    /// <summary>A trigger as its own GET answers.</summary>
    public async Task<TriggerJson> TriggerAsync(ConnectorVersion version, VersionTrigger row, CancellationToken cancellationToken) =>
        (await TriggersAsync(version, [row], cancellationToken))[0];

    private async Task<Dictionary<string, byte[]>> BodiesAsync(IEnumerable<byte[]> hashes, CancellationToken cancellationToken)
    {
        var wanted = hashes.ToList();
        return await db.Contents.AsNoTracking().Where(c => wanted.Contains(c.Hash))
            .ToDictionaryAsync(c => Convert.ToHexString(c.Hash), c => c.Body, StringComparer.Ordinal, cancellationToken);
    }
}
