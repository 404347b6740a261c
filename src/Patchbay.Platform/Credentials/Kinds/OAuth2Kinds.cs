using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials.Kinds;

/// <summary>An OAuth 2.0 client of the connection's own; also, made with a config and not by a connection, that of the connector.</summary>
internal sealed class OAuth2ClientKind() : CredentialKind(CredentialType.OAuth2Client, "oauth2/client_credentials")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataOAuth2ClientJson>(data, path).Succeeded(out var read, out var failure)
            || !SecretOf(read.ClientSecret, $"{path}.clientSecret", stored).Succeeded(out var secret, out failure))
        {
            return failure;
        }

        if (stored is { } before && Redaction.IsRedacted(read.ClientSecret) && TokenUrlOf(before.PublicData) != read.TokenUrl)
            return Failure.InvalidField($"{path}.tokenUrl", "is bound to the client secret; send the secret again to change it");
        return new CredentialParts(Public(read, "clientSecret").ToJsonString(), secret);
    }

    public override JsonNode Show(string publicData)
    {
        var stored = JsonNode.Parse(publicData)!.AsObject();
        // What the application of a config is bound to beside this is the config's own, and shown there.
        stored.Remove("refreshUrl");
        stored.Remove("revocationUrl");
        stored.Remove("requests");
        stored["clientSecret"] = Redaction.Placeholder;
        return stored;
    }

    private static string? TokenUrlOf(string publicData) => JsonNode.Parse(publicData)!["tokenUrl"]?.GetValue<string>();
}

/// <summary>An authorization code. It is exchanged at once, and what is kept is an <see cref="OAuth2TokenKind"/>.</summary>
internal sealed class OAuth2CodeKind() : CredentialKind(CredentialType.OAuth2Code, "oauth2/authorization_code")
{
    public override CredentialKind? Becomes => Of(CredentialType.OAuth2Token);

    /// <summary>The code and its state, as the secret part; nobody stores it.</summary>
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored) =>
        JsonBody.Read<CredentialDataOAuth2CodeJson>(data, path).Succeeded(out var read, out var failure)
            ? new CredentialParts("{}", SecretFields.Write(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["code"] = read.Code,
                ["state"] = read.State,
            }))
            : failure;

    public override JsonNode Show(string publicData) => throw new InvalidOperationException("A code is exchanged, never stored.");
}

/// <summary>A grant. Its tokens lie with <see cref="GrantCustody"/>; only its scopes can be read.</summary>
internal sealed class OAuth2TokenKind() : CredentialKind(CredentialType.OAuth2Token, "oauth2/authorization_code", "oauth2/password")
{
    public static string PublicOf(IReadOnlyList<string>? scopes) => Public(new CredentialDataOAuth2TokenJson { Scopes = scopes ?? [] }).ToJsonString();

    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataOAuth2TokenJson>(data, path).Succeeded(out var read, out var failure))
            return failure;
        var (access, refresh) = (Sent(read.AccessToken), Sent(read.RefreshToken));
        if (access is null && refresh is null && stored is null)
            return Failure.InvalidField($"{path}.accessToken", "is required where there is no refreshToken");
        if (read.TokenType is { Length: > 0 } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return Failure.InvalidField($"{path}.tokenType", "must be Bearer: tokens of other types cannot be sent");
        return new CredentialParts(PublicOf(read.Scopes), null)
        {
            Tokens = access is null && refresh is null ? null : new GrantTokens { AccessToken = access, RefreshToken = refresh, ExpiresAt = access is null ? null : read.ExpiresAt },
        };

        static string? Sent(string? token) => string.IsNullOrEmpty(token) || Redaction.IsRedacted(token) ? null : token;
    }

    public override JsonNode Show(string publicData) => JsonNode.Parse(publicData)!;
}

/// <summary>A resource owner's user name and password.</summary>
internal sealed class OAuth2PasswordKind() : CredentialKind(CredentialType.OAuth2Password, "oauth2/password")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataOAuth2PasswordJson>(data, path).Succeeded(out var read, out var failure)
            || !SecretOf(read.Password, $"{path}.password", stored).Succeeded(out var secret, out failure))
        {
            return failure;
        }

        return new CredentialParts(Public(read, "password").ToJsonString(), secret);
    }

    public override JsonNode Show(string publicData)
    {
        var data = JsonNode.Parse(publicData)!.AsObject();
        data["password"] = Redaction.Placeholder;
        return data;
    }
}
