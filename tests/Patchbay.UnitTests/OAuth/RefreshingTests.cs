using CsCheck;
using Patchbay.OAuth.Refreshing;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class RefreshingTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(3600, 0d, 3240)]
    [InlineData(3600, 0.5, 3060)]
    [InlineData(3600, 1d, 2880)]
    [InlineData(300, 0d, 240)]
    [InlineData(300, 1d, 240)]
    [InlineData(100, 0.5, 50)]
    [InlineData(0, 0.5, 0)]
    [InlineData(7_776_000, 1d, 6_220_800)]
    public void Refreshing_begins_in_the_last_fifth_and_a_minute_before_the_end(int life, double chance, int expected) =>
        Assert.Equal(Start.AddSeconds(expected), RefreshSchedule.RefreshAt(Start, Start.AddSeconds(life), chance));

    [Fact]
    public void Refreshing_is_never_in_the_first_half_of_a_life_nor_after_its_end() =>
        Gen.Select(Gen.Int[1, 100_000_000], Gen.Double[-1, 2]).Sample((life, chance) =>
        {
            var at = RefreshSchedule.RefreshAt(Start, Start.AddSeconds(life), chance)!.Value;
            var rest = Start.AddSeconds(life) - at;
            return at >= Start.AddSeconds(life / 2.0) && rest >= TimeSpan.FromSeconds(Math.Min(60, life / 2.0)) && (life < 600 || rest <= TimeSpan.FromSeconds(life) * 0.2 + TimeSpan.FromTicks(1));
        });

    [Fact]
    public void A_token_without_an_end_is_refreshed_only_when_the_api_says_so()
    {
        Assert.Null(RefreshSchedule.RefreshAt(Start, expiresAt: null, 0.5));
        Assert.False(RefreshSchedule.IsExpired(Start, expiresAt: null, Start.AddYears(50)));
    }

    [Theory]
    [InlineData(3600, 3589, false)]
    [InlineData(3600, 3590, true)]
    [InlineData(30, 26, false)]
    [InlineData(30, 27, true)]
    [InlineData(-5, 0, true)]
    public void A_token_is_not_sent_in_the_last_moments_of_its_life(int life, int now, bool expired) =>
        Assert.Equal(expired, RefreshSchedule.IsExpired(Start, Start.AddSeconds(life), Start.AddSeconds(now)));

    [Theory]
    [InlineData(1, null, 1d, 1)]
    [InlineData(1, null, 0d, 0)]
    [InlineData(4, null, 0.5, 4)]
    [InlineData(11, null, 1d, 600)]
    [InlineData(int.MaxValue, null, 1d, 600)]
    [InlineData(0, null, 1d, 1)]
    [InlineData(1, 120, 0.5, 120.5)]
    [InlineData(1, 0, 0d, 0)]
    public void The_wait_doubles_up_to_a_limit_and_never_ends_before_the_server_said(int failures, int? retryAfter, double chance, double expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected),
            RetryBackoff.Default.DelayAfter(failures, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, chance));
}
