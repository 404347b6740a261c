using Patchbay.OAuth.Text;

namespace Patchbay.OAuth.Authorization;

/// <summary>What a provider sends back with the user (RFC 6749, 4.1.2): a code or an error, exactly one of them.</summary>
public sealed record AuthorizationResponse
{
    private AuthorizationResponse()
    {
    }

    /// <summary>The state of the request; it must be one that is awaited before anything else here is believed.</summary>
    public required string State { get; init; }

    /// <summary>The code, or null.</summary>
    public string? Code { get; private init; }

    /// <summary>The error code, such as <c>access_denied</c>, or null.</summary>
    public string? Error { get; private init; }

    /// <summary>What the provider says for people: one line of at most 300 characters, or null. It is the URL's author who speaks.</summary>
    public string? ErrorDescription { get; private init; }

    /// <summary>Who the response says it is from (RFC 9207), or null.</summary>
    public string? Issuer { get; private init; }

    /// <summary>Reads the query of the redirect.</summary>
    /// <param name="query">The query, with or without its question mark.</param>
    /// <returns>The response, or a fault that names the parameter which is missing, stands twice, or is not encoded properly.</returns>
    public static OAuthResult<AuthorizationResponse> Parse(string? query)
    {
        if (FormText.Read(query, out var parameters) is { } wrong) return OAuthResult.Of<AuthorizationResponse>("query", wrong);
        foreach (var name in new[] { "state", "code", "error", "iss" })
        {
            if (parameters.Count(parameter => parameter.Name == name) > 1) return OAuthResult.Of<AuthorizationResponse>(name, "stands twice");
        }

        if (Value("state") is not { } state) return OAuthResult.Of<AuthorizationResponse>("state", "is missing");
        var (code, error) = (Value("code"), Value("error"));
        if (code is null == error is null) return OAuthResult.Of<AuthorizationResponse>("code", code is null ? "is missing" : "stands beside an error");
        var foreign = new ForeignText([]);
        return OAuthResult.Of(new AuthorizationResponse
        {
            State = state,
            Code = code,
            Error = foreign.Clean(error),
            ErrorDescription = foreign.Clean(Value("error_description")),
            Issuer = Value("iss"),
        });

        string? Value(string name) => parameters.Find(parameter => parameter.Name == name).Value is { Length: > 0 } value ? value : null;
    }

    /// <summary>Which of the two it is, never the code or the state.</summary>
    public override string ToString() => Error is null ? "Code" : $"Error ({Error})";
}
