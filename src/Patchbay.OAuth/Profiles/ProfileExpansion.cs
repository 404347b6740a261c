using System.Diagnostics.CodeAnalysis;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Profiles;

/// <summary>Puts a connection's variables into a profile.</summary>
internal sealed class ProfileExpansion(IReadOnlyDictionary<string, string> variables)
{
    private readonly List<OAuthFault> _faults = [];

    public static IReadOnlyList<string> FreeHosts(ProviderProfile profile) =>
    [
        .. new (string Field, string? Url)[]
        {
            ("authorizeUrl", profile.AuthorizeUrl),
            ("tokenUrl", profile.TokenUrl),
            ("refreshUrl", profile.RefreshUrl),
            ("revocationUrl", profile.RevocationUrl),
        }.Where(each => each.Url is not null && WebUrl.HasFreeHost(each.Url)).Select(each => each.Field),
    ];

    public OAuthResult<ProviderProfile> Run(ProviderProfile profile)
    {
        // Checked for all values at once: what is put in must not be taken for a placeholder when the secret is put in later.
        foreach (var (name, value) in variables)
        {
            if (PlaceholderText.HasAny(value)) _faults.Add(new OAuthFault(name, "has {{ in it, which would be taken for a placeholder"));
        }

        var expanded = profile with
        {
            AuthorizeUrl = Url(profile.AuthorizeUrl, "authorizeUrl"),
            TokenUrl = Url(profile.TokenUrl, "tokenUrl"),
            RefreshUrl = Url(profile.RefreshUrl, "refreshUrl"),
            RevocationUrl = Url(profile.RevocationUrl, "revocationUrl"),
            ClientAssertion = profile.ClientAssertion is { } template
                ? template with
                {
                    Header = JsonTemplate.Expand(template.Header, ValueOf, "clientAssertion.header", _faults),
                    Claims = JsonTemplate.Expand(template.Claims, ValueOf, "clientAssertion.claims", _faults),
                }
                : null,
            Authorize = profile.Authorize with { Parameters = Texts(profile.Authorize.Parameters, "authorize.parameters") },
            Token = Shape(profile.Token, "token"),
            Refresh = Shape(profile.Refresh, "refresh"),
            Revocation = Shape(profile.Revocation, "revocation"),
        };
        return _faults.Count == 0 ? OAuthResult.Of(expanded) : OAuthResult.Of<ProviderProfile>(_faults);
    }

    [return: NotNullIfNotNull(nameof(url))]
    private string? Url(string? url, string field) => url is null ? null : WebUrl.Expand(url, variables.GetValueOrDefault, field, _faults);

    [return: NotNullIfNotNull(nameof(shape))]
    private TokenRequestShape? Shape(TokenRequestShape? shape, string field) => shape is null ? null : shape with
    {
        Headers = Texts(shape.Headers, $"{field}.headers"),
        Parameters = Texts(shape.Parameters, $"{field}.parameters"),
    };

    private Dictionary<string, string>? Texts(IReadOnlyDictionary<string, string>? texts, string field) => texts?.ToDictionary(
        each => each.Key,
        each => PlaceholderText.Expand(each.Value, ValueOf, $"{field}.{each.Key}", _faults),
        StringComparer.Ordinal);

    private string? ValueOf(string name) =>
        ClientPlaceholders.IsReserved(name) ? $"{{{{{name}}}}}" : variables.GetValueOrDefault(name);
}

/// <summary>The placeholders that stand for the client, whose values are put in when a request is made.</summary>
internal static class ClientPlaceholders
{
    public const string Id = "client_id";
    public const string Secret = "client_secret";

    public static bool IsReserved(string name) => name is Id or Secret;
}
