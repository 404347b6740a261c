using System.Text.Json;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>What came of an action that reached its API, whatever the API answered.</summary>
internal sealed record ExecutedAction
{
    public required int Status { get; init; }

    /// <summary>Names in lower case, lists joined by a comma; without cookies, credentials and what belongs to the connection.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required AnsweredBody Body { get; init; }
    public required MatchedResponse Response { get; init; }
    public required IReadOnlyList<ActionAttempt> Attempts { get; init; }

    /// <summary>From the call to the end of the answer, waits between attempts included.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>How a body is given.</summary>
internal enum AnsweredBodyKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>As the JSON that it is.</summary>
    Json,

    /// <summary>As text.</summary>
    Text,

    /// <summary>As bytes.</summary>
    Binary,
}

/// <summary>The body of an answer, unpacked.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">The bytes; JSON and text in UTF-8.</param>
/// <param name="Json">The value, where it is JSON; else undefined.</param>
internal sealed record AnsweredBody(AnsweredBodyKind Kind, ReadOnlyMemory<byte> Bytes, JsonElement Json)
{
    public static readonly AnsweredBody None = new(AnsweredBodyKind.None, ReadOnlyMemory<byte>.Empty, default);

    /// <summary>The text, where it is text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>The declared response that an answer is, and how it differs from it.</summary>
/// <param name="Declared">The status, range or <c>default</c> under which it is declared; null where it is not.</param>
/// <param name="Mismatches">What is otherwise than declared; none where the answer conforms.</param>
internal sealed record MatchedResponse(string? Declared, IReadOnlyList<FieldFault> Mismatches);

/// <summary>One sending of an action's request.</summary>
/// <param name="Status">The status of the answer; null where there was none.</param>
/// <param name="Failure">Why there was none, as a code; null where there was.</param>
/// <param name="Waited">How long was waited before it, for the API and for other requests of the connection.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="RenewedCredential">Whether it was made with a new token, after the API had called the one before expired.</param>
internal sealed record ActionAttempt(int? Status, string? Failure, TimeSpan Waited, TimeSpan Duration, bool RenewedCredential);
