using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Patchbay.Vault;

/// <summary>One key of a ring. Its id is 64 random bits, shown as 16 lower-case hexadecimal digits; it says nothing of the key.</summary>
internal sealed class InstanceKey(ulong id, KeyMaterial material)
{
    public const int IdLength = sizeof(ulong);
    public const int ChecksumLength = 8;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public ulong Id { get; } = id;

    public KeyMaterial Material { get; } = material;

    public static InstanceKey Generate()
    {
        Span<byte> id = stackalloc byte[IdLength];
        RandomNumberGenerator.Fill(id);
        return new InstanceKey(BinaryPrimitives.ReadUInt64BigEndian(id), KeyMaterial.Generate());
    }

    public static string Format(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);

    public static bool TryParseId(string? text, out ulong id)
    {
        id = 0;
        return text is { Length: IdLength * 2 }
            && !text.AsSpan().ContainsAnyExcept(HexDigits)
            && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }

    /// <summary>
    /// The first 64 bits of SHA-256 over a label, the id and the key. It stands beside the key in a file that is as secret as the key, and
    /// tells nothing of 256 random bits; it is there to tell a mistyped or cut line from a key that is merely another one.
    /// </summary>
    public static string Checksum(ulong id, ReadOnlySpan<byte> key)
    {
        var label = "patchbay.vault.key-checksum.1"u8;
        Span<byte> input = stackalloc byte[label.Length + IdLength + key.Length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        label.CopyTo(input);
        BinaryPrimitives.WriteUInt64BigEndian(input[label.Length..], id);
        key.CopyTo(input[(label.Length + IdLength)..]);
        SHA256.HashData(input, hash);
        CryptographicOperations.ZeroMemory(input);
        return Convert.ToHexStringLower(hash[..ChecksumLength]);
    }
}
