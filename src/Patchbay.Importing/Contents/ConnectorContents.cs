using System.Text.Json.Nodes;

namespace Patchbay.Importing.Contents;

/// <summary>What one connector version holds: the shape that importers produce, the store keeps by content hash and exporters read.</summary>
/// <param name="Actions">The requests that can be made, in source order; names are unique.</param>
/// <param name="Triggers">The requests that the API makes to us, in source order; names are unique.</param>
/// <param name="Definitions">The schemas that both refer to by name; names are unique.</param>
public sealed record ConnectorContents(
    IReadOnlyList<ActionContent> Actions,
    IReadOnlyList<TriggerContent> Triggers,
    IReadOnlyList<DefinitionContent> Definitions);

/// <summary>One HTTP request that a connector can make.</summary>
public sealed record ActionContent
{
    /// <summary>Unique in the version; matches <c>^[a-zA-Z0-9_\-$]+$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A short title for people.</summary>
    public string? Summary { get; init; }

    /// <summary>What the action does, in the source's markup.</summary>
    public string? Description { get; init; }

    /// <summary>The HTTP method in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Appended to the connector's base URL; placeholders are <c>{{ param.name }}</c> and <c>{{ conn.name }}</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Path, query, header and cookie parameters in source order.</summary>
    public IReadOnlyList<ParameterContent> Parameters { get; init; } = [];

    /// <summary>The request body, or null when none is sent.</summary>
    public BodyContent? RequestBody { get; init; }

    /// <summary>The declared responses; never empty for a publishable action.</summary>
    public IReadOnlyList<ResponseContent> Responses { get; init; } = [];

    /// <summary>The query that is run in place of an HTTP request; null where the action is one. Method and path then say nothing.</summary>
    public QueryContent? Query { get; init; }

    /// <summary>Whether the source marks the action as deprecated.</summary>
    public bool Deprecated { get; init; }

    /// <summary>Facts of the source that no field above holds (tags, security requirements, extensions), kept as they stood.</summary>
    public JsonObject? Source { get; init; }
}

/// <summary>One HTTP request that the external API makes to us.</summary>
public sealed record TriggerContent
{
    /// <summary>Unique in the version; matches <c>^[a-zA-Z0-9_\-$]+$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A short title for people.</summary>
    public string? Summary { get; init; }

    /// <summary>What the trigger announces, in the source's markup.</summary>
    public string? Description { get; init; }

    /// <summary>The HTTP method in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Query, header and cookie parameters in source order.</summary>
    public IReadOnlyList<ParameterContent> Parameters { get; init; } = [];

    /// <summary>The body that the API sends, or null when it sends none.</summary>
    public BodyContent? RequestBody { get; init; }

    /// <summary>What we may answer.</summary>
    public IReadOnlyList<ResponseContent> Responses { get; init; } = [];

    /// <summary>Whether the source marks the trigger as deprecated.</summary>
    public bool Deprecated { get; init; }

    /// <summary>How its requests are taken in; null where nothing was said of it.</summary>
    public IntakeContent? Intake { get; init; }

    /// <summary>Facts of the source that no field above holds, kept as they stood.</summary>
    public JsonObject? Source { get; init; }
}

/// <summary>How the requests of a trigger are taken in.</summary>
public sealed record IntakeContent
{
    /// <summary>The ids of the auth scheme configs by which each request must be verified; null for those that the connection has credentials for.</summary>
    public IReadOnlyList<string>? VerifiedBy { get; init; }

    /// <summary>Where stands what tells an event from others, such as <c>header:X-GitHub-Delivery</c> or <c>body:/id</c>; null for nowhere.</summary>
    public string? DuplicateKey { get; init; }

    /// <summary>Whether a request that is not what the trigger declares is refused, in place of being stored with what is wrong with it.</summary>
    public bool RefusesMismatch { get; init; }
}

/// <summary>A parameter of an action or trigger.</summary>
public sealed record ParameterContent
{
    /// <summary>The name as sent.</summary>
    public required string Name { get; init; }

    /// <summary><c>path</c>, <c>query</c>, <c>header</c> or <c>cookie</c>.</summary>
    public required string In { get; init; }

    /// <summary>Whether the request cannot be made without it.</summary>
    public required bool Required { get; init; }

