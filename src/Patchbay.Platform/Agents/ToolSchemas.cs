using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Agents;

/// <summary>A tool as it is described to a model.</summary>
/// <param name="Found">The tool.</param>
/// <param name="Content">Its action.</param>
/// <param name="Input">The JSON Schema of its arguments.</param>
/// <param name="Output">The JSON Schema of what it gives.</param>
/// <param name="LeftOut">The definitions that were left out of these for size.</param>
internal sealed record DescribedTool(FoundTool Found, ActionContent Content, JsonElement Input, JsonElement Output, IReadOnlyList<string> LeftOut);

/// <summary>Describes tools by JSON Schemas that stand by themselves, each up to a size.</summary>
internal sealed class ToolSchemas(PatchbayDb db)
{
    /// <summary>A list of many tools is read by a model at once.</summary>
    public const int InListBytes = 12 * 1024;

    /// <summary>One tool that a model asks for.</summary>
    public const int AloneBytes = 96 * 1024;

    /// <summary>More connections than this are not told one by one.</summary>
    private const int MostConnections = 50;

    public async Task<IReadOnlyList<DescribedTool>> DescribeAsync(IReadOnlyList<FoundTool> tools, int maxBytes, CancellationToken cancellationToken)
    {
        var hashes = tools.Select(t => t.Tool.Action.ContentHash).DistinctBy(Convert.ToHexString, StringComparer.Ordinal).ToList();
        var bodies = await db.Contents.AsNoTracking().Where(c => hashes.Contains(c.Hash)).ToDictionaryAsync(c => Convert.ToHexString(c.Hash), c => c.Body, StringComparer.Ordinal, cancellationToken);
        var drafts = new List<Draft>();
        try
        {
            foreach (var tool in tools)
            {
                // Between the list and this the version may have been unpublished and changed.
                if (bodies.TryGetValue(Convert.ToHexString(tool.Tool.Action.ContentHash), out var body))
                    drafts.Add(new Draft(tool, Whole(StoredContent.Read<ActionContent>(body) with { Name = tool.Tool.Action.Name }), maxBytes));
            }

            while (drafts.SelectMany(d => d.Missing).ToHashSet() is { Count: > 0 } missing)
            {
                var definitions = await DefinitionsAsync(missing, cancellationToken);
                foreach (var draft in drafts)
                    draft.Provide(name => definitions.GetValueOrDefault((draft.Found.Connector.VersionId, name)));
            }

            return [.. drafts.Select(d => d.Finish())];
        }
        finally
        {
            foreach (var draft in drafts)
                draft.Dispose();
        }
    }

    /// <summary>A definition of a connector's version, with what it refers to; null where there is none of this name.</summary>
    public async Task<JsonElement?> DefinitionAsync(ToolConnector connector, string name, CancellationToken cancellationToken)
    {
        using var bundle = new SchemaBundle(AloneBytes);
        bundle.AddDefinition(name);
        var exists = false;
        while (bundle.Missing.Count > 0)
        {
            var definitions = await DefinitionsAsync(bundle.Missing.Select(n => (connector.VersionId, n)).ToHashSet(), cancellationToken);
            exists |= definitions.ContainsKey((connector.VersionId, name));
            bundle.Provide(n => definitions.GetValueOrDefault((connector.VersionId, n)));
        }

        return exists ? Written(json =>
        {
            json.WriteString("$ref", $"#/$defs/{name}");
            bundle.WriteDefinitions(json);
        }) : null;
    }

    /// <summary>A query's parameters are described like any others.</summary>
    private static ActionContent Whole(ActionContent action) => action.Query is null ? action : action with { Parameters = QueryParameters.Described(action.Query) };

