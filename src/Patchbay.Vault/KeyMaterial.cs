using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Patchbay.Vault;

/// <summary>
/// 256 bits of key. It lives on the pinned heap, where the collector leaves no copies behind, and is zeroed on disposal, or by the
/// finalizer when disposal was forgotten.
/// </summary>
/// <remarks>
/// It is a <see cref="SafeHandle"/> for its counting of users: a disposal during a concurrent seal must not zero the key under it, since
/// the result would be a secret that is sealed under a known key and lost. The zeroing waits for the last user.
/// </remarks>
internal sealed class KeyMaterial : SafeHandle
{
    public const int Length = 32;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Length, pinned: true);

    public KeyMaterial()
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(1);

    public override bool IsInvalid => false;

    public static KeyMaterial Generate()
    {
        var material = new KeyMaterial();
        RandomNumberGenerator.Fill(material._bytes);
        return material;
    }

    public static KeyMaterial CopyOf(ReadOnlySpan<byte> bytes)
    {
        var material = new KeyMaterial();
        bytes.CopyTo(material._bytes);
        return material;
    }

    /// <summary>Keeps the bytes alive until the returned lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed before.</exception>
    public Lease Borrow()
    {
        var added = false;
        DangerousAddRef(ref added);
        return new Lease(this);
    }

    public override string ToString() => nameof(KeyMaterial);

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        return true;
    }

    public readonly ref struct Lease(KeyMaterial material)
    {
        private readonly KeyMaterial _material = material;

        public ReadOnlySpan<byte> Bytes => _material._bytes;

        public void Dispose() => _material.DangerousRelease();
    }
}
