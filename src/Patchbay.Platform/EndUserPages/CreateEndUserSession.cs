using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.EndUsers;
using Patchbay.Platform.Http;
using Patchbay.Platform.Hubs;
using Patchbay.Platform.Keys;
using Patchbay.Platform.Organisations;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Lets an end user visit the pages of a hub, once: makes the address with the code in it.</summary>
internal sealed class CreateEndUserSession(PatchbayDb db, RequestScope scope, EndUserReader users, PublicAddress address, TimeProvider clock)
{
    public const string PagePath = "/embed";

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    /// <returns>The session and the address of its page.</returns>
    public async Task<Outcome<(PageSession Session, string Url)>> RunAsync(
        string hubId, UserIdentifier named, EndUserSessionCreateJson request, CancellationToken cancellationToken)
    {
        if (await HubsEndpoints.FindAsync(db, hubId, cancellationToken) is not { } hub)
            return HubsEndpoints.NotFound;
        if (!(await ExternalIdAsync(hubId, named, cancellationToken)).Succeeded(out var externalId, out var failure))
            return failure;
        if (request.ReturnUrl is { } back && await WhyNotAsync(back, hub.Id, cancellationToken) is { } fault)
            return Failure.InvalidField("returnUrl", fault);

        var code = RandomToken.New();
        var now = clock.Now();
        var lifetime = request.LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime;
        var session = new PageSession
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            HubId = hub.Id,
            ExternalId = externalId,
            CodeHash = RandomToken.HexHashOf(code),
            CodeExpiresAt = now + (lifetime < PageSession.CodeLifetime ? lifetime : PageSession.CodeLifetime),
            ExpiresAt = now + lifetime,
            IntegrationId = request.IntegrationId,
            Language = NameOf(request.Language),
            Mode = NameOf(request.Mode),
            ReturnUrl = request.ReturnUrl,
            CreatedAt = now,
        };
        await using var transaction = await db.Dialect.BeginWriteAsync(db, session.Id, cancellationToken);
        db.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // In the fragment, which browsers send to nobody.
        return (session, address.Absolute($"{PagePath}/{hub.Id}#code={code}"));
    }

    /// <summary>Who is meant. By their external id it may be somebody who does not exist yet.</summary>
    private async Task<Outcome<string>> ExternalIdAsync(string hubId, UserIdentifier named, CancellationToken cancellationToken)
    {
        var userId = named.Value;
        if (named.IsInternal)
            return await users.FindAsync(hubId, named, cancellationToken) is { } user ? user.ExternalId : EndUserReader.NotFound;
        if (userId.Length is 0 or > EndUser.LongestExternalId || userId.Any(char.IsControl))
            return EndUserReader.NotFound;
        return Ulid.TryParse(userId, out var id) && await db.Organisations.AnyAsync(o => o.Id == id, cancellationToken) ? EndUserReader.NotFound : userId;
    }

    private async Task<string?> WhyNotAsync(string returnUrl, Ulid hubId, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(returnUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            return "must be an address that begins with https:// or http://";
        return WebOrigin.Of(url) == address.Origin || (await PageOrigins.OfHubAsync(db, hubId, cancellationToken)).Contains(WebOrigin.Of(url), StringComparer.Ordinal)
            ? null
            : "must be at an origin that is allowed for the hub or the organisation";
    }

    private static string? NameOf<T>(T? value)
        where T : struct, Enum =>
        value is { } given ? JsonSerializer.SerializeToElement(given, ApiJson.Options).GetString() : null;
}
