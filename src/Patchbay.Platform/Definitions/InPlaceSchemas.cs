using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Platform.Definitions;

/// <summary>Schemas that stand in place, such as a parameter's, by the fields of the request in which they came.</summary>
internal sealed class InPlaceSchemas
{
    private readonly Dictionary<string, JsonNode> _new = new(StringComparer.Ordinal);

    /// <summary>Those that have to be looked at.</summary>
    public IReadOnlyDictionary<string, JsonNode> New => _new;

    /// <summary>What is kept of a schema: left out it stays as it was, and one that says nothing takes it away.</summary>
    public JsonNode? Keep(string field, JsonNode? sent, JsonNode? stored)
    {
        if (sent is null || JsonNode.DeepEquals(sent, stored))
            return stored;
        if (sent is JsonObject { Count: 0 } || sent.GetValueKind() == JsonValueKind.True)
            return null;
        _new[field] = sent;
        return null;
    }
}
