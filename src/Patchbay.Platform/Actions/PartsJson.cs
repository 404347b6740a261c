using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions;

/// <summary>How long the texts of actions and triggers may be, in characters.</summary>
internal static class PartLimits
{
    public const string NamePattern = @"^[a-zA-Z0-9_\-$]+$";
    public const int Name = 200;
    public const int Path = 16 * 1024;
    public const int Text = 100_000;
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

/// <summary>What the parameters of actions and triggers, and the headers of responses, have in common.</summary>
internal abstract record HTTPParameterJson
{
    protected HTTPParameterJson()
    {
    }

    [SetsRequiredMembers]
    protected HTTPParameterJson(ParameterContent parameter)
    {
        Name = parameter.Name;
        Required = parameter.Required;
        Type = Enum.Parse<HTTPParameterType>(parameter.Type, ignoreCase: true);
        Default = parameter.Default;
        Description = parameter.Description;
        Schema = parameter.Schema;
        Style = parameter.Style;
        Explode = parameter.Explode;
        AllowReserved = parameter.AllowReserved ? true : null;
        ContentType = parameter.ContentType;
        Deprecated = parameter.Deprecated ? true : null;
    }

    /// <summary>As it is sent.</summary>
    [MinLength(1)]
    public required string Name { get; init; }

    public required bool Required { get; init; }

    /// <summary>string for what is no scalar; then the schema says more.</summary>
    public required HTTPParameterType Type { get; init; }

    /// <summary>What counts when there is no value; a string may hold variables.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>What it means (ours).</summary>
    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    /// <summary>The full JSON Schema, where the type alone does not say it; definitions are referred to as <c>Name.json</c> (ours).</summary>
    public JsonNode? Schema { get; init; }

    /// <summary>How the value is written, where not by the location's default (ours).</summary>
    public string? Style { get; init; }

    /// <summary>Whether arrays and objects are spread over several parameters, where not by the style's default (ours).</summary>
    public bool? Explode { get; init; }

    /// <summary>Whether reserved characters are sent unescaped, in a query (ours).</summary>
    public bool? AllowReserved { get; init; }

    /// <summary>The media type, where the value is written as a document (ours).</summary>
    public string? ContentType { get; init; }

    /// <summary>Whether the API's publisher wants it no longer used (ours).</summary>
    public bool? Deprecated { get; init; }
}

/// <summary>A header of a response.</summary>
internal sealed record HTTPHeaderJson : HTTPParameterJson
{
    public HTTPHeaderJson()
    {
    }

    [SetsRequiredMembers]
    internal HTTPHeaderJson(ParameterContent header)
        : base(header)
    {
    }
}

/// <summary>A use of a definition.</summary>
internal sealed record LinkedDefinitionJson
{
    /// <summary>Follows from its place and what is linked.</summary>
    public required Ulid Id { get; init; }

    /// <summary>In an update its id and name say which one is linked; nothing else of it is looked at.</summary>
    public required DefinitionJson Definition { get; init; }

    /// <summary>The media types of this use (ours).</summary>
    public IReadOnlyList<string>? MediaTypes { get; init; }

    /// <summary>How the fields of a form are written, as OpenAPI's encoding says it (ours).</summary>
    public JsonObject? Encoding { get; init; }

    public SentLink Sent() => new(Id, Definition.Id, Definition.Name, MediaTypes, Encoding);

    /// <summary>The id of a link: the same at every read.</summary>
    public static Ulid IdOf(Ulid owner, string part, DefinitionLink link) =>
        Identifiers.OfPart(owner, $"{part}/{link.Definition}/{string.Join(',', link.MediaTypes)}");

    public static IReadOnlyList<LinkedDefinitionJson> Of(
        Ulid owner, string part, IReadOnlyList<DefinitionLink> links, IReadOnlyDictionary<string, DefinitionJson> definitions) =>
    [
        // A definition that was deleted with force leaves its link behind; the errors name it.
        .. links.Where(l => definitions.ContainsKey(l.Definition)).Select(l => new LinkedDefinitionJson
        {
            Id = IdOf(owner, part, l),
            Definition = definitions[l.Definition],
            MediaTypes = l.MediaTypes,
            Encoding = l.Encoding,
        }),
    ];
}

/// <summary>The body of a request.</summary>
internal sealed record HTTPRequestBodyJson
{
    /// <summary>What a body is called in the ids of its links.</summary>
    public const string RequestPart = "request";

    public required bool Required { get; init; }

    /// <summary>At most one for each media type.</summary>
    public required IReadOnlyList<LinkedDefinitionJson> Definitions { get; init; }

    /// <summary>What it means (ours).</summary>
    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    public SentBody Sent() => new(Required, Description, [.. Definitions.Select(d => d.Sent())]);

