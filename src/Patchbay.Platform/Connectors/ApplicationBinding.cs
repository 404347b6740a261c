using System.Text.Json;
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

    public static ApplicationBinding Of(AuthSchemeConfigOAuth2Json config) => new()
    {
        ClientId = (config.Grant as AuthSchemeConfigOAuth2ApplicationGrantJson)?.ClientId,
        AuthorizeUrl = config.AuthorizeUrl,
        TokenUrl = config.TokenUrl,
        AdditionalParams = string.IsNullOrEmpty(config.AdditionalTokenParams) ? null : config.AdditionalTokenParams,
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
    }
}
