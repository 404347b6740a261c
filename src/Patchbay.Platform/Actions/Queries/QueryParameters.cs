using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Protocols.BigQuery;

namespace Patchbay.Platform.Actions.Queries;

/// <summary>The parameters of a query, in the shapes in which they are needed.</summary>
internal static class QueryParameters
{
    public static BigQueryType TypeOf(QueryTypeContent type) => new(type.Name)
    {
        Items = type.Items is null ? null : TypeOf(type.Items),
        Fields = [.. (type.Fields ?? []).Select(f => new BigQueryField(f.Name, TypeOf(f.Type)))],
    };

    /// <summary>As those of a request, for whoever describes actions.</summary>
    public static IReadOnlyList<ParameterContent> Described(QueryContent query) =>
    [
        .. query.Parameters.Select(p => new ParameterContent
        {
            Name = p.Name, In = "query", Required = p.Required, Type = "string", Default = p.Default, Description = p.Description, Schema = TypeOf(p.Type).ToJsonSchema(),
        }),
    ];

    /// <summary>All faults of a query as it is to be kept.</summary>
    public static void Check(QueryContent query, List<FieldFault> faults)
    {
        if (query.MaximumBytesBilled < 1)
            faults.Add(new("maximumBytesBilled", "must be at least 1"));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, parameter) in query.Parameters.Index())
        {
            var at = $"parameters[{index}]";
            if (!names.Add(parameter.Name))
                faults.Add(new($"{at}.name", "stands twice; names of parameters are the same whatever their case"));
            var type = TypeOf(parameter.Type);
            var unfit = type.Faults(at).ToList();
            faults.AddRange(unfit.Select(f => new FieldFault(f.Subject, f.Message)));
            if (unfit.Count == 0 && parameter.Default is not null)
                Write(type, parameter, JsonSerializer.SerializeToElement(parameter.Default), $"{at}.default", faults);
        }
    }

    /// <summary>The parameters of a call as BigQuery takes them.</summary>
    /// <param name="query">The query.</param>
    /// <param name="given">The values of the call, by name.</param>
    /// <param name="faults">Takes every fault.</param>
    public static JsonArray Values(QueryContent query, IReadOnlyDictionary<string, JsonElement> given, List<FieldFault> faults)
    {
        var known = query.Parameters.Select(p => p.Name).ToList();
        foreach (var name in given.Keys.Except(known, StringComparer.Ordinal))
            faults.Add(new($"parameters.{name}", known.Count == 0 ? "is not a parameter of this action; it takes none" : $"is not a parameter of this action; it takes {string.Join(", ", known.Take(50))}"));
        var values = new JsonArray();
        foreach (var parameter in query.Parameters)
        {
            JsonElement? value = given.TryGetValue(parameter.Name, out var sent) ? sent : parameter.Default is { } usual ? JsonSerializer.SerializeToElement(usual) : null;
            if (parameter.Required && value is null or { ValueKind: JsonValueKind.Null } && !(value is not null && parameter.Type.Name == "JSON"))
                faults.Add(new($"parameters.{parameter.Name}", "is required"));
            else
                values.Add(Write(TypeOf(parameter.Type), parameter, value, $"parameters.{parameter.Name}", faults));
        }

        return values;
    }

    /// <summary>The parameters as NULL, for a query that is only checked.</summary>
    public static JsonArray Nulls(QueryContent query) => new([.. query.Parameters.Select(p => Write(TypeOf(p.Type), p, null, p.Name, []))]);

    private static JsonObject Write(BigQueryType type, QueryParameterContent parameter, JsonElement? value, string path, List<FieldFault> faults)
    {
        var unfit = new List<Protocols.Fault>();
        var written = ParameterValue.Write(parameter.Name, type, value, path, unfit);
        faults.AddRange(unfit.Select(f => new FieldFault(f.Subject, f.Message)));
        return written;
    }
}
