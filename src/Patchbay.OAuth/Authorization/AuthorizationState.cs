using System.Buffers.Text;
using System.Security.Cryptography;

namespace Patchbay.OAuth.Authorization;

/// <summary>The value that binds the redirect back to the request that caused it (RFC 6749, 10.12).</summary>
public static class AuthorizationState
{
    private const int Bytes = 32;

    /// <summary>Makes a state: 256 random bits as 43 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
}