    private async Task<Dictionary<(Ulid Version, string Name), DefinitionContent>> DefinitionsAsync(
        IReadOnlySet<(Ulid Version, string Name)> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(Ulid, string), DefinitionContent>();
        foreach (var ofVersion in wanted.GroupBy(w => w.Version, w => w.Name))
        {
            foreach (var names in ofVersion.Chunk(500))
            {
                var rows = await db.Definitions.AsNoTracking().Where(d => d.VersionId == ofVersion.Key && names.Contains(d.Name))
                    .Join(db.Contents, d => d.ContentHash, c => c.Hash, (d, c) => new { d.Name, d.ContentType, c.Body }).ToListAsync(cancellationToken);
                foreach (var row in rows)
                {
                    found[(ofVersion.Key, row.Name)] = new DefinitionContent
                    {
                        Name = row.Name, Accept = [], ContentType = row.ContentType, Schema = System.Text.Encoding.UTF8.GetString(row.Body),
                    };
                }
            }
        }

        return found;
    }

    private static JsonElement Written(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray(), new JsonDocumentOptions { MaxDepth = 256 });
        return document.RootElement.Clone();
    }

    /// <summary>A description under way.</summary>
    private sealed class Draft : IDisposable
    {
        private readonly ActionContent _content;
        private readonly SchemaBundle _input;
        private readonly SchemaBundle _output;
        private readonly List<(ParameterContent Parameter, JsonElement Schema)> _parameters;
        private readonly List<string> _answers;

        public Draft(FoundTool found, ActionContent content, int maxBytes)
        {
            (Found, _content) = (found, content);
            (_input, _output) = (new SchemaBundle(maxBytes), new SchemaBundle(maxBytes / 3));
            _parameters = [.. content.Parameters.Select(p => (p, SchemaOf(p)))];
            foreach (var (_, schema) in _parameters)
                _input.Add(schema);
            foreach (var link in content.RequestBody?.Definitions ?? [])
                _input.AddDefinition(link.Definition);
            _answers = [.. content.Responses.Where(r => r.Status is >= 200 and < 300 || r.StatusRange == "2XX").SelectMany(r => r.Definitions).Select(l => l.Definition).Distinct(StringComparer.Ordinal)];
            foreach (var answer in _answers)
                _output.AddDefinition(answer);
        }

        public FoundTool Found { get; }

        public IEnumerable<(Ulid Version, string Name)> Missing => _input.Missing.Concat(_output.Missing).Select(name => (Found.Connector.VersionId, name));

        public void Provide(Func<string, DefinitionContent?> find)
        {
            _input.Provide(find);
            _output.Provide(find);
        }

        public DescribedTool Finish() => new(Found, _content, Written(WriteInput), Written(WriteOutput), [.. _input.LeftOut]);

        public void Dispose()
        {
            _input.Dispose();
            _output.Dispose();
        }

        private void WriteInput(Utf8JsonWriter json)
        {
            var required = new List<string>();
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            WriteConnection(json, required);
            if (_parameters.Count > 0)
            {
                WriteParameters(json);
                if (_content.Parameters.Any(IsDemanded))
                    required.Add(ToolArguments.Parameters);
            }

            if (_content.RequestBody is { } body)
            {
                WriteBody(json, body);
                if (body.Required)
                    required.Add(ToolArguments.Body);
            }

            json.WriteEndObject();
            WriteRequired(json, required);
            json.WriteBoolean("additionalProperties", false);
            _input.WriteDefinitions(json);
        }

        private void WriteConnection(Utf8JsonWriter json, List<string> required)
        {
            var connections = Found.Connector.Connections;
            json.WriteStartObject(ToolArguments.Connection);
            json.WriteString("type", "string");
            if (connections.Count <= MostConnections)
            {
                json.WriteStartArray("enum");
                foreach (var connection in connections)
                    json.WriteStringValue(connection.Name);
                json.WriteEndArray();
            }

            if (connections is [var only])
            {
                json.WriteString("description", "The account to act with; there is one only, so it may be left out.");
                json.WriteString("default", only.Name);
            }
            else
            {
                json.WriteString("description", "The account to act with, by its name.");
                required.Add(ToolArguments.Connection);
            }

            json.WriteEndObject();
        }

        private void WriteParameters(Utf8JsonWriter json)
        {
            json.WriteStartObject(ToolArguments.Parameters);
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            foreach (var (parameter, schema) in _parameters.DistinctBy(p => NameOf(p.Parameter), StringComparer.Ordinal))
            {
                json.WritePropertyName(NameOf(parameter));
                _input.WriteSchema(json, schema);
            }

            json.WriteEndObject();
            WriteRequired(json, [.. _content.Parameters.Where(IsDemanded).Select(NameOf).Distinct(StringComparer.Ordinal)]);
            json.WriteBoolean("additionalProperties", false);
            json.WriteEndObject();
        }

        private static void WriteBody(Utf8JsonWriter json, BodyContent body)
        {
            var definitions = body.Definitions.Select(l => l.Definition).Distinct(StringComparer.Ordinal).ToList();
            json.WritePropertyName(ToolArguments.Body);
            WriteAnyOf(json, definitions, body.Description, open: false);
            var types = body.Definitions.SelectMany(l => l.MediaTypes).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            if (types.Count < 2)
                return;
            json.WriteStartObject(ToolArguments.ContentType);
            json.WriteString("type", "string");
            json.WriteString("description", "The media type of the body, where it is not the first.");
            json.WriteStartArray("enum");
            foreach (var type in types)
                json.WriteStringValue(type);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        private void WriteOutput(Utf8JsonWriter json)
        {
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            json.WritePropertyName("status");
            JsonNode.Parse("""{"type":"integer","description":"The HTTP status of the answer."}""")!.WriteTo(json);
            json.WritePropertyName("body");
            // An API may answer otherwise than it says, and a long answer is cut: so this describes and does not demand.
            WriteAnyOf(json, _output.LeftOut.Any() ? [] : _answers, null, open: true);
            json.WritePropertyName("truncated");
            JsonNode.Parse("""{"type":"string","description":"Says so where the answer was cut."}""")!.WriteTo(json);
            json.WriteEndObject();
            WriteRequired(json, ["status"]);
            if (!_output.LeftOut.Any())
                _output.WriteDefinitions(json);
        }

        private static void WriteAnyOf(Utf8JsonWriter json, List<string> definitions, string? description, bool open)
        {
            json.WriteStartObject();
            if (!string.IsNullOrEmpty(description))
                json.WriteString("description", ActionLists.Cut(description, 500));
            if (definitions is [var only] && !open)
                json.WriteString("$ref", $"#/$defs/{only}");
            else if (definitions.Count > 0)
            {
                json.WriteStartArray("anyOf");
                foreach (var definition in definitions)
                    SchemaBundle.WriteReference(json, definition);
                if (open)
                {
                    json.WriteStartObject();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        private static void WriteRequired(Utf8JsonWriter json, List<string> names)
        {
            if (names.Count == 0)
                return;
            json.WriteStartArray("required");
            foreach (var name in names)
                json.WriteStringValue(name);
            json.WriteEndArray();
        }

        /// <summary>A name that stands in several places is told apart by its place.</summary>
        private string NameOf(ParameterContent parameter) =>
            _content.Parameters.Count(p => p.Name == parameter.Name) > 1 ? CallParameters.Placed(parameter) : parameter.Name;

        /// <summary>What has a default may be left out.</summary>
        private static bool IsDemanded(ParameterContent parameter) => parameter.Required && parameter.Default is null;

        private static JsonElement SchemaOf(ParameterContent parameter)
        {
            var schema = parameter.Schema is JsonObject full ? (JsonObject)full.DeepClone() : new JsonObject { ["type"] = parameter.Type };
            if (parameter.Description is { Length: > 0 } description && schema["description"] is null)
                schema["description"] = ActionLists.Cut(description, 500);
            if (parameter.Default is { } given && schema["default"] is null)
                schema["default"] = given.DeepClone();
            return JsonSerializer.SerializeToElement(schema, ContentJson.Options);
        }
    }
}
