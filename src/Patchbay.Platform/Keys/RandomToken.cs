using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Platform.Keys;

/// <summary>Keys, codes and tokens that the server makes up, and what it keeps of them. 256 random bits cannot be guessed from their hash, so that it needs no slow one.</summary>
internal static class RandomToken
{
    /// <summary>A new one, to be shown once.</summary>
    /// <param name="prefix">What tells people and scanners what it is.</param>
    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of one, which may be whatever somebody sent.</summary>
    public static byte[] HashOf(ReadOnlySpan<char> token)
    {
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        return SHA256.HashData(utf8.AsSpan(0, Encoding.UTF8.GetBytes(token, utf8)));
    }

    /// <summary>The same in hexadecimal digits.</summary>
    public static string HexHashOf(ReadOnlySpan<char> token) => Convert.ToHexStringLower(HashOf(token));
}
