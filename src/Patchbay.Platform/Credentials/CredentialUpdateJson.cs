using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Credentials;

/// <summary>Ours: a credential as it is to be from now on.</summary>
internal sealed record CredentialUpdateJson
{
    [MinLength(1), MaxLength(200)]
    public required string Name { get; init; }

    /// <summary>Must be the type that it has; only what a user granted is replaced by the code or verifier of a new grant.</summary>
    public required CredentialType Type { get; init; }

    /// <summary>Every [redacted] in it keeps what is stored.</summary>
    [DescribedAs(typeof(CredentialDataNoneJson), typeof(CredentialDataStringJson), typeof(CredentialDataBinaryJson), typeof(CredentialDataBasicAuthJson),
        typeof(CredentialDataOAuth2ClientJson), typeof(CredentialDataOAuth2CodeJson), typeof(CredentialDataOAuth2TokenJson),
        typeof(CredentialDataOAuth2PasswordJson), typeof(CredentialDataCertificateJson), typeof(CredentialDataJwtBearerJson),
        typeof(CredentialDataValuesJson), typeof(CredentialDataOAuth1TokenJson), typeof(CredentialDataOAuth1VerifierJson),
        typeof(CredentialDataAwsKeysJson))]
    public required JsonElement Data { get; init; }

    /// <summary>When the credential is to be deleted; left out, it stays for good.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Ours: credentials, a page of them.</summary>
internal sealed record CredentialPageJson : PageInfoJson
{
    public required IReadOnlyList<CredentialJson> Items { get; init; }
}
