using CsCheck;
using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

public sealed class SecretContextTests
{
    [Fact]
    public void Contexts_are_equal_only_when_every_part_is() =>
        Gen.Select(Gen.String.Array[1, 4], Gen.String.Array[1, 4]).Sample((first, second) =>
            SecretContext.Of(first).Encoded.SequenceEqual(SecretContext.Of(second).Encoded) == first.SequenceEqual(second, StringComparer.Ordinal));

    [Theory]
    [InlineData("a|bc", "ab|c")]
    [InlineData("a|", "a")]
    [InlineData("|a", "a|")]
    public void Parts_cannot_be_shifted_or_merged(string first, string second) =>
        Assert.False(SecretContext.Of(first.Split('|')).Encoded.SequenceEqual(SecretContext.Of(second.Split('|')).Encoded));

    [Fact]
    public void Halves_of_surrogate_pairs_are_not_merged()
    {
        Assert.False(SecretContext.Of("\ud800").Encoded.SequenceEqual(SecretContext.Of("\ud801").Encoded));
        Assert.False(SecretContext.Of("\ud800").Encoded.SequenceEqual(SecretContext.Of("\ufffd").Encoded));
    }

    [Fact]
    public void A_context_without_parts_is_a_bug() => Assert.Throws<ArgumentException>(() => SecretContext.Of());
}
