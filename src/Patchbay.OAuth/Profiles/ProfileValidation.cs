using System.Collections.Frozen;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Text;
using Patchbay.OAuth.Tokens;

namespace Patchbay.OAuth.Profiles;

/// <summary>Finds everything that is wrong with a profile.</summary>
internal sealed class ProfileValidation
{
    /// <summary>The longest default lifetime, in seconds: ten years.</summary>
    public const int MaxLifetimeSeconds = 10 * 365 * 24 * 3600;

    private readonly List<OAuthFault> _faults = [];

    public IReadOnlyList<OAuthFault> Run(ProviderProfile profile)
    {
        if (profile.AuthorizeUrl.Length > 0) Url(profile.AuthorizeUrl, "authorizeUrl");
        if (profile.TokenUrl.Length == 0) Add("tokenUrl", "is required");
        else Url(profile.TokenUrl, "tokenUrl");
        if (profile.RefreshUrl is { } refreshUrl) Url(refreshUrl, "refreshUrl");
        if (profile.RevocationUrl is { } revocationUrl) Url(revocationUrl, "revocationUrl");

        AdditionalTokenParams(profile);
        if (profile.ScopeSeparator.Length is 0 or > 8 || profile.ScopeSeparator.Any(char.IsControl))
        {
            Add("scopeSeparator", "must be 1 to 8 characters, none of them a control character");
        }

        if (profile.ClientAssertion is { } assertion) Jwt(assertion, "clientAssertion");

        Authorize(profile.Authorize);
        Request(profile.Token, "token", profile.ClientAuthentication);
        if (profile.Refresh is { } refresh) Request(refresh, "refresh", profile.ClientAuthentication);
        if (profile.Revocation is { } revocation) Request(revocation, "revocation", profile.ClientAuthentication);
        Answer(profile.Answer, "answer");
        if (profile.RefreshAnswer is { } refreshAnswer) Answer(refreshAnswer, "refreshAnswer");

        if (profile.DefaultLifetimeSeconds is < 1 or > MaxLifetimeSeconds) Add("defaultLifetimeSeconds", $"must be 1 to {MaxLifetimeSeconds}");
        Placement(profile.Placement);
        Rules(profile.Expired, "expired");
        if (profile.Verification is { } verification) Verification(verification);
        return _faults;
    }

    /// <summary>Checks the shape of an answer outside a profile.</summary>
    public static IReadOnlyList<OAuthFault> RunAnswer(TokenAnswerShape shape, string field)
    {
        var validation = new ProfileValidation();
        validation.Answer(shape, field);
        return validation._faults;
    }

    /// <summary>Checks values to keep outside a profile.</summary>
    public static IReadOnlyList<OAuthFault> RunCaptured(IReadOnlyDictionary<string, string>? captured, string field)
    {
        var validation = new ProfileValidation();
        validation.Captured(captured, field);
        return validation._faults;
    }

    /// <summary>Checks rules outside a profile.</summary>
    public static IReadOnlyList<OAuthFault> RunRules(IReadOnlyList<AnswerRule>? rules, string field)
    {
        var validation = new ProfileValidation();
        validation.Rules(rules, field);
        return validation._faults;
    }

    /// <summary>Checks headers outside a profile.</summary>
    public static IReadOnlyList<OAuthFault> RunHeaders(IReadOnlyDictionary<string, string>? headers, string field)
    {
        var validation = new ProfileValidation();
        validation.Headers(headers, field);
        return validation._faults;
    }

    private void AdditionalTokenParams(ProviderProfile profile)
    {
        if (FormText.Read(profile.AdditionalTokenParams, out var parameters) is { } why) Add("additionalTokenParams", why);
        foreach (var name in parameters.Select(parameter => parameter.Name).Where(StandardParameters.Token.Contains))
        {
            Add("additionalTokenParams", $"has the parameter {name}, which the request sets itself");
        }
    }

    private void Jwt(Jwt.JwtTemplate template, string field)
    {
        if (template.LifetimeSeconds is < 1 or > 24 * 3600) Add($"{field}.lifetimeSeconds", "must be 1 to 86400");
        if (template.BackdatedSeconds is < 0 or > 3600) Add($"{field}.backdatedSeconds", "must be 0 to 3600");
        JsonTemplate.Check(template.Claims, $"{field}.claims", _faults);
        var before = _faults.Count;
        JsonTemplate.Check(template.Header, $"{field}.header", _faults);
        if (template.Header is null || _faults.Count > before) return;
        foreach (var name in new[] { "alg", "b64", "crit" })
        {
            if (template.Header.ContainsKey(name)) Add($"{field}.header.{name}", "cannot be set here");
        }
    }

    private void Authorize(AuthorizeRequestShape shape)
    {
        foreach (var (name, value) in shape.Parameters ?? Empty)
        {
            var field = $"authorize.parameters.{name}";
            if (name.Length == 0) Add(field, "has no name");
            else if (StandardParameters.Authorize.Contains(name) && name != "prompt") Add(field, "is set by the request itself");
            Placeholders(value, field);
            if (PlaceholderText.Split(value).Any(part => part.Name == ClientPlaceholders.Secret))
            {
                Add(field, "would show the client secret to the user");
            }
        }

        Renamed(shape.Renamed, StandardParameters.Authorize, "authorize.renamed");
    }

