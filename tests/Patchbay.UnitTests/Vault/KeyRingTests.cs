using CsCheck;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

public sealed class KeyRingTests : IDisposable
{
    private static readonly SecretContext Owner = SecretContext.Of("organisation", "o1");
    private static readonly SecretContext Place = SecretContext.Of("credential", "o1", "c1", "value");

    private readonly KeyRing _ring = KeyRing.Generate();

    public void Dispose() => _ring.Dispose();

    [Fact]
    public void A_data_key_opens_what_it_sealed_before_it_was_unwrapped_again()
    {
        var wrapped = _ring.WrapNewDataKey(Owner);
        using var before = DataKeyTests.Unwrap(_ring, wrapped);
        using var after = DataKeyTests.Unwrap(_ring, wrapped);
        Assert.Equal("secret"u8.ToArray(), DataKeyTests.Opened(after, before.Seal("secret"u8, Place), Place));
        Assert.Equal(KeyRing.WrappedLength, wrapped.Length);
    }

    [Fact]
    public void Every_flipped_bit_of_a_wrapped_key_is_detected()
    {
        var wrapped = _ring.WrapNewDataKey(Owner);
        for (var bit = 0; bit < wrapped.Length * 8; bit++)
        {
            var changed = (byte[])wrapped.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            var expected = (bit / 8) switch { 0 => VaultFailure.Malformed, < 9 => VaultFailure.UnknownKey, _ => VaultFailure.Tampered };
            Assert.Equal(expected, _ring.Unwrap(changed, Owner).Failure);
        }
    }

    [Fact]
    public void Every_truncation_of_a_wrapped_key_is_detected()
    {
        var wrapped = _ring.WrapNewDataKey(Owner);
        for (var length = 0; length < wrapped.Length; length++)
        {
            Assert.Equal(VaultFailure.Malformed, _ring.Unwrap(wrapped.AsSpan(0, length), Owner).Failure);
        }

        Assert.Equal(VaultFailure.Malformed, _ring.Unwrap([.. wrapped, 0], Owner).Failure);
    }

    [Fact]
    public void A_wrapped_key_does_not_open_for_another_owner_or_under_another_ring()
    {
        var wrapped = _ring.WrapNewDataKey(Owner);
        using var stranger = KeyRing.Generate();
        Assert.Equal(VaultFailure.Tampered, _ring.Unwrap(wrapped, SecretContext.Of("organisation", "o2")).Failure);
        Assert.Equal(VaultFailure.UnknownKey, stranger.Unwrap(wrapped, Owner).Failure);
    }

    [Fact]
    public void A_key_of_the_same_id_but_other_bytes_is_told_apart_from_an_unknown_one()
    {
        using var impostor = new KeyRing(new InstanceKey(_ring.Keys[0].Id, KeyMaterial.Generate()), []);
        Assert.Equal(VaultFailure.Tampered, impostor.Unwrap(_ring.WrapNewDataKey(Owner), Owner).Failure);
        Assert.Equal(VaultFailure.Tampered, impostor.Verify(_ring.CreateCheck(Owner), Owner));
    }

    [Fact]
    public void After_a_new_active_key_the_old_one_still_reads_and_only_the_new_one_wraps()
    {
        var old = _ring.WrapNewDataKey(Owner);
        using var rotated = _ring.WithNewActiveKey();
        using var key = DataKeyTests.Unwrap(rotated, old);

        Assert.False(string.Equals(_ring.ActiveKeyId, rotated.ActiveKeyId, StringComparison.Ordinal));
        Assert.Equal($"{rotated.ActiveKeyId} {_ring.ActiveKeyId}", string.Join(' ', rotated.KeyIds));
        Assert.Equal(rotated.ActiveKeyId, KeyRing.KeyIdOf(rotated.WrapNewDataKey(Owner)));
        Assert.Equal(_ring.ActiveKeyId, KeyRing.KeyIdOf(old));
    }

    [Fact]
    public void A_ring_takes_a_new_key_from_a_hand_over_and_reads_what_either_wrapped()
    {
        using var rotated = _ring.WithNewActiveKey();
        var handOver = rotated.CreateHandOver(_ring.ActiveKeyId, Owner);
        Assert.NotNull(handOver);
        Assert.Equal(rotated.ActiveKeyId, KeyRing.KeyIdIn(handOver));

        Assert.True(_ring.WithHandedOver(handOver, Owner).TryGet(out var taken, out _));
        using (taken)
        {
            Assert.Equal(rotated.KeyIds, taken.KeyIds);
            using var old = DataKeyTests.Unwrap(taken, _ring.WrapNewDataKey(Owner));
            using var fresh = DataKeyTests.Unwrap(taken, rotated.WrapNewDataKey(Owner));
            using var theirs = DataKeyTests.Unwrap(rotated, taken.WrapNewDataKey(Owner));
        }

        using var stranger = KeyRing.Generate();
        Assert.Equal(VaultFailure.UnknownKey, stranger.WithHandedOver(handOver, Owner).Failure);
        Assert.Equal(VaultFailure.Tampered, _ring.WithHandedOver(handOver, Place).Failure);
        Assert.Null(rotated.CreateHandOver(rotated.ActiveKeyId, Owner));
        Assert.Null(rotated.CreateHandOver(stranger.ActiveKeyId, Owner));
    }

