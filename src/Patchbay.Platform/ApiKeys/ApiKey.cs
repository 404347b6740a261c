using Patchbay.Platform.Keys;

namespace Patchbay.Platform.ApiKeys;

/// <summary>A key of an organisation's backend. Only its hash is kept: 256 random bits need no slow one.</summary>
internal sealed class ApiKey : IOwned
{
    public const string Prefix = "pb_";

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Name { get; set; }
    public required byte[] Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A fresh key in the clear, to be shown once.</summary>
    public static string NewSecret() => RandomToken.New(Prefix);

    public static byte[] HashOf(string secret) => RandomToken.HashOf(secret);
}
