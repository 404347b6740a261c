using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Platform.Actions;

/// <summary>What actions and triggers are made of, as a client sent it. What is ours may be missing: it then stays as it was.</summary>
internal sealed record SentParts(IReadOnlyList<SentParameter> Parameters, SentBody? RequestBody, IReadOnlyList<SentResponse> Responses);

/// <summary>A parameter as sent.</summary>
/// <param name="Json">All of it but its place.</param>
/// <param name="In">The place.</param>
internal sealed record SentParameter(HTTPParameterJson Json, string In);

/// <summary>A body as sent.</summary>
internal sealed record SentBody(bool Required, string? Description, IReadOnlyList<SentLink> Links);

/// <summary>A response as sent.</summary>
internal sealed record SentResponse(
    Ulid? Id, int? Status, string? StatusRange, string? Description, IReadOnlyList<HTTPHeaderJson>? Headers, IReadOnlyList<SentLink> Links);

/// <summary>A use of a definition as sent: the definition by its id, its name, or both.</summary>
internal sealed record SentLink(Ulid? Id, Ulid? DefinitionId, string? DefinitionName, IReadOnlyList<string>? MediaTypes, JsonObject? Encoding);

/// <summary>What actions and triggers are made of, as it is kept.</summary>
internal sealed record PartsContent(IReadOnlyList<ParameterContent> Parameters, BodyContent? RequestBody, IReadOnlyList<ResponseContent> Responses)
{
    public static readonly PartsContent Empty = new([], null, []);

    public static PartsContent Of(ActionContent action) => new(action.Parameters, action.RequestBody, action.Responses);

    public static PartsContent Of(TriggerContent trigger) => new(trigger.Parameters, trigger.RequestBody, trigger.Responses);
}
