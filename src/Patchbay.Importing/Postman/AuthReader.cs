using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>
/// Makes auth schemes of auth blocks: of the collection, its folders and its requests, which may each authenticate in another way.
/// What they hold of credentials is left out.
/// </summary>
internal sealed class AuthReader(ImportContext context, PostmanVariables variables, KnownSecrets secrets)
{
    private const string Bearer = "The value is that of the whole header, such as `Bearer …`.";

    private static readonly string[] SignatureMethods = ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"];

    private readonly UniqueNames _names = new();
    private readonly Dictionary<ImportedAuthScheme, string> _known = [];
    private readonly List<ImportedAuthScheme> _schemes = [];

    /// <summary>The schemes so far, each once, in source order.</summary>
    public IReadOnlyList<ImportedAuthScheme> Schemes => _schemes;

    /// <summary>The name of the scheme that a holder's own auth block stands for; null where it has none, or none that there is a scheme for.</summary>
    public string? Read(SourceObject holder)
    {
        if (context.Fields.Object(holder, "auth") is not { } auth) return null;
        var type = (context.Fields.Text(auth, "type") ?? auth.Members.Select(member => member.Name).FirstOrDefault() ?? "").ToLowerInvariant();
        if (type is "noauth" or "inherit" or "") return null;
        var settings = new Settings(context, auth, type);
        foreach (var secret in settings.Secrets()) context.Log.Add(PostmanRemarks.SecretOfAuth, secret.At, $"{type}: {secret.Name}");
        var scheme = SchemeOf(type, settings, auth);
        if (scheme is not null) settings.RemarkRest(type);
        return scheme is null ? null : Add(scheme);
    }

