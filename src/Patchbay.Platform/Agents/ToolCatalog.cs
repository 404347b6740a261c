using System.Buffers.Text;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Agents;

/// <summary>A connector whose actions are tools: one with a published version and a connection of the organisation's own.</summary>
internal sealed record ToolConnector
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What the names of its tools begin with.</summary>
    public required string Slug { get; init; }

    /// <summary>The version that <c>default</c> stands for.</summary>
    public required Ulid VersionId { get; init; }

    public required string VersionName { get; init; }

    /// <summary>The organisation's connections, by name.</summary>
    public required IReadOnlyList<ToolConnection> Connections { get; init; }

    public required IReadOnlyList<Tool> Tools { get; init; }
}

/// <summary>A connection that a tool can be called through.</summary>
internal sealed record ToolConnection(Ulid Id, string Name);

/// <summary>An action as a tool.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Action">The action.</param>
internal sealed record Tool(string Name, ListedAction Action);

/// <summary>A tool with its connector.</summary>
internal sealed record FoundTool(ToolConnector Connector, Tool Tool)
{
    /// <summary>Where a list goes on behind this one.</summary>
    public string Cursor => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Connector.Id}/{Tool.Action.Name}"));
}

/// <summary>
/// The tools of an organisation: the actions of each connector's default version, in an order that stays. Nothing of another organisation is
/// looked at, since every query goes through the tenant filter.
/// </summary>
internal sealed class ToolCatalog(PatchbayDb db, ActionLists lists)
{
    /// <param name="connector">The one connector to look at, by id, slug or name; null for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<ToolConnector>> ReadAsync(string? connector, CancellationToken cancellationToken)
    {
        var connections = (await db.Connections.AsNoTracking().Where(c => c.Owner == "").Select(c => new { c.Id, c.ConnectorId, c.Name }).ToListAsync(cancellationToken))
            .ToLookup(c => c.ConnectorId, c => new ToolConnection(c.Id, c.Name));
        var ids = connections.Select(c => c.Key).ToList();
        var rows = await db.Connectors.AsNoTracking().Where(c => ids.Contains(c.Id)).Select(c => new { c.Id, c.Name }).ToListAsync(cancellationToken);
        var published = (await db.Versions.AsNoTracking().Where(v => ids.Contains(v.ConnectorId) && v.PublishedAt != null)
            .Select(v => new { v.Id, v.ConnectorId, v.Name, v.IsDefault, v.PublishedAt }).ToListAsync(cancellationToken)).ToLookup(v => v.ConnectorId);
        var found = new List<ToolConnector>();
        var slugs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows.OrderBy(r => r.Id))
        {
            var slug = ToolNames.Slug(row.Name);
            if (!slugs.Add(slug))
                slugs.Add(slug = ToolNames.SlugBehind(slug, row.Id));
            var version = published[row.Id].OrderByDescending(v => v.IsDefault).ThenByDescending(v => v.PublishedAt).ThenByDescending(v => v.Id).FirstOrDefault();
            if (version is null || !IsMeant(connector, row.Id, slug, row.Name))
                continue;
            found.Add(new ToolConnector
            {
                Id = row.Id,
                Name = row.Name,
                Slug = slug,
                VersionId = version.Id,
                VersionName = version.Name,
                Connections = [.. connections[row.Id].OrderBy(c => c.Name, StringComparer.Ordinal)],
                Tools = Named(slug, await lists.OfAsync(db, version.Id, version.PublishedAt!.Value, cancellationToken)),
            });
        }

        return found;
    }

    /// <summary>The tool of a name, or null.</summary>
    public static FoundTool? Find(IReadOnlyList<ToolConnector> connectors, string name)
    {
        foreach (var connector in connectors.Where(c => name.StartsWith(c.Slug, StringComparison.Ordinal)))
        {
            if (connector.Tools.FirstOrDefault(t => t.Name == name) is { } tool)
                return new FoundTool(connector, tool);
        }

        return null;
    }

    /// <summary>Tools in the order of lists.</summary>
    /// <param name="connectors">Of whom.</param>
    /// <param name="words">What each must have, all of them.</param>
    public static IEnumerable<FoundTool> All(IReadOnlyList<ToolConnector> connectors, IReadOnlyList<string> words) =>
        connectors.SelectMany(c => c.Tools.Where(t => words.All(w => Has(c, t, w))).Select(t => new FoundTool(c, t)));

    /// <summary>Those that have most of some words, and have them where it says most.</summary>
    public static IEnumerable<FoundTool> Ranked(IReadOnlyList<ToolConnector> connectors, IReadOnlyList<string> words) =>
        All(connectors, []).Select(found => (Found: found, Score: words.Sum(w => ScoreOf(found, w)))).Where(r => r.Score > 0)
            .OrderByDescending(r => r.Score).Select(r => r.Found);

    /// <summary>The words of a search.</summary>
    public static IReadOnlyList<string> WordsOf(string? text) =>
        [.. (text ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(20)];

    /// <summary>Whether a cursor stands before a tool, so that a list that goes on there shows it.</summary>
    public static Func<FoundTool, bool>? Behind(string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            if (text.Length > 27 && text[26] == '/' && Ulid.TryParse(text.AsSpan(0, 26), out var connector))
            {
                return found => found.Connector.Id.CompareTo(connector) is var order
                    && (order > 0 || (order == 0 && string.CompareOrdinal(found.Tool.Action.Name, text[27..]) > 0));
            }
        }
        catch (FormatException)
        {
            // It is none of ours.
        }

        return null;
    }

    private static bool IsMeant(string? connector, Ulid id, string slug, string name) =>
        connector is null || slug == connector || name.Equals(connector, StringComparison.OrdinalIgnoreCase) || (Ulid.TryParse(connector, out var wanted) && wanted == id);

    private static List<Tool> Named(string slug, IReadOnlyList<ListedAction> actions)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. actions.Select(action =>
        {
            var name = ToolNames.Of(slug, action.Name);
            if (!names.Add(name))
                names.Add(name = ToolNames.Of(slug, action.Name, hashLength: 16));
            return new Tool(name, action);
        })];
    }

    private static bool Has(ToolConnector connector, Tool tool, string word) =>
        tool.Action.Words.Contains(word, StringComparison.Ordinal) || connector.Name.Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>How many words are found counts before where they are.</summary>
    private static int ScoreOf(FoundTool found, string word) =>
        !Has(found.Connector, found.Tool, word) ? 0
        : found.Tool.Action.Name.Contains(word, StringComparison.OrdinalIgnoreCase) ? 104
        : found.Tool.Action.Summary.Contains(word, StringComparison.OrdinalIgnoreCase) ? 102
        : 101;
}
