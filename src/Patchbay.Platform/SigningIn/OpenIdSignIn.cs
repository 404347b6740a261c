using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Patchbay.OAuth.Authorization;
using Patchbay.OAuth.Discovery;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.Platform.People;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.SigningIn;

/// <summary>
/// Signs people in at the OpenID Connect issuer by the authorization code flow (OpenID Connect Core 1.0, 3.1) with PKCE. Nothing is stored meanwhile: state, nonce and verifier all
/// follow from a secret that only the browser has that began, so a code serves in no other.
/// </summary>
internal sealed class OpenIdSignIn : IDisposable
{
    public const string CallbackPath = "/sign-in/callback";

    private const int MaxAnswerBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    // Anybody can begin, so that beginning must not ask the issuer each time. One that cannot be asked is asked again soon.
    private static readonly TimeSpan ProfileHolds = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FailureHolds = TimeSpan.FromSeconds(5);

    private readonly OpenIdSettings? _settings;
    private readonly IdTokens _tokens;
    private readonly PublicAddress _address;
    private readonly HttpClient? _client;
    private readonly ProviderDiscovery? _discovery;
    private readonly TokenClient? _endpoint;
    private readonly TimeProvider _clock;
    private Found? _found;

    public OpenIdSignIn(PatchbaySettings settings, IdTokens tokens, OutboundNetwork network, PublicAddress address, TimeProvider clock)
    {
        (_settings, _tokens, _address, _clock) = (settings.OpenId, tokens, address, clock);
        if (_settings is null)
            return;
        _client = network.CreateClient(Timeout, MaxAnswerBytes);
        (_discovery, _endpoint) = (new ProviderDiscovery(_client, clock), new TokenClient(_client, clock));
    }

    /// <summary>Whether there is an issuer to sign in at.</summary>
    public bool IsOffered => _settings is not null;

    /// <summary>Where to send the browser; null where the issuer cannot be asked.</summary>
    /// <param name="secret">The browser's secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> BeginAsync(string secret, CancellationToken cancellationToken)
    {
        if (await ProfileAsync(cancellationToken) is not { } profile || profile.AuthorizeUrl.Length == 0)
            return null;
        var request = new AuthorizationRequest
        {
            ClientId = _settings!.ClientId, RedirectUri = _address.Absolute(CallbackPath), State = Derived(secret, "state"), Scopes = _settings.Scopes, Pkce = Pkce.OfVerifier(Derived(secret, "verifier")),
            DisableOfflineAccess = true, Prompt = "", AdditionalParams = $"nonce={Derived(secret, "nonce")}",
        };
        return request.ToUrl(profile).TryGet(out var url, out _) ? url : null;
    }

    /// <summary>Whether an answer belongs to what a browser began.</summary>
    public static bool IsStateOf(string secret, string state) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.ASCII.GetBytes(Derived(secret, "state")));

    /// <summary>Who a code stands for; null where the issuer does not take it, or its token does not hold.</summary>
    /// <param name="secret">The browser's secret.</param>
    /// <param name="code">The code.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IdentityClaims?> FinishAsync(string secret, string code, CancellationToken cancellationToken)
    {
        if (await ProfileAsync(cancellationToken) is not { } profile)
            return null;
        var client = new OAuthClient(_settings!.ClientId) { Secret = _settings.ClientSecret };
        if (_settings.ClientSecret is null)
            profile = profile with { ClientAuthentication = ClientAuthentication.None };
        var answer = await _endpoint!.RequestAsync(profile, client, new GrantRequest.AuthorizationCode(code, _address.Absolute(CallbackPath), Derived(secret, "verifier")), cancellationToken);
        return answer.Succeeded && answer.Value.Captured.TryGetValue("id_token", out var token)
            ? (await _tokens.ReadAsync(token, Derived(secret, "nonce"), cancellationToken))?.Claims
            : null;
    }

    public void Dispose() => _client?.Dispose();

    private async Task<ProviderProfile?> ProfileAsync(CancellationToken cancellationToken)
    {
        if (_settings is null)
            return null;
        if (_found is { } found && _clock.GetElapsedTime(found.At) < (found.Profile is null ? FailureHolds : ProfileHolds))
            return found.Profile;
        var profile = await DiscoverAsync(_settings, cancellationToken);
        _found = new Found(profile, _clock.GetTimestamp());
        return profile;
    }

    private async Task<ProviderProfile?> DiscoverAsync(OpenIdSettings settings, CancellationToken cancellationToken)
    {
        var discovered = await _discovery!.DiscoverAsync(settings.Issuer, cancellationToken);
        if (!discovered.Succeeded || discovered.Value.Issuer != settings.Issuer)
            return null;
        var profile = discovered.Value.ToProfile();
        return profile with { Pkce = PkceMethod.S256, OfflineAccess = false, Answer = profile.Answer with { Captured = new Dictionary<string, string>(StringComparer.Ordinal) { ["id_token"] = "id_token" } } };
    }

    private static string Derived(string secret, string use) => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.ASCII.GetBytes(use)));

    /// <summary>What the issuer's metadata said; no profile where it could not be read.</summary>
    private sealed record Found(ProviderProfile? Profile, long At);
}
