using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Patchbay.Vault;

/// <summary>
/// The instance keys: one wraps new data keys, the others still unwrap what they wrapped, so that keys can be changed while the server
/// runs. Immutable; safe for concurrent use. Disposing zeroes its keys after the last running call.
/// </summary>
/// <remarks>
/// A wrapped data key is <c>version (1 byte, 0x01) | instance key id (8) | salt (32) | ciphertext (32) | tag (16)</c>, a check is the same
/// without ciphertext. Both are sealed like an envelope of <see cref="DataKey"/>, under the labels <c>patchbay.vault.data-key.1</c> and
/// <c>patchbay.vault.check.1</c>, with version and key id as associated data before the context. A hand-over is <c>version (1 byte, 0x01) | id
/// of the key that it is sealed under (8) | id of the key in it (8) | salt (32) | ciphertext (32) | tag (16)</c>, under the label
/// <c>patchbay.vault.hand-over.1</c>.
/// </remarks>
public sealed partial class KeyRing : IDisposable
{
    /// <summary>The first byte of a wrapped data key and of a check.</summary>
    public const byte WrapVersion = 1;

    /// <summary>The length of a wrapped data key in bytes.</summary>
    public const int WrappedLength = HeaderLength + SealedBox.Overhead + KeyMaterial.Length;

    /// <summary>The length of a check in bytes.</summary>
    public const int CheckLength = HeaderLength + SealedBox.Overhead;

    private const int HeaderLength = 1 + InstanceKey.IdLength;

    private readonly InstanceKey[] _keys;
    private readonly InstanceKey _active;

    internal KeyRing(InstanceKey active, IEnumerable<InstanceKey> others)
    {
        _active = active;
        _keys = [active, .. others];
    }

    /// <summary>The id of the key that wraps: 16 lower-case hexadecimal digits.</summary>
    public string ActiveKeyId => InstanceKey.Format(_active.Id);

    /// <summary>The ids of all keys, the active one first.</summary>
    public IReadOnlyList<string> KeyIds => [.. _keys.Select(key => InstanceKey.Format(key.Id))];

    internal static ReadOnlySpan<byte> DataKeyPurpose => "patchbay.vault.data-key.1"u8;

    internal static ReadOnlySpan<byte> CheckPurpose => "patchbay.vault.check.1"u8;

    internal IReadOnlyList<InstanceKey> Keys => _keys;

    /// <summary>Makes a ring with one new random key.</summary>
    public static KeyRing Generate() => new(InstanceKey.Generate(), []);

    /// <summary>Reads the text form that <see cref="ToFileText"/> writes.</summary>
    /// <param name="text">The content of a key file.</param>
    /// <returns>The ring, or what is wrong with the text; the explanation repeats no key.</returns>
    public static KeyFileResult Parse(ReadOnlySpan<char> text) => KeyRingText.Parse(text);

    /// <summary>The id of the instance key that wrapped something, for telling an operator which key is missing.</summary>
    /// <param name="wrapped">A wrapped data key or a check.</param>
    /// <returns>16 hexadecimal digits, or null where the bytes are neither.</returns>
    public static string? KeyIdOf(ReadOnlySpan<byte> wrapped) =>
        wrapped.Length is WrappedLength or CheckLength && wrapped[0] == WrapVersion
            ? InstanceKey.Format(BinaryPrimitives.ReadUInt64BigEndian(wrapped[1..]))
            : null;

    /// <summary>Whether this ring holds a key.</summary>
    /// <param name="keyId">The key's id.</param>
    public bool Contains(string keyId) => InstanceKey.TryParseId(keyId, out var id) && Find(id) is not null;

    /// <summary>A ring with a new active key and all keys of this one as readable ones. This ring stays as it is, and both are disposed apart.</summary>
    public KeyRing WithNewActiveKey()
    {
        var active = InstanceKey.Generate();
        return new KeyRing(active, _keys.Select(Copy));
    }

    /// <summary>The text form of this ring, for a key file. It holds the keys in the clear.</summary>
    public string ToFileText() => KeyRingText.Write(this);

