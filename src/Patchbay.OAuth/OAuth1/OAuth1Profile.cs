using System.Text.Json.Serialization;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.OAuth1;

/// <summary>How an OAuth 1.0a request is signed (RFC 5849, 3.4).</summary>
public enum OAuth1SignatureMethod
{
    /// <summary>HMAC with SHA-1 (3.4.2).</summary>
    [JsonStringEnumMemberName("HMAC-SHA1")]
    HmacSha1,

    /// <summary>HMAC with SHA-256, made like the one with SHA-1.</summary>
    [JsonStringEnumMemberName("HMAC-SHA256")]
    HmacSha256,

    /// <summary>HMAC with SHA-512, made like the one with SHA-1.</summary>
    [JsonStringEnumMemberName("HMAC-SHA512")]
    HmacSha512,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-1 (3.4.3).</summary>
    [JsonStringEnumMemberName("RSA-SHA1")]
    RsaSha1,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, made like the one with SHA-1.</summary>
    [JsonStringEnumMemberName("RSA-SHA256")]
    RsaSha256,

    /// <summary>The secrets themselves (3.4.4); over TLS only.</summary>
    [JsonStringEnumMemberName("PLAINTEXT")]
    Plaintext,
}

/// <summary>Where the protocol's parameters stand in a request (RFC 5849, 3.5).</summary>
public enum OAuth1Placement
{
    /// <summary>In the header Authorization (3.5.1).</summary>
    [JsonStringEnumMemberName("header")]
    Header,

    /// <summary>In the query (3.5.3).</summary>
    [JsonStringEnumMemberName("query")]
    Query,

    /// <summary>In the body, which must be a form (3.5.2).</summary>
    [JsonStringEnumMemberName("body")]
    Body,
}

/// <summary>
/// Everything in which one OAuth 1.0a provider differs from another, as data. Without URLs it is the token-based variant: an account's
/// administrator makes the token, and all that is left is to sign requests with it.
/// </summary>
public sealed record OAuth1Profile
{
    /// <summary>Where temporary credentials are issued (RFC 5849, 2.1).</summary>
    public string? RequestTokenUrl { get; init; }

    /// <summary>Where users grant access (RFC 5849, 2.2). A query that it has is kept.</summary>
    public string? AuthorizeUrl { get; init; }

    /// <summary>Where temporary credentials are traded for lasting ones (RFC 5849, 2.3).</summary>
    public string? AccessTokenUrl { get; init; }

    /// <summary>How requests are signed.</summary>
    public OAuth1SignatureMethod SignatureMethod { get; init; }

    /// <summary>Where the protocol's parameters stand.</summary>
    public OAuth1Placement Placement { get; init; }

    /// <summary>The <c>realm</c> of the header, such as the number of an account, or null. It may have placeholders and is not signed.</summary>
    public string? Realm { get; init; }

    /// <summary>Whether <c>oauth_version</c> is sent; RFC 5849, 3.1 leaves it open, and some servers insist.</summary>
    public bool SendsVersion { get; init; } = true;

    /// <summary>Whether a server is believed that does not confirm the callback, as those before 1.0a (RFC 5849, 2.1 has it as a must).</summary>
    public bool AllowsUnconfirmedCallback { get; init; }

    /// <summary>Parameters that are added to the request for temporary credentials, such as a scope. Values may have placeholders.</summary>
    public IReadOnlyDictionary<string, string>? RequestParameters { get; init; }

    /// <summary>Further values of the answer with the lasting credentials to keep, name to path (see <see cref="TokenAnswerShape"/>).</summary>
    public IReadOnlyDictionary<string, string>? Captured { get; init; }

    /// <summary>Finds everything that is wrong with the profile.</summary>
    /// <returns>The faults with their fields' paths; none for a profile that can be used.</returns>
    public IReadOnlyList<OAuthFault> Validate()
    {
        var faults = new List<OAuthFault>();
        (string Field, string? Url)[] urls = [("requestTokenUrl", RequestTokenUrl), ("authorizeUrl", AuthorizeUrl), ("accessTokenUrl", AccessTokenUrl)];
        var some = Array.Exists(urls, each => each.Url is not null);
        foreach (var (field, url) in urls)
        {
            if (url is null && some) faults.Add(new OAuthFault(field, "is required beside the other two URLs"));
            else if (url is not null && WebUrl.WhyNot(url, placeholders: true) is { } why) faults.Add(new OAuthFault(field, why));
        }

        if (Realm is not null && (HeaderText.WhyNotValue(Realm) ?? PlaceholderText.WhyMalformed(Realm)) is { } whyRealm)
        {
            faults.Add(new OAuthFault("realm", whyRealm));
        }

        foreach (var (name, value) in RequestParameters ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (name.Length == 0 || OAuth1Signer.IsProtocolParameter(name))
            {
                faults.Add(new OAuthFault($"requestParameters.{name}", "is empty or set by the request itself"));
            }

            if (PlaceholderText.WhyMalformed(value) is { } why) faults.Add(new OAuthFault($"requestParameters.{name}", why));
        }

        faults.AddRange(ProfileValidation.RunCaptured(Captured, "captured"));
        return faults;
    }

    /// <summary>Puts variables in wherever the profile has placeholders, checked and escaped like those of a <see cref="ProviderProfile"/>.</summary>
    /// <param name="variables">The variables of a connection.</param>
    /// <returns>A profile without placeholders, or every value that is missing or does not fit.</returns>
    public OAuthResult<OAuth1Profile> WithVariables(IReadOnlyDictionary<string, string> variables)
    {
        var faults = new List<OAuthFault>();
        var expanded = this with
        {
            RequestTokenUrl = Url(RequestTokenUrl, "requestTokenUrl"),
            AuthorizeUrl = Url(AuthorizeUrl, "authorizeUrl"),
            AccessTokenUrl = Url(AccessTokenUrl, "accessTokenUrl"),
            Realm = Realm is null ? null : PlaceholderText.Expand(Realm, variables.GetValueOrDefault, "realm", faults),
            RequestParameters = RequestParameters?.ToDictionary(
                each => each.Key,
                each => PlaceholderText.Expand(each.Value, variables.GetValueOrDefault, $"requestParameters.{each.Key}", faults),
                StringComparer.Ordinal),
        };
        if (expanded.Realm is not null && HeaderText.WhyNotValue(expanded.Realm) is { } why) faults.Add(new OAuthFault("realm", why));
        return faults.Count == 0 ? OAuthResult.Of(expanded) : OAuthResult.Of<OAuth1Profile>(faults);

        string? Url(string? url, string field) => url is null ? null : WebUrl.Expand(url, variables.GetValueOrDefault, field, faults);
    }
}
