using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Actions;

/// <summary>Something that can be done with the API.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ActionHTTPJson), "http")]
[JsonDerivedType(typeof(ActionBigQueryJson), Connector.BigQuery)]
internal abstract record ActionJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the version.</summary>
    [RegularExpression(PartLimits.NamePattern), MinLength(1), MaxLength(PartLimits.Name)]
    public required string Name { get; init; }

    /// <summary>A short title.</summary>
    [MaxLength(PartLimits.Text)]
    public string? Summary { get; init; }

    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    /// <summary>What keeps the action from being published; empty when nothing does. Not looked at in an update.</summary>
    public IReadOnlyList<ContentErrorJson>? Errors { get; init; }

    /// <summary>Whether the API's publisher wants it no longer used (ours).</summary>
    public bool? Deprecated { get; init; }

    public static ActionJson Of(Ulid id, ActionContent action, IReadOnlyDictionary<string, DefinitionJson> definitions) =>
        action.Query is null ? ActionHTTPJson.OfRequest(id, action, definitions) : ActionBigQueryJson.OfQuery(id, action, definitions);
}

/// <summary>One HTTP request.</summary>
internal sealed record ActionHTTPJson : ActionJson
{
    public required HTTPMethod Method { get; init; }

    /// <summary>Appended to the connector's base URL; takes parameters and variables, as in <c>/users/{{ param.id }}</c>.</summary>
    [MaxLength(PartLimits.Path)]
    public required string Path { get; init; }

    public required IReadOnlyList<ActionHTTPParameterJson> Parameters { get; init; }

    /// <summary>Left out when no body is sent.</summary>
    public HTTPRequestBodyJson? RequestBody { get; init; }

    public required IReadOnlyList<HTTPResponseJson> Responses { get; init; }

    public SentParts Sent() => new([.. Parameters.Select(p => p.Sent())], RequestBody?.Sent(), [.. Responses.Select(r => r.Sent())]);

    public static ActionHTTPJson OfRequest(Ulid id, ActionContent action, IReadOnlyDictionary<string, DefinitionJson> definitions) => new()
    {
        Id = id,
        Errors = ContentErrorJson.Of(ContentRules.Of(action, definitions.ContainsKey)),
        Name = action.Name,
        Summary = action.Summary,
        Description = action.Description,
        Deprecated = action.Deprecated ? true : null,
        Method = Enum.Parse<HTTPMethod>(action.Method),
        Path = action.Path,
        Parameters = [.. action.Parameters.Select(p => new ActionHTTPParameterJson(p))],
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

/// <summary>A parameter of an action.</summary>
internal sealed record ActionHTTPParameterJson : HTTPParameterJson
{
    public ActionHTTPParameterJson()
    {
    }

    [SetsRequiredMembers]
    internal ActionHTTPParameterJson(ParameterContent parameter)
        : base(parameter) =>
        In = Enum.Parse<ActionHTTPParameterIn>(parameter.In, ignoreCase: true);

    public required ActionHTTPParameterIn In { get; init; }

    /// <summary>Reserved by the contract.</summary>
    public ActionCompletionJson? Completion { get; init; }

    public SentParameter Sent() => new(this, In.ToString().ToLowerInvariant());
}

/// <summary>Reserved by the contract.</summary>
internal sealed record ActionCompletionJson;

/// <summary>Actions, a page of them.</summary>
internal sealed record ActionPageJson : PageInfoJson
{
    public required IReadOnlyList<ActionJson> Actions { get; init; }
}

/// <summary>A new action.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ActionHTTPCreateJson), "http")]
[JsonDerivedType(typeof(ActionBigQueryCreateJson), Connector.BigQuery)]
internal abstract record ActionCreateJson
{
    /// <summary>Unique in the version.</summary>
    [RegularExpression(PartLimits.NamePattern), MinLength(1), MaxLength(PartLimits.Name)]
    public required string Name { get; init; }

    /// <summary>A short title.</summary>
    [MaxLength(PartLimits.Text)]
    public string? Summary { get; init; }

    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    /// <summary>Whether the API's publisher wants it no longer used (ours).</summary>
    public bool? Deprecated { get; init; }
}

/// <summary>A new action that is one HTTP request.</summary>
internal sealed record ActionHTTPCreateJson : ActionCreateJson
{
    public required HTTPMethod Method { get; init; }

    /// <summary>Appended to the connector's base URL; takes parameters and variables, as in <c>/users/{{ param.id }}</c>.</summary>
    [MaxLength(PartLimits.Path)]
    public required string Path { get; init; }

    public required IReadOnlyList<ActionHTTPParameterJson> Parameters { get; init; }

    /// <summary>Left out when no body is sent.</summary>
    public HTTPRequestBodyCreateJson? RequestBody { get; init; }

    /// <summary>Without any, the version cannot be published.</summary>
    public required IReadOnlyList<HTTPResponseCreateJson> Responses { get; init; }

    public SentParts Sent() => new([.. Parameters.Select(p => p.Sent())], RequestBody?.Sent(), [.. Responses.Select(r => r.Sent())]);
}
