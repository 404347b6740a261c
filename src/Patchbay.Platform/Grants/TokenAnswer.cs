using Patchbay.OAuth;
using Patchbay.OAuth.Tokens;

namespace Patchbay.Platform.Grants;

/// <summary>What asking for a token came to: a grant, or why there is none.</summary>
internal sealed record TokenAnswer
{
    private TokenAnswer(TokenGrant? grant, TokenRefusal? refusal, byte[]? returned = null) => (Grant, Refusal, Returned) = (grant, refusal, returned);

    public TokenGrant? Grant { get; }

    /// <summary>Not null where there is no grant.</summary>
    public TokenRefusal? Refusal { get; }

    /// <summary>What a custom function returned beside, as JSON.</summary>
    public byte[]? Returned { get; }

    public static TokenAnswer Of(TokenGrant grant, byte[]? returned = null) => new(grant, null, returned);

    public static TokenAnswer Of(TokenRefusal refusal) => new(null, refusal);

    public static TokenAnswer Of(EndpointResult<TokenGrant> result) =>
        result.Succeeded ? Of(result.Value) : Of(TokenRefusal.Of(result.Failure));

    /// <summary>Which of the two it is, never a token.</summary>
    public override string ToString() => Refusal?.Message ?? nameof(Grant);
}

/// <summary>What becomes of a credential that got no token.</summary>
internal enum RefusalMeaning
{
    /// <summary>It passes: ask again later.</summary>
    Passing,

    /// <summary>The application or the request is at fault. Its owner can mend it, and then the credential serves again.</summary>
    Mendable,

    /// <summary>Nothing could be asked with what is stored. It is asked again as soon as anyone wants a token.</summary>
    Incomplete,

    /// <summary>The grant is dead: only the credential's owner can help, by connecting again.</summary>
    Dead,
}

/// <summary>Why there is no token. Nothing in it repeats a secret.</summary>
/// <param name="Meaning">What follows for the credential.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="RetryAfter">How long the other side asks to be left alone, or null.</param>
/// <param name="Answer">What whoever needs the token is told, where the grant itself lives on.</param>
internal sealed record TokenRefusal(RefusalMeaning Meaning, string Message, TimeSpan? RetryAfter, Failure Answer)
{
    public static TokenRefusal Of(EndpointFailure failure) => failure switch
    {
        EndpointFailure.NotSent => new(RefusalMeaning.Incomplete, failure.Message, null, GrantFailures.NotSent(failure.Message)),
        EndpointFailure.Refused { Definitive: true, Kind: RefusalKind.DeadGrant or RefusalKind.UserAction } =>
            new(RefusalMeaning.Dead, failure.Message, null, GrantFailures.Dead(failure.Message)),
        EndpointFailure.Refused { Definitive: true } => new(RefusalMeaning.Mendable, failure.Message, null, GrantFailures.Refused(failure.Message)),
        _ => new(RefusalMeaning.Passing, failure.Message, (failure as EndpointFailure.Unavailable)?.RetryAfter, GrantFailures.Unreachable(failure)),
    };
}
