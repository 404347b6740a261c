using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Credentials.Kinds;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>What a credential is split into before it is stored.</summary>
/// <param name="PublicData">What may be read, as JSON.</param>
/// <param name="Secret">What goes into the vault, in the clear; null where there is nothing. Zero it after use.</param>
internal readonly record struct CredentialParts(string PublicData, byte[]? Secret)
{
    /// <summary>The tokens that the user brought along, where there are any; they are kept by <see cref="GrantCustody"/>.</summary>
    public GrantTokens? Tokens { get; init; }
}

/// <summary>One type of credential: which schemes can use it, how its data is read, and what of it is shown. Adding a type edits only the list.</summary>
internal abstract class CredentialKind(CredentialType type, params string[] schemes)
{
    private static readonly CredentialKind[] All =
    [
        new NoneKind(), new StringKind(), new BinaryKind(), new BasicAuthKind(), new OAuth2ClientKind(), new OAuth2CodeKind(), new OAuth2TokenKind(),
        new OAuth2PasswordKind(), new CertificateKind(), new JwtBearerKind(), new ValuesKind(CredentialType.CustomFunction, "custom-function"),
        new ValuesKind(CredentialType.Values, "two-step"), new OAuth1TokenKind(), new OAuth1VerifierKind(), new AwsKeysKind(),
    ];

    private static readonly FrozenDictionary<CredentialType, CredentialKind> ByType = All.ToFrozenDictionary(k => k.Type);

    public CredentialType Type { get; } = type;

    /// <summary>The type as it is stored and published.</summary>
    public string Name { get; } = NameOf(type);

    /// <summary>What is stored in its place, where it is traded at once for that; null where it is stored itself.</summary>
    public virtual CredentialKind? Becomes => null;

    public static CredentialKind Of(CredentialType type) => ByType[type];

    public static CredentialKind OfStored(string name) => Array.Find(All, k => k.Name == name)
        ?? throw new InvalidDataException($"The store has a credential of the type '{name}', which this version does not know.");

    /// <summary>The kind for a type and a way to use a scheme, or what is wrong with the pair.</summary>
    /// <param name="type">The type.</param>
    /// <param name="scheme">The scheme, with a slash and the grant type where it is <c>oauth2</c>: <c>oauth2/password</c>.</param>
    /// <param name="path">The path of the type in the request.</param>
    public static Outcome<CredentialKind> For(CredentialType type, string scheme, string path)
    {
        if (ByType.GetValueOrDefault(type) is { } kind && kind.CanServe(scheme))
            return kind;
        var usable = All.Where(k => k.CanServe(scheme)).Select(k => $"\"{k.Name}\"");
        return Failure.InvalidField(path, $"does not go with the scheme {scheme}, which takes {string.Join(", ", usable)}");
    }

    /// <summary>Reads the data that a client sent.</summary>
    /// <param name="data">The data.</param>
    /// <param name="path">Its path in the request.</param>
    /// <param name="stored">What is stored so far, which the placeholder keeps; null for a new credential.</param>
    public abstract Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored);

    /// <summary>The data as it may be shown: every required secret field is the placeholder, an optional one is absent.</summary>
    public abstract JsonNode Show(string publicData);

    /// <summary>The secret to store for a field that was sent: what is stored when the placeholder comes back.</summary>
    protected static Outcome<byte[]> SecretOf(string sent, string path, CredentialParts? stored)
    {
        if (!Redaction.IsRedacted(sent))
            return Encoding.UTF8.GetBytes(sent);
        return stored?.Secret is { } kept ? kept.ToArray() : NoneStored(path);
    }

    protected static Failure NoneStored(string path) =>
        Failure.InvalidField(path, "is the placeholder for a stored secret, but none is stored; send the secret itself");

    /// <summary>What was sent, as JSON to keep, without the fields that are secret.</summary>
    protected static JsonObject Public<T>(T data, params ReadOnlySpan<string> secretFields)
    {
        var json = JsonSerializer.SerializeToNode(data, ApiJson.Options)!.AsObject();
        foreach (var field in secretFields)
            json.Remove(field);
        return json;
    }

    private static string NameOf(CredentialType type) => JsonSerializer.SerializeToElement(type, ApiJson.Options).GetString()!;

    private bool CanServe(string scheme) => schemes.Contains(scheme, StringComparer.Ordinal);
}
