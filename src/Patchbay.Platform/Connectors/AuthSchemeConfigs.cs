using System.Text;
using Microsoft.EntityFrameworkCore;
using Patchbay.Functions;
using Patchbay.OAuth;
using Patchbay.OAuth.Profiles;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Incoming;
using Patchbay.Vault;

namespace Patchbay.Platform.Connectors;

/// <summary>
/// Adds and replaces auth scheme configs. A client secret leaves the config here for the vault, bound to the URLs and parameters that it
/// was saved with: whoever changes one of them must know the secret, or could have it sent to himself.
/// </summary>
internal sealed class AuthSchemeConfigs(PatchbayDb db, SecretStore secrets, TimeProvider clock)
{
    /// <summary>Faults of a config by itself.</summary>
    public static void Check(AuthSchemeConfigJson config, string path, List<FieldFault> faults)
    {
        switch (config)
        {
            case AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Header } key:
                AddNameFaults(HeaderCredential.Create(key.Name, "").Faults);
                break;
            case AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Cookie } key:
                AddNameFaults(CookieCredential.Create(key.Name, "").Faults);
                break;
            case AuthSchemeConfigHMACJson { DigestInputs.Count: > 0 } hmac:
                faults.AddRange(HmacCredential.Create(hmac.ToOptions(), "k", TimeProvider.System).Faults.Select(f => new FieldFault($"{path}.{f.Subject}", f.Message)));
                if (hmac.Incoming is not null)
                    CheckIncoming(hmac);
                break;
            case AuthSchemeConfigOAuth2Json oauth2:
                ConnectorRules.CheckLink(oauth2.AuthorizeUrl, $"{path}.authorizeUrl", faults);
                ConnectorRules.CheckLink(oauth2.TokenUrl, $"{path}.tokenUrl", faults);
                // A draft may still lack its URLs; what is there is checked.
                AddProfileFaults(oauth2.ToProfile().Validate().Where(f => f.Field is not ("tokenUrl" or "authorizeUrl")));
                break;
            case AuthSchemeConfigJwtBearerJson jwt:
                AddProfileFaults(jwt.ToProfile()?.Validate() ?? []);
                break;
            case AuthSchemeConfigGoogleServiceAccountJson google:
                ConnectorRules.CheckLink(google.TokenUrl, $"{path}.tokenUrl", faults);
                AddProfileFaults(PlacementFaults(google.Placement, google.Expired));
                break;
            case AuthSchemeConfigTwoStepJson twoStep:
                AddProfileFaults(twoStep.Trade.Validate().Select(f => f with { Field = $"trade.{f.Field}" }));
                AddProfileFaults(PlacementFaults(twoStep.Placement, twoStep.Expired));
                break;
            case AuthSchemeConfigCustomFunctionJson { Source: { } source } function:
                FunctionDefinition.TryCreate(source, function.AllowedHosts ?? [], out _, out var found);
                faults.AddRange(found.Select(f => new FieldFault($"{path}.{f.Subject}", f.Message)));
                AddProfileFaults(PlacementFaults(null, function.Expired));
                break;
            case AuthSchemeConfigOAuth1Json { Profile: { } profile }:
                AddProfileFaults(profile.Validate().Select(f => f with { Field = $"profile.{f.Field}" }));
                break;
        }

        if (config.Verification is { } verification)
            CheckVerification(verification);
        if (config.Challenge is { } challenge)
            faults.AddRange(Handshake.Create(challenge.ToOptions()).Faults.Select(f => new FieldFault($"{path}.challenge.{f.Subject}", f.Message)));

        // The key is one that any encoding takes.
        void CheckIncoming(AuthSchemeConfigHMACJson hmac) =>
            faults.AddRange(SignatureVerifier.Create(hmac.ToIncomingOptions(), ["6b6b"u8.ToArray()]).Faults
                .Select(f => new FieldFault(f.Subject is "name" or "prefix" or "joiner" or "digestInputs" ? $"{path}.{f.Subject}" : $"{path}.incoming.{f.Subject}", f.Message))
                .Where(f => !faults.Contains(f)));

        void CheckVerification(VerificationRequest verification)
        {
            // That of an OAuth 2.0 config was seen with its profile.
            if (config is not AuthSchemeConfigOAuth2Json)
                AddProfileFaults(new ProviderProfile { TokenUrl = "https://any.example", Verification = verification }.Validate());
            // Whether it leads where credentials may go is seen when it is used: base URL and variables may change.
            var unfit = verification.Url.StartsWith('/') ? PathTemplate.Parse(verification.Url).Faults : BaseUrlTemplate.Parse(verification.Url).Faults;
            faults.AddRange(unfit.Take(1).Where(_ => !faults.Exists(f => f.Field == $"{path}.verification.url")).Select(f => new FieldFault($"{path}.verification.url", f.Message)));
        }

        void AddProfileFaults(IEnumerable<OAuthFault> found) =>
            faults.AddRange(found.Select(f => new FieldFault($"{path}.{f.Field}", f.Message)));

        static IEnumerable<OAuthFault> PlacementFaults(TokenPlacement? placement, IReadOnlyList<AnswerRule>? expired) =>
            new ProviderProfile { TokenUrl = "https://any.example", Placement = placement ?? new TokenPlacement(), Expired = expired }.Validate();

        void AddNameFaults(IEnumerable<Protocols.Fault> found) =>
            faults.AddRange(found.Select(f => new FieldFault($"{path}.name", f.Message)));
    }

    /// <summary>Adds the config, or replaces the one with its id. The connector's configs are loaded, or it is new. The caller saves.</summary>
    public async Task<Outcome<Done>> PutAsync(Connector connector, AuthSchemeConfigJson config, string path, CancellationToken cancellationToken)
    {
        var stored = connector.AuthSchemeConfigs.Find(c => c.Id == config.Id);
        if (config is AuthSchemeConfigOAuth2Json oauth2)
        {
            var before = stored is null ? null : AuthSchemeConfigJson.Of(stored) as AuthSchemeConfigOAuth2Json;
            var settled = await SettleSecretAsync(connector, oauth2, before, path, cancellationToken);
            if (!settled.Succeeded(out oauth2!, out var failure))
                return failure;
            config = oauth2;
        }

        if (stored is null)
        {
            connector.AuthSchemeConfigs.Add(new AuthSchemeConfig
            {
                ConnectorId = connector.Id,
                Id = config.Id,
                Position = connector.AuthSchemeConfigs.Count == 0 ? 0 : connector.AuthSchemeConfigs.Max(c => c.Position) + 1,
                SchemeType = config.SchemeType,
                Config = config.ToStored(),
            });
        }
        else
        {
            (stored.SchemeType, stored.Config) = (config.SchemeType, config.ToStored());
        }

        return new Done();
    }

    /// <summary>Deletes a config, and its application's credential where the organisation owns it.</summary>
    public async Task DeleteAsync(Connector connector, AuthSchemeConfig config, CancellationToken cancellationToken)
    {
        if (AuthSchemeConfigJson.Of(config) is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson grant }
            && grant.OrganisationId == connector.OrganisationId && grant.CredentialId is { } id
            && await db.Credentials.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is { } credential)
        {
            db.Remove(credential);
        }

        connector.AuthSchemeConfigs.Remove(config);
        db.Remove(config);
    }

    private async Task<Outcome<AuthSchemeConfigOAuth2Json>> SettleSecretAsync(
        Connector connector, AuthSchemeConfigOAuth2Json config, AuthSchemeConfigOAuth2Json? before, string path, CancellationToken cancellationToken)
    {
        if (config.Grant is not AuthSchemeConfigOAuth2ApplicationGrantJson grant)
            return config;
        var stored = before?.Grant as AuthSchemeConfigOAuth2ApplicationGrantJson;
        var secret = Redaction.IsRedacted(grant.ClientSecret) ? null : grant.ClientSecret;
        var credentialId = grant.CredentialId ?? stored?.CredentialId;
        var ownerId = grant.OrganisationId ?? (grant.CredentialId is null ? stored?.OrganisationId : null);
        if (grant.CredentialId is null != grant.OrganisationId is null)
            return Failure.InvalidField($"{path}.grant", "credentialId and organisationId go together: send both or neither");
        var clientId = grant.ClientId ?? stored?.ClientId;
        var settled = config with { Grant = grant with { CredentialId = credentialId, OrganisationId = ownerId, ClientId = clientId, ClientSecret = null } };

        if (credentialId is null)
        {
            if (secret is null && Redaction.IsRedacted(grant.ClientSecret))
                return Failure.InvalidField($"{path}.grant.clientSecret", "is the placeholder for a stored secret, but none is stored; send the secret itself");
            return secret is null && string.IsNullOrEmpty(clientId) ? settled : await StoreSecretAsync(connector, settled, secret, cancellationToken);
        }

        if (ownerId != connector.OrganisationId)
            return RefuseBorrowedChange(settled, before, secret, path);
        var credential = await db.Credentials.FirstOrDefaultAsync(c => c.Id == credentialId, cancellationToken);
        if (credential is null || CredentialKind.OfStored(credential.Type).Type != CredentialType.OAuth2Client)
            return Failure.InvalidField($"{path}.grant.credentialId", "is not an OAuth 2.0 application of this organisation");
        var binding = ApplicationBinding.Of(settled);
        if (secret is null && credential.Secret is not null)
        {
            var moved = ApplicationBinding.Read(credential.PublicData).FieldsThatDiffer(binding).ToList();
            return moved.Count == 0
                ? settled
                : Failure.InvalidFields([.. moved.Select(f => new FieldFault($"{path}.{f}", "is bound to the client secret; send grant.clientSecret again to change it"))]);
        }

        credential.PublicData = binding.ToStored();
        credential.Secret = secret is null ? null
            : await secrets.SealAsync(db, credential.OrganisationId, credential.Id, Encoding.UTF8.GetBytes(secret), cancellationToken);
        credential.UpdatedAt = clock.Now();
        return settled;
    }

    private async Task<AuthSchemeConfigOAuth2Json> StoreSecretAsync(
        Connector connector, AuthSchemeConfigOAuth2Json config, string? secret, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var id = Identifiers.New(clock);
        db.Add(new Credential
        {
            Id = id,
            OrganisationId = connector.OrganisationId,
            Name = $"{connector.Name}: OAuth application",
            Type = "oauth2-client",
            PublicData = ApplicationBinding.Of(config).ToStored(),
            Secret = secret is null ? null : await secrets.SealAsync(db, connector.OrganisationId, id, Encoding.UTF8.GetBytes(secret), cancellationToken),
            CreatedAt = now,
            UpdatedAt = now,
        });
        var grant = (AuthSchemeConfigOAuth2ApplicationGrantJson)config.Grant;
        return config with { Grant = grant with { CredentialId = id, OrganisationId = connector.OrganisationId } };
    }

    /// <summary>A config that borrows the publisher's application may be described anew, but not pointed elsewhere.</summary>
    private static Outcome<AuthSchemeConfigOAuth2Json> RefuseBorrowedChange(
        AuthSchemeConfigOAuth2Json settled, AuthSchemeConfigOAuth2Json? before, string? secret, string path)
    {
        var stored = before?.Grant as AuthSchemeConfigOAuth2ApplicationGrantJson;
        var grant = (AuthSchemeConfigOAuth2ApplicationGrantJson)settled.Grant;
        if (before is null || stored is null || stored.CredentialId != grant.CredentialId || stored.OrganisationId != grant.OrganisationId)
            return Failure.InvalidField($"{path}.grant.credentialId", "is not an OAuth 2.0 application of this organisation");
        var moved = ApplicationBinding.Of(before).FieldsThatDiffer(ApplicationBinding.Of(settled)).Any() || stored.ClientId != grant.ClientId
            || before.MtlsEnabled != settled.MtlsEnabled || before.MtlsCredentialId != settled.MtlsCredentialId;
        if (secret is null && !moved)
            return settled;

        return new Failure(FailureKind.Invalid, "borrowed_credential",
            "This config uses the OAuth application of the connector's publisher. Its URLs, parameters and secret are the publisher's; add a config of your own to use another.");
    }
}
