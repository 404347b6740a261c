using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Changes a definition of a draft: its schema, what is said of it, and its name, which its references follow.</summary>
internal sealed class UpdateDefinition(PatchbayDb db, ResolveSchemas schemas, RenameDefinition rename, DefinitionReader reader, TimeProvider clock)
{
    public async Task<Outcome<ChangedDefinitions>> RunAsync(
        string connectorId, string versionName, string name, DefinitionUpdateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        var given = request.Schema is { } sent ? DefinitionRules.Read(sent, "schema", faults, cancellationToken) : null;
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var row = await db.Definitions.FirstOrDefaultAsync(d => d.VersionId == version.Id && d.Name == name, cancellationToken);
        if (row is null)
            return Failure.NotFound("definition");
        if (await precondition.RefusalAsync(() => reader.ShownAsync(version, row, cancellationToken)) is { } refusal)
            return refusal;
        var isXml = DefinitionUrls.IsXml(row.ContentType);
        if (request.Id != row.Id)
            faults.Add(new("id", "is read-only: it must be the id of the definition"));
        DefinitionRules.CheckAccept(request.Accept, row.Accept, isXml, "accept", faults);
        if (given is not null && given.IsXml != isXml)
            faults.Add(new("schema.contentType", "is of another kind than the schema that is there, which others refer to by its kind; create a new definition"));
        var isRenamed = request.Name != row.Name;
        var isTaken = isRenamed && await db.Definitions.AnyAsync(d => d.VersionId == version.Id && d.Name == request.Name, cancellationToken);
        var text = (await schemas.TextsAsync(version.Id, [row.Name], cancellationToken))[row.Name].Text;
        var references = (IReadOnlyList<string>?)null;
        if (faults.Count == 0 && !isTaken && (given is not null || await IsAwaitedAsync(version.Id, row, request.Name, cancellationToken)))
        {
            var set = schemas.SetOf(version);
            set.Give(request.Name, given ?? GivenSchema.OfStored(text, isXml), formerName: row.Name);
            await CheckAsync(set, version.Id, row, request.Name, text, faults, cancellationToken);
            if (faults.Count == 0)
                (text, references) = (set.TextOf(request.Name), set.ReferencesOf(request.Name));
        }
        else if (isRenamed)
            text = RenameDefinition.In(text, isXml, row.Name, request.Name);

        if (faults.Count > 0)
            return Failure.InvalidFields(isTaken ? [new("name", "is taken"), .. faults] : faults);
        if (isTaken)
            return CreateDefinitions.NameTaken(request.Name);
        var content = StoredContent.OfText(text);
        if (!isRenamed && row.ContentHash.AsSpan().SequenceEqual(content.Hash) && row.Description == request.Description && row.Accept.SequenceEqual(request.Accept, StringComparer.Ordinal))
            return new ChangedDefinitions(version, [row]);

        var now = clock.Now();
        await db.Dialect.StoreContentsAsync(db, [content], cancellationToken);
        if (isRenamed)
            await rename.RunAsync(version.Id, row.Name, request.Name, isXml, now, cancellationToken);
        if (references is not null)
            await DefinitionUses.ReplaceAsync(db, version.Id, ReferrerKind.Definition, request.Name, request.Name, references, cancellationToken);
        (row.Name, row.Description, row.Accept, row.ContentHash, row.UpdatedAt) = (request.Name, request.Description, [.. request.Accept], content.Hash, now);
        await change.CommitAsync(now, cancellationToken);
        return new ChangedDefinitions(version, [row]);
    }

    /// <summary>Whether something refers to a new name already, which a definition that was deleted by force had.</summary>
    private async Task<bool> IsAwaitedAsync(Ulid versionId, VersionDefinition row, string name, CancellationToken cancellationToken) =>
        name != row.Name && await db.DefinitionUses.AnyAsync(
            u => u.VersionId == versionId && u.ReferrerKind == ReferrerKind.Definition && u.Definition == name, cancellationToken);

    private async Task CheckAsync(
        DefinitionSet set, Ulid versionId, VersionDefinition row, string name, string before, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        await schemas.CompleteAsync(set, versionId, cancellationToken);
        var isAwaited = await IsAwaitedAsync(versionId, row, name, cancellationToken);
        if (set.Grows(name, isAwaited ? null : before))
            await schemas.BringReferrersAsync(set, versionId, [row.Name, name], cancellationToken);
        if (set.Faults().TryGetValue(name, out var found))
            ResolveSchemas.AddFaults(faults, "schema.content", found);
        if (!set.HasLostPlaces(name, before))
            return;
        var referrers = await schemas.ReferrersAsync(versionId, [row.Name], cancellationToken);
        foreach (var (referrer, schema) in (await schemas.TextsAsync(versionId, referrers, cancellationToken)).Where(r => r.Key != row.Name && !r.Value.IsXml))
        {
            set.Load(referrer, schema.Text, schema.IsXml);
            faults.AddRange(set.LostPlaces(referrer, name)
                .Select(place => new FieldFault("schema.content", $"has no schema at {place} any more, to which the definition '{referrer}' refers")));
        }
    }
}
