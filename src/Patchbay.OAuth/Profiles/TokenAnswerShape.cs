using System.Text.Json.Serialization;

namespace Patchbay.OAuth.Profiles;

/// <summary>What an expiry in a token answer is counted in.</summary>
public enum ExpiryUnit
{
    /// <summary>Seconds from the request on (RFC 6749, 5.1), as a number or as text.</summary>
    [JsonStringEnumMemberName("seconds")]
    Seconds,

    /// <summary>Milliseconds from the request on.</summary>
    [JsonStringEnumMemberName("milliseconds")]
    Milliseconds,

    /// <summary>Seconds since 1970.</summary>
    [JsonStringEnumMemberName("unix-seconds")]
    UnixSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    [JsonStringEnumMemberName("unix-milliseconds")]
    UnixMilliseconds,

    /// <summary>A date and time (RFC 3339); without an offset it is UTC.</summary>
    [JsonStringEnumMemberName("rfc3339")]
    Rfc3339,
}

/// <summary>
/// Where things stand in a provider's token answer; the defaults are those of RFC 6749, 5.1 and 5.2. An answer is JSON or a form, whatever its
/// content type says.
/// </summary>
/// <remarks>
/// A path is one of: names with dots between, as in <c>authed_user.access_token</c>, where a number is an index of an array; a JSON pointer
/// (RFC 6901), as in <c>/data/0/token</c>, for names with dots in them; <c>header:Name</c>, a header of the answer; <c>$</c>, the answer as a
/// whole, which then may be plain text.
/// </remarks>
public sealed record TokenAnswerShape
{
    /// <summary>The path of the access token.</summary>
    public string AccessToken { get; init; } = "access_token";

    /// <summary>The path of the refresh token; where an answer has none, the old one is kept.</summary>
    public string RefreshToken { get; init; } = "refresh_token";

    /// <summary>The path of the token's type.</summary>
    public string TokenType { get; init; } = "token_type";

    /// <summary>The path of the expiry. Zero and less mean that none is given.</summary>
    public string Expiry { get; init; } = "expires_in";

    /// <summary>What the expiry is counted in.</summary>
    public ExpiryUnit ExpiryUnit { get; init; }

    /// <summary>The path of the granted scopes: text with spaces or commas between, or an array.</summary>
    public string Scope { get; init; } = "scope";

    /// <summary>Further values to keep, name to path, such as <c>instance_url</c>. A value that is missing, or is no text, number or boolean, is left out.</summary>
    public IReadOnlyDictionary<string, string>? Captured { get; init; }

    /// <summary>The path of the error code; where null, RFC 6749's <c>error</c>, then other common places.</summary>
    public string? Error { get; init; }

    /// <summary>The path of the error's description; where null, RFC 6749's <c>error_description</c>, then other common places.</summary>
    public string? ErrorDescription { get; init; }

    /// <summary>What the provider's error codes mean, in those of RFC 6749, 5.2: <c>bad_refresh_token</c> to <c>invalid_grant</c>. Case does not matter.</summary>
    public IReadOnlyDictionary<string, string>? ErrorCodes { get; init; }

    /// <summary>Rules for answers that are failures although their status is 2xx; one that holds is enough. An answer without a token is a failure anyhow.</summary>
    public IReadOnlyList<AnswerRule>? Failed { get; init; }

    /// <summary>Rules for failures that pass, whatever their code says; one that holds is enough.</summary>
    public IReadOnlyList<AnswerRule>? Transient { get; init; }
}
