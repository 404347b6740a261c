using Patchbay.Importing;
using Patchbay.OAuth.OAuth1;
using Patchbay.Platform.Connectors;

namespace Patchbay.Platform.Versions;

/// <summary>Security schemes of a description as auth scheme configs.</summary>
internal static class ImportedSchemes
{
    public static AuthSchemeConfigJson Json(ImportedAuthScheme scheme, string id)
    {
        var description = ImportedText.Keepable(
            string.IsNullOrWhiteSpace(scheme.Description) ? scheme.SourceName : scheme.Description, AuthSchemeConfigJson.MaxDescriptionLength);
        return scheme switch
        {
            ImportedApiKey key => new AuthSchemeConfigAPIKeyJson
            {
                Id = id,
                Description = description,
                Name = key.Name,
                In = Enum.Parse<AuthSchemeConfigAPIKeyIn>(key.In, ignoreCase: true),
            },
            ImportedBasicAuth => new AuthSchemeConfigBasicAuthJson { Id = id, Description = description },
            ImportedOAuth2 oauth2 => new AuthSchemeConfigOAuth2Json
            {
                Id = id,
                Description = description,
                AuthorizeUrl = oauth2.AuthorizeUrl,
                TokenUrl = oauth2.TokenUrl,
                Scopes = [.. oauth2.Scopes.Select(s => new OAuth2ScopeJson
                {
                    Name = s.Key,
                    Description = ImportedText.Keepable(s.Value, AuthSchemeConfigJson.MaxDescriptionLength),
                })],
                DefaultScopes = [],
                Grant = oauth2.GrantType switch
                {
                    "client_credentials" => new AuthSchemeConfigOAuth2GrantClientCredentialsJson(),
                    "password" => new AuthSchemeConfigOAuth2GrantPasswordJson(),
                    _ => new AuthSchemeConfigOAuth2GrantAuthorizationCodeJson(),
                },
            },
            ImportedOAuth1 oauth1 => new AuthSchemeConfigOAuth1Json
            {
                Id = id,
                Description = description,
                Profile = new OAuth1Profile
                {
                    SignatureMethod = Enum.Parse<OAuth1SignatureMethod>(oauth1.SignatureMethod.Replace("-", "", StringComparison.Ordinal), ignoreCase: true),
                    Placement = Enum.Parse<OAuth1Placement>(oauth1.In, ignoreCase: true),
                    Realm = oauth1.Realm,
                },
            },
            ImportedAwsSignature aws => new AuthSchemeConfigAwsSignatureJson { Id = id, Description = description, Region = aws.Region, Service = aws.Service },
            _ => throw new InvalidOperationException($"{scheme.GetType().Name} has no auth scheme config."),
        };
    }

    /// <summary>What makes two configs the same way to authenticate, whatever they are called.</summary>
    public static string Key(AuthSchemeConfigJson config) => config switch
    {
        AuthSchemeConfigAPIKeyJson key => $"api-key {key.In} {key.Name}",
        AuthSchemeConfigOAuth2Json oauth2 => $"oauth2 {oauth2.Grant.GetType().Name} {oauth2.AuthorizeUrl} {oauth2.TokenUrl}",
        AuthSchemeConfigHMACJson hmac => $"hmac {hmac.In} {hmac.Name} {hmac.Algorithm} {string.Join(',', hmac.DigestInputs)}",
        AuthSchemeConfigAwsSignatureJson aws => $"aws-signature {aws.Region} {aws.Service}",
        _ => config.SchemeType,
    };
}
