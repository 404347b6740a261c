using System.Text.Json.Serialization;

namespace Patchbay.Platform.Http;

/// <summary>How much a message matters.</summary>
internal enum MessageSeverity
{
    [JsonStringEnumMemberName("info")]
    Info,

    [JsonStringEnumMemberName("warning")]
    Warning,

    [JsonStringEnumMemberName("error")]
    Error,
}

/// <summary>A remark for people.</summary>
internal sealed record MessageJson
{
    public required string Text { get; init; }
    public required MessageSeverity Severity { get; init; }

    /// <summary>More, a line each.</summary>
    public IReadOnlyList<string>? Detail { get; init; }
}
