using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Http;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials.Kinds;

/// <summary>No credential.</summary>
internal sealed class NoneKind() : CredentialKind(CredentialType.None, "none")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored) =>
        JsonBody.Read<CredentialDataNoneJson>(data, path).Failure is { } failure ? failure : new CredentialParts("{}", null);

    public override JsonNode Show(string publicData) => new JsonObject();
}

/// <summary>A text, such as an API key, an HMAC key or a key file of Google's.</summary>
internal sealed class StringKind() : CredentialKind(CredentialType.String, "api-key", "hmac", "google-service-account")
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

/// <summary>Bytes, such as an HMAC key that is no text, or a file.</summary>
internal sealed class BinaryKind() : CredentialKind(CredentialType.Binary, "hmac", "google-service-account")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataBinaryJson>(data, path).Succeeded(out var read, out var failure))
            return failure;
        var field = $"{path}.valueBase64";
        if (Redaction.IsRedacted(read.ValueBase64))
            return stored?.Secret is { } kept ? new CredentialParts("{}", kept.ToArray()) : NoneStored(field);
        var bytes = new byte[read.ValueBase64.Length];
        return Convert.TryFromBase64String(read.ValueBase64, bytes, out var length) && length > 0
            ? new CredentialParts("{}", bytes[..length])
            : Failure.InvalidField(field, "must be base64 (RFC 4648, section 4) of at least one byte");
    }

    public override JsonNode Show(string publicData) => new JsonObject { ["valueBase64"] = Redaction.Placeholder };
}

/// <summary>A user name and a password.</summary>
internal sealed class BasicAuthKind() : CredentialKind(CredentialType.BasicAuth, "basic-auth")
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
