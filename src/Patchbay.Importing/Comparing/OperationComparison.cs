using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Comparing;

/// <summary>
/// Compares actions and triggers field by field. Of an action the caller sends the request and is given the responses; of a trigger
/// it is the other way round.
/// </summary>
internal sealed class OperationComparison(SchemaComparison schemas)
{
    private List<FieldChange> _changes = [];

    public IReadOnlyList<FieldChange> Actions(ActionContent was, ActionContent now)
    {
        _changes = [];
        Text("summary", was.Summary, now.Summary);
        Text("description", was.Description, now.Description);
        Value("method", was.Method, now.Method);
        Value("path", was.Path, now.Path);
        Value("query", QueryOf(was), QueryOf(now));
        Flag("deprecated", was.Deprecated, now.Deprecated);
        Parameters("/parameters", was.Parameters, now.Parameters, isSent: true);
        Body(was.RequestBody, now.RequestBody, isSent: true);
        Responses(was.Responses, now.Responses, isSent: false);
        Source(was.Source, now.Source);
        return _changes;
    }

    private static string? QueryOf(ActionContent action) => action.Query is null ? null : JsonSerializer.Serialize(action.Query, ContentJson.Options);

    public IReadOnlyList<FieldChange> Triggers(TriggerContent was, TriggerContent now)
    {
        _changes = [];
        Text("summary", was.Summary, now.Summary);
        Text("description", was.Description, now.Description);
        Value("method", was.Method, now.Method);
        Flag("deprecated", was.Deprecated, now.Deprecated);
        Intake(was.Intake ?? new(), now.Intake ?? new());
        Parameters("/parameters", was.Parameters, now.Parameters, isSent: false);
        Body(was.RequestBody, now.RequestBody, isSent: false);
        Responses(was.Responses, now.Responses, isSent: true);
        Source(was.Source, now.Source);
        return _changes;
    }

    private void Intake(IntakeContent was, IntakeContent now)
    {
        Value("intake/verifiedBy", Written(was.VerifiedBy), Written(now.VerifiedBy));
        Value("intake/duplicateKey", was.DuplicateKey, now.DuplicateKey);
        Flag("intake/refusesMismatch", was.RefusesMismatch, now.RefusesMismatch);

        static string? Written(IReadOnlyList<string>? ids) => ids is null ? null : string.Join(", ", ids);
    }

    private void Parameters(string field, IReadOnlyList<ParameterContent> was, IReadOnlyList<ParameterContent> now, bool isSent)
    {
        var (before, after) = (ByKey(was), ByKey(now));
        var gone = before.Values.Where(p => !after.ContainsKey((p.In, p.Name))).DistinctBy(p => p.Name, StringComparer.Ordinal).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var moved = after.Values.Where(p => !before.ContainsKey((p.In, p.Name)) && gone.ContainsKey(p.Name)).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        // The same name elsewhere in the request is told once, where it went.
        foreach (var (key, parameter) in before.Where(b => !after.ContainsKey(b.Key) && !moved.Contains(b.Key.Name)))
            Add(field + JsonPointers.Of(key.In, key.Name), Named(parameter), null, ChangeLevel.Breaking);
        foreach (var (key, parameter) in after)
        {
            var at = field + JsonPointers.Of(key.In, key.Name);
            if (before.TryGetValue(key, out var earlier))
                Parameter(at, earlier, parameter, isSent);
            else if (gone.TryGetValue(key.Name, out var elsewhere))
            {
                Add(at + "/in", elsewhere.In, parameter.In, ChangeLevel.Breaking);
                Parameter(at, elsewhere, parameter, isSent);
            }
            else
            {
                var needed = isSent && parameter is { Required: true, Default: null };
                Add(at, null, Named(parameter), needed ? ChangeLevel.Breaking : ChangeLevel.Compatible,
                    isSent && parameter is { Required: false, Default: not null } ? "Callers that leave it out now send its default." : null);
            }
        }

        static Dictionary<(string In, string Name), ParameterContent> ByKey(IEnumerable<ParameterContent> parameters) =>
            parameters.DistinctBy(p => (p.In, p.Name)).ToDictionary(p => (p.In, p.Name));

        static string Named(ParameterContent parameter) => $"{parameter.Type}{(parameter.Required ? ", required" : "")}";
    }

