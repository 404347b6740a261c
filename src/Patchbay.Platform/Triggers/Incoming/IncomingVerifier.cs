using System.Text;
using System.Text.Json.Nodes;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>Makes of a stored config and an opened credential what verifies incoming requests.</summary>
internal static class IncomingVerifier
{
    /// <summary>What verifies requests, or what about the credential cannot be used.</summary>
    /// <param name="config">The config.</param>
    /// <param name="type">The credential's type.</param>
    /// <param name="parts">The credential, opened.</param>
    /// <param name="path">The path of the credential's data in the request.</param>
    public static Outcome<IRequestVerifier> Of(AuthSchemeConfigJson config, CredentialType type, CredentialParts parts, string path) => config switch
    {
        AuthSchemeConfigNoneJson => Outcome.Of<IRequestVerifier>(NoVerifier.Instance),
        AuthSchemeConfigAPIKeyJson key => Outcome.Of<IRequestVerifier>(new KeyVerifier(key.In switch
        {
            AuthSchemeConfigAPIKeyIn.Header => CredentialPlace.Header,
            AuthSchemeConfigAPIKeyIn.Query => CredentialPlace.Query,
            _ => CredentialPlace.Cookie,
        }, key.Name, Lines(parts))),
        AuthSchemeConfigBasicAuthJson => Outcome.Of<IRequestVerifier>(
            new BasicVerifier([(JsonNode.Parse(parts.PublicData)!["username"]!.GetValue<string>(), Encoding.UTF8.GetString(parts.Secret ?? []))])),
        AuthSchemeConfigHMACJson hmac => Made(SignatureVerifier.Create(OptionsFor(hmac, type), KeysOf(type, parts)), path),
        AuthSchemeConfigCertificateJson => Certificate(parts, path),
        _ => Failure.InvalidField(path, $"the scheme {config.SchemeType} is for outgoing requests; incoming ones are verified by api-key, basic-auth, hmac, certificate or none"),
    };

    /// <summary>The keys in a credential: bytes as they are, of a text each line, so that during a change the old one and the new one are good.</summary>
    public static IReadOnlyList<byte[]> KeysOf(CredentialType type, CredentialParts parts) =>
        type == CredentialType.Binary ? [parts.Secret!.ToArray()] : [.. Lines(parts).Select(Encoding.UTF8.GetBytes)];

    private static SignatureOptions OptionsFor(AuthSchemeConfigHMACJson hmac, CredentialType type) =>
        // Bytes need no decoding.
        type == CredentialType.Binary ? hmac.ToIncomingOptions() with { KeyEncoding = KeyEncoding.Text, KeyPrefix = "" } : hmac.ToIncomingOptions();

    private static string[] Lines(CredentialParts parts) =>
        Encoding.UTF8.GetString(parts.Secret ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Outcome<IRequestVerifier> Certificate(CredentialParts parts, string path)
    {
        var data = JsonNode.Parse(parts.PublicData)!;
        return Made(CertificateVerifier.Create(data["certificate"]?.GetValue<string>() ?? "", data["ca"]?.GetValue<string>() ?? ""), path);
    }

    private static Outcome<IRequestVerifier> Made<T>(Protocols.Outcome<T> made, string path)
        where T : class, IRequestVerifier =>
        made.TryGet(out var verifier, out var faults)
            ? Outcome.Of<IRequestVerifier>(verifier)
            : Failure.InvalidFields([.. faults.Select(f => new FieldFault(f.Subject is "certificate" or "ca" ? $"{path}.{f.Subject}" : path, f.Message))]);
}
