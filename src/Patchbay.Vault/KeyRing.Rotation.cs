using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Patchbay.Vault;

/// <content>How one ring becomes the next, and how those who have only the old one get the new key.</content>
public sealed partial class KeyRing
{
    /// <summary>The length of a hand-over in bytes.</summary>
    public const int HandOverLength = HandOverHeaderLength + SealedBox.Overhead + KeyMaterial.Length;

    private const int HandOverHeaderLength = HeaderLength + InstanceKey.IdLength;

    internal static ReadOnlySpan<byte> HandOverPurpose => "patchbay.vault.hand-over.1"u8;

    /// <summary>The id of the key that a hand-over hands over.</summary>
    /// <param name="handOver">Bytes from anywhere.</param>
    /// <returns>16 hexadecimal digits, or null where the bytes are no hand-over.</returns>
    public static string? KeyIdIn(ReadOnlySpan<byte> handOver) =>
        handOver.Length == HandOverLength && handOver[0] == WrapVersion
            ? InstanceKey.Format(BinaryPrimitives.ReadUInt64BigEndian(handOver[HeaderLength..]))
            : null;

    /// <summary>
    /// Seals the active key under another key of this ring. Whoever has that key opens it, now and for as long as a copy of it exists: keep it
    /// no longer than needed.
    /// </summary>
    /// <param name="keyId">The key to seal it under.</param>
    /// <param name="context">What it is for; <see cref="WithHandedOver"/> must be given it again.</param>
    /// <returns>The hand-over, <see cref="HandOverLength"/> bytes, or null where the ring has no such key, or it is the active one itself.</returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public byte[]? CreateHandOver(string keyId, SecretContext context)
    {
        if (!InstanceKey.TryParseId(keyId, out var id) || id == _active.Id || Find(id) is not { } under) return null;
        Span<byte> header = stackalloc byte[HandOverHeaderLength];
        header[0] = WrapVersion;
        BinaryPrimitives.WriteUInt64BigEndian(header[1..], under.Id);
        BinaryPrimitives.WriteUInt64BigEndian(header[HeaderLength..], _active.Id);
        using var lease = _active.Material.Borrow();
        return SealedBox.Seal(under.Material, HandOverPurpose, header, lease.Bytes, context);
    }

    /// <summary>A ring with the key of a hand-over as the active one, and all keys of this one.</summary>
    /// <param name="handOver">Bytes from anywhere.</param>
    /// <param name="context">The context that it was made with.</param>
    /// <returns>The ring, or why the hand-over does not open. This ring stays as it is, and both are disposed apart.</returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public VaultResult<KeyRing> WithHandedOver(ReadOnlySpan<byte> handOver, SecretContext context)
    {
        if (handOver.Length != HandOverLength || handOver[0] != WrapVersion) return VaultResult<KeyRing>.Of(VaultFailure.Malformed);
        if (Find(handOver) is not { } under) return VaultResult<KeyRing>.Of(VaultFailure.UnknownKey);
        if (SealedBox.Open(under.Material, HandOverPurpose, HandOverHeaderLength, handOver, context) is not { } plaintext)
            return VaultResult<KeyRing>.Of(VaultFailure.Tampered);
        var id = BinaryPrimitives.ReadUInt64BigEndian(handOver[HeaderLength..]);
        var active = new InstanceKey(id, KeyMaterial.CopyOf(plaintext));
        CryptographicOperations.ZeroMemory(plaintext);
        return VaultResult<KeyRing>.Of(new KeyRing(active, _keys.Where(key => key.Id != id).Select(Copy)));
    }

    /// <summary>The same ring with another of its keys as the active one.</summary>
    /// <param name="keyId">The key.</param>
    /// <returns>The ring, or null where it has no such key. This ring stays as it is, and both are disposed apart.</returns>
    public KeyRing? WithActive(string keyId) =>
        InstanceKey.TryParseId(keyId, out var id) && Find(id) is { } active
            ? new KeyRing(Copy(active), _keys.Where(key => key.Id != id).Select(Copy))
            : null;

    /// <summary>A ring with the keys of this one and those that another has besides; the active one stays. Both stay as they are.</summary>
    /// <param name="other">The other ring.</param>
    public KeyRing With(KeyRing other) =>
        new(Copy(_active), _keys.Skip(1).Concat(other._keys.Where(key => Find(key.Id) is null)).Select(Copy));

    /// <summary>Wraps a data key anew under the active key. It stays the same key: for one whose work must be read for longer than an instance key lives.</summary>
    /// <param name="wrapped">The wrapped key.</param>
    /// <param name="context">The context that it was wrapped with, and is again.</param>
    /// <returns>The key under the active key, <see cref="WrappedLength"/> bytes, or why it does not open.</returns>
    /// <exception cref="ObjectDisposedException">The ring was disposed.</exception>
    public VaultResult<byte[]> Rewrap(ReadOnlySpan<byte> wrapped, SecretContext context)
    {
        if (TryUnwrap(wrapped, context, out var failure) is not { } material) return VaultResult<byte[]>.Of(failure);
        using (material) return VaultResult<byte[]>.Of(Wrap(material, context));
    }

    /// <summary>A ring with the active key alone. What the others wrapped does not open with it any more.</summary>
    public KeyRing WithActiveOnly() => new(Copy(_active), []);
}
