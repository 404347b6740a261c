using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing.OpenApi;

/// <summary>What an operation says of the request that it makes and the answers that it expects.</summary>
/// <param name="Path">To be appended to the base URL.</param>
/// <param name="Parameters">Of path, query, headers and cookies.</param>
/// <param name="RequestBody">Null when none is sent.</param>
/// <param name="Responses">At least one.</param>
/// <param name="Source">What has no field of ours, or null.</param>
internal sealed record OperationParts(
    string Path,
    IReadOnlyList<ParameterContent> Parameters,
    BodyContent? RequestBody,
    IReadOnlyList<ResponseContent> Responses,
    JsonObject? Source);

/// <summary>Reads the Operation Objects of one version of the specification.</summary>
internal interface IOperationReader
{
    /// <param name="source">The operation.</param>
    /// <param name="name">The name of its action.</param>
    OperationParts Read(PathOperation source, string name);
}