    private void Parameter(string at, ParameterContent was, ParameterContent now, bool isSent)
    {
        if (was.Required != now.Required)
        {
            Add(at + "/required", Written(was.Required), Written(now.Required),
                now.Required == isSent && (!isSent || now.Default is null) ? ChangeLevel.Breaking : ChangeLevel.Compatible);
        }

        var schemaChanges = schemas.InPlace(SchemaOf(was), SchemaOf(now));
        foreach (var change in schemaChanges)
            Add(at + (now.Schema is null && was.Schema is null ? "" : "/schema") + change.Field, change, isSent);
        if (was.Type != now.Type && schemaChanges.Count == 0)
            Add(at + "/type", was.Type, now.Type, ChangeLevel.Breaking);
        if (!JsonNode.DeepEquals(was.Default, now.Default))
        {
            Add(at + "/default", ShortText.Of(was.Default), ShortText.Of(now.Default), ChangeLevel.Breaking,
                "Callers that leave it out send something else than before.");
        }

        Words(at + "/description", was.Description, now.Description);
        Value(at + "/style", was.Style, now.Style);
        Value(at + "/explode", was.Explode?.ToString(CultureInfo.InvariantCulture), now.Explode?.ToString(CultureInfo.InvariantCulture));
        Value(at + "/allowReserved", Written(was.AllowReserved), Written(now.AllowReserved));
        Value(at + "/contentType", was.ContentType, now.ContentType);
        Flag(at + "/deprecated", was.Deprecated, now.Deprecated);
        Facts(at + "/source", was.Source, now.Source);

        static JsonNode SchemaOf(ParameterContent parameter) => parameter.Schema ?? new JsonObject { ["type"] = parameter.Type };
    }

    private void Body(BodyContent? was, BodyContent? now, bool isSent)
    {
        const string At = "/requestBody";
        if (was is null && now is null)
            return;
        if (now is null)
            Add(At, "a body", null, ChangeLevel.Breaking);
        else if (was is null)
            Add(At, null, now.Required ? "a body, required" : "a body", isSent && now.Required ? ChangeLevel.Breaking : ChangeLevel.Compatible);
        else
        {
            if (was.Required != now.Required)
                Add(At + "/required", Written(was.Required), Written(now.Required), now.Required == isSent ? ChangeLevel.Breaking : ChangeLevel.Compatible);
            Words(At + "/description", was.Description, now.Description);
            // What the API sends us comes as the API likes: nobody asks for a media type.
            Content(At, was.Definitions, now.Definitions, isSent, added: isSent ? ChangeLevel.Compatible : ChangeLevel.Breaking,
                removed: isSent ? ChangeLevel.Breaking : ChangeLevel.Compatible);
        }
    }

    private void Responses(IReadOnlyList<ResponseContent> was, IReadOnlyList<ResponseContent> now, bool isSent)
    {
        var (before, after) = (ByKey(was), ByKey(now));
        foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var at = JsonPointers.Of("responses", key);
            var (gone, come) = (before.GetValueOrDefault(key), after.GetValueOrDefault(key));
            if (come is null)
                Add(at, ShortText.Of(gone!.Description ?? key), null, ChangeLevel.Breaking);
            else if (gone is null)
                Add(at, null, ShortText.Of(come.Description ?? key), ChangeLevel.Compatible);
            else
            {
                Words(at + "/description", gone.Description, come.Description);
                Content(at, gone.Definitions, come.Definitions, isSent, added: ChangeLevel.Compatible, removed: ChangeLevel.Breaking);
                Headers(at + "/headers", gone.Headers, come.Headers, isSent);
                Facts(at + "/source", gone.Source, come.Source);
            }
        }

