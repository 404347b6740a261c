using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>
/// Makes contents of the parts that a client sent for an action or trigger, and finds every fault. A field that is ours and is left out
/// stays as it was: clients of the published contract do not know it, and must not lose it. Its empty value takes it away.
/// </summary>
internal sealed partial class ReadSentParts(PatchbayDb db, ResolveSchemas schemas)
{
    private static readonly string[] Styles = ["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject"];

    /// <summary>Reads parts.</summary>
    /// <param name="version">The version.</param>
    /// <param name="owner">The id of the action or trigger.</param>
    /// <param name="sent">What was sent.</param>
    /// <param name="stored">What it replaces; <see cref="PartsContent.Empty"/> for something new.</param>
    /// <param name="faults">Takes the faults, by the fields of the request.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The contents, which are of use only when there are no faults.</returns>
    public async Task<PartsContent> RunAsync(
        ConnectorVersion version, Ulid owner, SentParts sent, PartsContent stored, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        var links = (sent.RequestBody?.Links ?? []).Concat(sent.Responses.SelectMany(r => r.Links)).ToList();
        var reading = new Reading(owner, await DefinitionsAsync(version.Id, links, cancellationToken), new InPlaceSchemas(), faults);
        var parameters = reading.Parameters("parameters", [.. sent.Parameters.Select(p => (p.Json, p.In))], stored.Parameters);
        var body = sent.RequestBody is { } b ? reading.Body(b, stored.RequestBody) : null;
        var responses = reading.Responses(sent.Responses, stored.Responses);
        var resolved = await schemas.InPlaceAsync(version, reading.InPlace, faults, cancellationToken);
        return new PartsContent(
            WithSchemas("parameters", parameters, resolved), body,
            [.. responses.Select((r, index) => r with { Headers = WithSchemas($"responses[{index}].headers", r.Headers, resolved) })]);
    }

    private static IReadOnlyList<ParameterContent> WithSchemas(
        string path, IReadOnlyList<ParameterContent> parameters, IReadOnlyDictionary<string, JsonNode> schemas) =>
        [.. parameters.Select((p, index) => schemas.TryGetValue($"{path}[{index}].schema", out var schema) ? p with { Schema = schema } : p)];

    private async Task<List<VersionDefinition>> DefinitionsAsync(Ulid versionId, List<SentLink> links, CancellationToken cancellationToken)
    {
        var ids = links.Select(l => l.DefinitionId).OfType<Ulid>().Distinct().ToList();
        var names = links.Where(l => l.DefinitionId is null).Select(l => l.DefinitionName).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return await db.Definitions.AsNoTracking().Where(d => d.VersionId == versionId && (ids.Contains(d.Id) || names.Contains(d.Name))).ToListAsync(cancellationToken);
    }

