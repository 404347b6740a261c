using Patchbay.Platform;
using Patchbay.Platform.Subscriptions.Polling;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

public sealed class PollScheduleTests
{
    [Theory]
    [InlineData("*/5 * * * *", "UTC", "2026-11-26T07:02:03Z", "2026-11-26T07:05:00Z")]
    [InlineData("*/10 * * * * *", "UTC", "2026-11-26T07:02:03Z", "2026-11-26T07:02:10Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-07-01T00:00:00Z", "2026-07-01T07:00:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-12-01T00:00:00Z", "2026-12-01T08:00:00Z")]
    // 02:30 is not there in the night in which clocks go forward, and runs once in that in which they go back.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", null)]
    public void A_poll_runs_by_its_cron_expression_in_its_time_zone(string schedule, string zone, string after, string? expected)
    {
        Assert.True(PollSchedule.TryParse(schedule, zone, out var parsed, []));
        Assert.Equal(expected is null ? null : At(expected), parsed.Next(At(after)));
    }

    [Theory]
    [InlineData("", "UTC", "schedule")]
    [InlineData("* * * *", "UTC", "schedule")]
    [InlineData("* * * * * * *", "UTC", "schedule")]
    [InlineData("60 * * * *", "UTC", "schedule")]
    [InlineData("* * * * *", "Nowhere", "timeZone")]
    [InlineData("* * * * *", "../../etc/passwd", "timeZone")]
    public void What_is_no_schedule_is_refused(string schedule, string zone, string field)
    {
        var faults = new List<FieldFault>();
        Assert.False(PollSchedule.TryParse(schedule, zone, out _, faults));
        Assert.Equal(field, Assert.Single(faults).Field);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
