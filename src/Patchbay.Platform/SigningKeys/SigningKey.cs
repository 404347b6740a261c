using System.Security.Cryptography;

namespace Patchbay.Platform.SigningKeys;

/// <summary>
/// A key pair by which an organisation signs tokens, for itself or for users of its product. The server keeps the public half only.
/// </summary>
internal sealed class SigningKey : IOwned
{
    /// <summary>The size of new keys, in bits.</summary>
    public const int Size = 2048;

    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required string Name { get; set; }

    /// <summary>The public half, as PEM of SubjectPublicKeyInfo (RFC 7468, 13).</summary>
    public required string PublicKey { get; init; }

    /// <summary>Whether a token without <c>sub</c> stands for the organisation.</summary>
    public required bool AllowsOrganisationTokens { get; init; }

    /// <summary>The one hub that its tokens are for; null for every hub of the organisation.</summary>
    public Ulid? HubId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A fresh key pair, both halves as PEM: the private one as PKCS #8 (RFC 7468, 10).</summary>
    public static (string PublicKey, string PrivateKey) NewPair()
    {
        using var rsa = RSA.Create(Size);
        return (rsa.ExportSubjectPublicKeyInfoPem(), rsa.ExportPkcs8PrivateKeyPem());
    }
}
