using System.Text;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

/// <summary>
/// Bytes that another implementation made (Python's cryptography, HKDF and AESGCM put together as the documentation says). What stands
/// in databases has this form; a change here needs a new version byte, not a new vector.
/// </summary>
public sealed class StoredFormatTests : IDisposable
{
    private const string FileText = """
        {
          "format": "patchbay-key-ring",
          "version": 1,
          "active": "0102030405060708",
          "keys": [
            {
              "id": "0102030405060708",
              "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
              "checksum": "f2c98e427789b4d9"
            }
          ]
        }

        """;

    private static readonly byte[] Wrapped = Convert.FromHexString(
        "010102030405060708808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f80fc07ffe2b2e3217f8cbb5043aedd67006da81da5bfae5f23"
        + "eb57310ea9f620d3f04c505a4075872bcb25691084021b");

    /// <summary>From before data keys had numbers.</summary>
    private static readonly byte[] NumberlessEnvelope = Convert.FromHexString(
        "01a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf91e8ef4fd079033adb7ca921a7dc3b528b11dc2a06a5b460ff");

    /// <summary>Sealed by the third data key.</summary>
    private static readonly byte[] Envelope = Convert.FromHexString(
        "0200000003d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeefa9941803bd5e3492660911c95e"
        + "f87252e541fe6856f453a758");

    /// <summary>The key 1112131415161718, whose bytes are 0x60 to 0x7f, under the key of the file.</summary>
    private static readonly byte[] HandOver = Convert.FromHexString(
        "0101020304050607081112131415161718101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2fea1d1dc0177f948243e9a7f62d60c84d"
        + "592d778ce5cd9d02dc3af04fd7b76a5b7b01d8d399bd8ddecd56baa54b2c2c0c");

    private static readonly byte[] Check = Convert.FromHexString(
        "010102030405060708c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedff67854aa7974ce4b7dfd702d1e53d3d7");

    private static readonly SecretContext Owner = SecretContext.Of("organisation", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static readonly SecretContext Place = SecretContext.Of("credential", "org", "cred", "value");

    private readonly KeyRing _ring = KeyRing.Parse(FileText).Ring!;

    public void Dispose() => _ring.Dispose();

    [Fact]
    public void The_file_text_is_as_it_was() => Assert.Equal(FileText, _ring.ToFileText());

    [Fact]
    public void A_stored_wrapped_key_and_envelope_still_open()
    {
        Assert.True(_ring.Unwrap(Wrapped, Owner).TryGet(out var key, out _));
        using (key)
        {
            Assert.True(key.Open(NumberlessEnvelope, Place).TryGet(out var secret, out _));
            Assert.Equal("pässword", Encoding.UTF8.GetString(secret));
        }

        Assert.True(_ring.Unwrap(Wrapped, Owner, 3).TryGet(out key, out _));
        using (key)
        {
            Assert.True(key.Open(Envelope, Place).TryGet(out var secret, out _));
            Assert.Equal("pässword", Encoding.UTF8.GetString(secret));
            Assert.Equal(VaultFailure.UnknownKey, key.Open(NumberlessEnvelope, Place).Failure);
        }
    }

    [Fact]
    public void A_stored_hand_over_still_opens()
    {
        Assert.Equal("1112131415161718", KeyRing.KeyIdIn(HandOver));
        Assert.True(_ring.WithHandedOver(HandOver, SecretContext.Of("hand-over")).TryGet(out var ring, out _));
        using (ring)
        {
            Assert.Equal("1112131415161718 0102030405060708", string.Join(' ', ring.KeyIds));
            using var lease = ring.Keys[0].Material.Borrow();
            Assert.Equal(Enumerable.Range(0x60, 32).Select(value => (byte)value), lease.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_stored_check_still_verifies() => Assert.Null(_ring.Verify(Check, SecretContext.Of("check")));

    /// <summary>Audit records in databases have such codes.</summary>
    [Fact]
    public void A_code_is_what_another_implementation_makes()
    {
        Assert.True(_ring.Unwrap(Wrapped, Owner).TryGet(out var key, out _));
        using (key)
        {
            Assert.Equal(
                "797b27a89548cc383155292cf72a511261eef43cbc4ce7759cb322db2c380835",
                Convert.ToHexStringLower(key.Authenticate("a message"u8, SecretContext.Of("audit-record"))));
        }
    }

    [Fact]
    public void Sealing_with_the_stored_salt_gives_the_stored_bytes()
    {
        using var key = KeyMaterial.CopyOf([.. Enumerable.Range(0x40, 32).Select(value => (byte)value)]);
        var sealedAgain = SealedBox.Seal(
            key, DataKey.Purpose, [DataKey.EnvelopeVersion, 0, 0, 0, 3], "pässword"u8, Place, Envelope.AsSpan(DataKey.HeaderLength, SealedBox.SaltLength));
        Assert.Equal(Envelope, sealedAgain);
    }
}
