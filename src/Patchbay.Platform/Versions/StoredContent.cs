using System.Security.Cryptography;
using System.Text.Json;
using Patchbay.Importing.Contents;

namespace Patchbay.Platform.Versions;

/// <summary>Contents as bytes, the same for the same content, so that their hash says whether two are equal.</summary>
internal static class StoredContent
{
    public static Content Of<T>(T value) => OfBytes(ContentJson.ToBytes(value));

    public static Content OfText(string text) => OfBytes(System.Text.Encoding.UTF8.GetBytes(text));

    public static T Read<T>(byte[] body) => JsonSerializer.Deserialize<T>(body, ContentJson.Options)!;

    private static Content OfBytes(byte[] body) => new() { Hash = SHA256.HashData(body), Body = body };
}
