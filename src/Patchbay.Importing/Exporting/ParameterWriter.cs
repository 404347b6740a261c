using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.OpenApi;

namespace Patchbay.Importing.Exporting;

/// <summary>Writes Parameter and Header Objects (OpenAPI 3.1, sections "Parameter Object" and "Header Object").</summary>
internal sealed class ParameterWriter(Utf8JsonWriter json, ExportedDefinitions definitions)
{
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 512 };

    /// <param name="parameters">Of an action or trigger.</param>
    /// <param name="placeholders">The names in the path's template, each once.</param>
    public void WriteAll(IReadOnlyList<ParameterContent> parameters, IReadOnlyList<string> placeholders)
    {
        var missing = placeholders.ToList();
        if (parameters.Count == 0 && missing.Count == 0) return;
        json.WriteStartArray("parameters");
        var seen = new HashSet<(string, string)>();
        foreach (var parameter in parameters)
        {
            // Only what the template names may be declared.
            if (parameter.In == "path" && !placeholders.Contains(parameter.Name, StringComparer.Ordinal)) continue;
            if (parameter.Name.Length == 0 || !seen.Add((parameter.Name, parameter.In))) continue;
            if (parameter.In == "path") missing.Remove(parameter.Name);
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("in", parameter.In);
            WriteFields(parameter, isHeader: false);
            if (parameter.In == "header" && OperationParameters.IgnoredHeaders.Contains(parameter.Name.ToLowerInvariant())) json.WriteBoolean(KeptFacts.Counts, true);
            json.WriteEndObject();
        }
        foreach (var name in missing)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("in", "path");
            json.WriteBoolean("required", true);
            json.WriteStartObject("schema");
            json.WriteString("type", "string");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public void WriteHeaders(IReadOnlyList<ParameterContent> headers)
    {
        if (headers.Count == 0) return;
        json.WriteStartObject("headers");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var header in headers)
        {
            if (!seen.Add(header.Name)) continue;
            json.WriteStartObject(header.Name);
            WriteFields(header, isHeader: true);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static bool AreExamples(JsonNode? value) => value is JsonObject named && named.All(example => example.Value is JsonObject);

    private void WriteFields(ParameterContent parameter, bool isHeader)
    {
        if (parameter.Description is not null) json.WriteString("description", parameter.Description);
        if (parameter.Required || parameter.In == "path") json.WriteBoolean("required", true);
        if (parameter.Deprecated) json.WriteBoolean("deprecated", true);
        var isContent = parameter.ContentType is { Length: > 0 };
        if (!isContent)
        {
            if (parameter.Style is { } style && IsStyleOf(style, isHeader ? "header" : parameter.In)) json.WriteString("style", style);
            if (parameter.Explode is { } explode) json.WriteBoolean("explode", explode);
            if (parameter is { AllowReserved: true, In: "query" }) json.WriteBoolean("allowReserved", true);
        }
        if (isContent)
        {
            json.WriteStartObject("content");
            json.WriteStartObject(parameter.ContentType!);
            if (parameter.Schema is not null) WriteSchema(parameter);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else
        {
            WriteSchema(parameter);
        }
        WriteFacts(parameter, isHeader, isContent);
    }

    private void WriteSchema(ParameterContent parameter)
    {
        json.WritePropertyName("schema");
        if (parameter.Schema is { } schema)
        {
            new SchemaRewriter(json, reference => definitions.Rewrite(reference, within: null)).Write(JsonSerializer.SerializeToElement(schema, Deep));
            return;
        }
        json.WriteStartObject();
        json.WriteString("type", parameter.Type);
        if (parameter.Default is { } value) KeptFacts.WriteField(json, "default", value);
        json.WriteEndObject();
    }

    /// <summary>Examples are read after all other facts: one that stands before another keeps its place under another name.</summary>
    private void WriteFacts(ParameterContent parameter, bool isHeader, bool isContent)
    {
        var names = parameter.Source?.Select(fact => fact.Key).ToList() ?? [];
        KeptFacts.Write(json, parameter.Source, (name, value) => name switch
        {
            "allowEmptyValue" => !isHeader && parameter.In == "query" && value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "example" => !isContent && names.IndexOf(name) == names.Count - (names[^1] == "examples" ? 2 : 1),
            "examples" => !isContent && names[^1] == name && AreExamples(value),
            _ => false,
        });
    }

    private static bool IsStyleOf(string style, string place) => (place, style) switch
    {
        ("path", "matrix" or "label" or "simple") or ("header", "simple") or ("cookie", "form") => true,
        ("query", "form" or "spaceDelimited" or "pipeDelimited" or "deepObject") => true,
        _ => false,
    };
}
