using System.Text;
using Microsoft.EntityFrameworkCore;
using Patchbay.OAuth.Authorization;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;

namespace Patchbay.Platform.Authorizations;

/// <summary>Sends a user to the provider: makes the URL, and remembers what the state in it is good for.</summary>
internal sealed class InitialiseAuthorization(
    PatchbayDb db, RequestScope scope, Applications applications, SecretStore secrets, PublicAddress address, TimeProvider clock)
{
    /// <summary>The page that every provider sends users back to.</summary>
    public const string CallbackPath = "/oauth2/callback";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <param name="connectorId">The connector.</param>
    /// <param name="request">What the user is asked for.</param>
    /// <param name="endUser">The external id of the end user; empty for the organisation itself.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The URL to send the user to.</returns>
    public async Task<Outcome<string>> RunAsync(
        string connectorId, InitialiseOAuth2ConnectionRequestJson request, string endUser, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id)
            || await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } connector)
        {
            return Failure.NotFound("connector");
        }

        if (!ConfigOf(connector, request).Succeeded(out var config, out var failure)
            || !(await applications.FindAsync(connector, config, "credential.id", cancellationToken)).Succeeded(out var application, out failure))
        {
            return failure;
        }

        var faults = new List<FieldFault>();
        ConnectorRules.CheckVariables(request.Variables, "variables", faults);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        var variables = Connections.CreateConnection.VariablesOf(connector, request.Variables ?? []).ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        if (!application.Config.ToProfile().WithVariables(variables).TryGet(out var profile, out var unfit))
            return Failure.InvalidFields([.. unfit.Select(f => new FieldFault("variables", $"{f.Field} {f.Message}"))]);
        if (request.ClientId != application.ClientId)
            faults.Add(new("clientId", "must be the client id of the application"));
        if (request.AuthorizeUrl != application.Config.AuthorizeUrl && request.AuthorizeUrl != profile.AuthorizeUrl)
            faults.Add(new("authorizeUrl", "must be the authorize URL of the auth scheme config"));
        if (profile.AuthorizeUrl.Length == 0)
            faults.Add(new("authorizeUrl", "is not set in the auth scheme config"));
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);

        var state = AuthorizationState.Create();
        var pkce = OAuth.Authorization.Pkce.Create(profile.Pkce);
        var redirectUri = address.Absolute(CallbackPath);
        var scopes = request.Scopes ?? application.Config.DefaultScopes;
        var asked = new AuthorizationRequest
        {
            ClientId = application.ClientId,
            RedirectUri = redirectUri,
            State = state,
            Scopes = scopes,
            Pkce = pkce,
            DisableOfflineAccess = request.DisableOfflineAccess ?? false,
            Prompt = request.Prompt,
            AdditionalParams = request.AdditionalParams,
        };
        if (!asked.ToUrl(profile).TryGet(out var url, out unfit))
            return Failure.InvalidFields([.. unfit.Select(f => new FieldFault(f.Field, f.Message))]);

        var now = clock.Now();
        var pendingId = Identifiers.New(clock);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector.Id, cancellationToken);
        db.Add(new PendingAuthorization
        {
            Id = pendingId,
            StateHash = HashOf(state),
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            AuthSchemeConfigId = config.Id,
            Caller = scope.Caller!.Identity,
            EndUser = endUser,
            Application = Identity(application),
            RedirectUri = redirectUri,
            Scopes = [.. scopes],
            Secret = pkce is null ? null
                : await secrets.SealAsync(db, SealedColumn.PendingAuthorizationSecret, connector.OrganisationId, pendingId, Encoding.ASCII.GetBytes(pkce.Verifier), cancellationToken),
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return url;
    }

    public static string HashOf(string state) => RandomToken.HexHashOf(state);

    /// <summary>What of an application must be the same when the user comes back.</summary>
    public static string Identity(Application application) => $"{application.CredentialId?.ToString() ?? "public"} {application.ClientId}";

    private static Outcome<AuthSchemeConfigOAuth2Json> ConfigOf(Connector connector, InitialiseOAuth2ConnectionRequestJson request)
    {
        var configs = connector.AuthSchemeConfigs.OrderBy(c => c.Position).Select(AuthSchemeConfigJson.Of).OfType<AuthSchemeConfigOAuth2Json>()
            .Where(c => c.Grant is AuthSchemeConfigOAuth2GrantAuthorizationCodeJson grant && grant.CredentialId == request.Credential.Id
                && (grant.OrganisationId ?? connector.OrganisationId) == request.Credential.OrganisationId)
            .ToList();
        if (configs.Count == 0)
            return Failure.InvalidField("credential.id", "is not the application of any of the connector's authorization code configs");
        if (request.AuthSchemeConfigId is not { } wanted)
            return configs.Find(c => c.AuthorizeUrl == request.AuthorizeUrl) ?? configs[0];
        return configs.Find(c => c.Id == wanted) is { } config
            ? config
            : Failure.InvalidField("authSchemeConfigId", $"does not have that application; these do: {string.Join(", ", configs.Select(c => c.Id))}");
    }
}
