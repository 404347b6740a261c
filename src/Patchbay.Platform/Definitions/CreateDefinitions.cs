using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Schemas;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Adds definitions to a draft, all of them or none. They may refer to each other, in circles too, and to those that are there.</summary>
internal sealed class CreateDefinitions(PatchbayDb db, ResolveSchemas schemas, TimeProvider clock)
{
    public async Task<Outcome<ChangedDefinitions>> RunAsync(
        string connectorId, string versionName, DefinitionsCreateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        // Reading takes the longest, and needs nobody to wait.
        var faults = new List<FieldFault>();
        var read = Read(request, faults, cancellationToken);
        var opened = await VersionChange.OpenAsync(db, connectorId, versionName, draftOnly: true, cancellationToken, precondition);
        if (!opened.Succeeded(out var change, out var failure))
            return failure;
        await using var _ = change;
        var version = change.Version;
        var taken = await TakenAsync(version.Id, request, cancellationToken);
        var set = schemas.SetOf(version);
        foreach (var (name, (_, schema)) in read)
            set.Give(name, schema);
        await schemas.CompleteAsync(set, version.Id, cancellationToken);
        await BringOrphansAsync(set, version.Id, [.. read.Keys], cancellationToken);
        foreach (var (name, found) in set.Faults())
            ResolveSchemas.AddFaults(faults, $"definitions[{read[name].Index}].schema.content", found);
        if (faults.Count > 0)
            return Failure.InvalidFields([.. taken, .. faults]);
        if (taken.Count > 0)
            return NameTaken(request.Definitions.Count == 1 ? request.Definitions[0].Name : null) with { Fields = taken };

        var now = clock.Now();
        var contents = new Dictionary<string, Content>(StringComparer.Ordinal);
        var rows = new List<VersionDefinition>();
        foreach (var (definition, id) in request.Definitions.Zip(Identifiers.Sequence(clock)))
        {
            var content = StoredContent.OfText(set.TextOf(definition.Name));
            contents.TryAdd(Convert.ToHexString(content.Hash), content);
            rows.Add(new VersionDefinition
            {
                Id = id,
                VersionId = version.Id,
                Name = definition.Name,
                Description = definition.Description,
                Accept = [.. definition.Accept],
                ContentType = read[definition.Name].Schema.IsXml ? GivenSchema.XmlContentType : GivenSchema.JsonContentType,
                ContentHash = content.Hash,
                UpdatedAt = now,
            });
            await DefinitionUses.ReplaceAsync(
                db, version.Id, ReferrerKind.Definition, before: null, definition.Name, set.ReferencesOf(definition.Name), cancellationToken);
        }

        await db.Dialect.StoreContentsAsync(db, [.. contents.Values], cancellationToken);
        db.AddRange(rows);
        await change.CommitAsync(now, cancellationToken);
        return new ChangedDefinitions(version, rows);
    }

    public static Failure NameTaken(string? name) => new(FailureKind.Conflict, "definition_exists",
        name is null
            ? "The version has definitions of some of these names already. Choose other names, or update those that are there."
            : $"The version has a definition '{name}' already. Choose another name, or update the one that is there.");

    private static Dictionary<string, (int Index, GivenSchema Schema)> Read(
        DefinitionsCreateJson request, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, (int Index, GivenSchema Schema)>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (request.Definitions.Count == 0)
            faults.Add(new("definitions", "must hold at least one definition"));
        foreach (var (index, definition) in request.Definitions.Index())
        {
            var path = $"definitions[{index}]";
            var schema = DefinitionRules.Read(definition.Schema, $"{path}.schema", faults, cancellationToken);
            DefinitionRules.CheckAccept(definition.Accept, [], schema?.IsXml == true, $"{path}.accept", faults);
            if (!names.Add(definition.Name))
                faults.Add(new($"{path}.name", "stands twice in the request"));
            else if (schema is not null)
                read.Add(definition.Name, (index, schema));
        }

        return read;
    }

    private async Task<List<FieldFault>> TakenAsync(Ulid versionId, DefinitionsCreateJson request, CancellationToken cancellationToken)
    {
        var names = request.Definitions.Select(d => d.Name).ToList();
        var taken = await db.Definitions.Where(d => d.VersionId == versionId && names.Contains(d.Name)).Select(d => d.Name)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        return [.. request.Definitions.Index().Where(d => taken.Contains(d.Item.Name)).Select(d => new FieldFault($"definitions[{d.Index}].name", "is taken"))];
    }

    /// <summary>Where a definition of the name was deleted by force, what refers to it comes to mean the new one.</summary>
    private async Task BringOrphansAsync(DefinitionSet set, Ulid versionId, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (!await db.DefinitionUses.AnyAsync(u => u.VersionId == versionId && u.ReferrerKind == ReferrerKind.Definition && names.Contains(u.Definition), cancellationToken))
            return;
        foreach (var name in names)
            set.Grows(name, before: null);
        await schemas.BringReferrersAsync(set, versionId, names, cancellationToken);
    }
}

/// <summary>Definitions after they were written, with their version.</summary>
internal sealed record ChangedDefinitions(ConnectorVersion Version, IReadOnlyList<VersionDefinition> Definitions);
