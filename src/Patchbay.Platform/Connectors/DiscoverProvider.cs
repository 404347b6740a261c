using Patchbay.OAuth;
using Patchbay.OAuth.Discovery;
using Patchbay.OAuth.Profiles;
using Patchbay.Platform.Grants;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Connectors;

/// <summary>
/// Asks an authorization server what it says of itself (RFC 8414; OpenID Connect Discovery) and makes a config of it, for somebody to
/// complete and store. It asks through the guard and stores nothing.
/// </summary>
internal sealed class DiscoverProvider(TokenEndpoints endpoints)
{
    private const string ConfigId = "oauth2";

    /// <param name="issuer">The issuer, or the URL of its metadata.</param>
    /// <param name="field">The field of the request that it stands in.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<DiscoveredOAuth2Json>> RunAsync(string issuer, string field, CancellationToken cancellationToken)
    {
        var discovered = await endpoints.Discovery.DiscoverAsync(issuer, cancellationToken);
        return discovered.Succeeded ? Proposal(discovered.Value) : FailureOf(discovered.Failure, issuer, field);
    }

    private static DiscoveredOAuth2Json Proposal(ProviderMetadata metadata)
    {
        var messages = new List<MessageJson>();
        var profile = metadata.ToProfile();
        var byCode = Grants(metadata, "authorization_code") && profile.AuthorizeUrl.Length > 0;
        var mutualTls = profile.ClientAuthentication == ClientAuthentication.TlsClientAuth;
        if (profile.ClientAuthentication is null && metadata.ClientAuthentications is { Count: > 0 } methods)
            messages.Add(Remark($"The provider knows clients only by ways that are not served here: {string.Join(", ", methods.Take(20))}."));
        if (mutualTls)
            messages.Add(Remark("The provider knows clients by their certificate only: add one, and name it in mtlsCredentialId."));
        if (metadata.PkceMethods is null)
            messages.Add(Remark("The provider does not say whether it has PKCE. It is on: a provider that has none passes over it."));
        if (profile.RevocationUrl is null)
            messages.Add(Remark("The provider names no revocation endpoint: a deleted connection's grant ends there when it expires."));
        if (!byCode && !Grants(metadata, "client_credentials"))
            messages.Add(Remark("The provider names neither the authorization code nor the client credentials grant. Choose the grant yourself."));

        return new DiscoveredOAuth2Json
        {
            Issuer = metadata.Issuer,
            Config = new AuthSchemeConfigOAuth2Json
            {
                Id = ConfigId,
                Description = $"OAuth 2.0 of {new Uri(metadata.Issuer).Host}",
                AuthorizeUrl = profile.AuthorizeUrl,
                TokenUrl = mutualTls ? metadata.MutualTlsTokenUrl ?? profile.TokenUrl : profile.TokenUrl,
                RevocationUrl = profile.RevocationUrl,
                Scopes = [.. (metadata.Scopes ?? []).Distinct(StringComparer.Ordinal).Select(s => new OAuth2ScopeJson { Name = s })],
                DefaultScopes = [],
                ClientAuthentication = profile.ClientAuthentication,
                Pkce = profile.Pkce,
                OfflineAccess = profile.OfflineAccess,
                MtlsEnabled = mutualTls ? true : null,
                Grant = byCode ? new AuthSchemeConfigOAuth2GrantAuthorizationCodeJson() : new AuthSchemeConfigOAuth2GrantClientCredentialsJson(),
            },
            Messages = messages,
        };
    }

    /// <summary>Whether the server has a grant; a server that names none has the code and the implicit one (RFC 8414, 2).</summary>
    private static bool Grants(ProviderMetadata metadata, string grant) => metadata.GrantTypes?.Contains(grant, StringComparer.Ordinal) ?? grant == "authorization_code";

    private static MessageJson Remark(string text) => new() { Text = text, Severity = MessageSeverity.Info };

    private static Failure FailureOf(EndpointFailure failure, string issuer, string field) => failure switch
    {
        EndpointFailure.NotSent { Faults: var faults } => Failure.InvalidFields([.. faults.Select(f => new FieldFault(field, f.Message))]),
        EndpointFailure.Refused refused => new(FailureKind.Invalid, refused.Code, refused.Message) { Fields = [new(field, refused.Message)] },
        EndpointFailure.Unavailable { Cause: { } cause } when OutboundFailure.Of(cause, new Uri(issuer).Host) is { Kind: OutboundFailureKind.HostNotAllowed } denied =>
            new(FailureKind.Invalid, "host_not_allowed", $"{denied.Message} The server's operator can open a network with --allow-network.") { Fields = [new(field, denied.Message)] },
        EndpointFailure.Unavailable { Kind: UnavailableKind.Timeout } => new(FailureKind.GatewayTimeout, "discovery_timeout", failure.Message),
        EndpointFailure.Unavailable { Cause: { } cause } => new(FailureKind.BadGateway, "discovery_failed", OutboundFailure.Of(cause, new Uri(issuer).Host).Message),
        _ => new(FailureKind.BadGateway, "discovery_failed", failure.Message),
    };
}
