using System.ComponentModel.DataAnnotations;

namespace Patchbay.Platform.ApiKeys;

/// <summary>A new API key.</summary>
internal sealed record ApiKeyCreateJson
{
    /// <summary>What the key is for, for people.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }
}

/// <summary>An API key; the key itself is never shown again.</summary>
internal record ApiKeyJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public static ApiKeyJson Of(ApiKey key) => new() { Id = key.Id, Name = key.Name, CreatedAt = key.CreatedAt };
}

/// <summary>An API key as it was created.</summary>
internal sealed record ApiKeyCreatedJson : ApiKeyJson
{
    /// <summary>The key. It is shown this once: keep it.</summary>
    public required string Key { get; init; }
}

/// <summary>The API keys of an organisation.</summary>
internal sealed record ApiKeysJson
{
    public required IReadOnlyList<ApiKeyJson> ApiKeys { get; init; }
}
