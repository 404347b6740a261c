using System.Text.Json;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Library;

/// <summary>What a public connector said of where credentials go, when a version of it was imported or merged. It holds no secret, as configs do not.</summary>
/// <param name="PublishedAt">When that version was published.</param>
/// <param name="BaseUrl">The base URL template.</param>
/// <param name="AllowedHosts">The origins besides.</param>
/// <param name="Variables">Connection variables with their defaults.</param>
/// <param name="Configs">Auth scheme configs.</param>
internal sealed record SourceSettings(
    DateTimeOffset PublishedAt, string BaseUrl, IReadOnlyList<string> AllowedHosts, IReadOnlyList<ConnectionVariable> Variables, IReadOnlyList<SourceConfig> Configs)
{
    public static SourceSettings Of(Connector connector, DateTimeOffset publishedAt) => new(
        publishedAt, connector.BaseUrl, connector.AllowedHosts, connector.ConnectionVariables,
        [.. connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(c => new SourceConfig(c.Id, c.SchemeType, c.Config))]);

    public static SourceSettings? Read(string? stored) => stored is null ? null : JsonSerializer.Deserialize<SourceSettings>(stored, ApiJson.Options);

    public string ToStored() => JsonSerializer.Serialize(this, ApiJson.Options);
}

/// <summary>An auth scheme config of a public connector, as it is stored.</summary>
internal sealed record SourceConfig(string Id, string SchemeType, string Config);
