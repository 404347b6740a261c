using System.Net.Http.Headers;
using System.Text;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Text;
using Patchbay.OAuth.Tokens;

namespace Patchbay.OAuth.OAuth1;

/// <summary>Gets tokens by redirecting a user (RFC 5849, 2). Cheap to make, safe for concurrent use; it keeps nothing.</summary>
/// <param name="invoker">What requests go out by; the caller owns it. It must not follow redirects.</param>
/// <param name="time">The clock of timestamps and of the time limit.</param>
/// <param name="limits">How much an exchange may cost; <see cref="ExchangeLimits.Default"/> unless told.</param>
public sealed class OAuth1Client(HttpMessageInvoker invoker, TimeProvider time, ExchangeLimits? limits = null)
{
    private readonly Exchange _exchange = new(invoker, time, limits ?? ExchangeLimits.Default);

    /// <summary>Where the user is sent to (RFC 5849, 2.2).</summary>
    /// <param name="profile">The provider, with variables put in.</param>
    /// <param name="temporary">The temporary credentials.</param>
    /// <returns>The URL, or a fault with the field <c>authorizeUrl</c>.</returns>
    public static OAuthResult<string> AuthorizeUrl(OAuth1Profile profile, OAuth1Token temporary)
    {
        if (profile.AuthorizeUrl is not { } url) return OAuthResult.Of<string>("authorizeUrl", "is required");
        if (WebUrl.WhyNot(url) is { } why) return OAuthResult.Of<string>("authorizeUrl", why);
        return OAuthResult.Of(WebUrl.WithQuery(url, $"oauth_token={FormText.Encode(temporary.Token)}"));
    }

    /// <summary>Asks for temporary credentials (RFC 5849, 2.1).</summary>
    /// <param name="profile">The provider, with variables put in.</param>
    /// <param name="client">The client's credentials.</param>
    /// <param name="callbackUrl">Where the user comes back to.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>The credentials, or why there are none.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<EndpointResult<OAuth1Token>> RequestTemporaryAsync(
        OAuth1Profile profile, OAuth1Credentials client, string callbackUrl, CancellationToken cancellationToken) =>
        RequestAsync(
            profile with { Captured = null },
            client,
            (profile.RequestTokenUrl, "requestTokenUrl"),
            [new Parameter("oauth_callback", callbackUrl)],
            profile.RequestParameters is { } extra ? FormText.Write(extra.Select(each => new Parameter(each.Key, each.Value))) : "",
            requiresConfirmation: !profile.AllowsUnconfirmedCallback,
            cancellationToken);

    /// <summary>Trades temporary credentials for lasting ones (RFC 5849, 2.3).</summary>
    /// <param name="profile">The provider, with variables put in.</param>
    /// <param name="client">The client's credentials.</param>
    /// <param name="temporary">The temporary credentials that came back with the user.</param>
    /// <param name="verifier">The verifier that came with them.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>The credentials, or why there are none.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<EndpointResult<OAuth1Token>> RequestTokenAsync(
        OAuth1Profile profile, OAuth1Credentials client, OAuth1Token temporary, string verifier, CancellationToken cancellationToken) =>
        RequestAsync(
            profile,
            client.With(temporary.Token, temporary.Secret),
            (profile.AccessTokenUrl, "accessTokenUrl"),
            [new Parameter("oauth_verifier", verifier)],
            form: "",
            requiresConfirmation: false,
            cancellationToken);

    private async Task<EndpointResult<OAuth1Token>> RequestAsync(
        OAuth1Profile profile,
        OAuth1Credentials credentials,
        (string? Url, string Field) target,
        IReadOnlyList<Parameter> extra,
        string form,
        bool requiresConfirmation,
        CancellationToken cancellationToken)
    {
        if (target.Url is null) return EndpointResult.NotSent<OAuth1Token>([new OAuthFault(target.Field, "is required")]);
        if (WebUrl.WhyNot(target.Url) is { } why) return EndpointResult.NotSent<OAuth1Token>([new OAuthFault(target.Field, why)]);
        var signer = new OAuth1Signer(profile, credentials);
        if (!signer.Sign("POST", target.Url, form, extra, time.GetUtcNow()).TryGet(out var signed, out var faults))
        {
            return EndpointResult.NotSent<OAuth1Token>(faults);
        }

        using var request = Write(target.Url, form, signed);
        var (received, failure) = await _exchange.SendAsync(request, cancellationToken);
        if (received is null) return EndpointResult.Of<OAuth1Token>(failure!);
        if (FailureAnswer.Outage(received) is { } outage) return EndpointResult.Of<OAuth1Token>(outage);

        var answer = received.Read();
        if (FailureAnswer.IsSuccess(received.Status) && answer.Text("oauth_token") is { } token && answer.Text("oauth_token_secret") is { } secret)
        {
            // Without it, a stranger's consent could be taken for this user's: what 1.0a mended in 1.0.
            return requiresConfirmation && answer.Text("oauth_callback_confirmed") != "true"
                ? EndpointResult.Of<OAuth1Token>(FailureAnswer.Unreadable(received, "does not confirm the callback"))
                : EndpointResult.Of(new OAuth1Token { Token = token, Secret = secret, Captured = TokenAnswerReader.Captured(answer, profile.Captured) });
        }

        var foreign = new ForeignText([credentials.ConsumerSecret, credentials.TokenSecret, signed.Text, .. extra.Select(parameter => parameter.Value)]);
        return EndpointResult.Of<OAuth1Token>(OAuth1Problem.Read(received, answer, isTemporary: credentials.Token is null, foreign));
    }

    private static HttpRequestMessage Write(string url, string form, OAuth1Signed signed)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, signed.Placement == OAuth1Placement.Query ? WebUrl.WithQuery(url, signed.Text) : url);
        if (signed.Placement == OAuth1Placement.Header) request.Headers.TryAddWithoutValidation("Authorization", signed.Text);
        var body = signed.Placement != OAuth1Placement.Body ? form : form.Length == 0 ? signed.Text : $"{form}&{signed.Text}";
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (body.Length > 0) request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return request;
    }
}
