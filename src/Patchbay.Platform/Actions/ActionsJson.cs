using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions;

/// <summary>Something that can be done with the API.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ActionHTTPJson), "http")]
internal abstract record ActionJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the version.</summary>
    public required string Name { get; init; }

    /// <summary>A short title.</summary>
    public string? Summary { get; init; }

    public string? Description { get; init; }

    /// <summary>What is wrong with the action; empty when nothing is, left out when it was not checked.</summary>
    public IReadOnlyList<ContentErrorJson>? Errors { get; init; }

    /// <summary>Whether the API's publisher wants it no longer used (ours).</summary>
    public bool? Deprecated { get; init; }
}

/// <summary>One HTTP request.</summary>
internal sealed record ActionHTTPJson : ActionJson
{
    public required HTTPMethod Method { get; init; }

    /// <summary>Appended to the connector's base URL; takes parameters and variables, as in <c>/users/{{ param.id }}</c>.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<ActionHTTPParameterJson> Parameters { get; init; }

    /// <summary>Left out when no body is sent.</summary>
    public HTTPRequestBodyJson? RequestBody { get; init; }

    public required IReadOnlyList<HTTPResponseJson> Responses { get; init; }

    public static ActionHTTPJson Of(Ulid id, ActionContent action, IReadOnlyDictionary<string, DefinitionJson> definitions) => new()
    {
        Id = id,
        Name = action.Name,
        Summary = action.Summary,
        Description = action.Description,
        Deprecated = action.Deprecated ? true : null,
        Method = Enum.Parse<HTTPMethod>(action.Method),
        Path = action.Path,
        Parameters = [.. action.Parameters.Select(p => new ActionHTTPParameterJson
        {
            Name = p.Name,
            In = Enum.Parse<ActionHTTPParameterIn>(p.In, ignoreCase: true),
            Required = p.Required,
            Type = Enum.Parse<HTTPParameterType>(p.Type, ignoreCase: true),
            Default = p.Default,
            Description = p.Description,
            Schema = p.Schema,
            Style = p.Style,
            Explode = p.Explode,
        })],
        RequestBody = HTTPRequestBodyJson.Of(id, action.RequestBody, definitions),
        Responses = HTTPResponseJson.Of(id, action.Responses, definitions),
    };
}

/// <summary>Methods of HTTP requests. QUERY is ours, and there only where a description has such an operation.</summary>
internal enum HTTPMethod
{
    GET,
    POST,
    PUT,
    PATCH,
    DELETE,
    HEAD,
    OPTIONS,
    CONNECT,
    TRACE,
    QUERY,
}

/// <summary>Where a parameter of an action goes.</summary>
internal enum ActionHTTPParameterIn
{
    [JsonStringEnumMemberName("cookie")]
    Cookie,

    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("path")]
    Path,

    [JsonStringEnumMemberName("query")]
    Query,
}

/// <summary>Types of scalar parameters.</summary>
internal enum HTTPParameterType
{
    [JsonStringEnumMemberName("string")]
    String,

    [JsonStringEnumMemberName("number")]
    Number,

    [JsonStringEnumMemberName("integer")]
    Integer,

    [JsonStringEnumMemberName("boolean")]
    Boolean,
}

/// <summary>A parameter of an action.</summary>
internal sealed record ActionHTTPParameterJson
{
    public required string Name { get; init; }
    public required ActionHTTPParameterIn In { get; init; }
    public required bool Required { get; init; }

    /// <summary>string for what is no scalar; then the schema says more.</summary>
    public required HTTPParameterType Type { get; init; }

    /// <summary>Sent when the caller gives no value; a string may hold variables.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Reserved by the contract.</summary>
    public ActionCompletionJson? Completion { get; init; }

    /// <summary>What it means (ours).</summary>
    public string? Description { get; init; }

    /// <summary>The full JSON Schema, where the type alone does not say it (ours).</summary>
    public JsonNode? Schema { get; init; }

