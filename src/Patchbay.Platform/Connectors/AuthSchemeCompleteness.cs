namespace Patchbay.Platform.Connectors;

/// <summary>What an auth scheme config must have before a version that is used with it can be published.</summary>
internal static class AuthSchemeCompleteness
{
    /// <summary>What is missing. A client of an OAuth 2.0 application is not needed: each connection may bring its own.</summary>
    public static IEnumerable<FieldFault> Faults(AuthSchemeConfigJson config, string path)
    {
        switch (config)
        {
            case AuthSchemeConfigOAuth2Json oauth2:
                if (oauth2.TokenUrl.Length == 0)
                    yield return new($"{path}.tokenUrl", "is required");
                else if (!IsWebUrl(oauth2.TokenUrl))
                    yield return new($"{path}.tokenUrl", "must be an absolute http or https URL");
                var needsAuthorizeUrl = oauth2.Grant is AuthSchemeConfigOAuth2GrantAuthorizationCodeJson;
                if (needsAuthorizeUrl && oauth2.AuthorizeUrl.Length == 0)
                    yield return new($"{path}.authorizeUrl", "is required for the authorization code grant");
                else if (oauth2.AuthorizeUrl.Length > 0 && !IsWebUrl(oauth2.AuthorizeUrl))
                    yield return new($"{path}.authorizeUrl", "must be an absolute http or https URL");
                break;
            case AuthSchemeConfigCustomFunctionJson function when string.IsNullOrWhiteSpace(function.Source):
                yield return new($"{path}.source", "is required");
                break;
            case AuthSchemeConfigHMACJson { DigestInputs.Count: 0 }:
                yield return new($"{path}.digestInputs", "must name at least one input");
                break;
        }
    }

    /// <summary>Whether a text is an absolute http or https URL; a template's variables stand for themselves.</summary>
    public static bool IsWebUrl(string text) =>
        Uri.TryCreate(text.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https";
}
