using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Patchbay.Protocols.Outbound;

/// <summary>Hands mail to an SMTP server (RFC 5321), whose host the operator named: no caller can choose where the connection goes.</summary>
internal static class MailSending
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <returns>Null once the server has taken it; else why not, without a word of the mail's.</returns>
    public static async Task<string?> SendAsync(MailServer server, Mail mail, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var message = MessageOf(server, mail, time);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.Host, server.Port, either.Token);
            using var client = new SmtpClient { CheckCertificateRevocation = false };
            await client.ConnectAsync(socket, server.Host, server.Port, SecurityOf(server), either.Token);
            if (server.User is { } user)
                await client.AuthenticateAsync(user, server.Password ?? "", either.Token);
            await client.SendAsync(message, either.Token);
            await client.DisconnectAsync(quit: true, either.Token);
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is SocketException or IOException or OperationCanceledException or CommandException or ProtocolException
            or AuthenticationException or SslHandshakeException or NotSupportedException or ServiceNotConnectedException or System.Security.Authentication.AuthenticationException)
        {
            // Servers repeat in their answers what they were told.
            return e switch
            {
                OperationCanceledException => $"{server} did not answer in time",
                SmtpCommandException refused => $"{server} refused it with {(int)refused.StatusCode}",
                AuthenticationException => $"{server} did not take the user name and password",
                _ => $"{server} could not be reached, or did not speak as it should ({e.GetType().Name})",
            };
        }
    }

    // A password does not go out in the clear.
    private static SecureSocketOptions SecurityOf(MailServer server) =>
        server.IsTls ? SecureSocketOptions.SslOnConnect : server.User is not null ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable;

    private static MimeMessage MessageOf(MailServer server, Mail mail, TimeProvider time)
    {
        var message = new MimeMessage { Subject = string.Concat(mail.Subject.Select(c => char.IsControl(c) ? ' ' : c)), Date = time.GetUtcNow() };
        message.From.Add(MailboxAddress.Parse(server.From));
        // An address by itself: what could be read as more than one is none.
        message.To.Add(new MailboxAddress(null, mail.To));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html }.ToMessageBody();
        return message;
    }
}
