namespace Patchbay.Platform.People;

/// <summary>The OpenID Connect issuer that people sign in at, and what its tokens call things.</summary>
internal sealed record OpenIdSettings
{
    /// <summary>The issuer, exactly as its tokens name it.</summary>
    public required string Issuer { get; init; }

    /// <summary>As which client it knows this server: the audience of its tokens.</summary>
    public required string ClientId { get; init; }

    /// <summary>What this server shows the issuer to be that client; null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>What to ask the issuer for when somebody signs in on the server's pages.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "email", "profile"];

    /// <summary>The claim that says who somebody is.</summary>
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>The claim with the mail address.</summary>
    public string EmailClaim { get; init; } = "email";

    /// <summary>The claim that says whether the issuer has made sure of the address.</summary>
    public string EmailVerifiedClaim { get; init; } = "email_verified";

    /// <summary>The claim with the name.</summary>
    public string NameClaim { get; init; } = "name";

    /// <summary>The claim with the address of a picture.</summary>
    public string PictureClaim { get; init; } = "picture";

    /// <summary>The issuer and the client; never the secret.</summary>
    public override string ToString() => $"{ClientId} at {Issuer}";
}
