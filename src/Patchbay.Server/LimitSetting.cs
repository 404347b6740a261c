using System.Globalization;
using Patchbay.Platform;

namespace Patchbay.Server;

/// <summary>A number that the operator may move: the same in the command line, the environment and <c>appsettings.json</c>.</summary>
/// <param name="Name">The setting's name in <c>appsettings.json</c>.</param>
/// <param name="Option">Its option.</param>
/// <param name="Description">What the command line's help says of it.</param>
/// <param name="Least">The smallest value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="In">Puts the number into settings.</param>
internal sealed record LimitSetting(string Name, string Option, string Description, int Least, int Most, Func<PatchbaySettings, int, PatchbaySettings> In)
{
    /// <summary>All of them, in the order of the help.</summary>
    public static readonly IReadOnlyList<LimitSetting> All =
    [
        new("ActionTimeout", "--action-timeout", "How long an action may take with all its attempts, in seconds. Default 100.", 1, 86_400,
            (s, n) => s with { ActionTimeLimit = TimeSpan.FromSeconds(n) }),
        new("ActionAnswerLimit", "--action-answer-limit", "The largest answer that an action returns whole, in bytes. Default 10485760.", 1024, 512 * 1024 * 1024,
            (s, n) => s with { MaxActionAnswerBytes = n }),
        new("ActionPages", "--action-pages", "How many pages one call of an action fetches at most. Default 10000.", 1, 1_000_000, (s, n) => s with { MaxActionPages = n }),
        new("ActionConcurrency", "--action-concurrency", "How many requests of actions a connection makes at once, unless it says otherwise. Default 32.", 1, 1000,
            (s, n) => s with { ActionConcurrency = n }),
        new("ActionQueue", "--action-queue", "How many calls of actions wait for a connection, unless it says otherwise. Default 200.", 0, 10_000, (s, n) => s with { ActionQueue = n }),
        new("MaxQueryRows", "--max-query-rows", "How many rows of a query an action returns whole at most. Default 10000.", 1, 1_000_000, (s, n) => s with { MaxQueryRows = n }),
        new("MaxToolResultBytes", "--max-tool-result-bytes", "How much of an answer a tool gives to an agent, in bytes. Default 65536.", 1000, 10_000_000,
            (s, n) => s with { MaxToolResultBytes = n }),
        new("MaxEventSize", "--max-event-size", "The largest body of an incoming event, in bytes. Default 10485760, 10 MiB.", 1, 256 * 1024 * 1024, (s, n) => s with { MaxEventBytes = n }),
        new("EventRetentionDays", "--event-retention-days", "How many days events, their deliveries and attempts are kept. Default 30.", 1, 3650,
            (s, n) => s with { EventRetention = TimeSpan.FromDays(n) }),
        new("DisableSubscriptionsAfterDays", "--disable-subscriptions-after-days", "For how many days every attempt must have failed for a subscription to be disabled. Default 5.", 1, 3650,
            (s, n) => s with { DisableSubscriptionsAfter = TimeSpan.FromDays(n) }),
        new("AuditRetentionDays", "--audit-retention-days", "How many days audit records are kept. Default: as long as their organisation.", 1, 36_500,
            (s, n) => s with { AuditRetention = TimeSpan.FromDays(n) }),
    ];

    /// <summary>The settings that were given, over the usual ones.</summary>
    /// <param name="setting">The text of a setting, or null.</param>
    /// <exception cref="StartRefusedException">One makes no sense.</exception>
    public static PatchbaySettings Read(Func<string, string?> setting) => All.Aggregate(new PatchbaySettings(), (settings, limit) =>
    {
        var text = setting(limit.Name);
        if (string.IsNullOrEmpty(text))
            return settings;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= limit.Least && number <= limit.Most
            ? limit.In(settings, number)
            : throw new StartRefusedException($"{limit.Option} is '{text}'; it must be a whole number from {limit.Least} to {limit.Most}.");
    });
}