    [Fact]
    public void Every_flipped_bit_and_every_truncation_of_a_hand_over_is_detected()
    {
        using var rotated = _ring.WithNewActiveKey();
        var handOver = rotated.CreateHandOver(_ring.ActiveKeyId, Owner)!;
        for (var bit = 0; bit < handOver.Length * 8; bit++)
        {
            var changed = (byte[])handOver.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_ring.WithHandedOver(changed, Owner).Succeeded);
        }

        for (var length = 0; length < handOver.Length; length++) Assert.False(_ring.WithHandedOver(handOver.AsSpan(0, length), Owner).Succeeded);
    }

    [Fact]
    public void A_key_that_is_wrapped_anew_is_the_same_key_under_the_new_one_alone()
    {
        var wrapped = _ring.WrapNewDataKey(Owner);
        using var next = _ring.WithNewActiveKey();
        Assert.True(next.Rewrap(wrapped, Owner).TryGet(out var again, out _));
        using var only = next.WithActiveOnly();

        Assert.True(_ring.Unwrap(wrapped, Owner).TryGet(out var before, out _));
        Assert.True(only.Unwrap(again, Owner).TryGet(out var after, out _));
        using (before)
        using (after)
        {
            Assert.Equal(before.Authenticate("m"u8, Place), after.Authenticate("m"u8, Place));
            Assert.NotEqual(before.Authenticate("m"u8, Place), before.Authenticate("m"u8, Owner));
            Assert.NotEqual(before.Authenticate("m"u8, Place), before.Authenticate("n"u8, Place));
        }

        Assert.Equal(VaultFailure.UnknownKey, only.Rewrap(wrapped, Owner).Failure);
        Assert.Equal(VaultFailure.Tampered, next.Rewrap(wrapped, Place).Failure);
        Assert.Equal(VaultFailure.Malformed, next.Rewrap(wrapped.AsSpan(1), Owner).Failure);
    }

    [Fact]
    public void Rings_are_joined_reduced_and_given_another_active_key()
    {
        using var rotated = _ring.WithNewActiveKey();
        using var back = rotated.WithActive(_ring.ActiveKeyId);
        Assert.Equal($"{_ring.ActiveKeyId} {rotated.ActiveKeyId}", string.Join(' ', back!.KeyIds));
        Assert.Null(_ring.WithActive(rotated.ActiveKeyId));

        using var only = rotated.WithActiveOnly();
        Assert.Equal([rotated.ActiveKeyId], only.KeyIds);
        Assert.False(only.Contains(_ring.ActiveKeyId));
        using var joined = _ring.With(rotated);
        Assert.Equal(back.KeyIds, joined.KeyIds);
        using var key = DataKeyTests.Unwrap(joined, rotated.WrapNewDataKey(Owner));
    }

    [Fact]
    public void A_rotated_ring_lives_on_when_the_one_before_is_disposed()
    {
        var before = KeyRing.Generate();
        var wrapped = before.WrapNewDataKey(Owner);
        using var rotated = before.WithNewActiveKey();
        before.Dispose();
        using var key = DataKeyTests.Unwrap(rotated, wrapped);
        Assert.Throws<ObjectDisposedException>(() => before.WrapNewDataKey(Owner));
    }

    [Fact]
    public void A_check_verifies_with_its_ring_also_after_a_rotation()
    {
        var check = _ring.CreateCheck(Owner);
        using var rotated = _ring.WithNewActiveKey();
        Assert.Null(_ring.Verify(check, Owner));
        Assert.Null(rotated.Verify(check, Owner));
    }

    [Fact]
    public void A_check_tells_a_missing_key_by_its_id()
    {
        using var stranger = KeyRing.Generate();
        var check = _ring.CreateCheck(Owner);
        Assert.Equal(VaultFailure.UnknownKey, stranger.Verify(check, Owner));
        Assert.Equal(_ring.ActiveKeyId, KeyRing.KeyIdOf(check));
    }

    [Fact]
    public void Every_flipped_bit_and_every_truncation_of_a_check_is_detected()
    {
        var check = _ring.CreateCheck(Owner);
        for (var bit = 0; bit < check.Length * 8; bit++)
        {
            var changed = (byte[])check.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(_ring.Verify(changed, Owner));
        }

        for (var length = 0; length < check.Length; length++) Assert.NotNull(_ring.Verify(check.AsSpan(0, length), Owner));
        Assert.Equal(VaultFailure.Tampered, _ring.Verify(check, Place));
    }

    [Fact]
    public void Bytes_from_anywhere_never_throw() =>
        Gen.Byte.Array[0, 150].Sample(bytes =>
            !_ring.Unwrap(bytes, Owner).Succeeded && !_ring.WithHandedOver(bytes, Owner).Succeeded && _ring.Verify(bytes, Owner) is not null
            && (KeyRing.KeyIdOf(bytes) is null || bytes[0] == KeyRing.WrapVersion));

    [Fact]
    public void A_ring_shows_its_key_ids_and_never_its_keys()
    {
        using var lease = _ring.Keys[0].Material.Borrow();
        var text = _ring.ToString();
        Assert.Contains(_ring.ActiveKeyId, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(lease.Bytes[..8]), text, StringComparison.OrdinalIgnoreCase);
    }
}
