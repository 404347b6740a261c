using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Platform.Events;

/// <summary>
/// The keyed hash by which an event is known again. What an API calls its events by may be short, or say something of people; without the key,
/// which is sealed, nobody finds it out of the hash.
/// </summary>
internal static class DuplicateKey
{
    /// <summary>A fresh key for the events of one trigger of one connection.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(32);

    /// <summary>The hash of what an API calls an event by.</summary>
    public static byte[] Of(ReadOnlySpan<byte> secret, string text) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text));
}
