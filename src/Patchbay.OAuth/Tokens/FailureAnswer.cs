using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Tokens;

/// <summary>Makes a failure of an answer (RFC 6749, 5.2).</summary>
internal static class FailureAnswer
{
    private const int RequestTimeout = 408;
    private const int TooEarly = 425;
    private const int TooManyRequests = 429;
    private const int MaxCodeLength = 100;

    // Where servers that do not follow the RFC put them, as seen at large ones.
    private static readonly string[] CodePathsOfSuccess = ["error", "error.code", "error.type", "error.status", "error_code", "errorCode"];
    private static readonly string[] CodePaths = [.. CodePathsOfSuccess, "code", "status"];
    private static readonly string[] DescriptionPaths = ["error_description", "error.message", "error_message", "errorMessage", "message", "detail"];

    public static bool IsSuccess(int status) => status is >= 200 and < 300;

    /// <summary>The failure that a status tells by itself, or null.</summary>
    public static EndpointFailure.Unavailable? Outage(ReceivedAnswer received)
    {
        var status = received.Status;
        return status switch
        {
            TooManyRequests => new(UnavailableKind.RateLimited, "The server asks for fewer requests.", status, received.RetryAfter),
            RequestTimeout or TooEarly or >= 500 => new(UnavailableKind.ServerError, $"The server failed with the status {status}.", status, received.RetryAfter),
            >= 300 and < 400 => new(UnavailableKind.Unreadable, $"The server redirects with the status {status}, which is not followed.", status),
            _ => null,
        };
    }

    /// <summary>Reads an answer that is known to be a failure.</summary>
    public static EndpointFailure Read(ReceivedAnswer received, Answer answer, TokenAnswerShape shape, ForeignText foreign)
    {
        if (!answer.IsStructured) return Unreadable(received, "is neither JSON nor a form");
        if (answer.MatchesAny(shape.Transient))
        {
            return new EndpointFailure.Unavailable(
                UnavailableKind.ServerError, "The server answered with a failure that passes.", received.Status, received.RetryAfter);
        }

        var paths = IsSuccess(received.Status) ? CodePathsOfSuccess : CodePaths;
        var said = shape.Error is { } path ? answer.Text(path) : FirstWord(answer, paths);
        if (said is null && IsSuccess(received.Status) && !answer.MatchesAny(shape.Failed)) return Unreadable(received, "has no access token");

        var code = ErrorCodes.Standard(said ?? ErrorCodes.None, shape.ErrorCodes);
        if (ErrorCodes.IsOutage(code, out var kind))
        {
            return new EndpointFailure.Unavailable(kind, $"The server cannot answer now: {code}.", received.Status, received.RetryAfter);
        }

        var description = shape.ErrorDescription is { } descriptionPath
            ? answer.Text(descriptionPath)
            : DescriptionPaths.Select(answer.Text).FirstOrDefault(text => text is not null);
        var (refusal, definitive) = ErrorCodes.Refusal(code);
        return new EndpointFailure.Refused(refusal, Shown(code), Shown(said), foreign.Clean(description), received.Status, definitive);

        string Shown(string? text)
        {
            var clean = foreign.Clean(text) ?? ErrorCodes.None;
            return clean.Length > MaxCodeLength ? clean[..MaxCodeLength] : clean;
        }
    }

    public static EndpointFailure.Unavailable Unreadable(ReceivedAnswer received, string why) =>
        new(UnavailableKind.Unreadable, $"The answer with the status {received.Status} {why}.", received.Status, received.RetryAfter);

    // A number says nothing (it is a status or a provider's own), and neither does a boolean.
    private static string? FirstWord(Answer answer, string[] paths) =>
        paths.Select(answer.Text).FirstOrDefault(text => text is not null && !char.IsAsciiDigit(text[0]) && text is not ("true" or "false"));
}
