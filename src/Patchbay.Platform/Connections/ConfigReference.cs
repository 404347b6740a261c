using System.Text.Json;
using Patchbay.Platform.Connectors;

namespace Patchbay.Platform.Connections;

/// <summary>
/// An auth scheme config inside a connection is a reference: its id counts, and nothing else that the caller sent, or a caller could
/// have a credential sent where the connector's owner never meant it to go.
/// </summary>
internal static class ConfigReference
{
    public static Outcome<AuthSchemeConfig> Find(Connector connector, JsonElement reference, string path)
    {
        if (reference.ValueKind != JsonValueKind.Object)
            return Failure.InvalidField(path, "must be an object");
        if (!reference.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
            return Failure.InvalidField($"{path}.id", "is required: the id of an auth scheme config of the connector");
        return connector.AuthSchemeConfigs.Find(c => id.ValueEquals(c.Id)) is { } config
            ? config
            : Failure.InvalidField($"{path}.id", connector.AuthSchemeConfigs.Count == 0
                ? "the connector has no auth scheme config yet; add one first"
                : $"is none of the connector's: {string.Join(", ", connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(c => c.Id).Take(20))}");
    }
}
