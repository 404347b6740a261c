using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Security Scheme Objects (OpenAPI 3, section "Security Scheme Object").</summary>
internal sealed class SecuritySchemeReader(ImportContext context)
{
    private const string ClientCredentials = "client_credentials";

    public List<ImportedAuthScheme> Read(SourceObject? schemes)
    {
        var read = new List<ImportedAuthScheme>();
        foreach (var (name, node) in schemes?.Members ?? [])
        {
            if (context.References.Follow(node) is not { } resolved) continue;
            read.AddRange(ReadScheme(name, resolved.Object, resolved.Description ?? context.Fields.Text(resolved.Object, "description")));
        }
        return read;
    }

    private IEnumerable<ImportedAuthScheme> ReadScheme(string name, SourceObject scheme, string? description)
    {
        switch (context.Fields.Text(scheme, "type")?.ToUpperInvariant())
        {
            case "APIKEY":
                return ReadApiKey(name, scheme, description);
            case "HTTP":
                return [ReadHttp(name, scheme, description)];
            case "BASIC":
                if (context.Dialect != SchemaDialect.Swagger20) context.Log.Warn("A security scheme is of a type of Swagger 2.0; it was read as HTTP Basic", scheme, name);
                return [new ImportedBasicAuth(name, description)];
            case "OAUTH2" when context.Dialect == SchemaDialect.Swagger20 && !scheme.Has("flows"):
                return ReadFlows(name, scheme, description, [new(context.Fields.Text(scheme, "flow") ?? "", scheme)]);
            case "OAUTH2":
                return ReadFlows(name, scheme, description, context.Fields.Object(scheme, "flows")?.Members ?? []);
            case "OPENIDCONNECT":
                context.Log.Warn("OpenID Connect discovery is not carried over; the security scheme was left out", scheme, name);
                return [];
            case "MUTUALTLS":
                context.Log.Warn("Mutual TLS is not carried over; the security scheme was left out", scheme, name);
                return [];
            case var other:
                context.Log.Warn("A security scheme is of an unknown type; it was left out", scheme, $"{name}: {other}");
                return [];
        }
    }

    private IEnumerable<ImportedAuthScheme> ReadApiKey(string name, SourceObject scheme, string? description)
    {
        var key = context.Fields.Text(scheme, "name");
        if (string.IsNullOrEmpty(key))
        {
            context.Log.Warn("An API key has no name; the security scheme was left out", scheme, name);
            return [];
        }
        var place = context.Fields.Text(scheme, "in")?.ToLowerInvariant();
        if (place is "header" or "query" or "cookie") return [new ImportedApiKey(name, description, place, key)];
        context.Log.Warn("An API key says not where it is sent; it was read as a header", scheme, name);
        return [new ImportedApiKey(name, description, "header", key)];
    }

    private ImportedAuthScheme ReadHttp(string name, SourceObject scheme, string? description)
    {
        var word = context.Fields.Text(scheme, "scheme") ?? "";
        if (word.Equals("basic", StringComparison.OrdinalIgnoreCase)) return new ImportedBasicAuth(name, description);
        var isBearer = word.Equals("bearer", StringComparison.OrdinalIgnoreCase);
        if (!isBearer)
            context.Log.Warn("An HTTP authentication scheme was read as a key in the Authorization header; how its value is made is not carried over", scheme, $"{name}: {word}");
        var prefix = isBearer ? "Bearer" : word;
        var hint = $"The value is that of the whole header, such as `{$"{prefix} …".TrimStart()}`.";
        return new ImportedApiKey(name, description is null ? hint : $"{description}\n\n{hint}", "header", "Authorization");
    }

    /// <param name="name">The name of the scheme.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="description">What is said of it.</param>
    /// <param name="flows">By name; Swagger 2.0 has one, and its fields in the scheme itself.</param>
    private List<ImportedAuthScheme> ReadFlows(string name, SourceObject scheme, string? description, IEnumerable<SourceMember> flows)
    {
        var read = new List<ImportedAuthScheme>();
        foreach (var (flowName, node) in flows)
        {
            if (JsonCopier.IsExtension(flowName)) continue;
            if (node is not SourceObject flow || GrantOf(flowName, node, name) is not { } grant)
            {
                context.Log.Warn("An OAuth 2.0 flow is unknown; it was left out", node, $"{name}: {flowName}");
                continue;
            }
            var needsAuthorization = grant == "authorization_code";
            read.Add(new ImportedOAuth2(
                name,
                description,
                grant,
                needsAuthorization ? Url(flow, "authorizationUrl", isNeeded: true) ?? "" : "",
                Url(flow, "tokenUrl", isNeeded: flowName != "implicit") ?? "",
                Url(flow, "refreshUrl", isNeeded: false),
                [.. ReadScopes(flow)]));
        }
        if (read.Count == 0) context.Log.Warn("An OAuth 2.0 scheme has no flow that could be read; it was left out", scheme, name);
        return read;
    }

    private string? GrantOf(string flow, SourceNode node, string scheme)
    {
        switch (flow)
        {
            case "authorizationCode" or "accessCode":
                return "authorization_code";
            case "clientCredentials" or "application":
                return ClientCredentials;
            case "password":
                return "password";
            case "implicit":
                context.Log.Warn("The implicit flow (RFC 6749, section 4.2) is read as the authorization code flow; the token URL is left to be filled in", node, scheme);
                return "authorization_code";
            default:
                return null;
        }
    }

    private string? Url(SourceObject flow, string field, bool isNeeded)
    {
        if (context.Fields.Text(flow, field) is not { Length: > 0 } url)
        {
            if (isNeeded) context.Log.Warn("An OAuth 2.0 flow lacks a URL that it needs; it was left empty", flow, field);
            return null;
        }
        if (UrlResolver.Resolve(url, context.Options.SourceUrl) is { } absolute) return absolute;
        context.Log.Warn("A URL of an OAuth 2.0 flow is relative, and where the description came from is not known; it was left empty", flow, $"{field}: {url}");
        return null;
    }

    private IEnumerable<KeyValuePair<string, string>> ReadScopes(SourceObject flow)
    {
        foreach (var (scope, meaning) in context.Fields.Object(flow, "scopes")?.Members ?? [])
        {
            if (!JsonCopier.IsExtension(scope)) yield return new(scope, meaning is SourceScalar { Kind: not SourceKind.Null } text ? text.Text : "");
        }
    }
}
