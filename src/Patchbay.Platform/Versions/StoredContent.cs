using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.Versions;

/// <summary>Contents as bytes, the same for the same content, so that their hash says whether two are equal.</summary>
internal static class StoredContent
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 512,
    };

    public static Content Of<T>(T value) => OfBytes(JsonSerializer.SerializeToUtf8Bytes(value, Options));

    public static Content OfText(string text) => OfBytes(System.Text.Encoding.UTF8.GetBytes(text));

    public static T Read<T>(byte[] body) => JsonSerializer.Deserialize<T>(body, Options)!;

    private static Content OfBytes(byte[] body) => new() { Hash = SHA256.HashData(body), Body = body };
}
