using System.Text.Json;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>That an action is to be run, by whoever wants it: the API, an agent, a schedule.</summary>
internal sealed record ActionCall
{
    public const int DefaultAttempts = 3;

    /// <summary>The id of the connector, as it stands in a path.</summary>
    public required string ConnectorId { get; init; }

    /// <summary>The version's name, or <c>latest</c> or <c>default</c>.</summary>
    public required string Version { get; init; }

    public required string Action { get; init; }
    public required Ulid ConnectionId { get; init; }

    /// <summary>The parameters by name, or by place and name as in <c>query:id</c> where a name stands in several places.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>The body; undefined or null for none.</summary>
    public JsonElement Body { get; init; }

    /// <summary>The media type of the body; null for the one that the action takes, of several JSON's, else the first.</summary>
    public string? ContentType { get; init; }

    /// <summary>A body that is sent on as it comes, in place of <see cref="Body"/>; null for none.</summary>
    public StreamedBody? Streamed { get; init; }

    /// <summary>How many attempts are made at most.</summary>
    public int MaxAttempts { get; init; } = DefaultAttempts;

    /// <summary>Whether the caller says that a second sending does no harm, although the method does not promise it.</summary>
    public bool RepeatsUnsafe { get; init; }

    /// <summary>Whether a query is only checked; of requests there is no such thing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long all of it may take; null for the server's limit, which it cannot exceed.</summary>
    public TimeSpan? TimeLimit { get; init; }
}

/// <summary>A request body that is sent on as it comes, and so once.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="Length">How many; null where that is not known.</param>
internal sealed record StreamedBody(Stream Content, long? Length);
