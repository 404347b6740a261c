using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Tokens;

/// <summary>Makes one request to a token or revocation endpoint of a profile.</summary>
internal sealed class TokenRequestWriter(ProviderProfile profile, OAuthClient client, DateTimeOffset now)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly List<Parameter> _parameters = [];
    private readonly List<OAuthFault> _faults = [];
    private readonly List<string> _secrets = [];

    private AuthenticationHeaderValue? _authorization;

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<OAuthFault> Faults => _faults;

    /// <summary>What was sent that nobody may repeat.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    public void Add(string name, string value) => _parameters.Add(new Parameter(name, value));

    public void AddSecret(string name, string value, string field)
    {
        if (value.Length == 0) _faults.Add(new OAuthFault(field, "is empty"));
        _secrets.Add(value);
        Add(name, value);
    }

    public void AddScopes(IReadOnlyList<string>? scopes)
    {
        if (scopes is { Count: > 0 }) Add("scope", string.Join(profile.ScopeSeparator, scopes));
    }

    /// <summary>Makes the request of what was added; null where there are faults.</summary>
    /// <param name="url">Where it goes.</param>
    /// <param name="urlField">The field that has the URL.</param>
    /// <param name="shape">What differs from the RFC.</param>
    /// <param name="shapeField">The field that has the shape.</param>
    /// <param name="additional">Form-encoded parameters to add, in the field <c>additionalTokenParams</c>.</param>
    public HttpRequestMessage? Build(string url, string urlField, TokenRequestShape shape, string shapeField, string? additional)
    {
        if (url.Length == 0) _faults.Add(new OAuthFault(urlField, "is required"));
        else if (WebUrl.WhyNot(url) is { } why) _faults.Add(new OAuthFault(urlField, why));
        Authenticate(url);
        AddExtra(shape, shapeField);
        AddAdditional(additional);
        var headers = Headers(shape, shapeField);
        var parameters = Renamed(shape);
        if (_faults.Count > 0) return null;

        var inQuery = shape.Format == ParameterFormat.Query || shape.Method == "GET";
        if (inQuery) url = WebUrl.WithQuery(url, FormText.Write(parameters));
        if (url.Length > WebUrl.MaxLengthWithQuery)
        {
            _faults.Add(new OAuthFault(urlField, $"would be longer than {WebUrl.MaxLengthWithQuery} characters with the parameters in its query"));
            return null;
        }

        var request = new HttpRequestMessage(new HttpMethod(shape.Method), url);
        if (!inQuery) request.Content = Body(shape.Format, parameters);
        request.Headers.Authorization = _authorization;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static ByteArrayContent Body(ParameterFormat format, IReadOnlyList<Parameter> parameters)
    {
        if (format == ParameterFormat.Json)
        {
            var members = new JsonObject();
            foreach (var (name, value) in parameters) members[name] = value;
            return Content(members.ToJsonString(), "application/json");
        }

        return Content(FormText.Write(parameters), "application/x-www-form-urlencoded");

        // No charset: neither type has one (RFC 8259, 11), and some servers refuse it.
        static ByteArrayContent Content(string text, string type) =>
            new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
    }

    private void Authenticate(string url)
    {
        if (ReferenceEquals(client, OAuthClient.Anonymous)) return;
        if (client.Id.Length == 0) _faults.Add(new OAuthFault("clientId", "is required"));
        switch (profile.ClientAuthentication ?? (client.Secret is null ? ClientAuthentication.None : ClientAuthentication.ClientSecretBasic))
        {
            case ClientAuthentication.ClientSecretBasic:
                Basic(FormText.Encode(client.Id), FormText.Encode(Secret()));
                break;
            case ClientAuthentication.ClientSecretBasicRaw:
                Basic(client.Id, Secret());
                break;
            case ClientAuthentication.ClientSecretPost:
                Add("client_id", client.Id);
                Add("client_secret", Secret());
                break;
            case ClientAuthentication.PrivateKeyJwt:
                Add("client_id", client.Id);
                Add("client_assertion_type", AssertionType);
                Add("client_assertion", Assertion(url));
                break;
            default:
                Add("client_id", client.Id);
                break;
        }
    }

    private void Basic(string id, string secret)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));
        _secrets.Add(encoded);
        _authorization = new AuthenticationHeaderValue("Basic", encoded);
    }

    private string Secret()
    {
        if (client.Secret is not { Length: > 0 } secret)
        {
            _faults.Add(new OAuthFault("clientSecret", "is required by the client authentication"));
            return "";
        }

        _secrets.Add(secret);
        return secret;
    }

    private string Assertion(string url)
    {
        if (client.Key is null)
        {
            _faults.Add(new OAuthFault("clientKey", "is required by the client authentication private_key_jwt"));
            return "";
        }

        // RFC 7523, 3: the client is the issuer and the subject, and the token endpoint the audience.
        var result = JsonWebToken.Create(
            profile.ClientAssertion ?? new JwtTemplate(), client.Key, [new("iss", client.Id), new("sub", client.Id), new("aud", url)], ValueOf, now);
        if (!result.TryGet(out var assertion, out var faults))
        {
            _faults.AddRange(faults.Select(fault => fault with { Field = fault.Field == "key" ? "clientKey" : $"clientAssertion.{fault.Field}" }));
            return "";
        }

        _secrets.Add(assertion);
        return assertion;
    }

    private void AddExtra(TokenRequestShape shape, string shapeField)
    {
        var own = _parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, template) in shape.Parameters ?? NoTexts)
        {
            var field = $"{shapeField}.parameters.{name}";
            var value = PlaceholderText.Expand(template, ValueOf, field, _faults);
            if (StandardParameters.IsReplaceableToken(name)) _parameters.RemoveAll(parameter => parameter.Name == name);
            else if (own.Contains(name)) _faults.Add(new OAuthFault(field, "is set by the request itself"));
            Add(name, value);
        }
    }

    private void AddAdditional(string? text)
    {
        if (FormText.Read(text, out var additional) is { } why) _faults.Add(new OAuthFault("additionalTokenParams", why));
        foreach (var parameter in additional)
        {
            if (_parameters.Any(other => other.Name == parameter.Name && other.Value != parameter.Value))
            {
                _faults.Add(new OAuthFault("additionalTokenParams", $"has the parameter {parameter.Name}, which is set elsewhere"));
            }
            else if (!_parameters.Contains(parameter))
            {
                _parameters.Add(parameter);
            }
        }
    }

    private List<KeyValuePair<string, string>> Headers(TokenRequestShape shape, string shapeField)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, template) in shape.Headers ?? NoTexts)
        {
            var field = $"{shapeField}.headers.{name}";
            var value = PlaceholderText.Expand(template, ValueOf, field, _faults);
            if ((HeaderText.WhyNotName(name) ?? HeaderText.WhyNotValue(value)) is { } why) _faults.Add(new OAuthFault(field, why));
            if (_authorization is not null && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            {
                _faults.Add(new OAuthFault(field, "is set by the client authentication"));
            }

            headers.Add(new(name, value));
        }

        return headers;
    }

    private List<Parameter> Renamed(TokenRequestShape shape)
    {
        if (shape.Renamed is not { } names) return _parameters;
        return
        [
            .. _parameters
                .Select(parameter => names.TryGetValue(parameter.Name, out var other) ? parameter with { Name = other } : parameter)
                .Where(parameter => parameter.Name.Length > 0),
        ];
    }

    private string? ValueOf(string name)
    {
        if (name == ClientPlaceholders.Id) return client.Id;
        if (name != ClientPlaceholders.Secret || client.Secret is not { } secret) return null;
        _secrets.Add(secret);
        return secret;
    }

    private static readonly Dictionary<string, string> NoTexts = [];
}
