using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Functions;
using Patchbay.OAuth;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.OAuth1;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Tokens;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Credentials;

/// <summary>What a credential is planned for.</summary>
/// <param name="Key">Its grant, where it gets one.</param>
/// <param name="Variables">The connection's variables.</param>
/// <param name="Application">The config's application, where its grant has one.</param>
/// <param name="TokenCertificate">What is shown to the token endpoint, where it asks for a certificate.</param>
internal sealed record CredentialContext(
    GrantKey Key, IReadOnlyDictionary<string, string> Variables, Application? Application, ClientCertificate? TokenCertificate = null);

/// <summary>Turns a stored config and an opened credential into what takes part in requests.</summary>
internal sealed class CredentialPlanner(TokenEndpoints endpoints, CustomFunctions functions, TimeProvider clock)
{
    /// <summary>What takes part, or what about the credential cannot be used.</summary>
    /// <param name="config">The config.</param>
    /// <param name="type">The credential's type.</param>
    /// <param name="parts">The credential, opened.</param>
    /// <param name="place">What it is planned for.</param>
    /// <param name="path">The path of the credential's data in the request.</param>
    public Outcome<PlannedCredential> Plan(AuthSchemeConfigJson config, CredentialType type, CredentialParts parts, CredentialContext place, string path)
    {
        return config switch
        {
            AuthSchemeConfigNoneJson => Ready(NoCredential.Instance),
            AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Header } key => Checked(HeaderCredential.Create(key.Name, Text(parts)), path),
            AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Query } key => Checked(QueryCredential.Create(key.Name, Text(parts)), path),
            AuthSchemeConfigAPIKeyJson { In: AuthSchemeConfigAPIKeyIn.Cookie } key => Checked(CookieCredential.Create(key.Name, Text(parts)), path),
            AuthSchemeConfigBasicAuthJson => Checked(BasicCredential.Create(Public(parts)["username"]!.GetValue<string>(), Text(parts)), path),
            AuthSchemeConfigOAuth2Json oauth2 => OAuth2(oauth2, type, parts, place, path),
            AuthSchemeConfigJwtBearerJson jwt => JwtBearer(jwt, parts, place, path),
            AuthSchemeConfigGoogleServiceAccountJson google => Google(google, parts, place, path),
            AuthSchemeConfigHMACJson hmac => Checked(HmacCredential.Create(hmac.ToOptions(), parts.Secret, clock), path),
            AuthSchemeConfigCertificateJson => Certificate(parts, path),
            AuthSchemeConfigAwsSignatureJson aws => Aws(aws, parts, place, path),
            AuthSchemeConfigTwoStepJson twoStep => TwoStep(twoStep, parts, place),
            AuthSchemeConfigCustomFunctionJson function => CustomFunction(function, parts, place, path),
            // Before it is exchanged there is nothing to apply.
            AuthSchemeConfigOAuth1Json when type == CredentialType.OAuth1Verifier => Ready(NoCredential.Instance),
            AuthSchemeConfigOAuth1Json oauth1 => OAuth1(oauth1, parts, place, path),
            _ => Failure.InvalidField(path, $"the scheme {config.SchemeType} cannot be applied to requests yet"),
        };
    }

    /// <summary>The source of a connection's tokens at an OAuth 2.0 provider, also before there is a credential.</summary>
    public Outcome<OAuth2TokenSource> OAuth2Source(
        AuthSchemeConfigOAuth2Json config, OAuthClient client, GrantRequest? first, string? additionalParams,
        IReadOnlyDictionary<string, string> variables, ClientCertificate? certificate, string path)
    {
        var profile = config.ToProfile();
        if (!string.IsNullOrEmpty(additionalParams))
        {
            profile = profile with
            {
                AdditionalTokenParams = string.Join('&', new[] { profile.AdditionalTokenParams, additionalParams }.Where(p => !string.IsNullOrEmpty(p))),
            };
        }

        return profile.WithVariables(variables).TryGet(out var expanded, out var faults)
            ? new OAuth2TokenSource(endpoints, certificate, expanded, client, first) { Use = TokenUse.Of(config.Placement, config.Expired) }
            : Unfit(faults, path);
    }

    /// <summary>A client with the secret or the private key that its authentication needs.</summary>
    public static Outcome<OAuthClient> ClientOf(AuthSchemeConfigOAuth2Json config, string clientId, string? secret, string path)
    {
        if (secret is null)
            return new OAuthClient(clientId);
        if (config.ClientAuthentication != ClientAuthentication.PrivateKeyJwt)
            return new OAuthClient(clientId) { Secret = secret };
        return SigningKey.Parse(secret).TryGet(out var key, out var faults)
            ? new OAuthClient(clientId) { Key = key }
            : Failure.InvalidField(path, $"must be a private key, as PEM or JWK, for private_key_jwt: {faults[0].Message}");
    }

    private Outcome<PlannedCredential> OAuth2(
        AuthSchemeConfigOAuth2Json config, CredentialType type, CredentialParts parts, CredentialContext place, string path)
    {
        GrantRequest? first = null;
        string? additionalParams = null;
        OAuthClient? client;
        Failure? failure;
        if (type == CredentialType.OAuth2Client)
        {
            var own = JsonSerializer.Deserialize<StoredClient>(parts.PublicData, ApiJson.Options)!;
            if (own.TokenUrl != config.TokenUrl)
                return Failure.InvalidField($"{path}.tokenUrl", "must be the token URL of the auth scheme config; a secret goes nowhere else");
            if (!ClientOf(config, own.ClientId, Text(parts), $"{path}.clientSecret").Succeeded(out client, out failure))
                return failure;
            (first, additionalParams) = (new GrantRequest.ClientCredentials(own.Scopes ?? config.DefaultScopes), own.AdditionalParams);
        }
        else
        {
            if (place.Application is not { } application)
                return Failure.InvalidField(path, "needs the OAuth application of the auth scheme config");
            config = application.Config;
            if (!ClientOf(config, application.ClientId, application.ClientSecret, path).Succeeded(out client, out failure))
                return failure;
            if (type == CredentialType.OAuth2Password)
                first = new GrantRequest.Password(Public(parts)["username"]!.GetValue<string>(), Text(parts), config.DefaultScopes);
        }

        return OAuth2Source(config, client, first, additionalParams, place.Variables, place.TokenCertificate, path).Succeeded(out var source, out failure)
            ? new PlannedCredential.Live(place.Key, source)
            : failure;
    }

    private Outcome<PlannedCredential> JwtBearer(AuthSchemeConfigJwtBearerJson config, CredentialParts parts, CredentialContext place, string path)
    {
        var data = JsonSerializer.Deserialize<StoredJwt>(parts.PublicData, ApiJson.Options)!;
        var template = config.Assertion ?? new JwtTemplate
        {
            Claims = new JsonObject { ["iss"] = "{{issuer}}", ["sub"] = "{{subject}}", ["aud"] = string.IsNullOrEmpty(config.TokenUrl) ? "{{audience}}" : config.TokenUrl },
        };
        if (data.KeyId is not null)
            template = template with { KeyId = data.KeyId };
        var isHmac = template.Algorithm is JwtAlgorithm.HS256 or JwtAlgorithm.HS384 or JwtAlgorithm.HS512;
        if (!(isHmac ? SigningKey.OfSecret(Text(parts)) : SigningKey.Parse(Text(parts))).TryGet(out var key, out var faults))
            return Failure.InvalidField($"{path}.privateKey", faults[0].Message);
        if (key.WhyNot(template.Algorithm) is { } unfit)
            return Failure.InvalidField($"{path}.privateKey", unfit);
        var values = Merged(place.Variables, data.Values);
        if (!JsonWebToken.Create(template, key, values, clock.GetUtcNow()).TryGet(out _, out faults))
            return Unfit(faults, $"{path}.values");
        if (config.ToProfile() is not { } profile)
        {
            var lifetime = TimeSpan.FromSeconds(template.LifetimeSeconds - template.BackdatedSeconds);
            return Ready(new SelfSignedCredential(config.Placement ?? new TokenPlacement(), Sign, lifetime, clock));
        }

        return profile.WithVariables(place.Variables).TryGet(out var expanded, out faults)
            ? new PlannedCredential.Live(place.Key, new AssertionTokenSource(endpoints.Tokens, expanded, Sign, config.Scopes ?? [])
            {
                Use = TokenUse.Of(config.Placement, config.Expired),
            })
            : Unfit(faults, path);

        OAuthResult<string> Sign() => JsonWebToken.Create(template, key, values, clock.GetUtcNow());
    }

    private Outcome<PlannedCredential> Google(AuthSchemeConfigGoogleServiceAccountJson config, CredentialParts parts, CredentialContext place, string path)
    {
        if (!GoogleServiceAccount.Parse(Text(parts)).TryGet(out var account, out var faults))
            return Failure.InvalidFields([.. faults.Select(f => new FieldFault(path, $"the key file: {f.Field} {f.Message}".Replace("  ", " ", StringComparison.Ordinal)))]);
        var scopes = config.Scopes ?? [];
        if (!string.IsNullOrEmpty(config.Audience))
        {
            return Ready(new SelfSignedCredential(
                config.Placement ?? new TokenPlacement(), () => account.CreateBearerToken(config.Audience, [], clock.GetUtcNow()), TimeSpan.FromHours(1), clock));
        }

        var tokenUrl = config.TokenUrl ?? AuthSchemeConfigGoogleServiceAccountJson.GoogleTokenUrl;
        if (account.TokenUrl != tokenUrl)
            return Failure.InvalidField(path, $"the key file: token_uri must be {tokenUrl}, where the auth scheme config sends assertions");
        string? subject = null;
        if (!string.IsNullOrEmpty(config.Subject))
        {
            if (!HeaderTemplate.Parse(config.Subject).TryGet(out var template, out var malformed) || !template.Expand(new TemplateValues(place.Variables)).TryGet(out subject, out malformed))
                return Failure.InvalidFields([.. malformed.Select(f => new FieldFault(path, $"the config's subject: {f.Message}"))]);
        }

        return new PlannedCredential.Live(
            place.Key, new AssertionTokenSource(endpoints.Tokens, account.Profile, () => account.CreateAssertion(scopes, subject, clock.GetUtcNow()), [])
            {
                Use = TokenUse.Of(config.Placement, config.Expired),
            });
    }

    private Outcome<PlannedCredential> Aws(AuthSchemeConfigAwsSignatureJson config, CredentialParts parts, CredentialContext place, string path)
    {
        var secrets = SecretFields.Read(parts.Secret);
        var values = new TemplateValues(place.Variables);
        if (!HeaderTemplate.Parse(config.Region).TryGet(out var region, out var faults) || !region.Expand(values).TryGet(out var regionName, out faults)
            || !HeaderTemplate.Parse(config.Service).TryGet(out var service, out faults) || !service.Expand(values).TryGet(out var serviceName, out faults))
        {
            return Failure.InvalidFields([.. faults.Select(f => new FieldFault(path, f.Message))]);
        }

        return Checked(AwsSignatureV4Credential.Create(new AwsSignatureV4Options
        {
            AccessKeyId = Public(parts)["accessKeyId"]!.GetValue<string>(),
            SecretAccessKey = secrets["secretAccessKey"],
            SessionToken = secrets.GetValueOrDefault("sessionToken"),
            Region = regionName,
            Service = serviceName,
            UnsignedPayload = config.UnsignedPayload ?? false,
        }, clock), path);
    }

    private Outcome<PlannedCredential> TwoStep(AuthSchemeConfigTwoStepJson config, CredentialParts parts, CredentialContext place) =>
        new PlannedCredential.Live(place.Key, new TradeTokenSource(endpoints.Trades, config.Trade, Merged(place.Variables, SecretFields.Read(parts.Secret)))
        {
            Use = TokenUse.Of(config.Placement, config.Expired),
        });

    private Outcome<PlannedCredential> CustomFunction(AuthSchemeConfigCustomFunctionJson config, CredentialParts parts, CredentialContext place, string path)
    {
        if (!FunctionDefinition.TryCreate(config.Source ?? "", config.AllowedHosts ?? [], out var function, out var faults))
            return Failure.InvalidFields([.. faults.Select(f => new FieldFault(path, $"the config's {f.Subject}: {f.Message}"))]);
        return new PlannedCredential.Live(
            place.Key, new FunctionTokenSource(functions, place.Key.OrganisationId, function, SecretFields.Read(parts.Secret), place.Variables, clock)
            {
                Use = TokenUse.Of(null, config.Expired),
            });
    }

    private static Outcome<PlannedCredential> Certificate(CredentialParts parts, string path) =>
        TokenCertificates.Of(parts.PublicData, parts.Secret, path).Succeeded(out var certificate, out var failure)
            ? new PlannedCredential.Certificate(certificate)
            : failure;

    private Outcome<PlannedCredential> OAuth1(AuthSchemeConfigOAuth1Json config, CredentialParts parts, CredentialContext place, string path)
    {
        if (!(config.Profile ?? new OAuth1Profile()).WithVariables(place.Variables).TryGet(out var profile, out var unfit))
            return Unfit(unfit, path);
        var secret = SecretFields.Read(parts.Secret);
        if (!Authorizations.InitialiseOAuth1.OAuth1Credentials(profile, Public(parts)["consumerKey"]!.GetValue<string>(), secret["consumerSecret"], $"{path}.consumerSecret")
            .Succeeded(out var consumer, out var failure))
        {
            return failure;
        }

        var credentials = new OAuth1Credentials(consumer.ConsumerKey)
        {
            ConsumerSecret = consumer.ConsumerSecret,
            Key = consumer.Key,
            Token = secret.GetValueOrDefault("token"),
            TokenSecret = secret.GetValueOrDefault("tokenSecret", ""),
        };
        return OAuth1Credential.Create(profile, credentials, clock, path).Succeeded(out var credential, out failure) ? Ready(credential) : failure;
    }

    private static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> variables, IReadOnlyDictionary<string, string>? values)
    {
        var merged = new Dictionary<string, string>(variables, StringComparer.Ordinal);
        foreach (var (name, value) in values ?? new Dictionary<string, string>(StringComparer.Ordinal))
            merged[name] = value;
        return merged;
    }

    private static string Text(CredentialParts parts) => parts.Secret is null ? "" : Encoding.UTF8.GetString(parts.Secret);

    private static JsonNode Public(CredentialParts parts) => JsonNode.Parse(parts.PublicData)!;

    private static Failure Unfit(IReadOnlyList<OAuthFault> faults, string path) =>
        Failure.InvalidFields([.. faults.Select(f => new FieldFault(path, $"{f.Field} {f.Message}".Trim()))]);

    private static Outcome<PlannedCredential> Ready(IRequestCredential credential) => new PlannedCredential.Ready(credential);

    private static Outcome<PlannedCredential> Checked<T>(Protocols.Outcome<T> made, string path)
        where T : class, IRequestCredential =>
        made.TryGet(out var credential, out var faults)
            ? Ready(credential)
            : Failure.InvalidFields([.. faults.Select(f => new FieldFault($"{path}.{f.Subject}", f.Message))]);

    private sealed record StoredClient
    {
        public required string ClientId { get; init; }
        public required string TokenUrl { get; init; }
        public IReadOnlyList<string>? Scopes { get; init; }
        public string? AdditionalParams { get; init; }
    }

    private sealed record StoredJwt
    {
        public string? KeyId { get; init; }
        public IReadOnlyDictionary<string, string>? Values { get; init; }
    }
}
