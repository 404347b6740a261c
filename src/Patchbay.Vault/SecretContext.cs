using System.Buffers.Binary;

namespace Patchbay.Vault;

/// <summary>
/// Where a sealed value belongs, as an ordered list of names such as <c>credential</c>, the organisation's id, the credential's id and
/// the field. It is authenticated with the value and not stored in it: a ciphertext that is copied to another place does not open there.
/// </summary>
/// <remarks>
/// Encoded as the number of parts, then for each part its length in UTF-16 code units and those units, all big-endian, the numbers
/// in 32 bits. Lengths keep <c>("a", "bc")</c> and <c>("ab", "c")</c> apart; UTF-16 keeps every .NET string apart, where UTF-8 would turn
/// each lone surrogate into the same replacement character.
/// </remarks>
public sealed class SecretContext
{
    private readonly byte[] _encoded;

    private SecretContext(byte[] encoded) => _encoded = encoded;

    internal ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>Makes a context of one or more parts; empty parts count.</summary>
    /// <param name="parts">The names from the outermost to the innermost.</param>
    /// <exception cref="ArgumentException">There are no parts: a value without a place would open anywhere.</exception>
    public static SecretContext Of(params ReadOnlySpan<string> parts)
    {
        if (parts.IsEmpty) throw new ArgumentException("A context needs at least one part.", nameof(parts));

        var length = sizeof(int);
        foreach (var part in parts) length = checked(length + sizeof(int) + (part.Length * sizeof(char)));

        var encoded = new byte[length];
        var rest = encoded.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(rest, parts.Length);
        rest = rest[sizeof(int)..];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, part.Length);
            rest = rest[sizeof(int)..];
            foreach (var unit in part)
            {
                BinaryPrimitives.WriteUInt16BigEndian(rest, unit);
                rest = rest[sizeof(char)..];
            }
        }

        return new SecretContext(encoded);
    }
}
