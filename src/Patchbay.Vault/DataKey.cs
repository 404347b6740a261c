namespace Patchbay.Vault;

/// <summary>
/// A key that seals secrets, obtained from <see cref="KeyRing.Unwrap"/>. Whoever destroys its wrapped form destroys everything that it
/// sealed. Safe for concurrent use; disposing zeroes the key after the last running call.
/// </summary>
/// <remarks>
/// An envelope is <c>version (1 byte, 0x01) | salt (32) | ciphertext (as long as the plaintext) | tag (16)</c>. Each envelope has an
/// AES-256-GCM key and nonce of its own, derived by HKDF-SHA256 from the data key and the salt under the label
/// <c>patchbay.vault.secret.1</c>, so the number of secrets under one data key has no limit. Associated data are the version byte and the
/// encoded <see cref="SecretContext"/>.
/// </remarks>
public sealed class DataKey : IDisposable
{
    /// <summary>The first byte of an envelope.</summary>
    public const byte EnvelopeVersion = 1;

    /// <summary>How many bytes an envelope is longer than its plaintext.</summary>
    public const int EnvelopeOverhead = HeaderLength + SealedBox.Overhead;

    private const int HeaderLength = 1;

    private readonly KeyMaterial _key;

    internal DataKey(KeyMaterial key) => _key = key;

    internal static ReadOnlySpan<byte> Purpose => "patchbay.vault.secret.1"u8;

    /// <summary>Seals a secret for one place. Two seals of the same secret differ.</summary>
    /// <param name="plaintext">The secret; may be empty.</param>
    /// <param name="context">Its place, which <see cref="Open"/> must be given again.</param>
    /// <returns>The envelope, <see cref="EnvelopeOverhead"/> bytes longer than the secret.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, SecretContext context) =>
        SealedBox.Seal(_key, Purpose, [EnvelopeVersion], plaintext, context);

    /// <summary>Opens an envelope in its place.</summary>
    /// <param name="envelope">Bytes from anywhere.</param>
    /// <param name="context">The place that the secret was sealed for.</param>
    /// <returns>The secret in an array of the caller's, who should zero it after use, or why it does not open.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public VaultResult<byte[]> Open(ReadOnlySpan<byte> envelope, SecretContext context)
    {
        if (envelope.Length < EnvelopeOverhead || envelope[0] != EnvelopeVersion) return VaultResult<byte[]>.Of(VaultFailure.Malformed);
        return SealedBox.Open(_key, Purpose, HeaderLength, envelope, context) is { } plaintext
            ? VaultResult<byte[]>.Of(plaintext)
            : VaultResult<byte[]>.Of(VaultFailure.Tampered);
    }

    /// <summary>Zeroes the key as soon as no call uses it.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The type's name; never the key.</summary>
    public override string ToString() => nameof(DataKey);
}
