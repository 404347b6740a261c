using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Triggers;

/// <summary>Something that the API tells us of.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TriggerHTTPJson), "http")]
internal abstract record TriggerJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique in the version.</summary>
    public required string Name { get; init; }

    /// <summary>A short title.</summary>
    public string? Summary { get; init; }

    public string? Description { get; init; }

    /// <summary>What is wrong with the trigger; empty when nothing is, left out when it was not checked.</summary>
    public IReadOnlyList<ContentErrorJson>? Errors { get; init; }
}

/// <summary>One HTTP request that the API makes to us.</summary>
internal sealed record TriggerHTTPJson : TriggerJson
{
    public required HTTPMethod Method { get; init; }
    public required IReadOnlyList<TriggerHTTPParameterJson> Parameters { get; init; }

    /// <summary>Left out when no body comes.</summary>
    public HTTPRequestBodyJson? RequestBody { get; init; }

    /// <summary>What is answered.</summary>
    public required IReadOnlyList<HTTPResponseJson> Responses { get; init; }

    public static TriggerHTTPJson Of(Ulid id, TriggerContent trigger, IReadOnlyDictionary<string, DefinitionJson> definitions) => new()
    {
        Id = id,
        Name = trigger.Name,
        Summary = trigger.Summary,
        Description = trigger.Description,
        Method = Enum.Parse<HTTPMethod>(trigger.Method),
        Parameters = [.. trigger.Parameters.Where(p => p.In != "path").Select(p => new TriggerHTTPParameterJson
        {
            Name = p.Name,
            In = Enum.Parse<TriggerHTTPParameterIn>(p.In, ignoreCase: true),
            Required = p.Required,
            Type = Enum.Parse<HTTPParameterType>(p.Type, ignoreCase: true),
            Default = p.Default,
            Description = p.Description,
            Schema = p.Schema,
            Style = p.Style,
            Explode = p.Explode,
        })],
        RequestBody = HTTPRequestBodyJson.Of(id, trigger.RequestBody, definitions),
        Responses = HTTPResponseJson.Of(id, trigger.Responses, definitions),
    };
}

/// <summary>Where a parameter of a trigger comes from.</summary>
internal enum TriggerHTTPParameterIn
{
    [JsonStringEnumMemberName("cookie")]
    Cookie,

    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("query")]
    Query,
}

/// <summary>A parameter of a trigger.</summary>
internal sealed record TriggerHTTPParameterJson
{
    public required string Name { get; init; }
    public required TriggerHTTPParameterIn In { get; init; }
    public required bool Required { get; init; }

    /// <summary>string for what is no scalar; then the schema says more.</summary>
    public required HTTPParameterType Type { get; init; }

    /// <summary>Taken when the request has no value.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>What it means (ours).</summary>
    public string? Description { get; init; }

    /// <summary>The full JSON Schema, where the type alone does not say it (ours).</summary>
    public JsonNode? Schema { get; init; }

    /// <summary>How the value is written, where not by the location's default (ours).</summary>
    public string? Style { get; init; }

    /// <summary>Whether arrays and objects are spread over several parameters, where not by the style's default (ours).</summary>
    public bool? Explode { get; init; }
}

/// <summary>Triggers, a page of them.</summary>
internal sealed record TriggerPageJson : PageInfoJson
{
    public required IReadOnlyList<TriggerJson> Triggers { get; init; }
}
