using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Importing.Exporting;

/// <summary>The auth schemes of a connector as Security Scheme Objects (OpenAPI 3.1, section "Security Scheme Object").</summary>
internal sealed class SecuritySchemes
{
    private readonly List<(string Key, List<ImportedAuthScheme> Schemes)> _schemes = [];
    private readonly List<string> _remarks = [];

    public SecuritySchemes(IEnumerable<ImportedAuthScheme> schemes)
    {
        foreach (var scheme in schemes)
        {
            if (scheme is ImportedOAuth2 oauth2)
            {
                if (FlowOf(oauth2) is not { } flow)
                {
                    _remarks.Add($"The auth scheme '{scheme.SourceName}' is left out: a URL that its grant needs is not set");
                    continue;
                }
                // The flows of one scheme are auth schemes of the same name here.
                var same = _schemes.Find(other => other.Schemes[0] is ImportedOAuth2 && other.Schemes[0].SourceName == scheme.SourceName
                    && other.Schemes[0].Description == scheme.Description && !other.Schemes.Cast<ImportedOAuth2>().Any(known => FlowOf(known) == flow));
                if (same.Schemes is not null)
                {
                    same.Schemes.Add(scheme);
                    continue;
                }
            }
            _schemes.Add((KeyFor(scheme.SourceName), [scheme]));
        }
    }

    public IReadOnlyList<string> Remarks => _remarks;

    public bool Any => _schemes.Count > 0;

    /// <summary>Whether security requirements name schemes of the document only.</summary>
    public bool Cover(JsonNode? requirements) => requirements is JsonArray list && list.All(requirement =>
        requirement is JsonObject names && names.All(name => _schemes.Exists(scheme => scheme.Key == name.Key && scheme.Schemes[0].SourceName == name.Key) && name.Value is JsonArray));

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("securitySchemes");
        foreach (var (key, schemes) in _schemes)
        {
            json.WriteStartObject(key);
            WriteScheme(json, schemes);
            if (schemes[0].Description is { } description) json.WriteString("description", description);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Any one of the schemes serves: a connection uses one of them.</summary>
    public void WriteAlternatives(Utf8JsonWriter json)
    {
        json.WriteStartArray("security");
        foreach (var (key, _) in _schemes)
        {
            json.WriteStartObject();
            json.WriteStartArray(key);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteScheme(Utf8JsonWriter json, List<ImportedAuthScheme> schemes)
    {
        switch (schemes[0])
        {
            case ImportedApiKey key:
                json.WriteString("type", "apiKey");
                json.WriteString("in", key.In);
                json.WriteString("name", key.Name);
                break;
            case ImportedBasicAuth:
                json.WriteString("type", "http");
                json.WriteString("scheme", "basic");
                break;
            default:
                json.WriteString("type", "oauth2");
                json.WriteStartObject("flows");
                foreach (var flow in schemes.Cast<ImportedOAuth2>()) WriteFlow(json, flow);
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteFlow(Utf8JsonWriter json, ImportedOAuth2 scheme)
    {
        var flow = FlowOf(scheme)!;
        json.WriteStartObject(flow);
        if (flow is "authorizationCode" or "implicit") json.WriteString("authorizationUrl", scheme.AuthorizeUrl);
        if (flow != "implicit") json.WriteString("tokenUrl", scheme.TokenUrl);
        if (scheme.RefreshUrl is { Length: > 0 } refreshUrl) json.WriteString("refreshUrl", refreshUrl);
        json.WriteStartObject("scopes");
        foreach (var (name, meaning) in scheme.Scopes.DistinctBy(scope => scope.Key, StringComparer.Ordinal)) json.WriteString(name, meaning);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The name of the flow; null where it lacks a URL that the specification requires.</summary>
    private static string? FlowOf(ImportedOAuth2 scheme) => scheme.GrantType switch
    {
        "authorization_code" when scheme.AuthorizeUrl.Length > 0 => scheme.TokenUrl.Length > 0 ? "authorizationCode" : "implicit",
        "client_credentials" when scheme.TokenUrl.Length > 0 => "clientCredentials",
        "password" when scheme.TokenUrl.Length > 0 => "password",
        _ => null,
    };

    /// <summary>Keys of components have letters, digits, dots, hyphens and underscores only, and are unique.</summary>
    private string KeyFor(string name)
    {
        var fitting = string.Concat(name.Take(100).Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' ? character : '_'));
        if (fitting.Length == 0) fitting = "scheme";
        var key = fitting;
        for (var number = 2; _schemes.Exists(scheme => scheme.Key == key); number++)
            key = string.Create(CultureInfo.InvariantCulture, $"{fitting}_{number}");
        return key;
    }
}
