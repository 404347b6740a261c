using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>An action that runs on a schedule, and whose new items become events.</summary>
internal record PollCreateJson
{
    /// <summary>Unique in the connection. Events have it as their triggerName.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>The version of the action: its name, latest or default; default, where it is left out.</summary>
    [MinLength(1), MaxLength(64)]
    public string? Version { get; init; }

    [MinLength(1), MaxLength(200)]
    public required string ActionName { get; init; }

    /// <summary>What the action is called with: its parameters by their names.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>When it runs: a cron expression of five fields, or of six with seconds first.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Schedule { get; init; }

    /// <summary>The time zone of the schedule, such as Europe/Berlin; UTC, where it is left out.</summary>
    [MinLength(1), MaxLength(100)]
    public string? TimeZone { get; init; }

    /// <summary>A JMESPath expression that finds the list of items in the body of the answer; the body itself, where it is left out.</summary>
    [MinLength(1), MaxLength(JsonExpression.MaxLength)]
    public string? Items { get; init; }

    /// <summary>A JMESPath expression that gives the id of an item, by which it is known again. Without it an item is known by all that it holds.</summary>
    [MinLength(1), MaxLength(JsonExpression.MaxLength)]
    public string? ItemId { get; init; }

    /// <summary>A JMESPath expression that gives the cursor for the next run out of the body of the answer.</summary>
    [MinLength(1), MaxLength(JsonExpression.MaxLength)]
    public string? Cursor { get; init; }

    /// <summary>The parameter of the action that the cursor goes into.</summary>
    [MinLength(1), MaxLength(200)]
    public string? CursorParameter { get; init; }

    /// <summary>Whether it runs; true, where it is left out.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>A poll.</summary>
internal sealed record PollJson : PollCreateJson
{
    public required Ulid Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static PollJson Of(Poll poll) => new()
    {
        Id = poll.Id,
        Name = poll.Name,
        Version = poll.VersionSelector,
        ActionName = poll.ActionName,
        Parameters = poll.Parameters is null ? null : JsonSerializer.Deserialize<JsonElement>(poll.Parameters, ApiJson.Options),
        Schedule = poll.Schedule,
        TimeZone = poll.TimeZone,
        Items = poll.Items,
        ItemId = poll.ItemId,
        Cursor = poll.Cursor,
        CursorParameter = poll.CursorParameter,
        Enabled = poll.Enabled,
        CreatedAt = poll.CreatedAt,
        UpdatedAt = poll.UpdatedAt,
    };
}

/// <summary>A changed poll. Fields left out get their defaults; how far it has come stays.</summary>
internal sealed record PollUpdateJson : PollCreateJson
{
    /// <summary>Read-only.</summary>
    public required Ulid Id { get; init; }
}

/// <summary>How it goes with a poll.</summary>
internal sealed record PollStatusJson
{
    /// <summary>When it runs next.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>How many events the last run that succeeded made.</summary>
    public required int LastEvents { get; init; }

    /// <summary>Why the last run failed; left out where it did not.</summary>
    public string? LastError { get; init; }

    public required int ConsecutiveFailures { get; init; }
}

/// <summary>A page of polls.</summary>
internal sealed record PollPageJson : PageInfoJson
{
    public required IReadOnlyList<PollJson> Polls { get; init; }
}
