using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Triggers;

/// <summary>Something that the API tells us of.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TriggerHTTPJson), "http")]
internal abstract record TriggerJson
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

    /// <summary>What keeps the trigger from being published; empty when nothing does. Not looked at in an update.</summary>
    public IReadOnlyList<ContentErrorJson>? Errors { get; init; }

    /// <summary>Whether the API's publisher wants it no longer used (ours).</summary>
    public bool? Deprecated { get; init; }
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

    public SentParts Sent() => new([.. Parameters.Select(p => p.Sent())], RequestBody?.Sent(), [.. Responses.Select(r => r.Sent())]);

    public static TriggerHTTPJson Of(Ulid id, TriggerContent trigger, IReadOnlyDictionary<string, DefinitionJson> definitions) => new()
    {
        Id = id,
        Errors = ContentErrorJson.Of(ContentRules.Of(trigger, definitions.ContainsKey)),
        Deprecated = trigger.Deprecated ? true : null,
        Name = trigger.Name,
        Summary = trigger.Summary,
        Description = trigger.Description,
        Method = Enum.Parse<HTTPMethod>(trigger.Method),
        Parameters = [.. trigger.Parameters.Where(p => p.In != "path").Select(p => new TriggerHTTPParameterJson(p))],
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
internal sealed record TriggerHTTPParameterJson : HTTPParameterJson
{
    public TriggerHTTPParameterJson()
    {
    }

    [SetsRequiredMembers]
    internal TriggerHTTPParameterJson(ParameterContent parameter)
        : base(parameter) =>
        In = Enum.Parse<TriggerHTTPParameterIn>(parameter.In, ignoreCase: true);

    public required TriggerHTTPParameterIn In { get; init; }

    public SentParameter Sent() => new(this, In.ToString().ToLowerInvariant());
}

/// <summary>Triggers, a page of them.</summary>
internal sealed record TriggerPageJson : PageInfoJson
{
    public required IReadOnlyList<TriggerJson> Triggers { get; init; }
}

/// <summary>A new trigger.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TriggerHTTPCreateJson), "http")]
internal abstract record TriggerCreateJson
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

/// <summary>A new trigger that is one HTTP request.</summary>
internal sealed record TriggerHTTPCreateJson : TriggerCreateJson
{
    public required HTTPMethod Method { get; init; }
    public required IReadOnlyList<TriggerHTTPParameterJson> Parameters { get; init; }

    /// <summary>Left out when no body comes.</summary>
    public HTTPRequestBodyCreateJson? RequestBody { get; init; }

    /// <summary>What is answered. Without any, the version cannot be published.</summary>
    public required IReadOnlyList<HTTPResponseCreateJson> Responses { get; init; }

    public SentParts Sent() => new([.. Parameters.Select(p => p.Sent())], RequestBody?.Sent(), [.. Responses.Select(r => r.Sent())]);
}
