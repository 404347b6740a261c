using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Authorization;

/// <summary>A request for a user's consent (RFC 6749, 4.1.1), as the URL that the user's browser is sent to.</summary>
public sealed record AuthorizationRequest
{
    private const string OfflineAccess = "offline_access";
    private const string DefaultPrompt = "login";
    private const string PromptName = "prompt";
    private const int MaxUrlLength = 16 * 1024;

    /// <summary>The client's id.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where the provider sends the user back to.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>The value that comes back with the user: see <see cref="AuthorizationState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The scopes to ask for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The challenge, or null where the profile has PKCE off.</summary>
    public Pkce? Pkce { get; init; }

    /// <summary>Leaves out <c>offline_access</c>, which is added otherwise where the profile has it.</summary>
    public bool DisableOfflineAccess { get; init; }

    /// <summary>
    /// What the provider shows even to a user it knows (OpenID Connect Core, 3.1.2.1); several with <c>+</c> or a space between. Where null, the
    /// profile's own, else <c>login</c>, but none where there is an <c>approval_prompt</c>; an empty text is none.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>Form-encoded parameters to add. They cannot be any that the request or the profile sets.</summary>
    public string? AdditionalParams { get; init; }

    /// <summary>Makes the URL.</summary>
    /// <param name="profile">The provider, with variables put in.</param>
    /// <returns>
    /// The URL, with whatever query the profile's has; or faults: <c>authorizeUrl</c>, <c>clientId</c>, <c>redirectUri</c>, <c>state</c>,
    /// <c>scopes[n]</c>, <c>prompt</c>, or <c>additionalParams</c> with the name of the parameter that is set twice.
    /// </returns>
    public OAuthResult<string> ToUrl(ProviderProfile profile)
    {
        var faults = new List<OAuthFault>();
        CheckFields(profile, faults);
        if (FormText.Read(AdditionalParams, out var additional) is { } wrong) faults.Add(new OAuthFault("additionalParams", wrong));
        var mark = profile.AuthorizeUrl.IndexOf('?', StringComparison.Ordinal);
        if (FormText.Read(mark < 0 ? null : profile.AuthorizeUrl[(mark + 1)..], out var existing) is { } wrongQuery)
        {
            faults.Add(new OAuthFault("authorizeUrl", $"has a query that {wrongQuery}"));
        }

        var extra = Extra(profile, faults);
        var own = Own(profile, [.. existing, .. extra, .. additional]);
        extra.RemoveAll(parameter => parameter.Name == PromptName);

        var renamed = profile.Authorize.Renamed;
        var ownOnTheWire = own
            .Select(parameter => renamed?.TryGetValue(parameter.Name, out var other) == true ? parameter with { Name = other } : parameter)
            .Where(parameter => parameter.Name.Length > 0)
            .ToList();
        var reserved = StandardParameters.Authorize.Concat(ownOnTheWire.Select(parameter => parameter.Name)).ToHashSet(StringComparer.Ordinal);

        var added = new List<Parameter>();
        foreach (var parameter in ownOnTheWire.Concat(extra)) Place(parameter, existing, added, "authorizeUrl", faults);
        foreach (var parameter in additional)
        {
            if (reserved.Contains(parameter.Name)) Conflict(parameter, "which the request sets itself", "additionalParams", faults);
            else Place(parameter, [.. existing, .. extra], added, "additionalParams", faults);
        }

        var url = WebUrl.WithQuery(profile.AuthorizeUrl, FormText.Write(added));
        if (url.Length > MaxUrlLength) faults.Add(new OAuthFault("", $"makes a URL of more than {MaxUrlLength} characters"));
        return faults.Count == 0 ? OAuthResult.Of(url) : OAuthResult.Of<string>(faults);
    }

    /// <summary>The client, never the state or what is in the parameters.</summary>
    public override string ToString() => $"{nameof(AuthorizationRequest)} ({ClientId})";

