using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Grants;

/// <summary>
/// How a credential comes by its next token. It asks the other side and knows no store; when it is asked, how often, and what becomes of
/// the answer is the business of <see cref="GrantCustody"/>.
/// </summary>
internal abstract class TokenSource
{
    /// <summary>Where requests carry the token, and which answers of the API mean that it has expired.</summary>
    public required TokenUse Use { get; init; }

    /// <summary>Whether the next token comes out of the present one, so that nothing can be asked for without it.</summary>
    public virtual bool NeedsRefreshToken => false;

    /// <summary>Asks for a token.</summary>
    /// <param name="held">What is held so far, or null.</param>
    /// <param name="cancellationToken">Gives up. Never given up is what may use up a refresh token.</param>
    public abstract Task<TokenAnswer> AskAsync(GrantTokens? held, CancellationToken cancellationToken);

    /// <summary>What of a grant goes into requests: by itself, the access token in its place.</summary>
    public virtual Outcome<IRequestCredential> Apply(GrantTokens tokens)
    {
        var (placement, value) = (Use.Placement, Use.Placement.ValueFor(tokens.AccessToken!));
        return placement.In == TokenPlace.Header ? Of(HeaderCredential.Create(placement.Name, value)) : Of(QueryCredential.Create(placement.Name, value));

        static Outcome<IRequestCredential> Of<T>(Protocols.Outcome<T> made)
            where T : class, IRequestCredential =>
            made.TryGet(out var credential, out var faults)
                ? Outcome.Of<IRequestCredential>(credential)
                : new Failure(FailureKind.Conflict, "credential_unusable", $"The token cannot be sent: {string.Join(" ", faults.Select(f => f.Message))}");
    }

    /// <summary>Tells the provider that a grant is no longer wanted (RFC 7009), where it takes that.</summary>
    /// <returns>Why it may still be valid, or null.</returns>
    public virtual Task<EndpointFailure?> RevokeAsync(GrantTokens held, CancellationToken cancellationToken) => Task.FromResult<EndpointFailure?>(null);
}

/// <summary>How a token is used.</summary>
/// <param name="Placement">Where requests carry it.</param>
/// <param name="Judge">Which answers of the API mean that it has expired; only its rules for that count.</param>
internal sealed record TokenUse(TokenPlacement Placement, ProviderProfile Judge)
{
    public static TokenUse Of(TokenPlacement? placement, IReadOnlyList<AnswerRule>? expired) =>
        new(placement ?? new TokenPlacement(), new ProviderProfile { TokenUrl = "", Expired = expired });
}
