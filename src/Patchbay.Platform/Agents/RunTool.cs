using System.Text.Json;
using Patchbay.Platform.Actions.Execution;

namespace Patchbay.Platform.Agents;

/// <summary>Runs an action as a tool: what a model sent is read, and every fault in it is told in one answer.</summary>
internal sealed class RunTool(ExecuteAction execute, PatchbaySettings settings)
{
    private const int MostNamed = 20;
    private static readonly string[] Known = [ToolArguments.Connection, ToolArguments.Parameters, ToolArguments.Body, ToolArguments.ContentType];

    /// <param name="found">The tool.</param>
    /// <param name="arguments">Its arguments by name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ToolResult> RunAsync(FoundTool found, IReadOnlyDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        foreach (var unknown in arguments.Keys.Except(Known, StringComparer.Ordinal))
            faults.Add(new(unknown, $"is no argument of this tool, which takes {string.Join(", ", Known)}"));
        var connection = ConnectionOf(found.Connector, TextOf(arguments, ToolArguments.Connection, faults), faults);
        var contentType = TextOf(arguments, ToolArguments.ContentType, faults);
        var parameters = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (arguments.TryGetValue(ToolArguments.Parameters, out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.Object)
                faults.Add(new(ToolArguments.Parameters, "must be an object"));
            else
            {
                foreach (var member in given.EnumerateObject())
                    parameters[member.Name] = member.Value;
            }
        }

        if (connection is null || faults.Count > 0)
            return ToolResult.Of(Failure.InvalidFields(faults));
        var executed = await execute.RunAsync(new ActionCall
        {
            ConnectorId = found.Connector.Id.ToString(),
            Version = found.Connector.VersionName,
            Action = found.Tool.Action.Name,
            ConnectionId = connection.Id,
            Parameters = parameters,
            Body = arguments.GetValueOrDefault(ToolArguments.Body),
            ContentType = contentType,
        }, cancellationToken);
        return executed.Succeeded(out var outcome, out var failure) ? ToolResult.Of(outcome, settings.MaxToolResultBytes) : ToolResult.Of(failure);
    }

    private static string? TextOf(IReadOnlyDictionary<string, JsonElement> arguments, string name, List<FieldFault> faults)
    {
        if (!arguments.TryGetValue(name, out var value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        faults.Add(new(name, "must be a string"));
        return null;
    }

    private static ToolConnection? ConnectionOf(ToolConnector connector, string? given, List<FieldFault> faults)
    {
        var connections = connector.Connections;
        if (given is null && connections is [var only])
            return only;
        if (given is not null && connections.FirstOrDefault(c => c.Name == given || c.Id.ToString() == given) is { } found)
            return found;
        var names = string.Join(", ", connections.Take(MostNamed).Select(c => c.Name)) + (connections.Count > MostNamed ? ", …" : "");
        faults.Add(new(ToolArguments.Connection, given is null ? $"is required: one of {names}" : $"is no connection of {connector.Name}, which has {names}"));
        return null;
    }
}
