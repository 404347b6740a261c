using System.Text.RegularExpressions;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Connectors;

namespace Patchbay.Platform.Versions;

/// <summary>A stored connector in the words of the exporter, and what these have no word for.</summary>
internal static partial class ExportedConnector
{
    public static ImportedConnector Of(Connector connector, ConnectorVersion version, ConnectorContents contents, out List<string> remarks)
    {
        remarks = [];
        var schemes = new List<ImportedAuthScheme>();
        foreach (var config in connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(AuthSchemeConfigJson.Of))
        {
            if (SchemeOf(config) is { } scheme)
                schemes.Add(scheme);
            else if (config is not AuthSchemeConfigNoneJson)
                remarks.Add($"The auth scheme config '{config.Id}' is left out: OpenAPI has no security scheme for {config.SchemeType}. An archive holds it");
        }

        if (connector.AllowedHosts.Count > 0)
            remarks.Add("The allowed hosts are left out: OpenAPI has no place for them. An archive holds them");
        return new ImportedConnector
        {
            Name = connector.Name,
            Version = version.Name,
            Description = version.Description,
            BaseUrl = connector.BaseUrl,
            DocumentationUrl = connector.DocumentationUrl,
            Variables = [.. connector.ConnectionVariables.Select(v => new ImportedVariable(v.Name, v.Value))],
            AuthSchemes = schemes,
            Contents = contents,
        };
    }

    /// <summary>Null for what OpenAPI has no security scheme for.</summary>
    private static ImportedAuthScheme? SchemeOf(AuthSchemeConfigJson config)
    {
        // An import calls a config by what its description called the scheme, where it said nothing more of it.
        var isName = SchemeName().IsMatch(config.Description);
        var (name, description) = isName ? (config.Description, null) : (config.Id, config.Description.Length == 0 ? null : config.Description);
        return config switch
        {
            AuthSchemeConfigAPIKeyJson key => new ImportedApiKey(name, description, key.In.ToString().ToLowerInvariant(), key.Name),
            AuthSchemeConfigBasicAuthJson => new ImportedBasicAuth(name, description),
            AuthSchemeConfigOAuth2Json oauth2 => new ImportedOAuth2(
                name,
                description,
                oauth2.Grant switch
                {
                    AuthSchemeConfigOAuth2GrantClientCredentialsJson => "client_credentials",
                    AuthSchemeConfigOAuth2GrantPasswordJson => "password",
                    _ => "authorization_code",
                },
                oauth2.AuthorizeUrl,
                oauth2.TokenUrl,
                oauth2.RefreshUrl,
                [.. oauth2.Scopes.Select(s => new KeyValuePair<string, string>(s.Name, s.Description ?? ""))]),
            _ => null,
        };
    }

    [GeneratedRegex(@"^[a-zA-Z0-9._-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemeName();
}