    /// <summary><c>string</c>, <c>number</c>, <c>integer</c> or <c>boolean</c>; <c>string</c> for what is no scalar, see <see cref="Schema"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The value that is sent when the caller gives none.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>What the parameter means, in the source's markup.</summary>
    public string? Description { get; init; }

    /// <summary>The full JSON Schema 2020-12 where the type alone does not say it; its references are relative definition names.</summary>
    public JsonNode? Schema { get; init; }

    /// <summary>How a value is written (OpenAPI 3 <c>style</c>), where it is not the location's default.</summary>
    public string? Style { get; init; }

    /// <summary>Whether arrays and objects are spread over several parameters, where it is not the style's default.</summary>
    public bool? Explode { get; init; }

    /// <summary>Whether reserved characters are sent unescaped (query only).</summary>
    public bool AllowReserved { get; init; }

    /// <summary>The media type when the value is serialised as a document (OpenAPI 3 <c>content</c>).</summary>
    public string? ContentType { get; init; }

    /// <summary>Whether the source marks the parameter as deprecated.</summary>
    public bool Deprecated { get; init; }

    /// <summary>Facts of the source that no field above holds (examples, extensions), kept as they stood.</summary>
    public JsonObject? Source { get; init; }
}

/// <summary>A request body: which definitions it may conform to, by media type.</summary>
public sealed record BodyContent
{
    /// <summary>Whether the request cannot be made without a body.</summary>
    public required bool Required { get; init; }

    /// <summary>What the body means, in the source's markup.</summary>
    public string? Description { get; init; }

    /// <summary>One link for each group of media types that share a schema.</summary>
    public IReadOnlyList<DefinitionLink> Definitions { get; init; } = [];

    /// <summary>Facts of the source that no field above holds (extensions), kept as they stood.</summary>
    public JsonObject? Source { get; init; }
}

/// <summary>A use of a definition by an action or trigger.</summary>
public sealed record DefinitionLink
{
    /// <summary>The name of the definition in the same version.</summary>
    public required string Definition { get; init; }

    /// <summary>The media types of this use, a subset of the definition's <c>accept</c>.</summary>
    public required IReadOnlyList<string> MediaTypes { get; init; }

    /// <summary>How the fields of a form are written (OpenAPI 3 <c>encoding</c>), kept as it stood.</summary>
    public JsonObject? Encoding { get; init; }

    /// <summary>Examples of the source for this use, kept as they stood.</summary>
    public JsonNode? Examples { get; init; }

    /// <summary>Facts of the source that no field above holds (extensions, encodings of items by place), kept as they stood.</summary>
    public JsonObject? Source { get; init; }
}

/// <summary>A response that an action expects, or that a trigger may give.</summary>
public sealed record ResponseContent
{
    /// <summary>The status code; null together with <see cref="StatusRange"/> for the default response.</summary>
    public int? Status { get; init; }

    /// <summary>A range such as <c>4XX</c>, in place of <see cref="Status"/>.</summary>
    public string? StatusRange { get; init; }

    /// <summary>What the response means, in the source's markup.</summary>
    public string? Description { get; init; }

    /// <summary>One link for each group of media types that share a schema; empty for a response without a body.</summary>
    public IReadOnlyList<DefinitionLink> Definitions { get; init; } = [];

    /// <summary>Response headers; <see cref="ParameterContent.In"/> is <c>header</c>.</summary>
    public IReadOnlyList<ParameterContent> Headers { get; init; } = [];

    /// <summary>Facts of the source that no field above holds (links, extensions), kept as they stood.</summary>
    public JsonObject? Source { get; init; }
}

/// <summary>A named schema.</summary>
public sealed record DefinitionContent
{
    /// <summary>Unique in the version; matches <c>^[a-zA-Z0-9_\-]+$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the schema describes, in the source's markup.</summary>
    public string? Description { get; init; }

    /// <summary>The media types of the data that conforms to the schema.</summary>
    public required IReadOnlyList<string> Accept { get; init; }

    /// <summary>The media type of <see cref="Schema"/> itself, such as <c>application/schema+json</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>
    /// The schema as text. A JSON Schema refers to another definition of the version by the relative reference
    /// <c>Name.json</c>, with a JSON pointer fragment where it means a part, so that copies of a version share it.
    /// </summary>
    public required string Schema { get; init; }

    /// <summary>The names of the definitions that <see cref="Schema"/> refers to, without repetition, ordered ordinally.</summary>
    public IReadOnlyList<string> References { get; init; } = [];
}
