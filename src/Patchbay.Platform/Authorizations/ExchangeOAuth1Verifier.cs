using System.Text.Json.Nodes;
using Patchbay.OAuth.OAuth1;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Grants;

namespace Patchbay.Platform.Authorizations;

/// <summary>A token that a user granted a moment ago.</summary>
/// <param name="Parts">The credential that it is.</param>
/// <param name="Captured">Values of the provider's answer that the config asks to keep.</param>
internal sealed record ExchangedVerifier(CredentialParts Parts, IReadOnlyDictionary<string, string> Captured)
{
    /// <summary>The type, never a secret.</summary>
    public override string ToString() => nameof(ExchangedVerifier);
}

/// <summary>Trades the verifier that a user brought back for a lasting token (RFC 5849, section 2.3), once and only for whoever sent the user.</summary>
internal sealed class ExchangeOAuth1Verifier(ReturnedAuthorization returned, TokenEndpoints endpoints, SecretStore secrets)
{
    private const string Begin = "InitialiseOAuth1Connection";

    /// <param name="connector">The connector.</param>
    /// <param name="config">The auth scheme config that the credential is for.</param>
    /// <param name="variables">The connection's variables.</param>
    /// <param name="endUser">The external id of the end user; empty for the organisation itself.</param>
    /// <param name="token">The temporary token that came back.</param>
    /// <param name="verifier">The verifier that came with it.</param>
    /// <param name="path">The path of the credential's data in the request.</param>
    /// <param name="cancellationToken">Cancels, until the verifier is sent.</param>
    public async Task<Outcome<ExchangedVerifier>> RunAsync(
        Connector connector, AuthSchemeConfigOAuth1Json config, IReadOnlyDictionary<string, string> variables, string endUser, string token, string verifier,
        string path, CancellationToken cancellationToken)
    {
        if (!(config.Profile ?? new OAuth1Profile()).WithVariables(variables).TryGet(out var profile, out var unfit))
            return Failure.InvalidFields([.. unfit.Select(f => new FieldFault(path, $"{f.Field} {f.Message}"))]);
        var purpose = new AuthorizationPurpose(connector.Id, config.Id, endUser, Application: null);
        var found = await returned.FindAsync(InitialiseOAuth1.HashOf(connector.Id, token), purpose, $"{path}.token", Begin, cancellationToken);
        if (!found.Succeeded(out var pending, out var failure))
            return failure;
        var kept = SecretFields.ReadAndClear(await secrets.OpenAsync(
            SealedColumn.PendingAuthorizationSecret, pending.OrganisationId, pending.Id, pending.Secret!, cancellationToken));
        if (!InitialiseOAuth1.OAuth1Credentials(profile, kept["consumerKey"], kept["consumerSecret"], path).Succeeded(out var consumer, out failure))
            return failure;
        if ((await returned.UseUpAsync(pending, $"{path}.token", Begin, cancellationToken)).Failure is { } used)
            return used;

        var temporary = new OAuth1Token { Token = token, Secret = kept["tokenSecret"] };
        var traded = await endpoints.OAuth1.RequestTokenAsync(profile, consumer, temporary, verifier, CancellationToken.None);
        if (!traded.Succeeded)
        {
            var refusal = TokenRefusal.Of(traded.Failure);
            return refusal.Meaning == RefusalMeaning.Dead
                ? new Failure(FailureKind.Invalid, "verifier_refused", refusal.Message) { Fields = [new($"{path}.verifier", refusal.Message)] }
                : refusal.Answer;
        }

        var secret = SecretFields.Write(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["consumerSecret"] = kept["consumerSecret"], ["token"] = traded.Value.Token, ["tokenSecret"] = traded.Value.Secret,
        });
        return new ExchangedVerifier(new CredentialParts(new JsonObject { ["consumerKey"] = kept["consumerKey"] }.ToJsonString(), secret), traded.Value.Captured);
    }
}