    private void Request(TokenRequestShape shape, string field, ClientAuthentication? authentication)
    {
        if (shape.Method is not ("POST" or "GET" or "PUT" or "PATCH" or "DELETE")) Add($"{field}.method", "must be POST, GET, PUT, PATCH or DELETE");
        Headers(shape.Headers, $"{field}.headers");
        if (authentication is null or ClientAuthentication.ClientSecretBasic or ClientAuthentication.ClientSecretBasicRaw
            && shape.Headers?.Keys.Any(name => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) == true)
        {
            Add($"{field}.headers.Authorization", "is set by the client authentication");
        }

        foreach (var (name, value) in shape.Parameters ?? Empty)
        {
            var path = $"{field}.parameters.{name}";
            if (name.Length == 0) Add(path, "has no name");
            else if (StandardParameters.IsFixedToken(name)) Add(path, "is set by the request itself");
            Placeholders(value, path);
        }

        Renamed(shape.Renamed, StandardParameters.Token, $"{field}.renamed");
    }

    private void Headers(IReadOnlyDictionary<string, string>? headers, string field)
    {
        foreach (var (name, value) in headers ?? Empty)
        {
            if (HeaderText.WhyNotName(name) is { } whyName) Add($"{field}.{name}", whyName);
            if (HeaderText.WhyNotValue(value) is { } whyValue) Add($"{field}.{name}", whyValue);
            Placeholders(value, $"{field}.{name}");
        }
    }

    private void Renamed(IReadOnlyDictionary<string, string>? renamed, FrozenSet<string> known, string field)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, other) in renamed ?? Empty)
        {
            if (!known.Contains(name)) Add($"{field}.{name}", $"is not one of {string.Join(", ", known.Order(StringComparer.Ordinal))}");
            else if (other.Length > 0 && !taken.Add(other)) Add($"{field}.{name}", "has the same name as another parameter");
        }
    }

    private void Answer(TokenAnswerShape shape, string field)
    {
        Path(shape.AccessToken, $"{field}.accessToken");
        Path(shape.RefreshToken, $"{field}.refreshToken");
        Path(shape.TokenType, $"{field}.tokenType");
        Path(shape.Expiry, $"{field}.expiry");
        Path(shape.Scope, $"{field}.scope");
        if (shape.Error is { } error) Path(error, $"{field}.error");
        if (shape.ErrorDescription is { } description) Path(description, $"{field}.errorDescription");
        Captured(shape.Captured, $"{field}.captured");
        foreach (var (code, meaning) in shape.ErrorCodes ?? Empty)
        {
            if (!ErrorCodes.IsKnown(meaning)) Add($"{field}.errorCodes.{code}", $"must be one of {string.Join(", ", ErrorCodes.Known)}");
        }

        Rules(shape.Failed, $"{field}.failed");
        Rules(shape.Transient, $"{field}.transient");
    }

    private void Captured(IReadOnlyDictionary<string, string>? captured, string field)
    {
        foreach (var (name, path) in captured ?? Empty)
        {
            if (name.Length is 0 or > 128) Add(field, "has a name that is empty or longer than 128 characters");
            Path(path, $"{field}.{name}");
        }
    }

    private void Rules(IReadOnlyList<AnswerRule>? rules, string field)
    {
        for (var index = 0; index < (rules?.Count ?? 0); index++)
        {
            var (rule, path) = (rules![index], $"{field}[{index}]");
            if (rule.Statuses is null && rule.Path is null) Add(path, "must have statuses or a path");
            if (rule.Path is null && (rule.EqualTo ?? rule.Contains) is not null) Add($"{path}.path", "is required where a value is compared");
            if (rule.EqualTo is not null && rule.Contains is not null) Add($"{path}.contains", "cannot stand beside equalTo");
            if (rule.Contains is { Length: 0 }) Add($"{path}.contains", "must not be empty");
            if (rule.Path is { } answerPath) Path(answerPath, $"{path}.path");
            Statuses(rule.Statuses, $"{path}.statuses");
        }
    }

    private void Placement(TokenPlacement placement)
    {
        if (placement.In == TokenPlace.Header && HeaderText.WhyNotName(placement.Name) is { } why) Add("placement.name", why);
        if (placement.Name.Length == 0) Add("placement.name", "must not be empty");
        if (HeaderText.WhyNotValue(placement.Prefix) is { } whyNot) Add("placement.prefix", whyNot);
    }

    private void Verification(VerificationRequest verification)
    {
        if (!HeaderText.IsToken(verification.Method)) Add("verification.method", "is not an HTTP method");
        if (!verification.Url.StartsWith('/')) Url(verification.Url, "verification.url");
        else Placeholders(verification.Url, "verification.url");
        Statuses(verification.Statuses, "verification.statuses");
        Rules(verification.Failed, "verification.failed");
    }

    private void Statuses(IReadOnlyList<int>? statuses, string field)
    {
        if (statuses is { Count: 0 }) Add(field, "must not be empty");
        if (statuses?.Any(status => status is < 100 or > 599) == true) Add(field, "must be HTTP statuses, 100 to 599");
    }

    private void Path(string path, string field)
    {
        if (AnswerPath.WhyNot(path) is { } why) Add(field, why);
    }

    private void Placeholders(string text, string field)
    {
        if (PlaceholderText.WhyMalformed(text) is { } why) Add(field, why);
    }

    private void Url(string url, string field)
    {
        if (WebUrl.WhyNot(url, placeholders: true) is { } why) Add(field, why);
    }

    private void Add(string field, string message) => _faults.Add(new OAuthFault(field, message));

    private static readonly Dictionary<string, string> Empty = [];
}
