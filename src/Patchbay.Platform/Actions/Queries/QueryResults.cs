using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>Makes the definition of a query's result, and keeps it up to date.</summary>
internal sealed class QueryResults(PatchbayDb db)
{
    private const string Json = "application/json";

    /// <summary>The responses of an action that is a query. Runs inside the change of the version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="name">The action's name.</param>
    /// <param name="query">The query.</param>
    /// <param name="before">The action as it was; null for a new one.</param>
    /// <param name="now">The time of the change.</param>
    /// <param name="newId">Makes ids.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<ResponseContent>> ResponsesAsync(
        ConnectorVersion version, string name, CheckedQuery query, ActionContent? before, DateTimeOffset now, Func<Ulid> newId, CancellationToken cancellationToken)
    {
        var known = before?.Responses.SelectMany(r => r.Definitions).Select(d => d.Definition).FirstOrDefault();
        if (query.Row is not { } row)
        {
            // A definition says what the query gives that it was made for; of another nobody knows.
            return known is not null && before!.Query?.Sql == query.Content.Sql ? before.Responses : [new ResponseContent { Status = 200, Description = "The result of the query." }];
        }

        var content = StoredContent.OfText(SchemaOf(row));
        await db.Dialect.StoreContentsAsync(db, [content], cancellationToken);
        var definition = known is null ? null : await db.Definitions.FirstOrDefaultAsync(d => d.VersionId == version.Id && d.Name == known, cancellationToken);
        if (definition is null)
        {
            definition = new VersionDefinition
            {
                Id = newId(),
                VersionId = version.Id,
                Name = await FreeNameAsync(version.Id, name, cancellationToken),
                Description = $"The result of the query {name}.",
                Accept = [Json],
                ContentType = GivenSchema.JsonContentType,
                ContentHash = content.Hash,
                UpdatedAt = now,
            };
            db.Add(definition);
        }
        else if (!definition.ContentHash.AsSpan().SequenceEqual(content.Hash))
            (definition.ContentHash, definition.UpdatedAt) = (content.Hash, now);

        return
        [
            new ResponseContent
            {
                Status = 200,
                Description = "The result of the query.",
                Definitions = [new DefinitionLink { Definition = definition.Name, MediaTypes = [Json] }],
            },
        ];
    }

    private async Task<string> FreeNameAsync(Ulid versionId, string action, CancellationToken cancellationToken)
    {
        var name = $"{(action.Length > 200 ? action[..200] : action).Replace('$', '_')}Result";
        var taken = await db.Definitions.Where(d => d.VersionId == versionId && d.Name.StartsWith(name)).Select(d => d.Name).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        // A name that something refers to, though nothing has it any more, would mean this one from now on.
        taken.UnionWith(await db.DefinitionUses.Where(u => u.VersionId == versionId && u.Definition.StartsWith(name)).Select(u => u.Definition).ToListAsync(cancellationToken));
        return taken.Contains(name) ? Enumerable.Range(2, taken.Count + 1).Select(i => $"{name}{i}").First(n => !taken.Contains(n)) : name;
    }

    private static string SchemaOf(JsonObject row) => new JsonObject
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["rows"] = new JsonObject { ["type"] = "array", ["items"] = row.DeepClone() },
            ["totalRows"] = new JsonObject { ["type"] = "integer", ["description"] = "How many rows there are in all." },
            ["bytesProcessed"] = new JsonObject { ["type"] = "integer" },
            ["cacheHit"] = new JsonObject { ["type"] = "boolean" },
            ["affectedRows"] = new JsonObject { ["type"] = "integer" },
            ["jobId"] = new JsonObject { ["type"] = "string" },
            ["truncated"] = new JsonObject { ["type"] = "boolean", ["description"] = "Whether there are more rows than are given." },
        },
        ["required"] = new JsonArray("rows"),
    }.ToJsonString(ContentJson.Options);
}
