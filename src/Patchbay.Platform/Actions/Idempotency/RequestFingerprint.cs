using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>
/// Tells one request from another: equal for equal JSON, whatever the order of members and the space between them. It is kept sealed only, since
/// parameters with few values could be guessed from a hash.
/// </summary>
internal static class RequestFingerprint
{
    public const int Length = SHA256.HashSizeInBytes;

    /// <param name="version">The version as the caller named it.</param>
    /// <param name="request">All else that the caller asks for.</param>
    public static byte[] Of(string version, JsonElement request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, 'v', version);
        Add(hash, request);
        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).ToList();
                Add(hash, '{', members.Count);
                foreach (var member in members)
                {
                    Add(hash, 'n', member.Name);
                    Add(hash, member.Value);
                }

                break;
            case JsonValueKind.Array:
                Add(hash, '[', value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                    Add(hash, item);
                break;
            case JsonValueKind.String:
                Add(hash, 's', value.GetString()!);
                break;
            default:
                // Numbers as they are written: 1 and 1.0 are two requests to an API that tells them apart.
                Add(hash, 'r', value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText());
                break;
        }
    }

    private static void Add(IncrementalHash hash, char kind, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, kind, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, char kind, int count)
    {
        hash.AppendData([(byte)kind]);
        hash.AppendData(BitConverter.GetBytes(count));
    }
}
