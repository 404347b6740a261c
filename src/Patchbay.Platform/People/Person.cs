namespace Patchbay.Platform.People;

/// <summary>Somebody who signed in at the OpenID Connect issuer. Belongs to no organisation: what they may do in one says their <see cref="Members.Member"/> there.</summary>
internal sealed class Person
{
    public const int LongestSubject = 255;
    public const int LongestText = 1000;

    public required Ulid Id { get; init; }

    /// <summary>Who knows them; with <see cref="Subject"/> the only thing that never changes (OpenID Connect Core 1.0, 5.7).</summary>
    public required string Issuer { get; init; }

    public required string Subject { get; init; }
    public string? Email { get; set; }

    /// <summary>Whether the issuer has made sure that the address is theirs.</summary>
    public bool EmailVerified { get; set; }

    public string? Name { get; set; }
    public string? Picture { get; set; }

    /// <summary>When the issuer said this of them: what an older token says does not count any more.</summary>
    public required DateTimeOffset ClaimsAt { get; set; }

    /// <summary>The organisation that they work in; null until they choose.</summary>
    public Ulid? ActiveOrganisationId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>What others call them: their name, else their address.</summary>
    public string ShownName => Name is { Length: > 0 } name ? name : Email ?? "";

    /// <summary>Takes over what the issuer says, unless it said something newer before.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Take(IdentityClaims claims)
    {
        if (claims.IssuedAt < ClaimsAt || (Email, EmailVerified, Name, Picture) == (claims.Email, claims.EmailVerified, claims.Name, claims.Picture))
            return false;
        (Email, EmailVerified, Name, Picture, ClaimsAt) = (claims.Email, claims.EmailVerified, claims.Name, claims.Picture, claims.IssuedAt);
        return true;
    }
}

/// <summary>What the issuer says of somebody.</summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="Subject">Who they are there.</param>
/// <param name="Email">Their address, or null.</param>
/// <param name="EmailVerified">Whether the issuer has made sure that it is theirs.</param>
/// <param name="Name">Their name, or null.</param>
/// <param name="Picture">Where a picture of them is, or null.</param>
/// <param name="IssuedAt">When it was said.</param>
internal sealed record IdentityClaims(string Issuer, string Subject, string? Email, bool EmailVerified, string? Name, string? Picture, DateTimeOffset IssuedAt)
{
    /// <summary>Nothing: who somebody is, no log needs to know.</summary>
    public override string ToString() => nameof(IdentityClaims);
}
