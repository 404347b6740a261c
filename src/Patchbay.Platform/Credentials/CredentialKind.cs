using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Http;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>What a credential is split into before it is stored.</summary>
/// <param name="PublicData">What may be read, as JSON.</param>
/// <param name="Secret">What goes into the vault, in the clear; null where there is nothing. Zero it after use.</param>
internal readonly record struct CredentialParts(string PublicData, byte[]? Secret);

/// <summary>One type of credential: which schemes can use it, how its data is read, and what of it is shown. Adding a type edits only the list.</summary>
internal abstract class CredentialKind(CredentialType type, params string[] schemes)
{
    private static readonly CredentialKind[] All = [new None(), new Text(), new BasicAuth(), new OAuth2Client()];

    private static readonly FrozenDictionary<CredentialType, CredentialKind> ByType = All.ToFrozenDictionary(k => k.Type);

    public CredentialType Type { get; } = type;

    /// <summary>The type as it is stored and published.</summary>
    public string Name { get; } = NameOf(type);

    public static CredentialKind OfStored(string name) => Array.Find(All, k => k.Name == name)
        ?? throw new InvalidDataException($"The store has a credential of the type '{name}', which this version does not know.");

    /// <summary>The kind for a type and a scheme, or what is wrong with the pair.</summary>
    public static Outcome<CredentialKind> For(CredentialType type, string scheme, string path)
    {
        if (ByType.GetValueOrDefault(type) is { } kind && kind.CanServe(scheme))
            return kind;
        var usable = All.Where(k => k.CanServe(scheme)).Select(k => $"\"{k.Name}\"").ToList();
        return Failure.InvalidField(path, usable.Count == 0
            ? $"no credential can be given for the scheme {scheme} yet"
            : $"does not go with the scheme {scheme}, which takes {string.Join(", ", usable)}");
    }

    /// <summary>Reads the data that a client sent.</summary>
    /// <param name="data">The data.</param>
    /// <param name="path">Its path in the request.</param>
    /// <param name="stored">What is stored so far, which the placeholder keeps; null for a new credential.</param>
    public abstract Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored);

    /// <summary>The data as it may be shown: every required secret field is the placeholder, an optional one is absent.</summary>
    public abstract JsonNode Show(string publicData);

    private static string NameOf(CredentialType type) => JsonSerializer.SerializeToElement(type, ApiJson.Options).GetString()!;

    private bool CanServe(string scheme) => schemes.Contains(scheme, StringComparer.Ordinal);

    /// <summary>The secret to store for a field that was sent: what is stored when the placeholder comes back.</summary>
    private static Outcome<byte[]> SecretOf(string sent, string path, CredentialParts? stored)
    {
        if (!Redaction.IsRedacted(sent))
            return System.Text.Encoding.UTF8.GetBytes(sent);
        return stored?.Secret is { } kept ? kept
            : Failure.InvalidField(path, "is the placeholder for a stored secret, but none is stored; send the secret itself");
    }

    private sealed class None() : CredentialKind(CredentialType.None, "none")
    {
        public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored) =>
            JsonBody.Read<CredentialDataNoneJson>(data, path).Failure is { } failure ? failure : new CredentialParts("{}", null);

        public override JsonNode Show(string publicData) => new JsonObject();
    }

    private sealed class Text() : CredentialKind(CredentialType.String, "api-key")
    {
        public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
        {
            if (!JsonBody.Read<CredentialDataStringJson>(data, path).Succeeded(out var read, out var failure)
                || !SecretOf(read.Value, $"{path}.value", stored).Succeeded(out var secret, out failure))
            {
                return failure;
            }

            return new CredentialParts("{}", secret);
        }

        public override JsonNode Show(string publicData) => new JsonObject { ["value"] = Redaction.Placeholder };
    }

    private sealed class BasicAuth() : CredentialKind(CredentialType.BasicAuth, "basic-auth")
    {
        public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
        {
            if (!JsonBody.Read<CredentialDataBasicAuthJson>(data, path).Succeeded(out var read, out var failure))
                return failure;
            if (read.Username.Contains(':', StringComparison.Ordinal))
                return Failure.InvalidField($"{path}.username", "must not contain ':' (RFC 7617, section 2)");
            if (!SecretOf(read.Password, $"{path}.password", stored).Succeeded(out var secret, out failure))
                return failure;
            return new CredentialParts(new JsonObject { ["username"] = read.Username }.ToJsonString(), secret);
        }

        public override JsonNode Show(string publicData)
        {
            var data = JsonNode.Parse(publicData)!.AsObject();
            data["password"] = Redaction.Placeholder;
            return data;
        }
    }

    /// <summary>The application of an <c>oauth2</c> config; made with the config, not by a connection.</summary>
    private sealed class OAuth2Client() : CredentialKind(CredentialType.OAuth2Client)
    {
        public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored) =>
            Failure.InvalidField(path, "an OAuth 2.0 application is given with its auth scheme config");

        public override JsonNode Show(string publicData)
        {
            var data = JsonNode.Parse(publicData)!.AsObject();
            data["clientSecret"] = Redaction.Placeholder;
            return data;
        }
    }
}
