using CsCheck;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

public sealed class DataKeyTests : IDisposable
{
    private static readonly SecretContext Owner = SecretContext.Of("organisation", "o1");
    private static readonly SecretContext Place = SecretContext.Of("credential", "o1", "c1", "value");

    private readonly KeyRing _ring = KeyRing.Generate();
    private readonly DataKey _key;

    public DataKeyTests() => _key = Unwrap(_ring, _ring.WrapNewDataKey(Owner));

    public void Dispose()
    {
        _key.Dispose();
        _ring.Dispose();
    }

    [Fact]
    public void A_sealed_secret_opens_in_its_place() =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.String.Array[1, 5]).Sample((secret, parts) =>
        {
            var place = SecretContext.Of(parts);
            var envelope = _key.Seal(secret, place);
            return envelope.Length == secret.Length + DataKey.EnvelopeOverhead && Opened(_key, envelope, place).SequenceEqual(secret);
        });

    [Fact]
    public void Two_seals_of_one_secret_share_no_salt_and_no_ciphertext()
    {
        var first = _key.Seal("a secret of some length"u8, Place);
        var second = _key.Seal("a secret of some length"u8, Place);
        Assert.False(first.AsSpan(DataKey.HeaderLength, 32).SequenceEqual(second.AsSpan(DataKey.HeaderLength, 32)));
        Assert.False(first.AsSpan(DataKey.HeaderLength + 32).SequenceEqual(second.AsSpan(DataKey.HeaderLength + 32)));
    }

    [Fact]
    public void Every_flipped_bit_is_detected()
    {
        var envelope = _key.Seal("secret"u8, Place);
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            var changed = (byte[])envelope.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            var expected = (bit / 8) switch { 0 => VaultFailure.Malformed, < DataKey.HeaderLength => VaultFailure.UnknownKey, _ => VaultFailure.Tampered };
            Assert.Equal(expected, _key.Open(changed, Place).Failure);
        }
    }

    [Fact]
    public void Every_truncation_and_every_extension_is_detected()
    {
        var envelope = _key.Seal("secret"u8, Place);
        for (var length = 0; length < envelope.Length; length++)
        {
            var expected = length < DataKey.EnvelopeOverhead ? VaultFailure.Malformed : VaultFailure.Tampered;
            Assert.Equal(expected, _key.Open(envelope.AsSpan(0, length), Place).Failure);
        }

        Assert.Equal(VaultFailure.Tampered, _key.Open([.. envelope, 0], Place).Failure);
    }

    [Fact]
    public void An_envelope_does_not_open_in_another_place()
    {
        var envelope = _key.Seal("secret"u8, Place);
        Assert.Equal(VaultFailure.Tampered, _key.Open(envelope, SecretContext.Of("credential", "o1", "c2", "value")).Failure);
        Assert.Equal(VaultFailure.Tampered, _key.Open(envelope, SecretContext.Of("credential", "o1", "c1")).Failure);
        Assert.Equal(VaultFailure.Tampered, _key.Open(envelope, SecretContext.Of("credential", "o1", "c1", "value", "")).Failure);
    }

    [Fact]
    public void An_envelope_does_not_open_under_another_data_key()
    {
        using var other = Unwrap(_ring, _ring.WrapNewDataKey(Owner));
        Assert.Equal(VaultFailure.Tampered, other.Open(_key.Seal("secret"u8, Place), Place).Failure);
    }

    [Fact]
    public void An_envelope_names_the_key_that_sealed_it_and_opens_under_no_other_number()
    {
        var wrapped = _ring.WrapNewDataKey(Owner);
        Assert.True(_ring.Unwrap(wrapped, Owner, 7).TryGet(out var seventh, out _));
        Assert.True(_ring.Unwrap(wrapped, Owner, 8).TryGet(out var eighth, out _));
        using (seventh)
        using (eighth)
        {
            var envelope = seventh.Seal("secret"u8, Place);
            Assert.Equal(7, DataKey.NumberOf(envelope));
            Assert.Equal(7, DataKey.NumberOf(envelope.AsSpan(0, DataKey.HeaderLength)));
            Assert.Null(DataKey.NumberOf(envelope.AsSpan(0, DataKey.HeaderLength - 1)));
            Assert.Equal(VaultFailure.UnknownKey, eighth.Open(envelope, Place).Failure);
            // The number is bound: the same key under another one does not open it either.
            envelope[DataKey.HeaderLength - 1] = 8;
            Assert.Equal(VaultFailure.Tampered, eighth.Open(envelope, Place).Failure);
        }
    }

    [Fact]
    public void A_place_too_long_for_the_stack_is_bound_as_well()
    {
        var place = SecretContext.Of(new string('x', 5000), "a");
        var envelope = _key.Seal("secret"u8, place);
        Assert.Equal("secret"u8.ToArray(), Opened(_key, envelope, place));
        Assert.Equal(VaultFailure.Tampered, _key.Open(envelope, SecretContext.Of(new string('x', 5000), "b")).Failure);
    }

    [Fact]
    public void Bytes_from_anywhere_never_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => !_key.Open(bytes, Place).Succeeded && !_key.Open([DataKey.EnvelopeVersion, .. bytes], Place).Succeeded);

    [Fact]
    public async Task Many_threads_seal_and_open_with_one_key()
    {
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (number, _) =>
        {
            var secret = BitConverter.GetBytes(number);
            var place = SecretContext.Of("credential", $"{number}");
            Assert.Equal(secret, Opened(_key, _key.Seal(secret, place), place));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public async Task A_disposal_during_use_never_lets_a_secret_be_sealed_under_a_zeroed_key()
    {
        for (var round = 0; round < 50; round++)
        {
            var wrapped = _ring.WrapNewDataKey(Owner);
            var key = Unwrap(_ring, wrapped);
            using var running = new SemaphoreSlim(0);
            var envelopes = new List<byte[]>();
            var sealing = Task.Run(
                () =>
                {
                    try
                    {
                        while (true)
                        {
                            envelopes.Add(key.Seal("secret"u8, Place));
                            if (envelopes.Count == 1) running.Release();
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                },
                TestContext.Current.CancellationToken);
            await running.WaitAsync(TestContext.Current.CancellationToken);
            key.Dispose();
            await sealing;

            using var again = Unwrap(_ring, wrapped);
            Assert.All(envelopes, envelope => Assert.True(again.Open(envelope, Place).Succeeded));
        }
    }

    [Fact]
    public void Disposal_zeroes_the_key_once_its_last_user_is_done()
    {
        var material = KeyMaterial.Generate();
        ReadOnlySpan<byte> bytes;
        using (var lease = material.Borrow())
        {
            bytes = lease.Bytes;
            material.Dispose();
            Assert.False(bytes.IndexOfAnyExcept((byte)0) < 0);
        }

        Assert.True(bytes.IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<ObjectDisposedException>(() => material.Borrow().Dispose());
    }

    [Fact]
    public void A_disposed_key_refuses_to_work()
    {
        _key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _key.Seal("secret"u8, Place));
    }

    [Fact]
    public void Nothing_shows_a_secret_as_text()
    {
        var result = _key.Open(_key.Seal("secret"u8, Place), Place);
        Assert.Equal("Opened", result.ToString());
        Assert.Equal("DataKey", _key.ToString());
        Assert.Equal(nameof(VaultFailure.Malformed), default(VaultResult<byte[]>).ToString());
    }

    internal static DataKey Unwrap(KeyRing ring, ReadOnlySpan<byte> wrapped)
    {
        Assert.True(ring.Unwrap(wrapped, Owner).TryGet(out var key, out _));
        return key;
    }

    internal static byte[] Opened(DataKey key, ReadOnlySpan<byte> envelope, SecretContext place)
    {
        Assert.True(key.Open(envelope, place).TryGet(out var secret, out _));
        return secret;
    }
}
