using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Patchbay.Vault;

/// <summary>
/// A key that seals secrets, obtained from <see cref="KeyRing.Unwrap"/>. Whoever destroys its wrapped form destroys everything that it
/// sealed. Safe for concurrent use; disposing zeroes the key after the last running call.
/// </summary>
/// <remarks>
/// <para>
/// An envelope is <c>version (1 byte, 0x02) | number of the key (4, big-endian) | salt (32) | ciphertext (as long as the plaintext) | tag
/// (16)</c>. Each envelope has an AES-256-GCM key and nonce of its own, derived by HKDF-SHA256 from the data key and the salt under the
/// label <c>patchbay.vault.secret.1</c>, so the number of secrets under one data key has no limit. Associated data are version and number
/// and the encoded <see cref="SecretContext"/>.
/// </para>
/// <para>
/// Version <c>0x01</c> has no number: it is from before data keys could be changed, and was sealed by the owner's first one. It still opens.
/// </para>
/// </remarks>
public sealed class DataKey : IDisposable
{
    /// <summary>The first byte of an envelope.</summary>
    public const byte EnvelopeVersion = 2;

    /// <summary>The number of an owner's first data key.</summary>
    public const int FirstNumber = 1;

    /// <summary>How many bytes an envelope is longer than its plaintext.</summary>
    public const int EnvelopeOverhead = HeaderLength + SealedBox.Overhead;

    /// <summary>How many first bytes of an envelope <see cref="NumberOf"/> reads.</summary>
    public const int HeaderLength = 1 + sizeof(int);

    /// <summary>The length of a code of <see cref="Authenticate"/> in bytes.</summary>
    public const int CodeLength = 32;

    /// <summary>The first byte of an envelope that names no key.</summary>
    internal const byte NumberlessVersion = 1;

    private const int NumberlessHeaderLength = 1;

    private readonly KeyMaterial _key;

    internal DataKey(KeyMaterial key, int number) => (_key, Number) = (key, number);

    /// <summary>Which of its owner's data keys it is, in the order in which they were made, from <see cref="FirstNumber"/> on.</summary>
    public int Number { get; }

    internal static ReadOnlySpan<byte> Purpose => "patchbay.vault.secret.1"u8;

    internal static ReadOnlySpan<byte> CodePurpose => "patchbay.vault.code.1"u8;

    /// <summary>Which of its owner's data keys an envelope says that it was sealed by.</summary>
    /// <param name="envelope">An envelope, or its first <see cref="HeaderLength"/> bytes at least.</param>
    /// <returns>The number, or null where the bytes are no envelope. Nothing is proven until the envelope opens.</returns>
    public static int? NumberOf(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < HeaderLength) return null;
        if (envelope[0] == NumberlessVersion) return FirstNumber;
        return envelope[0] == EnvelopeVersion ? BinaryPrimitives.ReadInt32BigEndian(envelope[1..]) : null;
    }

    /// <summary>Seals a secret for one place. Two seals of the same secret differ.</summary>
    /// <param name="plaintext">The secret; may be empty.</param>
    /// <param name="context">Its place, which <see cref="Open"/> must be given again.</param>
    /// <returns>The envelope, <see cref="EnvelopeOverhead"/> bytes longer than the secret.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, SecretContext context)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header[0] = EnvelopeVersion;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], Number);
        return SealedBox.Seal(_key, Purpose, header, plaintext, context);
    }

    /// <summary>Opens an envelope in its place.</summary>
    /// <param name="envelope">Bytes from anywhere.</param>
    /// <param name="context">The place that the secret was sealed for.</param>
    /// <returns>
    /// The secret in an array of the caller's, who should zero it after use, or why it does not open;
    /// <see cref="VaultFailure.UnknownKey"/> where the envelope names another number than this key's.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public VaultResult<byte[]> Open(ReadOnlySpan<byte> envelope, SecretContext context)
    {
        if (NumberOf(envelope) is not { } number) return VaultResult<byte[]>.Of(VaultFailure.Malformed);
        var headerLength = envelope[0] == NumberlessVersion ? NumberlessHeaderLength : HeaderLength;
        if (envelope.Length < headerLength + SealedBox.Overhead) return VaultResult<byte[]>.Of(VaultFailure.Malformed);
        if (number != Number) return VaultResult<byte[]>.Of(VaultFailure.UnknownKey);
        return SealedBox.Open(_key, Purpose, headerLength, envelope, context) is { } plaintext
            ? VaultResult<byte[]>.Of(plaintext)
            : VaultResult<byte[]>.Of(VaultFailure.Tampered);
    }

    /// <summary>
    /// A code that only who has this key can make for a message: HMAC-SHA256 (RFC 2104) under a key of its own, derived by HKDF-SHA256 from
    /// the data key under the label <c>patchbay.vault.code.1</c>, over the encoded context and the message.
    /// </summary>
    /// <param name="message">What it vouches for.</param>
    /// <param name="context">What the message is, so that a code for one thing is none for another.</param>
    /// <returns>The code, <see cref="CodeLength"/> bytes. Compare codes in constant time.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Authenticate(ReadOnlySpan<byte> message, SecretContext context)
    {
        Span<byte> derived = stackalloc byte[CodeLength];
        try
        {
            using (var lease = _key.Borrow()) HKDF.DeriveKey(HashAlgorithmName.SHA256, lease.Bytes, derived, [], CodePurpose);
            // A context says its own length, so the two cannot be taken for another pair.
            return HMACSHA256.HashData(derived, [.. context.Encoded, .. message]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Zeroes the key as soon as no call uses it.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The type's name; never the key.</summary>
    public override string ToString() => nameof(DataKey);
}
