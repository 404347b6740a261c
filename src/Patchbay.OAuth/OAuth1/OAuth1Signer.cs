using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.OAuth1;

/// <summary>The protocol's parameters of one signed request.</summary>
/// <param name="Placement">Where they belong.</param>
/// <param name="Text">The value of the header Authorization, or encoded parameters to add to the query or to the form in the body.</param>
public sealed record OAuth1Signed(OAuth1Placement Placement, string Text)
{
    /// <summary>The place, never the parameters: by <c>PLAINTEXT</c> they are the secrets.</summary>
    public override string ToString() => $"{nameof(OAuth1Signed)} ({Placement})";
}

/// <summary>Signs requests (RFC 5849, 3). Safe for concurrent use.</summary>
/// <param name="profile">The provider, with variables put in.</param>
/// <param name="credentials">What to sign with.</param>
public sealed class OAuth1Signer(OAuth1Profile profile, OAuth1Credentials credentials)
{
    private const int NonceCharacters = 32;

    /// <summary>Signs a request.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="url">The absolute URL, exactly as it is sent.</param>
    /// <param name="form">
    /// The body where it is a form, exactly as it is sent; null where it is anything else, which is not signed (RFC 5849, 3.4.1.3.1).
    /// </param>
    /// <param name="now">The time; the server refuses one that is far from its own.</param>
    /// <returns>The parameters, or a fault: <c>url</c>, <c>consumerKey</c>, or <c>key</c> for one that the RSA methods cannot use.</returns>
    public OAuthResult<OAuth1Signed> Sign(string method, string url, string? form, DateTimeOffset now) =>
        Sign(method, url, form, extra: [], now);

    /// <summary>As the public one, with further parameters of the protocol.</summary>
    internal OAuthResult<OAuth1Signed> Sign(string method, string url, string? form, IReadOnlyList<Parameter> extra, DateTimeOffset now) =>
        Sign(method, url, form, extra, now.ToUnixTimeSeconds(), RandomNumberGenerator.GetHexString(NonceCharacters, lowercase: true));

    internal static bool IsProtocolParameter(string name) => name.StartsWith("oauth_", StringComparison.Ordinal) || name == "realm";

    internal OAuthResult<OAuth1Signed> Sign(string method, string url, string? form, IReadOnlyList<Parameter> extra, long timestamp, string nonce)
    {
        if (!TryParse(url, out var uri)) return OAuthResult.Of<OAuth1Signed>("url", "must be an absolute http or https URL");
        if (credentials.ConsumerKey.Length == 0) return OAuthResult.Of<OAuth1Signed>("consumerKey", "is required");
        var parameters = new List<Parameter> { new("oauth_consumer_key", credentials.ConsumerKey) };
        if (credentials.Token is { } token) parameters.Add(new Parameter("oauth_token", token));
        parameters.Add(new Parameter("oauth_signature_method", NameOf(profile.SignatureMethod)));
        parameters.Add(new Parameter("oauth_timestamp", timestamp.ToString(CultureInfo.InvariantCulture)));
        parameters.Add(new Parameter("oauth_nonce", nonce));
        if (profile.SendsVersion) parameters.Add(new Parameter("oauth_version", "1.0"));
        parameters.AddRange(extra);

        if (Signature(SignatureBase.Of(method, uri, form, parameters)) is not { } signature)
        {
            return OAuthResult.Of<OAuth1Signed>("key", $"is no working RSA key, as {NameOf(profile.SignatureMethod)} needs");
        }

        parameters.Add(new Parameter("oauth_signature", signature));
        return OAuthResult.Of(new OAuth1Signed(profile.Placement, profile.Placement == OAuth1Placement.Header ? Header(parameters) : FormText.Write(parameters)));
    }

    private static bool TryParse(string url, [NotNullWhen(true)] out Uri? uri) =>
        Uri.TryCreate(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.Host.Length > 0;

    private static string NameOf(OAuth1SignatureMethod method) => method switch
    {
        OAuth1SignatureMethod.HmacSha256 => "HMAC-SHA256",
        OAuth1SignatureMethod.HmacSha512 => "HMAC-SHA512",
        OAuth1SignatureMethod.RsaSha1 => "RSA-SHA1",
        OAuth1SignatureMethod.RsaSha256 => "RSA-SHA256",
        OAuth1SignatureMethod.Plaintext => "PLAINTEXT",
        _ => "HMAC-SHA1",
    };

    [SuppressMessage("Security", "CA5350", Justification = "It is the method of RFC 5849; as an HMAC, SHA-1 is not broken.")]
    private string? Signature(string baseString)
    {
        var secrets = $"{FormText.Encode(credentials.ConsumerSecret)}&{FormText.Encode(credentials.TokenSecret)}";
        var (key, data) = (Encoding.ASCII.GetBytes(secrets), Encoding.ASCII.GetBytes(baseString));
        var signature = profile.SignatureMethod switch
        {
            OAuth1SignatureMethod.Plaintext => null,
            OAuth1SignatureMethod.HmacSha256 => HMACSHA256.HashData(key, data),
            OAuth1SignatureMethod.HmacSha512 => HMACSHA512.HashData(key, data),
            OAuth1SignatureMethod.RsaSha1 => credentials.Key?.SignRsa(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
            OAuth1SignatureMethod.RsaSha256 => credentials.Key?.SignRsa(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => HMACSHA1.HashData(key, data),
        };
        if (profile.SignatureMethod == OAuth1SignatureMethod.Plaintext) return secrets;
        return signature is null ? null : Convert.ToBase64String(signature);
    }

    private string Header(List<Parameter> parameters)
    {
        var builder = new StringBuilder("OAuth ");
        if (profile.Realm is { } realm)
        {
            // The one that is a quoted string and not encoded (RFC 5849, 3.5.1).
            builder.Append("realm=\"").Append(realm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\", ");
        }

        return builder.AppendJoin(", ", parameters.Select(parameter => $"{FormText.Encode(parameter.Name)}=\"{FormText.Encode(parameter.Value)}\"")).ToString();
    }
}
