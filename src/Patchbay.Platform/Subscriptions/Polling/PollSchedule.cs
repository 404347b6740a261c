using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>When a poll runs: a cron expression of five fields, or six with seconds first, in a time zone.</summary>
internal sealed class PollSchedule
{
    private readonly CronExpression _expression;
    private readonly TimeZoneInfo _zone;

    private PollSchedule(CronExpression expression, TimeZoneInfo zone) => (_expression, _zone) = (expression, zone);

    public static bool TryParse(string schedule, string zone, [NotNullWhen(true)] out PollSchedule? parsed, List<FieldFault> faults)
    {
        parsed = null;
        var seconds = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        if (!CronExpression.TryParse(schedule, seconds ? CronFormat.IncludeSeconds : CronFormat.Standard, out var expression))
            faults.Add(new("schedule", "must be a cron expression such as */5 * * * *, of five fields, or of six with seconds first"));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            faults.Add(new("timeZone", "must be the name of a time zone such as Europe/Berlin"));
        if (expression is null || found is null)
            return false;
        parsed = new PollSchedule(expression, found);
        return true;
    }

    /// <summary>The first time after another; null where there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _expression.GetNextOccurrence(after, _zone)?.ToUniversalTime();
}
