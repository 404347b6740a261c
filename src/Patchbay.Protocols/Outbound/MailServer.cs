using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Protocols.Outbound;

/// <summary>An SMTP server that takes mail from us, and in whose name it goes out.</summary>
public sealed class MailServer
{
    private MailServer(string host, int port, bool isTls, string? user, string? password, string from) =>
        (Host, Port, IsTls, User, Password, From) = (host, port, isTls, user, password, from);

    internal string Host { get; }
    internal int Port { get; }

    /// <summary>Whether it speaks TLS from the first byte (RFC 8314, 3.3). Otherwise STARTTLS is used where it is offered, and is a must for a password.</summary>
    internal bool IsTls { get; }

    internal string? User { get; }
    internal string? Password { get; }
    internal string From { get; }

    /// <summary>Reads a server.</summary>
    /// <param name="url">Such as <c>smtp://user:password@mail.example.com:587</c>, or <c>smtps://</c>.</param>
    /// <param name="from">The address that mail comes from.</param>
    /// <param name="server">The server.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(string url, string from, [NotNullWhen(true)] out MailServer? server)
    {
        server = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0 || uri.AbsolutePath.Trim('/').Length > 0
            || uri.Query.Length > 0 || uri.Fragment.Length > 0 || !MimeKit.MailboxAddress.TryParse(from, out _))
        {
            return false;
        }

        var isTls = uri.Scheme == "smtps";
        var parts = uri.UserInfo.Split(':', 2);
        server = new MailServer(
            uri.IdnHost, uri.IsDefaultPort || uri.Port < 0 ? isTls ? 465 : 587 : uri.Port, isTls, parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : null,
            parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null, from);
        return true;
    }

    /// <summary>Host and port: a password is never printed.</summary>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>A mail.</summary>
/// <param name="To">The address that it goes to, alone.</param>
/// <param name="Subject">The subject; line breaks in it are spaces.</param>
/// <param name="Text">What it says, as plain text.</param>
/// <param name="Html">The same as HTML.</param>
public sealed record Mail(string To, string Subject, string Text, string Html)
{
    /// <summary>Nothing: a mail holds a secret.</summary>
    public override string ToString() => nameof(Mail);
}
