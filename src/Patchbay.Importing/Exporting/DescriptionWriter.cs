using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Naming;

namespace Patchbay.Importing.Exporting;

/// <summary>Writes a connector as an OpenAPI Object (OpenAPI 3.1, section "OpenAPI Object").</summary>
internal sealed class DescriptionWriter
{
    /// <summary>The field with the remarks on what the document does not hold.</summary>
    public const string Messages = KeptFacts.Ours + "messages";

    private readonly Utf8JsonWriter _json;
    private readonly ImportedConnector _connector;
    private readonly ExportedDefinitions _definitions;
    private readonly PathPlan _paths;
    private readonly SecuritySchemes _security;
    private readonly ServerWriter _servers;
    private readonly OperationWriter _operations;

    public DescriptionWriter(Utf8JsonWriter json, ImportedConnector connector, ExportedDefinitions definitions)
    {
        (_json, _connector, _definitions) = (json, connector, definitions);
        _paths = new PathPlan(connector.BaseUrl, connector.Contents.Actions);
        _security = new SecuritySchemes(connector.AuthSchemes);
        _servers = new ServerWriter(json, connector);
        _operations = new OperationWriter(json, definitions, _security, _servers);
    }

    /// <summary>What the document does not hold, or holds in an extension of ours only.</summary>
    public IReadOnlyList<string> Remarks =>
    [
        .. _security.Remarks,
        .. ServerWriter.VariablesElsewhere(_connector).Select(name => $"The connection variable '{name}' is left out: the base URL does not have it"),
        .. _paths.Unplaced.Select(remark => $"{remark}. It stands in {ExactContents.Field} only"),
        .. _connector.Contents.Triggers.Where(trigger => !IsPlaced(trigger))
            .Select(trigger => $"The trigger '{trigger.Name}' has no place under webhooks. It stands in {ExactContents.Field} only"),
        .. _connector.Contents.Definitions.Where(definition => !IsPlaced(definition))
            .Select(definition => $"The definition '{definition.Name}' is no JSON Schema that a description can hold ({definition.ContentType}): here it admits everything. It stands in {ExactContents.Field}, whole"),
    ];

    /// <param name="remarks">All remarks on the export.</param>
    /// <param name="exact">The contents that would not be read as they are, or null for none.</param>
    public void Write(IReadOnlyList<string> remarks, JsonObject? exact)
    {
        _json.WriteStartObject();
        _json.WriteString("openapi", "3.1.1");
        WriteInfo();
        if (_connector.DocumentationUrl is { } url && Uri.IsWellFormedUriString(url, UriKind.RelativeOrAbsolute))
        {
            _json.WriteStartObject("externalDocs");
            _json.WriteString("url", url);
            _json.WriteEndObject();
        }
        if (_connector.BaseUrl.Length > 0) _servers.Write("");
        var facts = _connector.Source?.Where(fact => fact.Key != "info").ToList() ?? [];
        if (_security.Any && !facts.Exists(fact => fact.Key == "security" && _security.Cover(fact.Value))) _security.WriteAlternatives(_json);
        KeptFacts.Write(_json, facts, (name, value) => name switch
        {
            "security" => _security.Cover(value),
            "tags" => value is JsonArray tags && tags.All(tag => tag is JsonObject holder && holder["name"] is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                && tags.Select(tag => (string)tag!["name"]!).Distinct(StringComparer.Ordinal).Count() == tags.Count
                && tags.All(tag => tag!["externalDocs"] is null || OperationWriter.IsDocumentation(tag["externalDocs"])),
            _ => false,
        });
        WritePaths();
        WriteWebhooks();
        WriteComponents();
        if (remarks.Count > 0)
        {
            _json.WriteStartArray(Messages);
            foreach (var remark in remarks) _json.WriteStringValue(remark);
            _json.WriteEndArray();
        }
        if (exact is not null) KeptFacts.WriteField(_json, ExactContents.Field, exact);
        _json.WriteEndObject();
    }

    private static bool IsPlaced(TriggerContent trigger) =>
        PathPlan.FieldOf(trigger.Method) is not null && !JsonCopier.IsExtension(trigger.Name) && NameRules.Operation(trigger.Name) == trigger.Name;

    private bool IsPlaced(DefinitionContent definition) => _definitions.SchemaOf(definition.Name) is not null;

    private void WriteInfo()
    {
        _json.WriteStartObject("info");
        _json.WriteString("title", _connector.Name);
        _json.WriteString("version", _connector.Version);
        if (_connector.Description is not null) _json.WriteString("description", _connector.Description);
        KeptFacts.Write(_json, _connector.Source?["info"] as JsonObject, (name, value) => name switch
        {
            "summary" => value?.GetValueKind() == JsonValueKind.String,
            _ => false,
        });
        _json.WriteEndObject();
    }

    private void WritePaths()
    {
        _json.WriteStartObject("paths");
        foreach (var path in _paths.Paths)
        {
            var extensions = OperationWriter.PathItemOf([.. path.Operations.Select(operation => operation.Value)]);
            _json.WriteStartObject(path.Key);
            foreach (var (field, operation) in path.Operations)
            {
                _json.WritePropertyName(field);
                _operations.Write(operation, withPathItem: extensions is not null);
            }
            foreach (var (name, value) in extensions ?? []) KeptFacts.WriteField(_json, name, value);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }

    private void WriteWebhooks()
    {
        var placed = _connector.Contents.Triggers.Where(IsPlaced).ToList();
        if (placed.Count == 0) return;
        _json.WriteStartObject("webhooks");
        foreach (var trigger in placed)
        {
            _json.WriteStartObject(trigger.Name);
            _json.WritePropertyName(PathPlan.FieldOf(trigger.Method)!);
            _operations.Write(trigger);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }

    private void WriteComponents()
    {
        _json.WriteStartObject("components");
        WriteSchemas();
        if (_security.Any) _security.Write(_json);
        _json.WriteEndObject();
    }

    private void WriteSchemas()
    {
        if (_connector.Contents.Definitions.Count == 0) return;
        _json.WriteStartObject("schemas");
        foreach (var definition in _connector.Contents.Definitions)
        {
            _json.WritePropertyName(definition.Name);
            if (_definitions.SchemaOf(definition.Name) is { } schema)
            {
                new SchemaRewriter(_json, reference => _definitions.Rewrite(reference, definition.Name)).Write(schema, isRoot: true);
                continue;
            }
            _json.WriteStartObject();
            if (definition.Description is not null) _json.WriteString("description", definition.Description);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }
}
