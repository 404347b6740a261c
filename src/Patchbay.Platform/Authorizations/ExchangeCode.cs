using System.Security.Cryptography;
using System.Text;
using Patchbay.OAuth.Tokens;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Authorizations;

/// <summary>A grant that a user gave a moment ago, and where the next tokens come from.</summary>
internal sealed record ExchangedCode(TokenGrant Grant, DateTimeOffset ObtainedAt, IReadOnlyList<string> Scopes, OAuth2TokenSource Source)
{
    /// <summary>The scopes, never a token.</summary>
    public override string ToString() => $"{nameof(ExchangedCode)} ({string.Join(' ', Scopes)})";
}

/// <summary>Trades the code that a user brought back for a grant, once and only for whoever sent the user.</summary>
internal sealed class ExchangeCode(ReturnedAuthorization returned, CredentialPlanner planner, SecretStore secrets, TimeProvider clock)
{
    private const string Begin = "InitialiseOAuth2Connection";

    /// <param name="connector">The connector.</param>
    /// <param name="configId">The auth scheme config that the credential is for.</param>
    /// <param name="application">The config's application.</param>
    /// <param name="variables">The connection's variables.</param>
    /// <param name="endUser">The external id of the end user; empty for the organisation itself.</param>
    /// <param name="certificate">What is shown to the token endpoint, where it asks for a certificate.</param>
    /// <param name="code">The code.</param>
    /// <param name="state">The state that came with it.</param>
    /// <param name="path">The path of the credential's data in the request.</param>
    /// <param name="cancellationToken">Cancels, until the code is sent.</param>
    public async Task<Outcome<ExchangedCode>> RunAsync(
        Connector connector, string configId, Application application, IReadOnlyDictionary<string, string> variables, string endUser,
        ClientCertificate? certificate, string code, string state, string path, CancellationToken cancellationToken)
    {
        var purpose = new AuthorizationPurpose(connector.Id, configId, endUser, InitialiseAuthorization.Identity(application));
        if (!(await returned.FindAsync(InitialiseAuthorization.HashOf(state), purpose, $"{path}.state", Begin, cancellationToken)).Succeeded(out var pending, out var failure))
            return failure;
        if (!CredentialPlanner.ClientOf(application.Config, application.ClientId, application.ClientSecret, path).Succeeded(out var client, out failure)
            || !planner.OAuth2Source(application.Config, client, null, null, variables, certificate, path).Succeeded(out var source, out failure))
        {
            return failure;
        }

        if ((await returned.UseUpAsync(pending, $"{path}.state", Begin, cancellationToken)).Failure is { } used)
            return used;
        var now = clock.Now();
        var verifier = pending.Secret is null ? null : await VerifierAsync(pending, cancellationToken);
        var answer = await source.ExchangeAsync(new GrantRequest.AuthorizationCode(code, pending.RedirectUri, verifier), CancellationToken.None);
        if (answer.Refusal is not { } refusal)
            return new ExchangedCode(answer.Grant!, now, answer.Grant!.Scopes ?? pending.Scopes, source);
        return refusal.Meaning == RefusalMeaning.Dead
            ? new Failure(FailureKind.Invalid, "code_refused", refusal.Message) { Fields = [new($"{path}.code", refusal.Message)] }
            : refusal.Answer;
    }

    private async Task<string> VerifierAsync(PendingAuthorization pending, CancellationToken cancellationToken)
    {
        var secret = await secrets.OpenAsync(SealedColumn.PendingAuthorizationSecret, pending.OrganisationId, pending.Id, pending.Secret!, cancellationToken);
        var verifier = Encoding.ASCII.GetString(secret);
        CryptographicOperations.ZeroMemory(secret);
        return verifier;
    }
}
