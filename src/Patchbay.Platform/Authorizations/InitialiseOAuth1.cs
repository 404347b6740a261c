using Microsoft.EntityFrameworkCore;
using Patchbay.OAuth.OAuth1;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Grants;

namespace Patchbay.Platform.Authorizations;

/// <summary>
/// Sends a user to an OAuth 1.0a provider (RFC 5849, section 2): gets temporary credentials, makes the URL, and keeps consumer and
/// temporary secret for the user's return. The temporary token takes the place of a state: it serves once, and only for whoever asked.
/// </summary>
internal sealed class InitialiseOAuth1(
    PatchbayDb db, RequestScope scope, TokenEndpoints endpoints, SecretStore secrets, PublicAddress address, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <param name="connectorId">The connector.</param>
    /// <param name="request">What the user is asked for, and by whom.</param>
    /// <param name="endUser">The external id of the end user; empty for the organisation itself.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The URL to send the user to.</returns>
    public async Task<Outcome<string>> RunAsync(string connectorId, InitialiseOAuth1ConnectionRequestJson request, string endUser, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var id)
            || await db.Connectors.AsNoTracking().Include(c => c.AuthSchemeConfigs).FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } connector)
        {
            return Failure.NotFound("connector");
        }

        var faults = new List<FieldFault>();
        ConnectorRules.CheckVariables(request.Variables, "variables", faults);
        var stored = connector.AuthSchemeConfigs.Find(c => c.Id == request.AuthSchemeConfigId);
        if (stored is null || AuthSchemeConfigJson.Of(stored) is not AuthSchemeConfigOAuth1Json { Profile: { RequestTokenUrl: not null } profile })
            faults.Add(new("authSchemeConfigId", "is not an oauth1 config of the connector that has the URLs to ask a user with"));
        else if (OAuth1Credentials(profile, request.ConsumerKey, request.ConsumerSecret, "consumerSecret").Succeeded(out var consumer, out var failure))
        {
            var variables = Connections.CreateConnection.VariablesOf(connector, request.Variables ?? []).ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
            if (!profile.WithVariables(variables).TryGet(out var expanded, out var unfit))
                faults.AddRange(unfit.Select(f => new FieldFault("variables", $"{f.Field} {f.Message}")));
            else if (faults.Count == 0)
                return await AskAsync(connector, stored.Id, expanded, consumer, request, endUser, cancellationToken);
        }
        else
            faults.AddRange(failure.Fields);

        return Failure.InvalidFields(faults);
    }

    public static string HashOf(Ulid connectorId, string token) => InitialiseAuthorization.HashOf($"oauth1 {connectorId} {token}");

    /// <summary>The consumer, with its key where the signature method is one of RSA.</summary>
    public static Outcome<OAuth1Credentials> OAuth1Credentials(OAuth1Profile profile, string consumerKey, string consumerSecret, string path)
    {
        if (profile.SignatureMethod is not (OAuth1SignatureMethod.RsaSha1 or OAuth1SignatureMethod.RsaSha256))
            return new OAuth1Credentials(consumerKey) { ConsumerSecret = consumerSecret };
        return OAuth.Jwt.SigningKey.Parse(consumerSecret).TryGet(out var key, out var faults)
            ? new OAuth1Credentials(consumerKey) { Key = key }
            : Failure.InvalidField(path, $"must be a private key, as PEM or JWK, for the RSA methods: {faults[0].Message}");
    }

    private async Task<Outcome<string>> AskAsync(
        Connector connector, string configId, OAuth1Profile profile, OAuth1Credentials consumer, InitialiseOAuth1ConnectionRequestJson request,
        string endUser, CancellationToken cancellationToken)
    {
        var callback = address.Absolute(InitialiseAuthorization.CallbackPath);
        var asked = await endpoints.OAuth1.RequestTemporaryAsync(profile, consumer, callback, cancellationToken);
        if (!asked.Succeeded)
            return TokenRefusal.Of(asked.Failure).Answer;
        if (!OAuth1Client.AuthorizeUrl(profile, asked.Value).TryGet(out var url, out var unfit))
            return Failure.InvalidFields([.. unfit.Select(f => new FieldFault("authSchemeConfigId", $"{f.Field} {f.Message}"))]);

        var now = clock.Now();
        var hash = HashOf(connector.Id, asked.Value.Token);
        var secret = SecretFields.Write(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["consumerKey"] = request.ConsumerKey, ["consumerSecret"] = request.ConsumerSecret, ["tokenSecret"] = asked.Value.Secret,
        });
        var pendingId = Identifiers.New(clock);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector.Id, cancellationToken);
        db.Add(new PendingAuthorization
        {
            Id = pendingId,
            StateHash = hash,
            OrganisationId = connector.OrganisationId,
            ConnectorId = connector.Id,
            AuthSchemeConfigId = configId,
            Caller = scope.Caller!.Identity,
            EndUser = endUser,
            Application = "oauth1",
            RedirectUri = callback,
            Scopes = [],
            Secret = await secrets.SealAsync(db, SealedColumn.PendingAuthorizationSecret, connector.OrganisationId, pendingId, secret, cancellationToken),
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            return new Failure(FailureKind.BadGateway, "temporary_token_repeated", "The provider gave a temporary token that it had given before, so that nobody could tell whose it is.");
        }

        return url;
    }
}
