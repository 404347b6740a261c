using System.Text.Json;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Text;
using Patchbay.OAuth.Tokens;

namespace Patchbay.OAuth.Discovery;

/// <summary>Finds out what an authorization server says of itself (RFC 8414, 3; OpenID Connect Discovery, 4).</summary>
/// <param name="invoker">What requests go out by; the caller owns it. It must not follow redirects.</param>
/// <param name="time">The clock of the time limit.</param>
/// <param name="limits">How much one exchange may cost; there are at most three.</param>
public sealed class ProviderDiscovery(HttpMessageInvoker invoker, TimeProvider time, ExchangeLimits? limits = null)
{
    private const string WellKnown = "/.well-known/";
    private const string OpenId = "openid-configuration";
    private const string OAuth = "oauth-authorization-server";
    private const int Ok = 200;
    private const int MaxListed = 1000;

    private readonly Exchange _exchange = new(invoker, time, limits ?? ExchangeLimits.Default);

    /// <summary>Fetches the metadata of an issuer.</summary>
    /// <param name="issuer">The issuer, an http or https URL without query; or the URL of its metadata.</param>
    /// <param name="cancellationToken">Gives up; the only thing that throws.</param>
    /// <returns>
    /// The metadata; or a refusal with the code <c>no_metadata</c> where there are none, and <c>issuer_mismatch</c> where they are those of
    /// somebody else, who would be sent the user and the client's secret (RFC 8414, 3.3 and 6.2).
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<EndpointResult<ProviderMetadata>> DiscoverAsync(string issuer, CancellationToken cancellationToken)
    {
        if (WebUrl.WhyNot(issuer) is { } why) return EndpointResult.NotSent<ProviderMetadata>([new OAuthFault("issuer", why)]);
        if (issuer.Contains('?', StringComparison.Ordinal)) return EndpointResult.NotSent<ProviderMetadata>([new OAuthFault("issuer", "has a query")]);

        EndpointFailure? last = null;
        foreach (var address in Addresses(issuer))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            var (received, failure) = await _exchange.SendAsync(request, cancellationToken);
            if (received is null) return EndpointResult.Of<ProviderMetadata>(failure!);

            // Servers answer anything to a path that they do not know; what counts is whether another one is known.
            if (received.Status != Ok) last = FailureAnswer.Outage(received) ?? last;
            else if (received.Read() is var answer && answer.Text("issuer") is { } named) return Read(received, answer, named, issuer, address);
            else last = FailureAnswer.Unreadable(received, "is no metadata of an authorization server");
        }

        return EndpointResult.Of<ProviderMetadata>(last ?? Refused("no_metadata", $"The host {new Uri(issuer).Host} has no metadata of an authorization server."));
    }

    /// <summary>Where metadata can stand: behind the issuer's path, as OpenID Connect has it, or before it, as RFC 8414, 3.1 and 5 has it.</summary>
    internal static IReadOnlyList<string> Addresses(string issuer)
    {
        if (issuer.Contains(WellKnown, StringComparison.Ordinal)) return [issuer];
        var uri = new Uri(issuer);
        var (origin, path) = (uri.GetLeftPart(UriPartial.Authority), uri.AbsolutePath.TrimEnd('/'));
        string[] addresses = [$"{origin}{path}{WellKnown}{OpenId}", $"{origin}{WellKnown}{OAuth}{path}", $"{origin}{WellKnown}{OpenId}{path}"];
        return [.. addresses.Distinct(StringComparer.Ordinal)];
    }

    private static EndpointResult<ProviderMetadata> Read(ReceivedAnswer received, Answer answer, string named, string issuer, string address)
    {
        if (!IsSame(named, issuer, address))
        {
            return EndpointResult.Of<ProviderMetadata>(Refused(
                "issuer_mismatch", $"The metadata are those of another issuer: {new ForeignText([]).Clean(named) ?? "one without a name"}."));
        }

        if (Url(answer, "token_endpoint") is not { } tokenUrl)
        {
            return EndpointResult.Of<ProviderMetadata>(FailureAnswer.Unreadable(received, "names no token endpoint"));
        }

        return EndpointResult.Of(new ProviderMetadata
        {
            Issuer = named,
            TokenUrl = tokenUrl,
            AuthorizeUrl = Url(answer, "authorization_endpoint"),
            RevocationUrl = Url(answer, "revocation_endpoint"),
            KeysUrl = Url(answer, "jwks_uri"),
            MutualTlsTokenUrl = Url(answer, "mtls_endpoint_aliases.token_endpoint"),
            Scopes = List(answer, "scopes_supported"),
            GrantTypes = List(answer, "grant_types_supported"),
            PkceMethods = List(answer, "code_challenge_methods_supported"),
            ClientAuthentications = List(answer, "token_endpoint_auth_methods_supported"),
            AssertionAlgorithms = List(answer, "token_endpoint_auth_signing_alg_values_supported"),
        });
    }

    // Compared as text, not as URLs (RFC 8414, 3.3). Only the slash at the end does not count: people leave it out, and nobody else has that issuer.
    private static bool IsSame(string named, string issuer, string address) => issuer.Contains(WellKnown, StringComparison.Ordinal)
        ? WebUrl.WhyNot(named) is null && Addresses(named).Contains(address, StringComparer.Ordinal)
        : named.TrimEnd('/') == issuer.TrimEnd('/');

    private static string? Url(Answer answer, string path) => answer.Text(path) is { } url && WebUrl.WhyNot(url) is null ? url : null;

    private static List<string>? List(Answer answer, string path) => answer.Find(path) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(JsonText.Scalar).OfType<string>().Where(text => text.Length is > 0 and <= 200).Take(MaxListed)]
        : null;

    private static EndpointFailure.Refused Refused(string code, string message) =>
        new(RefusalKind.Request, code, code, description: null, Ok, definitive: false, message);
}
