using System.Buffers;
using System.Security.Cryptography;

namespace Patchbay.Vault;

/// <summary>
/// The one construction of the vault. Layout: <c>header | salt (32) | ciphertext | tag (16)</c>, where the header is the caller's: a
/// version byte, and the id of the key where several could be meant.
/// </summary>
/// <remarks>
/// <para>
/// HKDF-SHA256 (RFC 5869) turns the key, the random salt and a label for the purpose into 44 bytes: a key and a nonce for AES-256-GCM
/// (NIST SP 800-38D) that serve this one box. Header and context are its associated data. Random 96-bit nonces under one key would be safe
/// for 2^32 messages only, a limit that somebody would have to count across nodes; with 256 bits of salt there is none.
/// </para>
/// <para>
/// An <see cref="AesGcm"/> is made for each call. It is not safe for concurrent use, and its key schedule is of use to one box only, so
/// there is nothing to cache; the derivation and the schedule together cost a few microseconds. What is hot is cached in the clear by
/// the caller, for as long as it dares.
/// </para>
/// </remarks>
internal static class SealedBox
{
    public const int SaltLength = 32;
    public const int TagLength = 16;
    public const int Overhead = SaltLength + TagLength;

    private const int SubkeyLength = 32;
    private const int NonceLength = 12;
    private const int StackLimit = 512;

    public static byte[] Seal(
        KeyMaterial key, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> header, ReadOnlySpan<byte> plaintext, SecretContext context)
    {
        Span<byte> salt = stackalloc byte[SaltLength];
        RandomNumberGenerator.Fill(salt);
        return Seal(key, purpose, header, plaintext, context, salt);
    }

    /// <summary>For the test that freezes the format; a salt must never be used twice.</summary>
    public static byte[] Seal(
        KeyMaterial key,
        ReadOnlySpan<byte> purpose,
        ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> plaintext,
        SecretContext context,
        ReadOnlySpan<byte> salt)
    {
        var box = new byte[checked(header.Length + Overhead + plaintext.Length)];
        header.CopyTo(box);
        salt.CopyTo(box.AsSpan(header.Length));
        var ciphertext = box.AsSpan(header.Length + SaltLength, plaintext.Length);
        var tag = box.AsSpan(box.Length - TagLength);
        _ = Run(key, purpose, header, context, salt, plaintext, ciphertext, tag, sealing: true);
        return box;
    }

    /// <summary>Opens a box whose header the caller has judged already.</summary>
    /// <returns>The plaintext, or null where authentication fails or the bytes are too few.</returns>
    public static byte[]? Open(KeyMaterial key, ReadOnlySpan<byte> purpose, int headerLength, ReadOnlySpan<byte> box, SecretContext context)
    {
        if (box.Length < headerLength + Overhead) return null;
        var salt = box.Slice(headerLength, SaltLength);
        var ciphertext = box[(headerLength + SaltLength)..^TagLength];
        var plaintext = new byte[ciphertext.Length];
        Span<byte> tag = stackalloc byte[TagLength];
        box[^TagLength..].CopyTo(tag);
        return Run(key, purpose, box[..headerLength], context, salt, ciphertext, plaintext, tag, sealing: false) ? plaintext : null;
    }

    private static bool Run(
        KeyMaterial key,
        ReadOnlySpan<byte> purpose,
        ReadOnlySpan<byte> header,
        SecretContext context,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> input,
        Span<byte> output,
        Span<byte> tag,
        bool sealing)
    {
        Span<byte> derived = stackalloc byte[SubkeyLength + NonceLength];
        var length = header.Length + context.Encoded.Length;
        var rented = length <= StackLimit ? null : ArrayPool<byte>.Shared.Rent(length);
        var associated = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        header.CopyTo(associated);
        context.Encoded.CopyTo(associated[header.Length..]);
        try
        {
            using (var lease = key.Borrow()) HKDF.DeriveKey(HashAlgorithmName.SHA256, lease.Bytes, derived, salt, purpose);
            using var cipher = new AesGcm(derived[..SubkeyLength], TagLength);
            if (sealing) cipher.Encrypt(derived[SubkeyLength..], input, output, tag, associated);
            else cipher.Decrypt(derived[SubkeyLength..], input, tag, output, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
