using Patchbay.Platform.People;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Server;

/// <summary>The settings for people: a text each, the same in the command line, the environment and <c>appsettings.json</c>.</summary>
internal static class PeopleOptions
{
    /// <summary>Names in <c>appsettings.json</c>, options, and what the command line's help says of them.</summary>
    public static readonly IReadOnlyList<(string Name, string Option, string Description)> All =
    [
        ("OidcIssuer", "--oidc-issuer", "The OpenID Connect issuer that people sign in at. Default: none."),
        ("OidcClientId", "--oidc-client-id", "As which client the issuer knows this server: the audience of its tokens."),
        ("OidcClientSecretFile", "--oidc-client-secret-file", "The file with that client's secret, for signing in on the server's pages; or PATCHBAY_OIDC_CLIENT_SECRET. Default: none, a public client."),
        ("OidcScopes", "--oidc-scopes", "What the server's pages ask the issuer for. Default 'openid email profile'."),
        ("OidcSubjectClaim", "--oidc-subject-claim", "The claim that says who somebody is. Default sub."),
        ("OidcEmailClaim", "--oidc-email-claim", "The claim with the mail address. Default email."),
        ("OidcEmailVerifiedClaim", "--oidc-email-verified-claim", "The claim that says whether the issuer has made sure of the address. Default email_verified."),
        ("OidcNameClaim", "--oidc-name-claim", "The claim with the name. Default name."),
        ("OidcPictureClaim", "--oidc-picture-claim", "The claim with the address of a picture. Default picture."),
        ("PeopleCreateOrganisations", "--people-create-organisations", "Whether people who are signed in may make organisations: true or false. Default false."),
        ("SmtpUrl", "--smtp-url", "The server that sends mail, such as smtp://user:password@mail.example.com:587 or smtps://. Better in PATCHBAY_SMTP_URL. Default: none."),
        ("MailFrom", "--mail-from", "The address that mail comes from."),
    ];

    /// <summary>The server that sends mail, where there is one.</summary>
    /// <param name="setting">The text of a setting, or null.</param>
    /// <exception cref="StartRefusedException">A setting makes no sense. The URL is not shown: there may be a password in it.</exception>
    public static MailServer? MailOf(Func<string, string?> setting)
    {
        var (url, from) = (setting("SmtpUrl"), setting("MailFrom"));
        if (string.IsNullOrEmpty(url) && string.IsNullOrEmpty(from))
            return null;
        if (string.IsNullOrEmpty(url) || string.IsNullOrEmpty(from))
            throw new StartRefusedException("--smtp-url and --mail-from go together: give both or neither.");
        return MailServer.TryRead(url, from, out var server)
            ? server
            : throw new StartRefusedException("--smtp-url must be such as smtp://user:password@mail.example.com:587, or smtps://, and --mail-from a mail address.");
    }

    /// <summary>The issuer, where there is one.</summary>
    /// <param name="setting">The text of a setting, or null.</param>
    /// <exception cref="StartRefusedException">A setting makes no sense.</exception>
    public static OpenIdSettings? OpenIdOf(Func<string, string?> setting)
    {
        var (issuer, client) = (setting("OidcIssuer"), setting("OidcClientId"));
        if (string.IsNullOrEmpty(issuer) && string.IsNullOrEmpty(client))
            return null;
        if (string.IsNullOrEmpty(issuer) || string.IsNullOrEmpty(client))
            throw new StartRefusedException("--oidc-issuer and --oidc-client-id go together: give both or neither.");
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw new StartRefusedException($"--oidc-issuer is '{issuer}'; it must be an absolute http or https URL without query, exactly as the issuer's tokens name it.");
        var usual = new OpenIdSettings { Issuer = issuer, ClientId = client };
        return usual with
        {
            ClientSecret = SecretOf(setting),
            Scopes = Text("OidcScopes", string.Join(' ', usual.Scopes)).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            SubjectClaim = Text("OidcSubjectClaim", usual.SubjectClaim),
            EmailClaim = Text("OidcEmailClaim", usual.EmailClaim),
            EmailVerifiedClaim = Text("OidcEmailVerifiedClaim", usual.EmailVerifiedClaim),
            NameClaim = Text("OidcNameClaim", usual.NameClaim),
            PictureClaim = Text("OidcPictureClaim", usual.PictureClaim),
        };

        static string? SecretOf(Func<string, string?> setting)
        {
            if (setting("OidcClientSecretFile") is not { Length: > 0 } file)
                return setting("OidcClientSecret") is { Length: > 0 } secret ? secret : null;
            try
            {
                return File.ReadAllText(file).Trim() is { Length: > 0 } read ? read : throw new StartRefusedException($"--oidc-client-secret-file: {file} is empty.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StartRefusedException($"--oidc-client-secret-file: {file} cannot be read: {e.Message}");
            }
        }

        string Text(string name, string otherwise) => setting(name) is { Length: > 0 } text ? text : otherwise;
    }
}
