using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Library;

/// <summary>Everywhere that a connector sends credentials: what an importer must know of a stranger's connector before connecting.</summary>
internal static class CredentialHosts
{
    public static MessageJson Message(Connector connector) => new()
    {
        Severity = MessageSeverity.Info,
        Text = "Credentials of this connector's connections go to these places only. Check them before you connect.",
        Detail = [.. Of(connector).Distinct(StringComparer.Ordinal)],
    };

    private static IEnumerable<string> Of(Connector connector)
    {
        yield return $"base URL: {(connector.BaseUrl.Length == 0 ? "none yet" : connector.BaseUrl)}";
        foreach (var host in connector.AllowedHosts)
            yield return $"allowed host: {host}";
        foreach (var oauth2 in connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(AuthSchemeConfigJson.Of).OfType<AuthSchemeConfigOAuth2Json>())
        {
            if (oauth2.AuthorizeUrl.Length > 0)
                yield return $"authorize URL: {oauth2.AuthorizeUrl}";
            if (oauth2.TokenUrl.Length > 0)
                yield return $"token URL: {oauth2.TokenUrl}";
        }
    }
}
