using System.Text.Json;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Tokens;

/// <summary>What the reader of a token answer has to know of the request.</summary>
/// <param name="Shape">Where things stand.</param>
/// <param name="DefaultLifetimeSeconds">How long a token lives whose answer does not say; null for unknown.</param>
/// <param name="RequestedAt">When the request was sent; lifetimes count from there, so that a slow answer makes none longer.</param>
/// <param name="RequestedScopes">What was asked for, or null.</param>
/// <param name="Foreign">Cleans what the provider says.</param>
internal sealed record TokenAnswerContext(
    TokenAnswerShape Shape,
    int? DefaultLifetimeSeconds,
    DateTimeOffset RequestedAt,
    IReadOnlyList<string>? RequestedScopes,
    ForeignText Foreign);

/// <summary>Makes a grant or a failure of what a token endpoint answered (RFC 6749, 5).</summary>
internal static class TokenAnswerReader
{
    private const int MaxCapturedLength = 4096;
    private const string Bearer = "Bearer";

    public static EndpointResult<TokenGrant> Read(ReceivedAnswer received, TokenAnswerContext context)
    {
        if (FailureAnswer.Outage(received) is { } outage) return EndpointResult.Of<TokenGrant>(outage);

        var answer = received.Read();
        var shape = context.Shape;
        if (FailureAnswer.IsSuccess(received.Status) && !answer.MatchesAny(shape.Failed))
        {
            // A token counts even beside an error: who leaves it lying loses the grant where refresh tokens rotate.
            if (answer.Text(shape.AccessToken)?.Trim() is { Length: > 0 } token && HeaderText.WhyNotValue(token) is null)
            {
                return EndpointResult.Of(Grant(answer, token, context));
            }
        }

        return EndpointResult.Of<TokenGrant>(FailureAnswer.Read(received, answer, shape, context.Foreign));
    }

    private static TokenGrant Grant(Answer answer, string token, TokenAnswerContext context)
    {
        var shape = context.Shape;
        var type = answer.Text(shape.TokenType)?.Trim();
        return new TokenGrant
        {
            AccessToken = token,
            TokenType = string.IsNullOrEmpty(type) || type.Equals(Bearer, StringComparison.OrdinalIgnoreCase) ? Bearer : type,
            ExpiresAt = Expiry.Read(answer.Text(shape.Expiry), shape.ExpiryUnit, context.RequestedAt)
                ?? (context.DefaultLifetimeSeconds is { } seconds ? context.RequestedAt.AddSeconds(seconds) : null),
            RefreshToken = answer.Text(shape.RefreshToken),
            Scopes = Scopes(answer.Find(shape.Scope)) ?? context.RequestedScopes,
            Captured = Captured(answer, shape.Captured),
        };
    }

    private static string[]? Scopes(JsonElement? value)
    {
        IEnumerable<string?> parts = value switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(JsonText.Scalar),
            { ValueKind: JsonValueKind.String } text => Split(JsonText.Scalar(text) ?? ""),
            _ => [],
        };
        string[] scopes = [.. parts.OfType<string>().Where(scope => scope.Length > 0).Distinct(StringComparer.Ordinal)];
        return scopes.Length == 0 ? null : scopes;
    }

    // A scope may have commas in it (RFC 6749, 3.3), but where there is no space at all, they are what stands between.
    private static IEnumerable<string> Split(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 1 ? words[0].Split(',') : words.Select(word => word.Trim(','));
    }

    /// <summary>The values at some paths; what is missing or too long to be one is left out.</summary>
    public static Dictionary<string, string> Captured(Answer answer, IReadOnlyDictionary<string, string>? paths)
    {
        var captured = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, path) in paths ?? captured)
        {
            if (answer.Text(path) is { Length: <= MaxCapturedLength } value) captured[name] = value;
        }

        return captured;
    }
}