    /// <summary>A scheme for a header or query parameter that carries a key.</summary>
    public string AddKey(string place, string name) =>
        Add(new ImportedApiKey(name, name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) ? Bearer : null, place, name));

    private ImportedAuthScheme? SchemeOf(string type, Settings settings, SourceObject auth)
    {
        switch (type)
        {
            case "apikey":
                return ReadKey(settings, auth);
            case "basic":
                return new ImportedBasicAuth(type, null);
            case "bearer":
                return new ImportedApiKey(type, Bearer, "header", "Authorization");
            case "oauth2":
                return ReadOAuth2(settings, auth);
            case "oauth1":
                return ReadOAuth1(settings, auth);
            case "awsv4":
                return new ImportedAwsSignature(type, null, Assumed(settings, "region", "us-east-1", auth), Assumed(settings, "service", "execute-api", auth));
            default:
                context.Log.Add(PostmanRemarks.UnknownAuth, auth, type);
                return null;
        }
    }

    private ImportedApiKey? ReadKey(Settings settings, SourceObject auth)
    {
        var place = settings.Text("in") == "query" ? "query" : "header";
        if (Known(settings.Text("key"), auth) is { } name) return new ImportedApiKey("apikey", null, place, name);
        context.Log.Add(PostmanRemarks.AuthIsIncomplete, auth, "apikey: key");
        return null;
    }

    private ImportedOAuth1? ReadOAuth1(Settings settings, SourceObject auth)
    {
        var isInHeader = settings.Text("addParamsToHeader") is not ("false" or "False");
        var method = settings.Text("signatureMethod") is { Length: > 0 } stated ? stated.ToUpperInvariant() : "HMAC-SHA1";
        if (SignatureMethods.Contains(method)) return new("oauth1", null, method, isInHeader ? "header" : "query", Known(settings.Text("realm"), auth));
        context.Log.Add(PostmanRemarks.UnknownAuth, auth, $"oauth1 with {method}");
        return null;
    }

    private ImportedOAuth2 ReadOAuth2(Settings settings, SourceObject auth)
    {
        var stated = settings.Text("grant_type");
        var grant = stated switch
        {
            "client_credentials" => "client_credentials",
            "password_credentials" => "password",
            _ => "authorization_code",
        };
        if (stated == "implicit") context.Log.Add(SecuritySchemeRemarks.ImplicitFlow, auth, "oauth2");
        if (stated is null) context.Log.Add(PostmanRemarks.AuthAssumed, auth, "oauth2: grant_type");
        var scopes = (Known(settings.Text("scope"), auth) ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal);
        return new(
            "oauth2",
            null,
            grant,
            grant == "authorization_code" ? Url(settings, "authUrl", auth) : "",
            stated == "implicit" ? "" : Url(settings, "accessTokenUrl", auth),
            settings.Text("refreshTokenUrl") is { Length: > 0 } ? Url(settings, "refreshTokenUrl", auth) : null,
            [.. scopes.Select(scope => new KeyValuePair<string, string>(scope, ""))]);
    }

    private string Url(Settings settings, string name, SourceObject auth)
    {
        if (settings.Text(name) is { Length: > 0 } stated && variables.Expand(stated) is { } url && Uri.TryCreate(url, UriKind.Absolute, out _))
            return secrets.Clean(variables.WithoutUser(url, auth), auth);
        context.Log.Add(PostmanRemarks.AuthUrl, auth, name);
        return "";
    }

    private string Assumed(Settings settings, string name, string otherwise, SourceObject auth)
    {
        if (Known(settings.Text(name), auth) is { } known) return known;
        context.Log.Add(PostmanRemarks.AuthAssumed, auth, $"{name}: {otherwise}");
        return otherwise;
    }

    /// <summary>A setting with its variables filled in; null where it is empty, or a variable has no value.</summary>
    private string? Known(string? text, SourceObject auth) =>
        string.IsNullOrWhiteSpace(text) || variables.Expand(text) is not { Length: > 0 } known ? null : secrets.Clean(known, auth);

    private string Add(ImportedAuthScheme scheme)
    {
        var key = scheme switch
        {
            ImportedOAuth2 oauth2 => oauth2 with { SourceName = string.Join(' ', oauth2.Scopes.Select(scope => scope.Key)), Scopes = [] },
            var other => other with { SourceName = "", Description = null },
        };
        if (_known.TryGetValue(key, out var name)) return name;
        name = _names.Claim(scheme.SourceName);
        _known.Add(key, name);
        _schemes.Add(scheme with { SourceName = name });
        return name;
    }

    /// <summary>The settings of an auth block: a list of keys and values, or in format 2.0 an object.</summary>
    private sealed class Settings
    {
        private static readonly string[] Placing = ["tokenName", "tokenType", "headerPrefix", "addTokenTo", "showPassword", "type", "state", "redirect_uri", "callBackUrl"];

        private readonly ImportContext _context;
        private readonly Dictionary<string, (string Text, SourceNode At)> _settings = new(StringComparer.Ordinal);
        private readonly HashSet<string> _read = new(StringComparer.Ordinal);

        public Settings(ImportContext context, SourceObject auth, string type)
        {
            _context = context;
            var settings = auth.Members.FirstOrDefault(member => member.Name.Equals(type, StringComparison.OrdinalIgnoreCase)).Value;
            foreach (var item in (settings as SourceArray)?.Items ?? [])
            {
                if (item is SourceObject setting && setting.FindString("key") is { } key && setting.Find("value") is SourceScalar { Kind: not SourceKind.Null } value)
                    _settings.TryAdd(key, (value.Text, item));
            }
            foreach (var (name, value) in (settings as SourceObject)?.Members ?? [])
            {
                if (value is SourceScalar { Kind: not SourceKind.Null } text) _settings.TryAdd(name, (text.Text, value));
            }
        }

        public string? Text(string name)
        {
            _read.Add(name);
            return _settings.TryGetValue(name, out var setting) ? setting.Text.Trim() : null;
        }

        public IEnumerable<(string Name, SourceNode At)> Secrets() =>
            _settings.Where(setting => KnownSecrets.IsSecretOfAuth(setting.Key) && setting.Value.Text.Length > 0 && !Placeholders.IsOne(setting.Value.Text))
                .Select(setting => (setting.Key, setting.Value.At));

        public void RemarkRest(string type)
        {
            foreach (var (name, (text, at)) in _settings)
            {
                if (text.Length > 0 && !_read.Contains(name) && !Placing.Contains(name) && !KnownSecrets.IsSecretOfAuth(name)) _context.Log.Add(PostmanRemarks.AuthField, at, $"{type}: {name}");
            }
        }
    }
}