    public static HTTPRequestBodyJson? Of(Ulid owner, BodyContent? body, IReadOnlyDictionary<string, DefinitionJson> definitions) => body is null ? null : new()
    {
        Required = body.Required,
        Description = body.Description,
        Definitions = LinkedDefinitionJson.Of(owner, RequestPart, body.Definitions, definitions),
    };
}

/// <summary>A response.</summary>
internal sealed record HTTPResponseJson
{
    /// <summary>Follows from the status. In an update it says which response this was.</summary>
    public required Ulid Id { get; init; }

    /// <summary>Left out for the default response, and for a range.</summary>
    public int? Status { get; init; }

    public required IReadOnlyList<LinkedDefinitionJson> Definitions { get; init; }

    /// <summary>A range such as 4XX, in place of the status (ours).</summary>
    public string? StatusRange { get; init; }

    /// <summary>What it means (ours).</summary>
    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    /// <summary>Headers that come with it (ours).</summary>
    public IReadOnlyList<HTTPHeaderJson>? Headers { get; init; }

    public SentResponse Sent() => new(Id, Status, StatusRange, Description, Headers, [.. Definitions.Select(d => d.Sent())]);

    /// <summary>What a response is called in the ids of itself and its links.</summary>
    public static string PartOf(ResponseContent response) =>
        $"response/{response.Status?.ToString(CultureInfo.InvariantCulture) ?? response.StatusRange ?? "default"}";

    public static IReadOnlyList<HTTPResponseJson> Of(
        Ulid owner, IReadOnlyList<ResponseContent> responses, IReadOnlyDictionary<string, DefinitionJson> definitions) =>
    [
        .. responses.Select(r => new HTTPResponseJson
        {
            Id = Identifiers.OfPart(owner, PartOf(r)),
            Status = r.Status,
            StatusRange = r.StatusRange,
            Description = r.Description,
            Headers = r.Headers.Count == 0 ? null : [.. r.Headers.Select(h => new HTTPHeaderJson(h))],
            Definitions = LinkedDefinitionJson.Of(owner, PartOf(r), r.Definitions, definitions),
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

    public static IReadOnlyList<ContentErrorJson> Of(IEnumerable<FieldFault> faults) =>
        [.. faults.Select(f => new ContentErrorJson { Field = PointerOf(f.Field), Message = f.Message, Severity = ContentErrorSeverity.Error })];

    /// <summary>A path such as <c>responses[0].definitions</c> as a JSON pointer.</summary>
    private static string PointerOf(string field) =>
        "/" + field.Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
}

/// <summary>Which definition is meant: by its id or by its name.</summary>
[DescribedAs(typeof(DefinitionRefIdJson), typeof(DefinitionRefNameJson))]
internal sealed record DefinitionRefJson
{
    public Ulid? Id { get; init; }
    public string? Name { get; init; }
}

/// <summary>A definition by its id.</summary>
internal sealed record DefinitionRefIdJson
{
    public required Ulid Id { get; init; }
}

/// <summary>A definition by its name.</summary>
internal sealed record DefinitionRefNameJson
{
    public required string Name { get; init; }
}

/// <summary>A new use of a definition.</summary>
internal sealed record LinkedDefinitionCreateJson
{
    public required DefinitionRefJson Definition { get; init; }

    /// <summary>The media types of this use; left out, those that the definition accepts (ours).</summary>
    public IReadOnlyList<string>? MediaTypes { get; init; }

    /// <summary>How the fields of a form are written, as OpenAPI's encoding says it (ours).</summary>
    public JsonObject? Encoding { get; init; }

    public SentLink Sent() => new(null, Definition.Id, Definition.Name, MediaTypes, Encoding);
}

/// <summary>The body of the requests of a new action or trigger.</summary>
internal sealed record HTTPRequestBodyCreateJson
{
    public required bool Required { get; init; }

    /// <summary>At most one for each media type.</summary>
    public required IReadOnlyList<LinkedDefinitionCreateJson> Definitions { get; init; }

    /// <summary>What it means (ours).</summary>
    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    public SentBody Sent() => new(Required, Description, [.. Definitions.Select(d => d.Sent())]);
}

/// <summary>A response of a new action or trigger.</summary>
internal sealed record HTTPResponseCreateJson
{
    /// <summary>Left out for the default response, and for a range.</summary>
    public int? Status { get; init; }

    /// <summary>At most one for each media type.</summary>
    public required IReadOnlyList<LinkedDefinitionCreateJson> Definitions { get; init; }

    /// <summary>A range such as 4XX, in place of the status (ours).</summary>
    public string? StatusRange { get; init; }

    /// <summary>What it means (ours).</summary>
    [MaxLength(PartLimits.Text)]
    public string? Description { get; init; }

    /// <summary>Headers that come with it (ours).</summary>
    public IReadOnlyList<HTTPHeaderJson>? Headers { get; init; }

    public SentResponse Sent() => new(null, Status, StatusRange, Description, Headers, [.. Definitions.Select(d => d.Sent())]);
}
