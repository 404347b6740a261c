using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.OpenId;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.People;

/// <summary>
/// Reads ID tokens of the configured issuer. Signed by a key that it has now, in RS256, ES256 or one of their families, for this client, and good now: anything else is nobody's,
/// and which rule it was that failed is not told.
/// </summary>
internal sealed class IdTokens : IDisposable
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly OpenIdSettings? _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient? _client;
    private readonly IssuerKeys? _keys;

    public IdTokens(PatchbaySettings settings, OutboundNetwork network, TimeProvider clock)
    {
        (_settings, _clock) = (settings.OpenId, clock);
        if (_settings is null)
            return;
        _client = network.CreateClient(Timeout, MaxAnswerBytes);
        _keys = new IssuerKeys(_settings.Issuer, _client, clock);
    }

    /// <summary>Whether there is an issuer that people can sign in at.</summary>
    public bool AreTaken => _settings is not null;

    /// <summary>Reads an ID token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="nonce">The nonce that it must carry; null where whoever asked for it has looked at that.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it says, and until when it may; null where it does not hold.</returns>
    public ValueTask<ReadIdToken?> ReadAsync(ReadOnlySpan<char> token, string? nonce, CancellationToken cancellationToken)
    {
        // The cheap checks first: a signature is looked at only where all the rest is right, and so is a key that is not known.
        if (_settings is null || token.Length is 0 or > SignedToken.MaxLength || SignedToken.Read(token) is not { } read || !IsOfFamily(read.Algorithm)
            || new IdTokenRules(_settings.Issuer, _settings.ClientId).WhenGood(read, nonce, _clock.GetUtcNow()) is not { } good
            || ClaimsOf(read, _settings) is not { } claims)
        {
            return ValueTask.FromResult<ReadIdToken?>(null);
        }

        return VerifyAsync(read, claims, good, cancellationToken);
    }

    public void Dispose() => _client?.Dispose();

    private async ValueTask<ReadIdToken?> VerifyAsync(SignedToken token, IdentityClaims claims, (DateTimeOffset From, DateTimeOffset Until) good, CancellationToken cancellationToken) =>
        await _keys!.HaveSignedAsync(token, cancellationToken) ? new ReadIdToken(claims, good.From, good.Until) : null;

    private static bool IsOfFamily(string algorithm) => algorithm is "RS256" or "RS384" or "RS512" or "ES256" or "ES384" or "ES512";

    private static IdentityClaims? ClaimsOf(SignedToken token, OpenIdSettings names)
    {
        if (token.Text(names.SubjectClaim) is not { Length: > 0 and <= Person.LongestSubject } subject || subject.Contains('\0', StringComparison.Ordinal))
            return null;
        var email = Fitting(token.Text(names.EmailClaim));
        return new IdentityClaims(
            names.Issuer, subject, email, email is not null && token.Flag(names.EmailVerifiedClaim), Fitting(token.Text(names.NameClaim)), PictureOf(token.Text(names.PictureClaim)),
            WholeMicroseconds(token.Time("iat")!.Value));
    }

    private static string? Fitting(string? text) => text is { Length: > 0 and <= Person.LongestText } && !text.Contains('\0', StringComparison.Ordinal) ? text : null;

    private static string? PictureOf(string? text) =>
        Fitting(text) is { } fitting && Uri.TryCreate(fitting, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? fitting : null;

    private static DateTimeOffset WholeMicroseconds(DateTimeOffset time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}

/// <summary>An ID token that holds.</summary>
/// <param name="Claims">What it says.</param>
/// <param name="From">From when it holds.</param>
/// <param name="Until">When it is over.</param>
internal sealed record ReadIdToken(IdentityClaims Claims, DateTimeOffset From, DateTimeOffset Until);
