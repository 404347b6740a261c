using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Platform.Agents;

/// <summary>A tool that finds, describes or runs others.</summary>
/// <param name="Name">Its name; tools of actions have two underscores in theirs.</param>
/// <param name="Title">Its title.</param>
/// <param name="Description">What it does, for a model.</param>
/// <param name="Input">The JSON Schema of its arguments.</param>
/// <param name="ReadOnly">Whether it changes nothing anywhere.</param>
internal sealed record MetaTool(string Name, string Title, string Description, JsonElement Input, bool ReadOnly);

/// <summary>
/// The tools by which a model gets along with thousands of actions that it cannot hold in mind: it searches, has the one described that it
/// wants, and runs it.
/// </summary>
internal sealed class MetaTools(ToolSchemas schemas, RunTool run)
{
    private const string Search = "search_actions";
    private const string Describe = "describe_action";
    private const string Run = "run_action";
    private const int MostFound = 50;

    public static readonly IReadOnlyList<MetaTool> All =
    [
        new(Search, "Search actions", "Finds actions by words, best ones first, over every connected API. Call it first when there are many tools.", Schema("""
            {"type":"object","properties":{
              "query":{"type":"string","description":"Words such as: create invoice"},
              "connector":{"type":"string","description":"Only actions of this connector, by its name."},
              "limit":{"type":"integer","minimum":1,"maximum":50,"default":20}},
             "required":["query"],"additionalProperties":false}
            """), ReadOnly: true),
        new(Describe, "Describe an action", "Gives the JSON Schema of an action's arguments and of its result; or, with a name from leftOut, a part that did not fit.", Schema("""
            {"type":"object","properties":{
              "tool":{"type":"string","description":"The tool's name, as search_actions gives it."},
              "definition":{"type":"string","description":"A name from leftOut: then only this definition is described."}},
             "required":["tool"],"additionalProperties":false}
            """), ReadOnly: true),
        new(Run, "Run an action", "Runs an action that search_actions found, with arguments by the schema that describe_action gave.", Schema("""
            {"type":"object","properties":{
              "tool":{"type":"string","description":"The tool's name, as search_actions gives it."},
              "arguments":{"type":"object","description":"The action's arguments: connection, parameters, body and contentType, as far as it has them."}},
             "required":["tool"],"additionalProperties":false}
            """), ReadOnly: false),
    ];

    /// <summary>Calls one of these tools.</summary>
    /// <returns>Null where it is none of these.</returns>
    public async Task<ToolResult?> CallAsync(
        string name, IReadOnlyDictionary<string, JsonElement> arguments, IReadOnlyList<ToolConnector> connectors, CancellationToken cancellationToken)
    {
        if (All.FirstOrDefault(t => t.Name == name) is not { } meta)
            return null;
        var faults = FaultsOf(meta, arguments);
        if (faults.Count > 0)
            return ToolResult.Of(Failure.InvalidFields(faults));
        if (name == Search)
            return SearchIn(connectors, arguments);
        var wanted = arguments["tool"].GetString()!;
        if (ToolCatalog.Find(connectors, wanted) is not { } found)
            return ToolResult.Of(Failure.InvalidField("tool", "is the name of no action; search_actions gives names"));
        if (name == Describe)
            return await DescribeAsync(found, arguments, cancellationToken);
        var inner = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (arguments.TryGetValue("arguments", out var given) && given.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in given.EnumerateObject())
                inner[member.Name] = member.Value;
        }

        return await run.RunAsync(found, inner, cancellationToken);
    }

    private static ToolResult SearchIn(IReadOnlyList<ToolConnector> connectors, IReadOnlyDictionary<string, JsonElement> arguments)
    {
        var only = arguments.TryGetValue("connector", out var given) ? given.GetString() : null;
        var limit = arguments.TryGetValue("limit", out var number) ? number.GetInt32() : 20;
        var searched = connectors.Where(c => only is null || c.Name.Equals(only, StringComparison.OrdinalIgnoreCase) || c.Slug == only || c.Id.ToString() == only).ToList();
        var found = ToolCatalog.Ranked(searched, ToolCatalog.WordsOf(arguments["query"].GetString())).ToList();
        return ToolResult.Of(new JsonObject
        {
            ["actions"] = new JsonArray([.. found.Take(limit).Select(f => (JsonNode)new JsonObject
            {
                ["tool"] = f.Tool.Name, ["connector"] = f.Connector.Name, ["summary"] = f.Tool.Action.Summary, ["request"] = f.Tool.Action.Request,
            })]),
            ["total"] = found.Count,
        });
    }

    private async Task<ToolResult> DescribeAsync(FoundTool found, IReadOnlyDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        if (arguments.TryGetValue("definition", out var definition))
        {
            return await schemas.DefinitionAsync(found.Connector, definition.GetString()!, cancellationToken) is { } schema
                ? ToolResult.Of(new JsonObject { ["schema"] = JsonObject.Create(schema) })
                : ToolResult.Of(Failure.InvalidField("definition", "is no definition of this action's connector"));
        }

        if (await schemas.DescribeAsync([found], ToolSchemas.AloneBytes, cancellationToken) is not [var described])
            return ToolResult.Of(Failure.InvalidField("tool", "was changed a moment ago; search again"));
        var json = new JsonObject
        {
            ["tool"] = found.Tool.Name,
            ["connector"] = found.Connector.Name,
            ["description"] = ToolDescription.Of(described),
            ["request"] = found.Tool.Action.Request,
            ["inputSchema"] = JsonObject.Create(described.Input),
            ["outputSchema"] = JsonObject.Create(described.Output),
        };
        if (described.LeftOut.Count > 0)
            json["leftOut"] = new JsonArray([.. described.LeftOut.Select(n => (JsonNode)n)]);
        return ToolResult.Of(json);
    }

    /// <summary>The schemas above are small: strings, a whole number and an object.</summary>
    private static List<FieldFault> FaultsOf(MetaTool meta, IReadOnlyDictionary<string, JsonElement> arguments)
    {
        var faults = new List<FieldFault>();
        var properties = meta.Input.GetProperty("properties");
        foreach (var (name, value) in arguments)
        {
            if (!properties.TryGetProperty(name, out var property))
                faults.Add(new(name, $"is no argument of {meta.Name}"));
            else if (property.GetProperty("type").GetString() switch
            {
                "string" => value.ValueKind == JsonValueKind.String ? null : "must be a string",
                "object" => value.ValueKind == JsonValueKind.Object ? null : "must be an object",
                _ => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is >= 1 and <= MostFound
                    ? null : string.Create(CultureInfo.InvariantCulture, $"must be a whole number from 1 to {MostFound}"),
            } is { } wrong)
            {
                faults.Add(new(name, wrong));
            }
        }

        foreach (var required in meta.Input.GetProperty("required").EnumerateArray().Select(r => r.GetString()!).Where(r => !arguments.ContainsKey(r)))
            faults.Add(new(required, "is required"));
        return faults;
    }

    private static JsonElement Schema(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
