using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Connectors;

/// <summary>
/// What a client secret is bound to: the URLs that it may be sent to and the parameters that go with it, as they were when it was saved.
/// Readable; it stands beside the sealed secret in the credential.
/// </summary>
internal sealed record ApplicationBinding
{
    public string? ClientId { get; init; }
    public required string AuthorizeUrl { get; init; }
    public required string TokenUrl { get; init; }
    public string? AdditionalParams { get; init; }
    public string? RefreshUrl { get; init; }
    public string? RevocationUrl { get; init; }

    /// <summary>How the secret is shown and what goes with it, where that is not as the RFCs have it.</summary>
    public JsonObject? Requests { get; init; }

    public static ApplicationBinding Of(AuthSchemeConfigOAuth2Json config) => new()
    {
        ClientId = (config.Grant as AuthSchemeConfigOAuth2ApplicationGrantJson)?.ClientId,
        AuthorizeUrl = config.AuthorizeUrl,
        TokenUrl = config.TokenUrl,
        AdditionalParams = string.IsNullOrEmpty(config.AdditionalTokenParams) ? null : config.AdditionalTokenParams,
        RefreshUrl = config.RefreshUrl,
        RevocationUrl = config.RevocationUrl,
        Requests = RequestsOf(config),
    };

    public static ApplicationBinding Read(string stored) => JsonSerializer.Deserialize<ApplicationBinding>(stored, ApiJson.Options)!;

    public string ToStored() => JsonSerializer.Serialize(this, ApiJson.Options);

    /// <summary>The fields of a config that would send the secret elsewhere, or with other parameters.</summary>
    public IEnumerable<string> FieldsThatDiffer(ApplicationBinding other)
    {
        if (AuthorizeUrl != other.AuthorizeUrl)
            yield return "authorizeUrl";
        if (TokenUrl != other.TokenUrl)
            yield return "tokenUrl";
        if (AdditionalParams != other.AdditionalParams)
            yield return "additionalTokenParams";
        if (RefreshUrl != other.RefreshUrl)
            yield return "refreshUrl";
        if (RevocationUrl != other.RevocationUrl)
            yield return "revocationUrl";
        foreach (var name in (Requests ?? []).Concat(other.Requests ?? []).Select(r => r.Key).Distinct(StringComparer.Ordinal))
        {
            if (!JsonNode.DeepEquals(Requests?[name], other.Requests?[name]))
                yield return name;
        }
    }

    private static JsonObject? RequestsOf(AuthSchemeConfigOAuth2Json config)
    {
        var requests = new JsonObject();
        Add("clientAuthentication", config.ClientAuthentication);
        Add("clientAssertion", config.ClientAssertion);
        Add("authorize", config.Authorize);
        Add("token", config.Token);
        Add("refresh", config.Refresh);
        Add("revocation", config.Revocation);
        Add("mtlsEnabled", config.MtlsEnabled is true ? (bool?)true : null);
        Add("mtlsCredentialId", config.MtlsCredentialId);
        return requests.Count == 0 ? null : requests;

        void Add<T>(string name, T? value)
        {
            if (value is not null)
                requests[name] = JsonSerializer.SerializeToNode(value, ApiJson.Options);
        }
    }
}
