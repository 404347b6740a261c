using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Patchbay.Importing.Contents;

/// <summary>
/// What holds for contents wherever they come from. Importers keep to it by making contents; contents that come ready-made, in an archive
/// or in an extension of a description, are held against it.
/// </summary>
internal static partial class ContentRules
{
    /// <summary>The longest name of an action, trigger or definition.</summary>
    public const int LongestName = 256;

    private const int LongestText = 1_000_000;
    private const int LongestPath = 16_384;
    private const int MostParts = 5_000;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "QUERY"];
    private static readonly string[] Types = ["string", "number", "integer", "boolean"];

    /// <summary>Whether an action or trigger may be called so.</summary>
    public static bool IsOperationName(string name) => name.Length is > 0 and <= LongestName && OperationName().IsMatch(name);

    /// <summary>Whether a definition may be called so.</summary>
    public static bool IsDefinitionName(string name) => name.Length is > 0 and <= LongestName && DefinitionName().IsMatch(name);

    /// <summary>What is wrong with an action.</summary>
    public static IEnumerable<string> FaultsOf(ActionContent action)
    {
        if (action.Query is not null) yield return "query goes with connectors to BigQuery, which are not imported";
        if (!IsText(action.Path) || action.Path.Length > LongestPath || action.Path.Any(char.IsControl)) yield return "path is no path";
        foreach (var fault in FaultsOf(action.Name, action.Method, action.Summary, action.Description, action.Parameters, ["path", "query", "header", "cookie"], action.RequestBody, action.Responses, action.Source))
            yield return fault;
    }

    /// <summary>What is wrong with a trigger.</summary>
    public static IEnumerable<string> FaultsOf(TriggerContent trigger)
    {
        if (trigger.Intake?.VerifiedBy is { } ids && (ids.Count > 20 || ids.Any(id => id is null or { Length: 0 or > 64 }))) yield return "intake.verifiedBy is no list of auth scheme configs";
        if (trigger.Intake?.DuplicateKey is { } place && (place.Length is 0 or > 500 || !IsText(place) || place.Any(char.IsControl))) yield return "intake.duplicateKey is no place of a value";
        foreach (var fault in FaultsOf(trigger.Name, trigger.Method, trigger.Summary, trigger.Description, trigger.Parameters, ["query", "header", "cookie"], trigger.RequestBody, trigger.Responses, trigger.Source))
            yield return fault;
    }

    /// <summary>What is wrong with a definition, apart from its schema.</summary>
    public static IEnumerable<string> FaultsOf(DefinitionContent definition)
    {
        if (!IsDefinitionName(definition.Name)) yield return "name is no name of a definition";
        if (!AreMediaTypes(definition.Accept)) yield return "accept is no list of media types";
        if (!IsMediaType(definition.ContentType) || !(definition.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase) || definition.ContentType.Contains("xml", StringComparison.OrdinalIgnoreCase)))
            yield return "contentType is neither that of a JSON Schema nor that of an XML Schema";
        if (!IsText(definition.Description)) yield return "description is no text that can be kept";
        if (!IsText(definition.Schema, int.MaxValue)) yield return "schema is no text that can be kept";
    }

    private static IEnumerable<string> FaultsOf(
        string name, string method, string? summary, string? description, IReadOnlyList<ParameterContent> parameters, string[] places,
        BodyContent? body, IReadOnlyList<ResponseContent> responses, JsonObject? source)
    {
        if (!IsOperationName(name)) yield return "name is no name of an action or trigger";
        if (!Methods.Contains(method)) yield return $"method is none of {string.Join(", ", Methods)}";
        if (!IsText(summary)) yield return "summary is no text that can be kept";
        if (!IsText(description)) yield return "description is no text that can be kept";
        foreach (var fault in FaultsOf(parameters, places, "parameters")) yield return fault;
        if (body is not null)
        {
            if (!IsText(body.Description)) yield return "requestBody.description is no text that can be kept";
            foreach (var fault in FaultsOf(body.Definitions, "requestBody.definitions")) yield return fault;
        }
        if (responses.Count > MostParts || responses.Any(response => response is null))
        {
            yield return "responses is no list of responses";
            yield break;
        }
        var statuses = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, response) in responses.Index())
        {
            var at = $"responses[{index}]";
            if (response.Status is < 100 or > 599 || (response.StatusRange is { } range && (response.Status is not null || range is not [>= '1' and <= '5', 'X', 'X'])))
                yield return $"{at} has neither a status nor a range of them";
            if (!statuses.Add(FormattableString.Invariant($"{response.Status}{response.StatusRange}"))) yield return $"{at} has the status of another";
            if (!IsText(response.Description)) yield return $"{at}.description is no text that can be kept";
            foreach (var fault in FaultsOf(response.Definitions, $"{at}.definitions")) yield return fault;
            foreach (var fault in FaultsOf(response.Headers, ["header"], $"{at}.headers")) yield return fault;
            if (!IsBearable(response.Source)) yield return $"{at}.source nests too deeply";
        }
        if (!IsBearable(source)) yield return "source nests too deeply";
    }

    private static IEnumerable<string> FaultsOf(IReadOnlyList<ParameterContent> parameters, string[] places, string path)
    {
        if (parameters.Count > MostParts || parameters.Any(parameter => parameter is null))
        {
            yield return $"{path} is no list of parameters";
            yield break;
        }
        var seen = new HashSet<(string, string)>();
        foreach (var (index, parameter) in parameters.Index())
        {
            var at = $"{path}[{index}]";
            if (parameter.Name.Length is 0 or > 4096 || !IsText(parameter.Name) || parameter.Name.Any(char.IsControl)) yield return $"{at}.name is no name of a parameter";
            if (!places.Contains(parameter.In)) yield return $"{at}.in is none of {string.Join(", ", places)}";
            if (!seen.Add((parameter.Name, parameter.In))) yield return $"{at} has the name and place of another";
            if (!Types.Contains(parameter.Type)) yield return $"{at}.type is none of {string.Join(", ", Types)}";
            if (!IsText(parameter.Description)) yield return $"{at}.description is no text that can be kept";
            if (parameter.Style is { } style && (style.Length > 256 || style.Any(char.IsControl))) yield return $"{at}.style is no style";
            if (parameter.ContentType is { } type && !IsMediaType(type)) yield return $"{at}.contentType is no media type";
            if (parameter.Schema is { } schema && schema is not JsonObject && schema.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)) yield return $"{at}.schema is no schema";
            if (!IsBearable(parameter.Schema) || !IsBearable(parameter.Default) || !IsBearable(parameter.Source)) yield return $"{at} nests too deeply";
        }
    }

    private static IEnumerable<string> FaultsOf(IReadOnlyList<DefinitionLink> links, string path)
    {
        if (links.Count > MostParts || links.Any(link => link is null))
        {
            yield return $"{path} is no list of links to definitions";
            yield break;
        }
        foreach (var (index, link) in links.Index())
        {
            var at = $"{path}[{index}]";
            if (!IsDefinitionName(link.Definition)) yield return $"{at}.definition is no name of a definition";
            if (!AreMediaTypes(link.MediaTypes)) yield return $"{at}.mediaTypes is no list of media types";
            if (!IsBearable(link.Encoding) || !IsBearable(link.Examples)) yield return $"{at} nests too deeply";
        }
    }

    private static bool AreMediaTypes(IReadOnlyList<string> types) => types.Count <= MostParts && types.All(type => type is not null && IsMediaType(type));

    /// <summary>Descriptions have media types without a slash, too; they were taken over with a remark.</summary>
    private static bool IsMediaType(string type) => type.Length is > 0 and <= 4096 && IsText(type) && !type.Any(char.IsControl);

    /// <summary>Databases keep no U+0000 in a text.</summary>
    private static bool IsText(string? text, int longest = LongestText) => text is null || (text.Length <= longest && !text.Contains('\0', StringComparison.Ordinal));

    /// <summary>Whether data is no deeper than an importer makes it: what stands around it in answers counts as well.</summary>
    private static bool IsBearable(JsonNode? node, int left = JsonCopier.DeepestOutput) => node switch
    {
        JsonObject holder => left > 0 && holder.All(member => IsBearable(member.Value, left - 1)),
        JsonArray list => left > 0 && list.All(item => IsBearable(item, left - 1)),
        _ => true,
    };

    [GeneratedRegex(@"^[a-zA-Z0-9_\-$]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OperationName();

    [GeneratedRegex(@"^[a-zA-Z0-9_\-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DefinitionName();
}
