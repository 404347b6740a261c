using System.Net;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Organisations;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Invitations;

/// <summary>Writes and sends invitations, where the operator has named a server for mail.</summary>
internal sealed partial class InvitationMail(PatchbaySettings settings, OutboundNetwork network, ILogger<InvitationMail> logger)
{
    /// <summary>Sends an invitation.</summary>
    /// <returns>Whether it went out. Where not, the link is for the inviter to pass on.</returns>
    public async Task<bool> SendAsync(Invitation invitation, Organisation organisation, string link, string authUrl, CancellationToken cancellationToken)
    {
        if (settings.Mail is not { } server)
            return false;
        var what = invitation.Type == InviteType.TransferOwnership ? "become the owner of" : "join";
        var mail = new Mail(
            invitation.Email,
            $"You are invited to {what} {organisation.DisplayName}",
            $"""
            You are invited to {what} {organisation.DisplayName}.

            Sign in with this address: {authUrl}
            Then accept the invitation: {link}

            The invitation is good until {invitation.ExpiresAt:yyyy-MM-dd HH:mm} UTC. If you did not expect it, do nothing.
            """,
            $"""
            <!doctype html>
            <html lang="en"><body>
            <p>You are invited to {what} <strong>{Html(organisation.DisplayName)}</strong>.</p>
            <p><a href="{Html(authUrl)}">Sign in with this address</a>, then <a href="{Html(link)}">accept the invitation</a>.</p>
            <p>The invitation is good until {invitation.ExpiresAt:yyyy-MM-dd HH:mm} UTC. If you did not expect it, do nothing.</p>
            </body></html>
            """);
        if (await network.SendMailAsync(server, mail, cancellationToken) is not { } problem)
            return true;
        NotSent(logger, invitation.Id, problem);
        return false;
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    [LoggerMessage(1, LogLevel.Warning, "The mail of invitation {Invitation} was not sent: {Problem}")]
    private static partial void NotSent(ILogger logger, Ulid invitation, string problem);
}
