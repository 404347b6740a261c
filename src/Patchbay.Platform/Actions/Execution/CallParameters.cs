using System.Text.Json;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>Holds the parameters of a call against those of an action, and finds every fault.</summary>
/// <param name="action">The action.</param>
/// <param name="schemas">The definitions of its version.</param>
/// <param name="variables">The variables of the connection, which defaults may name.</param>
/// <param name="faults">Takes the faults.</param>
internal sealed class CallParameters(ActionContent action, VersionSchemas schemas, IReadOnlyDictionary<string, string> variables, List<FieldFault> faults)
{
    private const int MostNamed = 50;

    /// <summary>The parameters that have a value, from the call or by default, in the action's order.</summary>
    /// <param name="given">What the call gives.</param>
    public IReadOnlyList<ParameterValue> Check(IReadOnlyDictionary<string, JsonElement> given)
    {
        var known = action.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var placed = action.Parameters.Select(Placed).ToHashSet(StringComparer.Ordinal);
        foreach (var name in given.Keys.Where(n => !known.Contains(n) && !placed.Contains(n)))
            faults.Add(new($"parameters.{name}", $"is not a parameter of this action{Listed()}"));

        var values = new List<ParameterValue>();
        foreach (var parameter in action.Parameters)
        {
            var key = given.ContainsKey(Placed(parameter)) ? Placed(parameter) : parameter.Name;
            if (given.TryGetValue(key, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                faults.AddRange(FaultsOf(parameter, value, $"parameters.{key}"));
                values.Add(new ParameterValue(ShapeOf(parameter), value));
            }
            else if (IsTypeOfBody(parameter))
                continue;
            else if (DefaultOf(parameter) is { } usual)
                values.Add(new ParameterValue(ShapeOf(parameter), usual));
            else if (parameter.Required)
                faults.Add(new($"parameters.{key}", "is required"));
        }

        return values;
    }

    /// <summary>A parameter's name with its place, for where several have one name.</summary>
    public static string Placed(ParameterContent parameter) => $"{parameter.In}:{parameter.Name}";

    public static ParameterShape ShapeOf(ParameterContent parameter) =>
        ParameterShape.Of(parameter.Name, Enum.Parse<ParameterPlace>(parameter.In, ignoreCase: true), parameter.Style, parameter.Explode) with
        {
            AllowReserved = parameter.AllowReserved,
            MediaType = parameter.ContentType,
            WritesEmpty = parameter.Required,
        };

    /// <summary>Whether a parameter says what the body is, which the body itself says where it is left out.</summary>
    private bool IsTypeOfBody(ParameterContent parameter) => action.RequestBody is not null && parameter.In == "header" && ActionRequest.IsContentType(parameter.Name);

    private IReadOnlyList<FieldFault> FaultsOf(ParameterContent parameter, JsonElement value, string path)
    {
        if (parameter.Schema is { } schema)
            return schemas.Sent.CheckInPlace(schema.ToJsonString(ContentJson.Options), value, path);
        var fits = (parameter.Type, value.ValueKind) switch
        {
            _ when parameter.ContentType is not null => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => value.TryGetDecimal(out var number) ? number == decimal.Truncate(number) : !value.GetRawText().Contains('.', StringComparison.Ordinal),
            ("string", JsonValueKind.String) => true,
            _ => false,
        };
        return fits ? [] : [new(path, parameter.Type switch { "boolean" => "must be true or false", "number" => "must be a number", "integer" => "must be a whole number", _ => "must be a string" })];
    }

    /// <summary>What is sent in place of a value that is missing. A default that its own schema refuses is the API's to apply, not ours to send.</summary>
    private JsonElement? DefaultOf(ParameterContent parameter)
    {
        if (parameter.Default is not { } stated || stated.GetValueKind() == JsonValueKind.Null)
            return null;
        var value = JsonSerializer.SerializeToElement(stated);
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.Contains("{{", StringComparison.Ordinal))
        {
            if (!TextTemplate.Parse(value.GetString()!).TryGet(out var template, out _))
                return value;
            if (!template.Expand(new TemplateValues(variables)).TryGet(out var text, out var missing))
            {
                if (parameter.Required)
                    faults.AddRange(missing.Select(m => new FieldFault($"parameters.{parameter.Name}", $"has a default that cannot be filled in: {m.Message}")));
                return parameter.Required ? value : null;
            }

            value = JsonSerializer.SerializeToElement(text);
        }

        return parameter.Required || FaultsOf(parameter, value, "").Count == 0 ? value : null;
    }

    private string Listed()
    {
        if (action.Parameters.Count == 0)
            return "; it takes none";
        var names = string.Join(", ", action.Parameters.Take(MostNamed).Select(p => p.Name));
        return $"; it takes {names}{(action.Parameters.Count > MostNamed ? ", …" : "")}";
    }
}
