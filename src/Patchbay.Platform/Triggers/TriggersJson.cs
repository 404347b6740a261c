using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;
using Patchbay.Protocols.Incoming;

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

    /// <summary>How its requests are taken in (ours).</summary>
    public TriggerIntakeJson? Intake { get; init; }
}

/// <summary>What is done with a request that is not what the trigger declares.</summary>
internal enum TriggerMismatch
{
    /// <summary>It is stored, with what is wrong with it.</summary>
    [JsonStringEnumMemberName("store")]
    Store,

    /// <summary>It is refused with 400.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,
}

/// <summary>How the requests of a trigger are taken in.</summary>
internal sealed record TriggerIntakeJson
{
    /// <summary>
    /// The ids of the auth scheme configs by which each request must be verified. A connection without trigger credentials for one of them takes no
    /// request. Left out, requests are verified by all trigger credentials that the connection has.
    /// </summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? VerifiedBy { get; init; }

    /// <summary>
    /// Where stands what tells an event from others, so that one that is sent twice is stored once: <c>header:NAME</c>, <c>query:NAME</c>,
    /// <c>form:NAME</c> or <c>body:POINTER</c>, such as <c>body:/id</c>.
    /// </summary>
    [MinLength(1), MaxLength(ValuePlace.MaxLength)]
    public string? DuplicateKey { get; init; }

    /// <summary>What is done with a request that is not what the trigger declares; store where left out.</summary>
    public TriggerMismatch? OnMismatch { get; init; }

    public static TriggerIntakeJson? Of(IntakeContent? intake) => intake is null ? null : new()
    {
        VerifiedBy = intake.VerifiedBy,
        DuplicateKey = intake.DuplicateKey,
        OnMismatch = intake.RefusesMismatch ? TriggerMismatch.Refuse : null,
    };

    /// <summary>The content of what was sent; null where it says nothing. What is wrong with it is added to the faults.</summary>
    public static IntakeContent? Read(TriggerIntakeJson? sent, List<FieldFault> faults)
    {
        if (sent is null)
            return null;
        foreach (var (index, id) in (sent.VerifiedBy ?? []).Index())
        {
            if (id.Length is 0 or > 64)
                faults.Add(new($"intake.verifiedBy[{index}]", "must be the id of an auth scheme config"));
        }

        if (sent.DuplicateKey is { } place)
            faults.AddRange(ValuePlace.Parse(place, "intake.duplicateKey").Faults.Select(f => new FieldFault(f.Subject, f.Message)));
        return sent is { VerifiedBy: null, DuplicateKey: null, OnMismatch: null or TriggerMismatch.Store } ? null : new IntakeContent
        {
            VerifiedBy = sent.VerifiedBy,
            DuplicateKey = sent.DuplicateKey,
            RefusesMismatch = sent.OnMismatch == TriggerMismatch.Refuse,
        };
    }
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
        Intake = TriggerIntakeJson.Of(trigger.Intake),
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

    /// <summary>How its requests are taken in (ours).</summary>
    public TriggerIntakeJson? Intake { get; init; }
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
