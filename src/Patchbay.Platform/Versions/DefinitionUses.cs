using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Versions;

/// <summary>Finds the definitions that an action or trigger refers to, keeps account of them, and renames them.</summary>
internal static class DefinitionUses
{
    public static IEnumerable<string> Of(ActionContent action) =>
        Places(action.Parameters, action.RequestBody, action.Responses).Select(p => p.Definition);

    public static IEnumerable<string> Of(TriggerContent trigger) =>
        Places(trigger.Parameters, trigger.RequestBody, trigger.Responses).Select(p => p.Definition);

    /// <summary>Every use of a definition, with the field in which it stands.</summary>
    public static IEnumerable<(string Field, string Definition)> Places(
        IReadOnlyList<ParameterContent> parameters, BodyContent? body, IReadOnlyList<ResponseContent> responses)
    {
        foreach (var (index, parameter) in parameters.Index())
        {
            foreach (var name in InSchema(parameter.Schema))
                yield return (Field($"parameters[{index}].schema"), name);
        }

        foreach (var link in body?.Definitions ?? [])
            yield return ("requestBody.definitions", link.Definition);
        foreach (var (index, response) in responses.Index())
        {
            foreach (var link in response.Definitions)
                yield return (Field($"responses[{index}].definitions"), link.Definition);
            foreach (var (at, header) in response.Headers.Index())
            {
                foreach (var name in InSchema(header.Schema))
                    yield return (Field($"responses[{index}].headers[{at}].schema"), name);
            }
        }

        static string Field(FormattableString field) => field.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Says anew what a part of a version refers to. The caller saves.</summary>
    /// <param name="db">The context.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="kind">What refers.</param>
    /// <param name="before">The name that it had; null for a new one.</param>
    /// <param name="referrer">Its name now.</param>
    /// <param name="definitions">What it refers to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task ReplaceAsync(
        PatchbayDb db, Ulid versionId, ReferrerKind kind, string? before, string referrer, IEnumerable<string> definitions, CancellationToken cancellationToken)
    {
        var wanted = definitions.ToHashSet(StringComparer.Ordinal);
        if (before is not null)
        {
            var there = await db.DefinitionUses.Where(u => u.VersionId == versionId && u.ReferrerKind == kind && u.Referrer == before).ToListAsync(cancellationToken);
            db.RemoveRange(there.Where(u => before != referrer || !wanted.Contains(u.Definition)));
            if (before == referrer)
                wanted.ExceptWith(there.Select(u => u.Definition));
        }

        db.AddRange(wanted.Select(d => new DefinitionUse { VersionId = versionId, Definition = d, ReferrerKind = kind, Referrer = referrer }));
    }

    /// <summary>The action with another name for a definition that it refers to.</summary>
    public static ActionContent Renamed(ActionContent action, string before, string after) => action with
    {
        Parameters = [.. action.Parameters.Select(p => Renamed(p, before, after))],
        RequestBody = Renamed(action.RequestBody, before, after),
        Responses = [.. action.Responses.Select(r => Renamed(r, before, after))],
    };

    /// <summary>The trigger with another name for a definition that it refers to.</summary>
    public static TriggerContent Renamed(TriggerContent trigger, string before, string after) => trigger with
    {
        Parameters = [.. trigger.Parameters.Select(p => Renamed(p, before, after))],
        RequestBody = Renamed(trigger.RequestBody, before, after),
        Responses = [.. trigger.Responses.Select(r => Renamed(r, before, after))],
    };

    private static ParameterContent Renamed(ParameterContent parameter, string before, string after)
    {
        if (!InSchema(parameter.Schema).Contains(before, StringComparer.Ordinal))
            return parameter;
        var schema = parameter.Schema!.DeepClone();
        Rename(schema, before, after);
        return parameter with { Schema = schema };
    }

    private static BodyContent? Renamed(BodyContent? body, string before, string after) =>
        body is null ? null : body with { Definitions = Renamed(body.Definitions, before, after) };

    private static ResponseContent Renamed(ResponseContent response, string before, string after) => response with
    {
        Definitions = Renamed(response.Definitions, before, after),
        Headers = [.. response.Headers.Select(h => Renamed(h, before, after))],
    };

    private static IReadOnlyList<DefinitionLink> Renamed(IReadOnlyList<DefinitionLink> links, string before, string after) =>
        [.. links.Select(l => l.Definition == before ? l with { Definition = after } : l)];

    private static void Rename(JsonNode? schema, string before, string after)
    {
        switch (schema)
        {
            case JsonObject o:
                foreach (var (name, value) in o.ToList())
                {
                    if (NameIn(name, value) == before)
                        o[name] = after + value!.GetValue<string>()[before.Length..];
                    else
                        Rename(value, before, after);
                }

                break;
            case JsonArray a:
                foreach (var item in a)
                    Rename(item, before, after);
                break;
        }
    }

    /// <summary>The names in relative references such as <c>Pet.json#/properties/id</c>.</summary>
    private static IEnumerable<string> InSchema(JsonNode? schema) => schema switch
    {
        JsonObject o => o.SelectMany(m => NameIn(m.Key, m.Value) is { } name ? [name] : InSchema(m.Value)),
        JsonArray a => a.SelectMany(InSchema),
        _ => [],
    };

    private static string? NameIn(string keyword, JsonNode? value) => Importing.Comparing.DefinitionUses.NameIn(keyword, value);
}
