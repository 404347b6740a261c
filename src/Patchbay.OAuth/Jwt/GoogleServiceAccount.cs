using System.Text;
using System.Text.Json.Nodes;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Jwt;

/// <summary>
/// A service account of Google's, as its JSON key file describes it. It gets access tokens for signed assertions (RFC 7523, 2.1), or signs its
/// own bearer tokens where an API takes them.
/// </summary>
public sealed class GoogleServiceAccount : IDisposable
{
    private const int MaxLength = 64 * 1024;

    // The longest that Google accepts.
    private const int LifetimeSeconds = 3600;

    private GoogleServiceAccount(string clientEmail, string? keyId, string tokenUrl, string? projectId, SigningKey key)
    {
        ClientEmail = clientEmail;
        KeyId = keyId;
        TokenUrl = tokenUrl;
        ProjectId = projectId;
        Key = key;
    }

    /// <summary>The account's name, an address.</summary>
    public string ClientEmail { get; }

    /// <summary>Which of the account's keys it is, or null.</summary>
    public string? KeyId { get; }

    /// <summary>Where assertions are traded. It comes out of the file: whoever sends an assertion there must be allowed to reach that host.</summary>
    public string TokenUrl { get; }

    /// <summary>The project that the account belongs to, or null.</summary>
    public string? ProjectId { get; }

    /// <summary>A profile for the exchange of assertions, without client authentication.</summary>
    public ProviderProfile Profile => new() { TokenUrl = TokenUrl, ClientAuthentication = ClientAuthentication.None, OfflineAccess = false };

    private SigningKey Key { get; }

    /// <summary>Reads a key file.</summary>
    /// <param name="json">Its content.</param>
    /// <returns>The account, which the caller disposes, or a fault with the member's name as field; none repeats anything of the file.</returns>
    public static OAuthResult<GoogleServiceAccount> Parse(string json)
    {
        if (json.Length > MaxLength) return OAuthResult.Of<GoogleServiceAccount>("", $"is longer than {MaxLength} characters");
        var file = Answer.Read(0, Encoding.UTF8.GetBytes(json), _ => null);
        if (!file.IsStructured) return OAuthResult.Of<GoogleServiceAccount>("", "is not valid JSON");
        if (file.Text("type") != "service_account") return OAuthResult.Of<GoogleServiceAccount>("type", "is not service_account");

        var faults = new List<OAuthFault>();
        var clientEmail = Required("client_email");
        var tokenUrl = Required("token_uri");
        var privateKey = Required("private_key");
        if (tokenUrl.Length > 0 && WebUrl.WhyNot(tokenUrl) is { } why) faults.Add(new OAuthFault("token_uri", why));
        if (faults.Count > 0) return OAuthResult.Of<GoogleServiceAccount>(faults);
        if (!SigningKey.Parse(privateKey).TryGet(out var key, out var keyFaults))
        {
            return OAuthResult.Of<GoogleServiceAccount>([.. keyFaults.Select(fault => fault with { Field = "private_key" })]);
        }

        if (key.WhyNot(JwtAlgorithm.RS256) is { } unfit)
        {
            key.Dispose();
            return OAuthResult.Of<GoogleServiceAccount>("private_key", unfit);
        }

        return OAuthResult.Of(new GoogleServiceAccount(clientEmail, file.Text("private_key_id"), tokenUrl, file.Text("project_id"), key));

        string Required(string name)
        {
            if (file.Text(name) is { } value) return value;
            faults.Add(new OAuthFault(name, "is required"));
            return "";
        }
    }

    /// <summary>Makes an assertion to trade at <see cref="TokenUrl"/>.</summary>
    /// <param name="scopes">What to ask for.</param>
    /// <param name="subject">The user to act for, where the account may (domain-wide delegation), or null.</param>
    /// <param name="now">The time.</param>
    /// <returns>The JWT, or a fault with the field <c>key</c> where the key is damaged.</returns>
    public OAuthResult<string> CreateAssertion(IReadOnlyList<string> scopes, string? subject, DateTimeOffset now) => Create(
        new JsonObject { ["iss"] = ClientEmail, ["scope"] = string.Join(' ', scopes), ["aud"] = TokenUrl, ["sub"] = subject }, now);

    /// <summary>Makes a bearer token for an API that takes self-signed ones, without asking anybody. It expires in an hour.</summary>
    /// <param name="audience">The API, as it names itself, such as <c>https://pubsub.googleapis.com/</c>; null where scopes are given.</param>
    /// <param name="scopes">Scopes instead of an audience; none where an audience is given.</param>
    /// <param name="now">The time.</param>
    /// <returns>The JWT, or a fault with the field <c>key</c> where the key is damaged.</returns>
    public OAuthResult<string> CreateBearerToken(string? audience, IReadOnlyList<string> scopes, DateTimeOffset now) => Create(
        new JsonObject
        {
            ["iss"] = ClientEmail,
            ["sub"] = ClientEmail,
            ["aud"] = audience,
            ["scope"] = scopes.Count == 0 ? null : string.Join(' ', scopes),
        },
        now);

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();

    /// <summary>The account's name, never the key.</summary>
    public override string ToString() => ClientEmail;

    // As defaults, not as a template: what comes out of the file is no text with placeholders.
    private OAuthResult<string> Create(JsonObject claims, DateTimeOffset now) =>
        JsonWebToken.Create(new JwtTemplate { KeyId = KeyId, LifetimeSeconds = LifetimeSeconds }, Key, [.. claims], _ => null, now);
}
