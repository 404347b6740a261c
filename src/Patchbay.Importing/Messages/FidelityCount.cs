using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.Messages;

/// <summary>Counts what a connector holds, and sets against it what was said on the way.</summary>
internal static class FidelityCount
{
    /// <param name="connector">What was made.</param>
    /// <param name="log">What was said.</param>
    /// <param name="source">What stands in the source, for those kinds that were counted there.</param>
    public static FidelityReport Make(ImportedConnector connector, MessageLog log, IReadOnlyDictionary<DescriptionPart, SourceCount>? source = null)
    {
        var carried = Carried(connector);
        var remarks = log.Counted().ToLookup(counted => (counted.Remark.Part, counted.Remark.Outcome), counted => counted.Told);
        var entries = new List<FidelityEntry>();
        foreach (var part in Enum.GetValues<DescriptionPart>())
        {
            var entry = new FidelityEntry(
                part, carried.GetValueOrDefault(part), [.. remarks[(part, RemarkOutcome.Approximated)]], [.. remarks[(part, RemarkOutcome.LeftOut)]])
            {
                Source = source?.GetValueOrDefault(part),
            };
            if (entry is not { Carried: 0, Approximated: [], LeftOut: [], Source: null }) entries.Add(entry);
        }
        return new(entries);
    }

    private static Dictionary<DescriptionPart, int> Carried(ImportedConnector connector)
    {
        var (actions, triggers, definitions) = connector.Contents;
        var parameters = actions.SelectMany(action => action.Parameters).Concat(triggers.SelectMany(trigger => trigger.Parameters)).ToList();
        var bodies = actions.Select(action => action.RequestBody).Concat(triggers.Select(trigger => trigger.RequestBody)).OfType<BodyContent>().ToList();
        var responses = actions.SelectMany(action => action.Responses).Concat(triggers.SelectMany(trigger => trigger.Responses)).ToList();
        var headers = responses.SelectMany(response => response.Headers).ToList();
        var links = bodies.SelectMany(body => body.Definitions).Concat(responses.SelectMany(response => response.Definitions)).ToList();
        var sources = actions.Select(action => action.Source)
            .Concat(triggers.Select(trigger => trigger.Source))
            .Concat(parameters.Concat(headers).Select(parameter => parameter.Source))
            .Concat(responses.Select(response => response.Source))
            .Append(connector.Source)
            .OfType<JsonObject>()
            .ToList();
        return new()
        {
            [DescriptionPart.Document] = 1,
            [DescriptionPart.Server] = connector.BaseUrl.Length > 0 ? 1 : 0,
            [DescriptionPart.ServerVariable] = connector.Variables.Count,
            [DescriptionPart.SecurityScheme] = connector.AuthSchemes.Count,
            [DescriptionPart.Operation] = actions.Count,
            [DescriptionPart.Callback] = triggers.Count,
            [DescriptionPart.Parameter] = parameters.Count,
            [DescriptionPart.RequestBody] = bodies.Count,
            [DescriptionPart.Response] = responses.Count,
            [DescriptionPart.ResponseHeader] = headers.Count,
            [DescriptionPart.MediaType] = links.Sum(link => link.MediaTypes.Count),
            [DescriptionPart.Link] = responses.Sum(response => (response.Source?["links"] as JsonObject)?.Count ?? 0),
            [DescriptionPart.Example] = links.Count(link => link.Examples is not null)
                + parameters.Concat(headers).Count(parameter => parameter.Source is { } source && (source.ContainsKey("example") || source.ContainsKey("examples"))),
            [DescriptionPart.Schema] = definitions.Count,
            [DescriptionPart.Reference] = definitions.Sum(definition => definition.References.Count),
            [DescriptionPart.Extension] = sources.Sum(source => source.Count(member => JsonCopier.IsExtension(member.Key))),
        };
    }
}