    [GeneratedRegex("^[1-5]XX$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StatusRange();

    private sealed class Reading(Ulid owner, List<VersionDefinition> definitions, InPlaceSchemas inPlace, List<FieldFault> faults)
    {
        private readonly Dictionary<Ulid, VersionDefinition> _byId = definitions.ToDictionary(d => d.Id);
        private readonly Dictionary<string, VersionDefinition> _byName = definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);

        public InPlaceSchemas InPlace { get; } = inPlace;

        public List<ParameterContent> Parameters(string path, IReadOnlyList<(HTTPParameterJson Json, string In)> sent, IReadOnlyList<ParameterContent> stored)
        {
            var read = new List<ParameterContent>();
            var seen = new HashSet<(string, string)>();
            foreach (var (index, (json, place)) in sent.Index())
            {
                var at = $"{path}[{index}]";
                if (!seen.Add((place, json.Name)))
                    faults.Add(new($"{at}.name", $"stands twice in the {place}"));
                read.Add(Parameter(at, json, place, stored.FirstOrDefault(p => p.In == place && p.Name == json.Name)));
            }

            return read;
        }

        public BodyContent Body(SentBody sent, BodyContent? stored) => new()
        {
            Required = sent.Required,
            Description = Kept(sent.Description, stored?.Description),
            Definitions = Links("requestBody.definitions", HTTPRequestBodyJson.RequestPart, sent.Links, stored?.Definitions ?? []),
        };

        public List<ResponseContent> Responses(IReadOnlyList<SentResponse> sent, IReadOnlyList<ResponseContent> stored)
        {
            var read = new List<ResponseContent>();
            var seen = new HashSet<(int?, string?)>();
            var left = stored.ToList();
            foreach (var (index, response) in sent.Index())
            {
                var before = left.Find(r => response.Id == Identifiers.OfPart(owner, HTTPResponseJson.PartOf(r)))
                    ?? left.Find(r => r.Status == response.Status && r.StatusRange == response.StatusRange);
                if (before is not null)
                    left.Remove(before);
                read.Add(Response($"responses[{index}]", response, before, seen));
            }

            return read;
        }

        private ResponseContent Response(string at, SentResponse sent, ResponseContent? stored, HashSet<(int?, string?)> seen)
        {
            var range = Emptied(sent.StatusRange ?? (sent.Status is null ? stored?.StatusRange : null));
            if (sent.Status is < 100 or > 599)
                faults.Add(new($"{at}.status", "must be a status code from 100 to 599"));
            if (range is not null && !StatusRange().IsMatch(range))
                faults.Add(new($"{at}.statusRange", "must be 1XX, 2XX, 3XX, 4XX or 5XX"));
            else if (range is not null && sent.Status is not null)
                faults.Add(new($"{at}.statusRange", "stands in place of a status: send one of the two"));
            if (!seen.Add((sent.Status, range)))
                faults.Add(new($"{at}.status", sent.Status is null && range is null ? "there is a default response already" : "stands twice"));
            return new ResponseContent
            {
                Status = sent.Status,
                StatusRange = range,
                Description = Kept(sent.Description, stored?.Description),
                Definitions = Links($"{at}.definitions", stored is null ? "" : HTTPResponseJson.PartOf(stored), sent.Links, stored?.Definitions ?? []),
                Headers = sent.Headers is null
                    ? stored?.Headers ?? []
                    : Parameters($"{at}.headers", [.. sent.Headers.Select(h => ((HTTPParameterJson)h, "header"))], stored?.Headers ?? []),
                Source = stored?.Source,
            };
        }

        private ParameterContent Parameter(string at, HTTPParameterJson sent, string place, ParameterContent? stored)
        {
            var style = Kept(sent.Style, stored?.Style);
            if (style is not null && style != stored?.Style && !Styles.Contains(style))
                faults.Add(new($"{at}.style", $"must be one of {string.Join(", ", Styles)}"));
            var usual = place is "query" or "cookie" ? "form" : "simple";
            var isKept = sent.Explode is null || (sent.Explode == stored?.Explode && style == stored?.Style);
            var explode = isKept ? stored?.Explode : sent.Explode == ((style ?? usual) == "form") ? null : sent.Explode;
            if (sent.AllowReserved == true && place != "query")
                faults.Add(new($"{at}.allowReserved", "has a meaning in a query only"));
            return new ParameterContent
            {
                Name = sent.Name,
                In = place,
                Required = sent.Required,
                Type = sent.Type.ToString().ToLowerInvariant(),
                Default = sent.Default,
                Description = Kept(sent.Description, stored?.Description),
                Schema = InPlace.Keep($"{at}.schema", sent.Schema, stored?.Schema),
                Style = style == usual && style != stored?.Style ? null : style,
                Explode = explode,
                AllowReserved = sent.AllowReserved ?? stored?.AllowReserved ?? false,
                ContentType = Kept(sent.ContentType, stored?.ContentType),
                Deprecated = sent.Deprecated ?? stored?.Deprecated ?? false,
                Source = stored?.Source,
            };
        }

        private List<DefinitionLink> Links(string path, string part, IReadOnlyList<SentLink> sent, IReadOnlyList<DefinitionLink> stored)
        {
            var read = new List<DefinitionLink>();
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var left = stored.ToList();
            foreach (var (index, link) in sent.Index())
            {
                if (Find($"{path}[{index}].definition", link) is not { } definition)
                    continue;
                var before = left.Find(l => l.Definition == definition.Name && link.Id == LinkedDefinitionJson.IdOf(owner, part, l))
                    ?? left.Find(l => l.Definition == definition.Name);
                if (before is not null)
                    left.Remove(before);
                var types = link.MediaTypes ?? before?.MediaTypes ?? [];
                if (types.Count == 0)
                    types = definition.Accept;
                foreach (var type in types)
                {
                    if (before?.MediaTypes.Contains(type, StringComparer.Ordinal) != true && !definition.Accept.Contains(type, StringComparer.OrdinalIgnoreCase))
                        faults.Add(new($"{path}[{index}].mediaTypes", $"'{type}' is none that '{definition.Name}' accepts"));
                    else if (!seen.Add(type))
                        faults.Add(new($"{path}[{index}].mediaTypes", $"'{type}' has a definition already: there is one for each media type"));
                }

                read.Add(new DefinitionLink
                {
                    Definition = definition.Name,
                    MediaTypes = types,
                    Encoding = link.Encoding is null ? before?.Encoding : link.Encoding.Count == 0 ? null : link.Encoding,
                    Examples = before?.Examples,
                });
            }

            return read;
        }

        private VersionDefinition? Find(string path, SentLink link)
        {
            if (link.DefinitionId is { } id)
            {
                if (!_byId.TryGetValue(id, out var found))
                    faults.Add(new($"{path}.id", "is no definition of this version"));
                else if (link.DefinitionName is { } name && name != found.Name)
                    faults.Add(new($"{path}.name", $"is not the name of the definition with this id, which is '{found.Name}'"));
                else
                    return found;
            }
            else if (link.DefinitionName is null)
                faults.Add(new(path, "must name a definition by its id or its name"));
            else if (_byName.TryGetValue(link.DefinitionName, out var named))
                return named;
            else
                faults.Add(new($"{path}.name", "is no definition of this version"));
            return null;
        }

        /// <summary>A text of ours: left out it stays as it was, and the empty one takes it away.</summary>
        private static string? Kept(string? sent, string? stored) => sent is null || sent == stored ? stored : Emptied(sent);

        private static string? Emptied(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }
}
