using Patchbay.OAuth.Profiles;

namespace Patchbay.OAuth.Answers;

/// <summary>What an answer of the API itself says about a connection's credentials.</summary>
public static class AnswerJudgement
{
    private const int Unauthorized = 401;

    /// <summary>Whether any rule of the profile about expired tokens looks into the body, so that a caller knows whether to read it.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="status">The status of the answer.</param>
    public static bool NeedsBody(this ProviderProfile profile, int status) =>
        profile.Expired?.Any(rule => rule.Path is not null && rule.Statuses?.Contains(status) != false) == true;

    /// <summary>Whether an answer means that the access token has expired.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="body">The whole body, unpacked, or nothing where <see cref="NeedsBody"/> is false.</param>
    /// <param name="headerOf">Gives the value of a header of the answer, or null.</param>
    public static bool MeansExpired(this ProviderProfile profile, int status, ReadOnlySpan<byte> body, Func<string, string?> headerOf) =>
        profile.Expired is not { } rules ? status == Unauthorized : Answer.Read(status, body, headerOf).MatchesAny(rules);

    /// <summary>Whether an answer to a verification request shows valid credentials.</summary>
    /// <param name="verification">The request.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="body">The whole body, unpacked.</param>
    /// <param name="headerOf">Gives the value of a header of the answer, or null.</param>
    public static bool ShowsValid(this VerificationRequest verification, int status, ReadOnlySpan<byte> body, Func<string, string?> headerOf) =>
        (verification.Statuses?.Contains(status) ?? status is >= 200 and < 300)
        && !Answer.Read(status, body, headerOf).MatchesAny(verification.Failed);
}
