using System.Text.Json.Nodes;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Security Scheme Objects (OpenAPI 3, section "Security Scheme Object").</summary>
internal sealed class SecuritySchemeReader(ImportContext context)
{
    private const string ClientCredentials = "client_credentials";
    private const string AuthorizationCode = "authorization_code";

    /// <summary>The fields of schemes and flows that have a place in ours.</summary>
    private static readonly string[] Described =
        ["type", "description", "name", "in", "scheme", "flows", "flow", "authorizationUrl", "tokenUrl", "refreshUrl", "scopes", "$ref"];

    /// <summary>What has no field of ours, by the names of the schemes; null where there is nothing.</summary>
    public JsonObject? Rest { get; private set; }

    public List<ImportedAuthScheme> Read(SourceObject schemes)
    {
        var read = new List<ImportedAuthScheme>();
        foreach (var (name, node) in schemes.Members)
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted || (JsonCopier.IsExtension(name) && node is not SourceObject)) continue;
            if (context.References.Follow(node) is not { } resolved) continue;
            var found = ReadScheme(name, resolved.Object, resolved.Description ?? context.Fields.Text(resolved.Object, "description")).ToList();
            if (found.Count == 0) continue;
            context.Carried.Add(resolved.Object);
            read.AddRange(found);
            if (KeepRest(resolved.Object) is { } rest) (Rest ??= [])[name] = rest;
        }
        return read;
    }

    private IEnumerable<ImportedAuthScheme> ReadScheme(string name, SourceObject scheme, string? description)
    {
        switch (TypeOf(scheme, name))
        {
            case "APIKEY":
                return ReadApiKey(name, scheme, description);
            case "HTTP":
                return [ReadHttp(name, scheme, description, context.Fields.Text(scheme, "scheme") ?? "")];
            case "BEARER":
                context.Log.Add(SecuritySchemeRemarks.TypeMended, scheme, $"{name} as http with bearer");
                return [ReadHttp(name, scheme, description, "bearer")];
            case "BASIC":
                if (context.Dialect != SchemaDialect.Swagger20) context.Log.Add(SecuritySchemeRemarks.BasicOfSwagger, scheme, name);
                return [new ImportedBasicAuth(name, description)];
            case "OAUTH2" when !scheme.Has("flows") && (context.Dialect == SchemaDialect.Swagger20 || HasFlowInPlace(scheme)):
                if (context.Dialect != SchemaDialect.Swagger20) context.Log.Add(SecuritySchemeRemarks.FlowOfSwagger, scheme, name);
                return ReadFlows(name, scheme, description, [new(FlowInPlace(scheme, name), scheme)]);
            case "OAUTH2":
                return ReadFlows(name, scheme, description, context.Fields.Object(scheme, "flows")?.Members ?? []);
            case "OPENIDCONNECT":
                context.Log.Add(SecuritySchemeRemarks.OpenIdConnect, scheme, name);
                return [];
            case "MUTUALTLS":
                context.Log.Add(SecuritySchemeRemarks.MutualTls, scheme, name);
                return [];
            case var other:
                context.Log.Add(SecuritySchemeRemarks.UnknownType, scheme, $"{name}: {other}");
                return [];
        }
    }

    /// <summary>The type in capitals. Where it is missing or written otherwise, what else the scheme has says it.</summary>
    private string? TypeOf(SourceObject scheme, string name)
    {
        var stated = context.Fields.Text(scheme, "type")?.Trim().ToUpperInvariant();
        var meant = stated switch
        {
            "API_KEY" or "API-KEY" or "APITOKEN" => "APIKEY",
            "OAUTH" or "OAUTH2.0" or "OAUTH_2" or "OAUTH-2" => "OAUTH2",
            "OPENID" or "OIDC" => "OPENIDCONNECT",
            "BASICAUTH" => "BASIC",
            "BEARERAUTH" => "BEARER",
            null or "" when scheme.Has("flows") || HasFlowInPlace(scheme) => "OAUTH2",
            null or "" when scheme.Has("scheme") => "HTTP",
            null or "" when scheme.Has("name") && scheme.Has("in") => "APIKEY",
            null or "" when scheme.Has("openIdConnectUrl") => "OPENIDCONNECT",
            _ => stated,
        };
        if (meant != stated) context.Log.Add(SecuritySchemeRemarks.TypeMended, scheme, $"{name} as {meant?.ToLowerInvariant()}");
        return meant;
    }

    private IEnumerable<ImportedAuthScheme> ReadApiKey(string name, SourceObject scheme, string? description)
    {
        var key = context.Fields.Text(scheme, "name");
        if (string.IsNullOrEmpty(key))
        {
            context.Log.Add(SecuritySchemeRemarks.KeyWithoutName, scheme, name);
            return [];
        }
        var place = context.Fields.Text(scheme, "in")?.ToLowerInvariant();
        if (place is "header" or "query" or "cookie") return [new ImportedApiKey(name, description, place, key)];
        context.Log.Add(SecuritySchemeRemarks.KeyWithoutPlace, scheme, name);
        return [new ImportedApiKey(name, description, "header", key)];
    }

    private ImportedAuthScheme ReadHttp(string name, SourceObject scheme, string? description, string word)
    {
        if (word.Equals("basic", StringComparison.OrdinalIgnoreCase)) return new ImportedBasicAuth(name, description);
        var isBearer = word.Equals("bearer", StringComparison.OrdinalIgnoreCase);
        if (!isBearer)
            context.Log.Add(SecuritySchemeRemarks.OtherHttpScheme, scheme, $"{name}: {word}");
        var prefix = isBearer ? "Bearer" : word;
        var hint = $"The value is that of the whole header, such as `{$"{prefix} …".TrimStart()}`.";
        return new ImportedApiKey(name, description is null ? hint : $"{description}\n\n{hint}", "header", "Authorization");
    }

    private static bool HasFlowInPlace(SourceObject scheme) => scheme.Has("flow") || scheme.Has("authorizationUrl") || scheme.Has("tokenUrl");

    /// <summary>The flow of a scheme of Swagger 2.0; where it is not named, the URLs that it has say which it is.</summary>
    private string FlowInPlace(SourceObject scheme, string name)
    {
        if (context.Fields.Text(scheme, "flow") is { Length: > 0 } stated) return stated;
        var guessed = (scheme.Has("authorizationUrl"), scheme.Has("tokenUrl")) switch
        {
            (true, true) => "accessCode",
            (true, false) => "implicit",
            (false, true) => "application",
            _ => "",
        };
        if (guessed.Length > 0) context.Log.Add(SecuritySchemeRemarks.FlowGuessed, scheme, $"{name} as {guessed}");
        return guessed;
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
            if (flowName is "deviceAuthorization")
            {
                context.Log.Add(SecuritySchemeRemarks.DeviceFlow, node, name);
                continue;
            }
            if (node is not SourceObject flow || GrantOf(flowName, node, name) is not { } grant)
            {
                context.Log.Add(SecuritySchemeRemarks.UnknownFlow, node, $"{name}: {flowName}");
                continue;
            }
            var needsAuthorization = grant == AuthorizationCode;
            read.Add(new ImportedOAuth2(
                name,
                description,
                grant,
                needsAuthorization ? Url(flow, "authorizationUrl", isNeeded: true) ?? "" : "",
                Url(flow, "tokenUrl", isNeeded: flowName != "implicit") ?? "",
                Url(flow, "refreshUrl", isNeeded: false),
                [.. ReadScopes(flow)]));
        }
        if (read.Count == 0) context.Log.Add(SecuritySchemeRemarks.NoFlow, scheme, name);
        return read;
    }

    private string? GrantOf(string flow, SourceNode node, string scheme)
    {
        switch (flow.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant())
        {
            case "AUTHORIZATIONCODE" or "ACCESSCODE":
                return AuthorizationCode;
            case "CLIENTCREDENTIALS" or "APPLICATION":
                return ClientCredentials;
            case "PASSWORD":
                return "password";
            case "IMPLICIT":
                context.Log.Add(SecuritySchemeRemarks.ImplicitFlow, node, scheme);
                return AuthorizationCode;
            default:
                return null;
        }
    }

    private string? Url(SourceObject flow, string field, bool isNeeded)
    {
        if (context.Fields.Text(flow, field) is not { Length: > 0 } url)
        {
            if (isNeeded) context.Log.Add(SecuritySchemeRemarks.MissingUrl, flow, field);
            return null;
        }
        if (UrlResolver.Resolve(url, context.BaseUrl) is { } absolute) return absolute;
        context.Log.Add(SecuritySchemeRemarks.RelativeUrl, flow, $"{field}: {url}");
        return null;
    }

    private IEnumerable<KeyValuePair<string, string>> ReadScopes(SourceObject flow)
    {
        if (flow.Find("scopes") is SourceArray list)
        {
            context.Log.Add(SecuritySchemeRemarks.ScopesAsList, list);
            foreach (var item in list.Items.OfType<SourceScalar>().Where(item => item.Kind != SourceKind.Null)) yield return new(item.Text, "");
            yield break;
        }
        foreach (var (scope, meaning) in context.Fields.Object(flow, "scopes")?.Members ?? [])
        {
            if (!JsonCopier.IsExtension(scope)) yield return new(scope, meaning is SourceScalar { Kind: not SourceKind.Null } text ? text.Text : "");
        }
    }

    /// <summary>What a scheme says besides: the format of a token, extensions, also those of its flows and scopes.</summary>
    private JsonObject? KeepRest(SourceObject scheme)
    {
        var kept = context.Json.Keep(scheme, name => !Described.Contains(name));
        if (context.Json.KeepExtensions(scheme.Find("scopes")) is { } ofScopes) (kept ??= [])["scopes"] = ofScopes;
        if (scheme.Find("flows") is not SourceObject flows) return kept;
        JsonObject? ofFlows = null;
        foreach (var (name, node) in flows.Members)
        {
            if (JsonCopier.IsExtension(name))
            {
                (ofFlows ??= [])[name] = context.Json.ToNode(node);
                continue;
            }
            if (node is not SourceObject flow) continue;
            var rest = context.Json.Keep(flow, field => !Described.Contains(field));
            if (context.Json.KeepExtensions(flow.Find("scopes")) is { } scopes) (rest ??= [])["scopes"] = scopes;
            if (rest is not null) (ofFlows ??= [])[name] = rest;
        }
        if (ofFlows is not null) (kept ??= [])["flows"] = ofFlows;
        return kept;
    }
}
