using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform.Http;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials.Kinds;

/// <summary>A client certificate with its key.</summary>
internal sealed class CertificateKind() : CredentialKind(CredentialType.Certificate, "certificate")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataCertificateJson>(data, path).Succeeded(out var read, out var failure)
            || !SecretOf(read.Key, $"{path}.key", stored).Succeeded(out var key, out failure))
        {
            return failure;
        }

        return new CredentialParts(Public(read, "key").ToJsonString(), key);
    }

    public override JsonNode Show(string publicData)
    {
        var data = JsonNode.Parse(publicData)!.AsObject();
        data["key"] = Redaction.Placeholder;
        return data;
    }
}

/// <summary>A private key that signs JWTs, and what goes into them.</summary>
internal sealed class JwtBearerKind() : CredentialKind(CredentialType.JwtBearer, "jwt-bearer")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataJwtBearerJson>(data, path).Succeeded(out var read, out var failure)
            || !SecretOf(read.PrivateKey, $"{path}.privateKey", stored).Succeeded(out var key, out failure))
        {
            return failure;
        }

        return new CredentialParts(Public(read, "privateKey").ToJsonString(), key);
    }

    public override JsonNode Show(string publicData)
    {
        var data = JsonNode.Parse(publicData)!.AsObject();
        data["privateKey"] = Redaction.Placeholder;
        return data;
    }
}

/// <summary>Texts by name, all of them secret, for schemes that say themselves what they need.</summary>
internal sealed class ValuesKind(CredentialType type, string scheme) : CredentialKind(type, scheme)
{
    private const int MaxValues = 50;

    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataValuesJson>(data, path).Succeeded(out var read, out var failure))
            return failure;
        if (read.Values.Count > MaxValues)
            return Failure.InvalidField($"{path}.values", $"has more than {MaxValues} values");
        if (!SecretFields.Settle(read.Values.Select(v => new KeyValuePair<string, string?>(v.Key, v.Value)), $"{path}.values", stored)
            .Succeeded(out var secret, out failure))
        {
            return failure;
        }

        return new CredentialParts(JsonSerializer.Serialize(read.Values.Keys, ApiJson.Options), secret);
    }

    public override JsonNode Show(string publicData)
    {
        var values = new JsonObject();
        foreach (var name in JsonSerializer.Deserialize<List<string>>(publicData, ApiJson.Options)!)
            values[name] = Redaction.Placeholder;
        return new JsonObject { ["values"] = values };
    }
}

/// <summary>A consumer and a token of OAuth 1.0a.</summary>
internal sealed class OAuth1TokenKind() : CredentialKind(CredentialType.OAuth1Token, "oauth1")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataOAuth1TokenJson>(data, path).Succeeded(out var read, out var failure))
            return failure;
        var settled = SecretFields.Settle(
            [new("consumerSecret", read.ConsumerSecret), new("token", read.Token), new("tokenSecret", read.TokenSecret)], path, stored);
        return settled.Succeeded(out var secret, out failure)
            ? new CredentialParts(new JsonObject { ["consumerKey"] = read.ConsumerKey }.ToJsonString(), secret)
            : failure;
    }

    public override JsonNode Show(string publicData)
    {
        var data = JsonNode.Parse(publicData)!.AsObject();
        data["consumerSecret"] = Redaction.Placeholder;
        return data;
    }
}

/// <summary>What a user brings back from an OAuth 1.0a provider. It is exchanged at once, and what is kept is an <see cref="OAuth1TokenKind"/>.</summary>
internal sealed class OAuth1VerifierKind() : CredentialKind(CredentialType.OAuth1Verifier, "oauth1")
{
    public override CredentialKind? Becomes => Of(CredentialType.OAuth1Token);

    /// <summary>Token and verifier, as the secret part; nobody stores it.</summary>
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored) =>
        JsonBody.Read<CredentialDataOAuth1VerifierJson>(data, path).Succeeded(out var read, out var failure)
            ? new CredentialParts("{}", SecretFields.Write(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["token"] = read.Token,
                ["verifier"] = read.Verifier,
            }))
            : failure;

    public override JsonNode Show(string publicData) => throw new InvalidOperationException("A verifier is exchanged, never stored.");
}

/// <summary>An access key of AWS.</summary>
internal sealed class AwsKeysKind() : CredentialKind(CredentialType.AwsKeys, "aws-signature")
{
    public override Outcome<CredentialParts> Read(JsonElement data, string path, CredentialParts? stored)
    {
        if (!JsonBody.Read<CredentialDataAwsKeysJson>(data, path).Succeeded(out var read, out var failure))
            return failure;
        var settled = SecretFields.Settle([new("secretAccessKey", read.SecretAccessKey), new("sessionToken", read.SessionToken)], path, stored);
        return settled.Succeeded(out var secret, out failure)
            ? new CredentialParts(new JsonObject { ["accessKeyId"] = read.AccessKeyId }.ToJsonString(), secret)
            : failure;
    }

    public override JsonNode Show(string publicData)
    {
        var data = JsonNode.Parse(publicData)!.AsObject();
        data["secretAccessKey"] = Redaction.Placeholder;
        return data;
    }
}
