using System.ComponentModel.DataAnnotations;

namespace Patchbay.Platform.SigningKeys;

/// <summary>The public half of a signing key.</summary>
internal record PublicKeyJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>As PEM.</summary>
    public required string PublicKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Ours: whether a token without the claim sub stands for the organisation.</summary>
    public bool? AllowOrganisationTokens { get; init; }

    /// <summary>Ours: the one hub that its tokens are for.</summary>
    public Ulid? HubId { get; init; }

    /// <summary>What strangers may see of it: enough to verify a token, and nothing of what it opens.</summary>
    public static PublicKeyJson ForAnyone(SigningKey key) => new() { Id = key.Id, Name = key.Name, PublicKey = key.PublicKey, CreatedAt = key.CreatedAt };

    public static PublicKeyJson Of(SigningKey key) => ForAnyone(key) with { AllowOrganisationTokens = key.AllowsOrganisationTokens ? true : null, HubId = key.HubId };
}

/// <summary>A new signing key.</summary>
internal sealed record CreatePublicKeyJson
{
    /// <summary>What the key is for, for people.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>Ours: whether a token without the claim sub stands for the organisation; false unless given.</summary>
    public bool? AllowOrganisationTokens { get; init; }
}

/// <summary>A signing key as it was created.</summary>
internal sealed record SigningKeySetJson : PublicKeyJson
{
    /// <summary>The private half, as PEM. It is shown this once: keep it.</summary>
    public required string PrivateKey { get; init; }
}

/// <summary>The signing keys of an organisation.</summary>
internal sealed record SigningKeysListResponseJson
{
    public required IReadOnlyList<PublicKeyJson> Keys { get; init; }
}
