using Patchbay.Platform.Keys;

namespace Patchbay.Platform.Uploads;

/// <summary>The two URLs of an upload: where the file is sent, and what it is called afterwards.</summary>
internal static class UploadUrl
{
    public const string SignatureParameter = "signature";

    /// <summary>A scheme that no client fetches, so that the name is good for one thing only: to be given back to this server.</summary>
    private const string Prefix = "patchbay:uploads/";

    public static string NewSignature() => RandomToken.New();

    public static byte[] HashOf(string signature) => RandomToken.HashOf(signature);

    /// <summary>Where the file is sent.</summary>
    public static string ToSend(PublicAddress address, Ulid id, string signature) =>
        address.Absolute($"/api/connect/v1/uploads/{id}?{SignatureParameter}={signature}");

    /// <summary>What the file is called for operations that use it.</summary>
    public static string ToUse(Ulid id) => Prefix + id;

    public static bool IsOne(string url) => url.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The upload that a URL names, or null.</summary>
    public static Ulid? IdIn(string url) => IsOne(url) && Ulid.TryParse(url.AsSpan(Prefix.Length), out var id) ? id : null;
}
