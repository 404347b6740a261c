using System.Text.Json.Serialization;

namespace Patchbay.OAuth.Profiles;

/// <summary>How the parameters of a token request travel.</summary>
public enum ParameterFormat
{
    /// <summary>As a form in the body (RFC 6749, 4.1.3).</summary>
    [JsonStringEnumMemberName("form")]
    Form,

    /// <summary>As a JSON object of strings in the body.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary>In the query of the URL. A GET has no other way.</summary>
    [JsonStringEnumMemberName("query")]
    Query,
}

/// <summary>How a provider's authorization request differs from RFC 6749.</summary>
public sealed record AuthorizeRequestShape
{
    /// <summary>
    /// Parameters that are always added, such as <c>access_type</c>. A <c>prompt</c> here is the default prompt. Values may have
    /// placeholders, <c>{{client_id}}</c> among them.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>
    /// Other names for <c>response_type</c>, <c>client_id</c>, <c>redirect_uri</c>, <c>scope</c>, <c>state</c>, <c>code_challenge</c>,
    /// <c>code_challenge_method</c> and <c>prompt</c>. An empty name leaves the parameter out.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Renamed { get; init; }
}

/// <summary>How a provider's token request differs from RFC 6749.</summary>
public sealed record TokenRequestShape
{
    /// <summary>The HTTP method: POST, GET, PUT, PATCH or DELETE.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>How the parameters travel.</summary>
    public ParameterFormat Format { get; init; }

    /// <summary>Headers that are added. Values may have placeholders, <c>{{client_id}}</c> and <c>{{client_secret}}</c> among them.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// Parameters that are added, with placeholders like the headers. <c>grant_type</c> and <c>scope</c> here replace those of the RFC;
    /// parameters that carry a secret cannot be replaced.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>
    /// Other names for the parameters of the RFCs, such as <c>client_id</c> or <c>refresh_token</c>. An empty name leaves the parameter out.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Renamed { get; init; }
}