    /// <summary>How the value is written, where not by the location's default (ours).</summary>
    public string? Style { get; init; }

    /// <summary>Whether arrays and objects are spread over several parameters, where not by the style's default (ours).</summary>
    public bool? Explode { get; init; }
}

/// <summary>Reserved by the contract.</summary>
internal sealed record ActionCompletionJson;

/// <summary>A use of a definition.</summary>
internal sealed record LinkedDefinitionJson
{
    public required Ulid Id { get; init; }
    public required DefinitionJson Definition { get; init; }

    /// <summary>The media types of this use (ours).</summary>
    public IReadOnlyList<string>? MediaTypes { get; init; }

    public static IReadOnlyList<LinkedDefinitionJson> Of(
        Ulid owner, string part, IReadOnlyList<DefinitionLink> links, IReadOnlyDictionary<string, DefinitionJson> definitions) =>
    [
        // A definition that was deleted with force leaves its link behind; publishing names it.
        .. links.Where(l => definitions.ContainsKey(l.Definition)).Select(l => new LinkedDefinitionJson
        {
            Id = Identifiers.OfPart(owner, $"{part}/{l.Definition}/{string.Join(',', l.MediaTypes)}"),
            Definition = definitions[l.Definition],
            MediaTypes = l.MediaTypes,
        }),
    ];
}

/// <summary>The body of a request.</summary>
internal sealed record HTTPRequestBodyJson
{
    public required bool Required { get; init; }

    /// <summary>At most one for each media type.</summary>
    public required IReadOnlyList<LinkedDefinitionJson> Definitions { get; init; }

    /// <summary>What it means (ours).</summary>
    public string? Description { get; init; }

    public static HTTPRequestBodyJson? Of(Ulid owner, BodyContent? body, IReadOnlyDictionary<string, DefinitionJson> definitions) => body is null ? null : new()
    {
        Required = body.Required,
        Description = body.Description,
        Definitions = LinkedDefinitionJson.Of(owner, "request", body.Definitions, definitions),
    };
}

/// <summary>A response.</summary>
internal sealed record HTTPResponseJson
{
    public required Ulid Id { get; init; }

    /// <summary>Left out for the default response, and for a range.</summary>
    public int? Status { get; init; }

    public required IReadOnlyList<LinkedDefinitionJson> Definitions { get; init; }

    /// <summary>A range such as 4XX, in place of the status (ours).</summary>
    public string? StatusRange { get; init; }

    /// <summary>What it means (ours).</summary>
    public string? Description { get; init; }

    public static IReadOnlyList<HTTPResponseJson> Of(
        Ulid owner, IReadOnlyList<ResponseContent> responses, IReadOnlyDictionary<string, DefinitionJson> definitions) =>
    [
        .. responses.Select(r =>
        {
            var part = $"response/{r.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? r.StatusRange ?? "default"}";
            return new HTTPResponseJson
            {
                Id = Identifiers.OfPart(owner, part),
                Status = r.Status,
                StatusRange = r.StatusRange,
                Description = r.Description,
                Definitions = LinkedDefinitionJson.Of(owner, part, r.Definitions, definitions),
            };
        }),
    ];
}

/// <summary>How much a fault of an action or trigger matters.</summary>
internal enum ContentErrorSeverity
{
    [JsonStringEnumMemberName("error")]
    Error,

    [JsonStringEnumMemberName("warning")]
    Warning,
}

/// <summary>A fault of an action or trigger.</summary>
internal sealed record ContentErrorJson
{
    /// <summary>JSON pointer to what is at fault.</summary>
    public required string Field { get; init; }

    public required string Message { get; init; }
    public required ContentErrorSeverity Severity { get; init; }
}

/// <summary>Actions, a page of them.</summary>
internal sealed record ActionPageJson : PageInfoJson
{
    public required IReadOnlyList<ActionJson> Actions { get; init; }
}