    /// <summary>Makes a new random data key and wraps it under the active key.</summary>
    /// <param name="context">Whose key it is; <see cref="Unwrap"/> must be given it again.</param>
    /// <returns>The wrapped key, <see cref="WrappedLength"/> bytes, which the caller stores.</returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public byte[] WrapNewDataKey(SecretContext context)
    {
        using var material = KeyMaterial.Generate();
        return Wrap(material, context);
    }

    /// <summary>Unwraps a data key.</summary>
    /// <param name="wrapped">Bytes from anywhere.</param>
    /// <param name="context">The context that it was wrapped with.</param>
    /// <param name="number">Which of its owner's data keys it is; its envelopes say so.</param>
    /// <returns>The data key, which the caller disposes, or why it does not open.</returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public VaultResult<DataKey> Unwrap(ReadOnlySpan<byte> wrapped, SecretContext context, int number = DataKey.FirstNumber) =>
        TryUnwrap(wrapped, context, out var failure) is { } material
            ? VaultResult<DataKey>.Of(new DataKey(material, number))
            : VaultResult<DataKey>.Of(failure);

    /// <summary>Makes a token under the active key that a later start verifies, to notice a wrong or missing key before any work is done.</summary>
    /// <param name="context">What the token is for.</param>
    /// <returns>The token, <see cref="CheckLength"/> bytes; it holds no secret.</returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public byte[] CreateCheck(SecretContext context)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        WriteHeader(header);
        return SealedBox.Seal(_active.Material, CheckPurpose, header, [], context);
    }

    /// <summary>Whether this ring holds the key that made a token.</summary>
    /// <param name="check">Bytes from anywhere.</param>
    /// <param name="context">The context that the token was made with.</param>
    /// <returns>
    /// Null where it does. <see cref="VaultFailure.UnknownKey"/>: the ring has no key of that id (<see cref="KeyIdOf"/> tells which).
    /// <see cref="VaultFailure.Tampered"/>: it has one of that id with other bytes, or the token was changed.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public VaultFailure? Verify(ReadOnlySpan<byte> check, SecretContext context)
    {
        if (check.Length != CheckLength || check[0] != WrapVersion) return VaultFailure.Malformed;
        if (Find(check) is not { } key) return VaultFailure.UnknownKey;
        return SealedBox.Open(key.Material, CheckPurpose, HeaderLength, check, context) is null ? VaultFailure.Tampered : null;
    }

    /// <summary>Zeroes the keys as soon as no call uses them. Data keys that were unwrapped live on.</summary>
    public void Dispose()
    {
        foreach (var key in _keys) key.Material.Dispose();
    }

    /// <summary>The ids of the keys; never the keys.</summary>
    public override string ToString() => $"{nameof(KeyRing)} ({string.Join(", ", KeyIds)})";

    private KeyMaterial? TryUnwrap(ReadOnlySpan<byte> wrapped, SecretContext context, out VaultFailure failure)
    {
        failure = VaultFailure.Malformed;
        if (wrapped.Length != WrappedLength || wrapped[0] != WrapVersion) return null;
        failure = VaultFailure.UnknownKey;
        if (Find(wrapped) is not { } key) return null;
        failure = VaultFailure.Tampered;
        if (SealedBox.Open(key.Material, DataKeyPurpose, HeaderLength, wrapped, context) is not { } plaintext) return null;
        var material = KeyMaterial.CopyOf(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return material;
    }

    private byte[] Wrap(KeyMaterial material, SecretContext context)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        WriteHeader(header);
        using var lease = material.Borrow();
        return SealedBox.Seal(_active.Material, DataKeyPurpose, header, lease.Bytes, context);
    }

    private void WriteHeader(Span<byte> header)
    {
        header[0] = WrapVersion;
        BinaryPrimitives.WriteUInt64BigEndian(header[1..], _active.Id);
    }

    private static InstanceKey Copy(InstanceKey key)
    {
        using var lease = key.Material.Borrow();
        return new InstanceKey(key.Id, KeyMaterial.CopyOf(lease.Bytes));
    }

    private InstanceKey? Find(ReadOnlySpan<byte> wrapped) => Find(BinaryPrimitives.ReadUInt64BigEndian(wrapped[1..]));

    private InstanceKey? Find(ulong id)
    {
        foreach (var key in _keys)
        {
            if (key.Id == id) return key;
        }

        return null;
    }
}
