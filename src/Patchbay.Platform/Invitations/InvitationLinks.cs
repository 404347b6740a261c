using Microsoft.AspNetCore.WebUtilities;
using Patchbay.Platform.Organisations;

namespace Patchbay.Platform.Invitations;

/// <summary>Links in invitations: they lead only where the organisation's own pages are, so that nobody's mail is made to lead elsewhere.</summary>
internal static class InvitationLinks
{
    /// <summary>What is wrong with the pages of an invitation.</summary>
    public static IReadOnlyList<FieldFault> Faults(string url, string authUrl, Organisation organisation, PublicAddress address) =>
        [.. new (string Field, string Url)[] { ("url", url), ("authUrl", authUrl) }.Where(u => !IsAllowed(u.Url, organisation, address))
            .Select(u => new FieldFault(u.Field, "must be an http or https URL of an allowed origin of the organisation, or of this server"))];

    /// <summary>The link that accepts an invitation.</summary>
    public static string Of(string url, Invitation invitation, string secret) => QueryHelpers.AddQueryString(url, new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["organisation_id"] = invitation.OrganisationId.ToString(), ["invitation_id"] = invitation.Id.ToString(), ["secret"] = secret,
    });

    private static bool IsAllowed(string text, Organisation organisation, PublicAddress address) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && WebOrigin.Of(url) is var origin && (origin == address.Origin || organisation.AllowedOrigins.Contains(origin, StringComparer.Ordinal));
}