    // Twice the same is once (RFC 6749, 3.1); twice with different values is a contradiction that nobody else would notice.
    private static void Place(Parameter parameter, List<Parameter> others, List<Parameter> added, string field, List<OAuthFault> faults)
    {
        var before = others.Where(other => other.Name == parameter.Name).ToList();
        if (before.Count == 0) added.Add(parameter);
        else if (before.Exists(other => other.Value != parameter.Value)) Conflict(parameter, "which is set to something else as well", field, faults);
    }

    private static void Conflict(Parameter parameter, string why, string field, List<OAuthFault> faults) =>
        faults.Add(new OAuthFault(field, $"has the parameter {parameter.Name}, {why}"));

    private void CheckFields(ProviderProfile profile, List<OAuthFault> faults)
    {
        if (profile.AuthorizeUrl.Length == 0) faults.Add(new OAuthFault("authorizeUrl", "is required for the authorization code grant"));
        else if (WebUrl.WhyNot(profile.AuthorizeUrl) is { } why) faults.Add(new OAuthFault("authorizeUrl", why));
        if (ClientId.Length == 0) faults.Add(new OAuthFault("clientId", "is required"));
        if (RedirectUri.Length == 0) faults.Add(new OAuthFault("redirectUri", "is required"));
        if (State.Length == 0) faults.Add(new OAuthFault("state", "is required"));
        if ((Pkce?.Method ?? PkceMethod.Off) != profile.Pkce) faults.Add(new OAuthFault("pkce", "is not of the method that the profile has"));
        for (var index = 0; index < Scopes.Count; index++)
        {
            if (Scopes[index].Length == 0 || Scopes[index].Any(char.IsControl))
            {
                faults.Add(new OAuthFault($"scopes[{index}]", "is empty or has a control character in it"));
            }
        }

        if (Prompt?.Any(char.IsControl) == true) faults.Add(new OAuthFault("prompt", "has a control character in it"));
    }

    private List<Parameter> Extra(ProviderProfile profile, List<OAuthFault> faults)
    {
        var extra = new List<Parameter>();
        foreach (var (name, template) in profile.Authorize.Parameters ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            var field = $"authorize.parameters.{name}";
            if (StandardParameters.Authorize.Contains(name) && name != PromptName) faults.Add(new OAuthFault(field, "is set by the request itself"));
            else extra.Add(new Parameter(name, PlaceholderText.Expand(template, ValueOf, field, faults)));
        }

        return extra;

        string? ValueOf(string placeholder) => placeholder == ClientPlaceholders.Id ? ClientId : null;
    }

    private List<Parameter> Own(ProviderProfile profile, List<Parameter> others)
    {
        var own = new List<Parameter>
        {
            new("response_type", "code"),
            new("client_id", ClientId),
            new("redirect_uri", RedirectUri),
        };
        var scopes = Scopes.ToList();
        if (profile.OfflineAccess && !DisableOfflineAccess && !scopes.Contains(OfflineAccess)) scopes.Add(OfflineAccess);
        if (scopes.Count > 0) own.Add(new Parameter("scope", string.Join(profile.ScopeSeparator, scopes)));
        own.Add(new Parameter("state", State));
        if (Pkce is not null)
        {
            own.Add(new Parameter("code_challenge", Pkce.Challenge));
            own.Add(new Parameter("code_challenge_method", Pkce.Method == PkceMethod.Plain ? "plain" : "S256"));
        }

        var prompt = Prompt
            ?? profile.Authorize.Parameters?.GetValueOrDefault(PromptName)
            ?? others.FirstOrDefault(parameter => parameter.Name == PromptName).Value
            ?? (others.Any(parameter => parameter.Name == "approval_prompt") ? "" : DefaultPrompt);
        if (prompt.Length > 0) own.Add(new Parameter(PromptName, prompt.Replace('+', ' ')));
        return own;
    }
}
