using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Versions;

/// <summary>Edits to drafts behind the server's back, and descriptions that differ.</summary>
internal static class DraftEdits
{
    /// <summary>A description as JSON, changed.</summary>
    public static string Changed(this Description description, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(description.ToString())!.AsObject();
        change(json);
        return json.ToJsonString();
    }

    public static JsonObject Operation(this JsonObject description, int number) => description["paths"]![$"/parcels{number}/{{id}}"]!["get"]!.AsObject();

    public static JsonObject Schema(this JsonObject description, int number) => description["components"]!["schemas"]![$"Parcel{number}"]!.AsObject();

    /// <summary>Imports a description as a further version and publishes it.</summary>
    public static async Task PublishVersionAsync(this Tenant tenant, string connectorId, string version, string description)
    {
        (await tenant.PostAsync($"connector/{connectorId}/http/import", Upload.Of(description, new { format = "openapi", version }))).Expect(201);
        await tenant.PublishAsync(connectorId, version);
    }

    /// <summary>Replaces an action of a draft, or deletes it where the edit gives none.</summary>
    public static Task EditActionAsync(this Tenant tenant, string versionId, string name, Func<ActionContent, ActionContent?> edit) =>
        EditAsync(tenant, async db =>
        {
            var version = Ulid.Parse(versionId);
            var row = await db.Actions.SingleAsync(a => a.VersionId == version && a.Name == name);
            var body = (await db.Contents.AsNoTracking().SingleAsync(c => c.Hash == row.ContentHash)).Body;
            if (edit(StoredContent.Read<ActionContent>(body)) is not { } edited)
            {
                db.Remove(row);
                db.RemoveRange(await db.DefinitionUses.Where(u => u.VersionId == version && u.ReferrerKind == ReferrerKind.Action && u.Referrer == name).ToListAsync());
                return;
            }

            var content = StoredContent.Of(edited);
            await db.Dialect.StoreContentsAsync(db, [content], TestContext.Current.CancellationToken);
            row.ContentHash = content.Hash;
        });

    /// <summary>Adds an action to a draft that answers with a definition.</summary>
    public static Task AddActionAsync(this Tenant tenant, string versionId, string name, string definition) =>
        EditAsync(tenant, async db =>
        {
            var content = StoredContent.Of(new ActionContent
            {
                Name = name, Method = "GET", Path = $"/{name}",
                Responses = [new ResponseContent { Status = 200, Definitions = [new DefinitionLink { Definition = definition, MediaTypes = ["application/json"] }] }],
            });
            await db.Dialect.StoreContentsAsync(db, [content], TestContext.Current.CancellationToken);
            var (version, now) = (Ulid.Parse(versionId), TimeProvider.System.Now());
            db.AddRange(
                new VersionAction { Id = Identifiers.New(TimeProvider.System), VersionId = version, Name = name, ContentHash = content.Hash, UpdatedAt = now },
                new DefinitionUse { VersionId = version, Definition = definition, ReferrerKind = ReferrerKind.Action, Referrer = name });
        });

    /// <summary>The hash over all that a version holds.</summary>
    public static async Task<string> HashAsync(this Tenant tenant, string versionId)
    {
        await using var scope = tenant.Host.Services.CreateAsyncScope();
        return Convert.ToHexString(await PublishVersion.HashAsync(scope.ServiceProvider.GetRequiredService<PatchbayDb>(), Ulid.Parse(versionId), TestContext.Current.CancellationToken));
    }

    /// <summary>The id of a version.</summary>
    public static async Task<string> VersionIdAsync(this Tenant tenant, string connectorId, string version) =>
        (await tenant.GetAsync($"connectors/{connectorId}/versions/{version}")).Expect(200).Id;

    private static async Task EditAsync(Tenant tenant, Func<PatchbayDb, Task> edit)
    {
        await using var scope = tenant.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, Ulid.Parse(tenant.Id), TestContext.Current.CancellationToken);
        await edit(db);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }
}
