using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Exporting;

/// <summary>Writes Operation Objects (OpenAPI 3.1, section "Operation Object"). The facts of the source come last, in their order.</summary>
internal sealed class OperationWriter(Utf8JsonWriter json, ExportedDefinitions definitions, SecuritySchemes security, ServerWriter servers)
{
    private const string PathItemFact = "pathItem";

    private readonly ParameterWriter _parameters = new(json, definitions);

    public void Write(PlacedAction placed, bool withPathItem)
    {
        var action = placed.Action;
        json.WriteStartObject();
        json.WriteString("operationId", action.Name);
        WriteTexts(action.Summary, action.Description);
        if (placed.Prefix.Length > 0 && !placed.KeepsServers) servers.Write(placed.Prefix);
        _parameters.WriteAll(action.Parameters, placed.Placeholders);
        WriteRequest(action.RequestBody);
        WriteResponses(action.Responses);
        if (action.Deprecated) json.WriteBoolean("deprecated", true);
        var facts = action.Source?.Where(fact => !(withPathItem && fact.Key == PathItemFact));
        KeptFacts.Write(json, facts, (name, value) => MayStand(name, value, placed.KeepsServers));
        json.WriteEndObject();
    }

    public void Write(TriggerContent trigger)
    {
        json.WriteStartObject();
        WriteTexts(trigger.Summary, trigger.Description);
        _parameters.WriteAll(trigger.Parameters, []);
        WriteRequest(trigger.RequestBody);
        WriteResponses(trigger.Responses);
        if (trigger.Deprecated) json.WriteBoolean("deprecated", true);
        KeptFacts.Write(json, trigger.Source, (name, value) => MayStand(name, value, keepsServers: true));
        json.WriteEndObject();
    }

    /// <summary>The extensions of a path item that all its operations were given; null where they do not agree.</summary>
    public static JsonObject? PathItemOf(IReadOnlyList<PlacedAction> operations)
    {
        if (operations[0].Action.Source?[PathItemFact] is not JsonObject { Count: > 0 } first) return null;
        var stand = first.All(fact => JsonCopier.IsExtension(fact.Key) && !fact.Key.StartsWith(KeptFacts.Ours, StringComparison.Ordinal));
        // It is read as the last fact.
        return stand && operations.All(operation => operation.Action.Source is { Count: > 0 } facts && facts.GetAt(facts.Count - 1).Key == PathItemFact && JsonNode.DeepEquals(facts[PathItemFact], first))
            ? first
            : null;
    }

    private bool MayStand(string name, JsonNode? value, bool keepsServers) => name switch
    {
        "tags" => value is JsonArray tags && tags.All(tag => tag is JsonValue text && text.GetValueKind() == JsonValueKind.String),
        "externalDocs" => IsDocumentation(value),
        "security" => security.Cover(value),
        "servers" => keepsServers && value is JsonArray { Count: > 0 } list
            && list.All(server => server is JsonObject holder && holder["url"] is JsonValue url && url.GetValueKind() == JsonValueKind.String),
        _ => false,
    };

    public static bool IsDocumentation(JsonNode? value) =>
        value is JsonObject documentation && documentation["url"] is JsonValue url && url.TryGetValue<string>(out var text) && Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute);

    private void WriteTexts(string? summary, string? description)
    {
        if (summary is not null) json.WriteString("summary", summary);
        if (description is not null) json.WriteString("description", description);
    }

    private void WriteRequest(BodyContent? body)
    {
        if (body is null) return;
        json.WriteStartObject("requestBody");
        if (body.Description is not null) json.WriteString("description", body.Description);
        if (body.Required) json.WriteBoolean("required", true);
        WriteContent(body.Definitions, always: true);
        json.WriteEndObject();
    }

    private void WriteResponses(IReadOnlyList<ResponseContent> responses)
    {
        json.WriteStartObject("responses");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var response in responses)
        {
            var key = response.Status?.ToString(CultureInfo.InvariantCulture) ?? response.StatusRange ?? "default";
            if (!seen.Add(key)) continue;
            json.WriteStartObject(key);
            WriteResponse(response);
            json.WriteEndObject();
        }
        if (responses.Count == 0)
        {
            // The specification asks for one at least.
            json.WriteStartObject("default");
            json.WriteString("description", "");
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void WriteResponse(ResponseContent response)
    {
        // Required by the specification.
        json.WriteString("description", response.Description ?? "");
        if (response.Description is null) json.WriteBoolean(KeptFacts.Undescribed, true);
        _parameters.WriteHeaders(response.Headers);
        WriteContent(response.Definitions, always: false);
        var last = response.Source is { Count: > 0 } facts ? facts.GetAt(facts.Count - 1).Key : null;
        KeptFacts.Write(json, response.Source, (name, value) => name == "links" && name == last
            && value is JsonObject links && links.All(link => link.Value is JsonObject holder && !holder.ContainsKey("$ref")));
    }

    private void WriteContent(IReadOnlyList<DefinitionLink> links, bool always)
    {
        if (links.Count == 0 && !always) return;
        json.WriteStartObject("content");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var link in links)
        {
            // A definition that was deleted by force leaves its links behind.
            if (!definitions.Has(link.Definition)) continue;
            foreach (var mediaType in link.MediaTypes)
            {
                if (mediaType.Length == 0 || JsonCopier.IsExtension(mediaType) || !seen.Add(mediaType)) continue;
                json.WriteStartObject(mediaType);
                json.WriteStartObject("schema");
                json.WriteString("$ref", ExportedDefinitions.ReferenceTo(link.Definition));
                json.WriteEndObject();
                if (link.Encoding is { } encoding && encoding.All(field => field.Value is JsonObject)) KeptFacts.WriteField(json, "encoding", encoding);
                WriteExamples(link.Examples as JsonObject);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
    }

    private void WriteExamples(JsonObject? examples)
    {
        foreach (var (name, value) in examples ?? [])
        {
            if (name == "example" || (name == "examples" && ParameterWriter.AreExamples(value))) KeptFacts.WriteField(json, name, value);
        }
    }
}
