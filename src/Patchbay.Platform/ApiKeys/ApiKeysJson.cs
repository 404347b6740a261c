using System.ComponentModel.DataAnnotations;

namespace Patchbay.Platform.ApiKeys;

/// <summary>A new API key.</summary>
internal sealed record ApiKeyCreateJson
{
    /// <summary>What the key is for, for people.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>Names of the roles that it has in the whole organisation; owner unless given. Nobody can give a role that allows what they may not do.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Roles { get; init; }
}

/// <summary>An API key; the key itself is never shown again.</summary>
internal record ApiKeyJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Names of the roles that it has in the whole organisation.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    public static ApiKeyJson Of(ApiKey key, ILookup<Ulid, string> roles) => new() { Id = key.Id, Name = key.Name, CreatedAt = key.CreatedAt, Roles = [.. roles[key.Id]] };
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
