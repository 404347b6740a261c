using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Library;

/// <summary>Everywhere that a connector sends credentials: what an importer must know of a stranger's connector before connecting.</summary>
internal static class CredentialHosts
{
    public const string Text = "Credentials of this connector's connections go to these places only. Check them before you connect.";

    public static MessageJson Message(Connector connector) => new()
    {
        Severity = MessageSeverity.Info,
        Text = Text,
        Detail = Places(connector),
    };

    /// <summary>Every place by itself, and any code that came along.</summary>
    public static IReadOnlyList<string> Places(Connector connector) => [.. Of(connector).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(Connector connector)
    {
        yield return connector.Protocol == Connector.BigQuery
            ? $"the API of Google BigQuery, for the dataset {(connector.DatasetId.Length == 0 ? "that is not set yet" : connector.DatasetId)}"
            : $"base URL: {(connector.BaseUrl.Length == 0 ? "none yet" : connector.BaseUrl)}";
        foreach (var host in connector.AllowedHosts)
            yield return $"allowed host: {host}";
        foreach (var config in connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(AuthSchemeConfigJson.Of))
        {
            foreach (var place in Of(config))
                yield return place;
        }
    }

    /// <summary>Where credentials of one config go beside the connector's base URL.</summary>
    public static IEnumerable<string> Of(AuthSchemeConfigJson config)
    {
        switch (config)
        {
            case AuthSchemeConfigOAuth2Json oauth2:
                return Urls(("authorize URL", oauth2.AuthorizeUrl), ("token URL", oauth2.TokenUrl), ("refresh URL", oauth2.RefreshUrl), ("revocation URL", oauth2.RevocationUrl));
            case AuthSchemeConfigJwtBearerJson jwt:
                return Urls(("token URL", jwt.TokenUrl));
            case AuthSchemeConfigGoogleServiceAccountJson google:
                return Urls(("token URL", google.TokenUrl ?? AuthSchemeConfigGoogleServiceAccountJson.GoogleTokenUrl));
            case AuthSchemeConfigTwoStepJson twoStep:
                return Urls(("first request", twoStep.Trade.Url));
            case AuthSchemeConfigOAuth1Json { Profile: { } profile }:
                return Urls(("request token URL", profile.RequestTokenUrl), ("authorize URL", profile.AuthorizeUrl), ("access token URL", profile.AccessTokenUrl));
            case AuthSchemeConfigCustomFunctionJson function:
                return [.. (function.AllowedHosts ?? []).Select(h => $"host of the custom function '{function.Id}': {h}"), $"code that came along: the custom function '{function.Id}' reads the credential's values"];
            default:
                return [];
        }
    }

    private static IEnumerable<string> Urls(params (string Name, string? Url)[] urls) =>
        urls.Where(u => !string.IsNullOrEmpty(u.Url)).Select(u => $"{u.Name}: {u.Url}");
}
