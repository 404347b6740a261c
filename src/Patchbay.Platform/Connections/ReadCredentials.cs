using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Credentials.Kinds;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Triggers.Incoming;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Connections;

/// <summary>A credential of a new connection, as it was sent and understood.</summary>
internal sealed class ReadCredential
{
    public required CredentialUse Use { get; init; }
    public required int Position { get; init; }
    public required AuthSchemeConfigJson Config { get; init; }
    public required string Name { get; init; }
    public required CredentialKind Kind { get; set; }
    public required CredentialParts Parts { get; set; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The path of the credential's data in the request.</summary>
    public required string Path { get; init; }

    /// <summary>The path of its auth scheme config in the request, or of what else a fault of that is told at.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>The config's application, where its grant has one.</summary>
    public Application? Application { get; set; }

    /// <summary>What is shown to the token endpoint, where it asks for a certificate.</summary>
    public ClientCertificate? TokenCertificate { get; set; }

    /// <summary>What the code was traded for, where it was one.</summary>
    public ExchangedCode? Exchanged { get; set; }

    /// <summary>Variables that came with what it was traded for.</summary>
    public IReadOnlyDictionary<string, string> Captured { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether it lives by tokens.</summary>
    public bool IsLive { get; set; }
}

/// <summary>Reads the credentials of a new connection, sees whether they can be used, and trades codes for grants.</summary>
internal sealed class ReadCredentials(
    Applications applications, TokenCertificates certificates, CredentialPlanner planner, CustomFunctions functions, ExchangeCode exchangeCode, ExchangeOAuth1Verifier exchangeVerifier)
{
    /// <summary>Reads one credential: whether its type goes with the scheme, and whether its data is sound.</summary>
    public static Outcome<ReadCredential> Read(Connector connector, CredentialUse use, int position, ConnectionCredentialCreateJson sent, string path)
    {
        if (!ConfigReference.Find(connector, sent.AuthSchemeConfig, $"{path}.authSchemeConfig").Succeeded(out var stored, out var failure))
            return failure;
        var config = AuthSchemeConfigJson.Of(stored);
        if (!CredentialKind.For(sent.Credential.Type, config.SchemeOfCredentials, $"{path}.credential.type").Succeeded(out var kind, out failure)
            || !kind.Read(sent.Credential.Data, $"{path}.credential.data", null).Succeeded(out var parts, out failure))
        {
            return failure;
        }

        if (use == CredentialUse.Trigger && kind.Becomes is not null)
            return Failure.InvalidField($"{path}.credential.type", "is for outgoing requests; an incoming one has no code to exchange");
        return new ReadCredential
        {
            Use = use,
            Position = position,
            Config = config,
            Name = sent.Credential.Name,
            Kind = kind,
            Parts = parts,
            ExpiresAt = sent.Credential.ExpiresAt,
            Path = $"{path}.credential.data",
            ConfigPath = $"{path}.authSchemeConfig",
        };
    }

    /// <summary>Sees whether the credentials can be used as they are, and adds what is wrong to the faults.</summary>
    /// <returns>A failure that is no fault of the request's.</returns>
    public async Task<Outcome<Done>> CheckAsync(
        Connector connector, IReadOnlyList<ReadCredential> credentials, IReadOnlyDictionary<string, string> variables, List<FieldFault> faults,
        CancellationToken cancellationToken, ClientCertificate? ownCertificate = null)
    {
        var own = credentials.FirstOrDefault(c => c.Use == CredentialUse.Action && c.Kind is CertificateKind);
        if (own is not null)
            TokenCertificates.Of(own.Parts.PublicData, own.Parts.Secret, own.Path).Succeeded(out ownCertificate, out _);
        foreach (var credential in credentials.Where(c => c.Use == CredentialUse.Trigger))
        {
            if (IncomingVerifier.Of(credential.Config, credential.Kind.Type, credential.Parts, credential.Path).Failure is { } cannot)
                faults.AddRange(cannot.Fields);
        }

        foreach (var credential in credentials.Where(c => c.Use == CredentialUse.Action))
        {
            if (credential.Config is AuthSchemeConfigOAuth2Json { Grant: AuthSchemeConfigOAuth2ApplicationGrantJson } oauth2)
            {
                var found = await applications.FindAsync(connector, oauth2, credential.ConfigPath, cancellationToken);
                if (!found.Succeeded(out var application, out var failure))
                {
                    if (failure.Fields.Count == 0)
                        return failure;
                    faults.AddRange(failure.Fields);
                    continue;
                }

                credential.Application = application;
            }

            if (credential.Config is AuthSchemeConfigOAuth2Json { } asking)
            {
                var found = await certificates.FindAsync(
                    credential.Application?.Config ?? asking, credential.Application?.OrganisationId ?? connector.OrganisationId,
                    credential.Kind is OAuth2ClientKind ? credential.Parts.PublicData : null, ownCertificate, credential.Path, cancellationToken);
                if (found is { } sought)
                {
                    if (!sought.Succeeded(out var certificate, out var failure))
                    {
                        faults.AddRange(failure.Fields);
                        continue;
                    }

                    credential.TokenCertificate = certificate;
                }
            }

            if (credential.Config is AuthSchemeConfigCustomFunctionJson && await functions.CheckAsync(cancellationToken) is { IsAvailable: false } off)
            {
                faults.Add(new(credential.Path, $"custom functions are off on this server: {off.Problem}"));
                continue;
            }

            var planned = planner.Plan(credential.Config, credential.Kind.Type, credential.Parts,
                new CredentialContext(new GrantKey(Ulid.Empty, connector.OrganisationId, default), variables, credential.Application, credential.TokenCertificate),
                credential.Path);
            if (planned.Succeeded(out var usable, out var unusable))
                credential.IsLive = usable is PlannedCredential.Live;
            else
                faults.AddRange(unusable.Fields);
        }

        return new Done();
    }

    /// <summary>Trades every code and verifier. The credentials then hold what they were traded for.</summary>
    public async Task<Outcome<Done>> ExchangeCodesAsync(
        Connector connector, IReadOnlyList<ReadCredential> credentials, IReadOnlyDictionary<string, string> variables, string endUser,
        CancellationToken cancellationToken)
    {
        foreach (var credential in credentials.Where(c => c.Kind.Becomes is not null))
        {
            var exchanged = credential.Kind is OAuth2CodeKind
                ? await ExchangeCodeAsync(connector, credential, variables, endUser, cancellationToken)
                : await ExchangeVerifierAsync(connector, credential, variables, endUser, cancellationToken);
            if (exchanged.Failure is not { } failure)
                continue;
            foreach (var earlier in credentials.Select(c => c.Exchanged).OfType<ExchangedCode>())
                await earlier.Source.RevokeAsync(GrantTokens.After(null, earlier.Grant), CancellationToken.None);
            return failure;
        }

        return new Done();
    }

    private async Task<Outcome<Done>> ExchangeCodeAsync(
        Connector connector, ReadCredential credential, IReadOnlyDictionary<string, string> variables, string endUser, CancellationToken cancellationToken)
    {
        var sent = SecretFields.ReadAndClear(credential.Parts.Secret!);
        var exchanged = await exchangeCode.RunAsync(
            connector, credential.Config.Id, credential.Application!, variables, endUser, credential.TokenCertificate, sent["code"], sent["state"],
            credential.Path, cancellationToken);
        if (!exchanged.Succeeded(out var grant, out var failure))
            return failure;
        credential.Exchanged = grant;
        credential.Kind = credential.Kind.Becomes!;
        credential.Parts = new CredentialParts(OAuth2TokenKind.PublicOf(grant.Scopes), null);
        return new Done();
    }

    private async Task<Outcome<Done>> ExchangeVerifierAsync(
        Connector connector, ReadCredential credential, IReadOnlyDictionary<string, string> variables, string endUser, CancellationToken cancellationToken)
    {
        var sent = SecretFields.ReadAndClear(credential.Parts.Secret!);
        var exchanged = await exchangeVerifier.RunAsync(
            connector, (AuthSchemeConfigOAuth1Json)credential.Config, variables, endUser, sent["token"], sent["verifier"], credential.Path, cancellationToken);
        if (!exchanged.Succeeded(out var token, out var failure))
            return failure;
        credential.Kind = credential.Kind.Becomes!;
        credential.Parts = token.Parts;
        credential.Captured = token.Captured;
        return new Done();
    }
}
