using System.Text;
using System.Text.Json.Nodes;
using Patchbay.Platform.Connectors;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Credentials;

/// <summary>Turns a stored config and an opened credential into what is applied to requests.</summary>
internal static class RequestCredentials
{
    /// <summary>What is applied, or what about the credential cannot be sent; the subject of a fault is the field of the credential's data.</summary>
    public static Outcome<IRequestCredential> Of(AuthSchemeConfigJson config, CredentialParts parts, string path)
    {
        var secret = parts.Secret is null ? "" : Encoding.UTF8.GetString(parts.Secret);
        return config switch
        {
            AuthSchemeConfigNoneJson => Outcome.Of<IRequestCredential>(NoCredential.Instance),
            AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Header } key => Checked(HeaderCredential.Create(key.Name, secret), path),
            AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Query } key => Checked(QueryCredential.Create(key.Name, secret), path),
            AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Cookie } key => Checked(CookieCredential.Create(key.Name, secret), path),
            AuthSchemeConfigBasicAuthJson => Checked(BasicCredential.Create(JsonNode.Parse(parts.PublicData)!["username"]!.GetValue<string>(), secret), path),
            _ => Failure.InvalidField(path, $"the scheme {config.SchemeType} cannot be applied to requests yet"),
        };
    }

    private static Outcome<IRequestCredential> Checked<T>(Protocols.Outcome<T> made, string path)
        where T : class, IRequestCredential =>
        made.TryGet(out var credential, out var faults)
            ? Outcome.Of<IRequestCredential>(credential)
            : Failure.InvalidFields([.. faults.Select(f => new FieldFault($"{path}.{f.Subject}", f.Message))]);
}