        static Dictionary<string, ResponseContent> ByKey(IEnumerable<ResponseContent> responses) =>
            responses.DistinctBy(ResponseKey, StringComparer.Ordinal).ToDictionary(ResponseKey, StringComparer.Ordinal);
    }

    /// <summary>By what a response is told from the others of its operation.</summary>
    public static string ResponseKey(ResponseContent response) =>
        response.Status?.ToString(CultureInfo.InvariantCulture) ?? response.StatusRange ?? "default";

    private void Headers(string field, IReadOnlyList<ParameterContent> was, IReadOnlyList<ParameterContent> now, bool isSent)
    {
        var (before, after) = (ByName(was), ByName(now));
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase))
        {
            var at = field + JsonPointers.Of(name);
            var (gone, come) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (come is null)
                Add(at, gone!.Type, null, ChangeLevel.Breaking);
            else if (gone is null)
                Add(at, null, come.Type, isSent && come.Required ? ChangeLevel.Breaking : ChangeLevel.Compatible);
            else
                Parameter(at, gone, come, isSent);
        }

        static Dictionary<string, ParameterContent> ByName(IEnumerable<ParameterContent> headers) =>
            headers.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(h => h.Name, StringComparer.OrdinalIgnoreCase);
    }

    private void Content(
        string field, IReadOnlyList<DefinitionLink> was, IReadOnlyList<DefinitionLink> now, bool isSent, ChangeLevel added, ChangeLevel removed)
    {
        var (before, after) = (ByMediaType(was), ByMediaType(now));
        foreach (var mediaType in before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase))
        {
            var at = field + JsonPointers.Of("content", mediaType);
            var (gone, come) = (before.GetValueOrDefault(mediaType), after.GetValueOrDefault(mediaType));
            if (come is null)
                Add(at, gone!.Definition, null, removed);
            else if (gone is null)
                Add(at, null, come.Definition, added);
            else
            {
                if (gone.Definition != come.Definition)
                    Replaced(at, gone.Definition, come.Definition, isSent);
                if (!JsonNode.DeepEquals(gone.Encoding, come.Encoding))
                    Add(at + "/encoding", ShortText.Of(gone.Encoding), ShortText.Of(come.Encoding), ChangeLevel.Breaking, "The form is written differently.");
                if (!JsonNode.DeepEquals(gone.Examples, come.Examples))
                    Add(at + "/examples", ShortText.Of(gone.Examples), ShortText.Of(come.Examples), ChangeLevel.Documentation);
            }
        }

        static Dictionary<string, DefinitionLink> ByMediaType(IReadOnlyList<DefinitionLink> links) =>
            links.SelectMany(l => l.MediaTypes.Select(m => (MediaType: m, Link: l))).DistinctBy(l => l.MediaType, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(l => l.MediaType, l => l.Link, StringComparer.OrdinalIgnoreCase);
    }

    private void Replaced(string at, string was, string now, bool isSent)
    {
        var inside = schemas.Replaced(was, now);
        var level = inside.Select(c => c.In(isSent)).DefaultIfEmpty(ChangeLevel.Compatible).Max();
        Add(at + "/definition", was, now, level, inside.Count == 0 ? "The definition has another name, and says the same." : null);
        foreach (var change in inside)
            Add(at + "/schema" + change.Field, change, isSent);
    }

    private void Source(JsonObject? was, JsonObject? now)
    {
        foreach (var name in (was ?? []).Select(m => m.Key).Union((now ?? []).Select(m => m.Key), StringComparer.Ordinal))
        {
            var (gone, come) = (was?[name], now?[name]);
            if (JsonNode.DeepEquals(gone, come))
                continue;
            var (level, note) = name switch
            {
                "security" => Security(gone as JsonArray, come as JsonArray),
                "servers" => (ChangeLevel.Breaking, "The request may go elsewhere."),
                "callbackOf" or "expression" => (ChangeLevel.Breaking, "It comes about in another way."),
                "tags" or "externalDocs" or "pathItem" => (ChangeLevel.Documentation, null),
                _ when JsonCopier.IsExtension(name) => (ChangeLevel.Documentation, null),
                _ => (ChangeLevel.Breaking, (string?)"What it means for callers cannot be told."),
            };
            Add(JsonPointers.Of("source", name), ShortText.Of(gone), ShortText.Of(come), level, note);
        }
    }

    /// <summary>Each member is one way in: those that are left must be among those that were. Without any the connector's own hold.</summary>
    private static (ChangeLevel Level, string? Note) Security(JsonArray? was, JsonArray? now)
    {
        if (was is null || now is null)
            return (ChangeLevel.Breaking, "Which credentials it asks for cannot be told.");
        var left = now.Select(n => n?.ToJsonString() ?? "").ToHashSet(StringComparer.Ordinal);
        var kept = now.Count == 0 || (was.Count > 0 && was.All(w => left.Contains(w?.ToJsonString() ?? "")));
        return (kept ? ChangeLevel.Compatible : ChangeLevel.Breaking, null);
    }

    private void Facts(string field, JsonObject? was, JsonObject? now)
    {
        if (!JsonNode.DeepEquals(was, now))
            Add(field, ShortText.Of(was), ShortText.Of(now), ChangeLevel.Documentation);
    }

    private void Text(string name, string? was, string? now) => Words("/" + name, was, now);

    private void Words(string field, string? was, string? now)
    {
        if (was != now)
            Add(field, was is null ? null : ShortText.Of(was), now is null ? null : ShortText.Of(now), ChangeLevel.Documentation);
    }

    private void Flag(string name, bool was, bool now)
    {
        if (was != now)
            Add(name.StartsWith('/') ? name : "/" + name, Written(was), Written(now), ChangeLevel.Documentation);
    }

    private void Value(string name, string? was, string? now)
    {
        if (was != now)
            Add(name.StartsWith('/') ? name : "/" + name, was, now, ChangeLevel.Breaking);
    }

    private static string Written(bool value) => value ? "true" : "false";

    private void Add(string field, SchemaChange change, bool isSent) => Add(field, change.Before, change.After, change.In(isSent), change.Note);

    private void Add(string field, string? was, string? now, ChangeLevel level, string? note = null) =>
        _changes.Add(new FieldChange(field, was, now, level, note));
}
