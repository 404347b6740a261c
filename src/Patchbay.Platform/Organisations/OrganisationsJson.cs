using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Organisations;

/// <summary>A tenant of the server.</summary>
internal sealed record OrganisationJson
{
    public required Ulid Id { get; init; }

    /// <summary>Unique on the server, for people to read.</summary>
    public required string Slug { get; init; }

    public required string DisplayName { get; init; }

    /// <summary>Who made it.</summary>
    public required string Owner { get; init; }

    /// <summary>The client id of the organisation's own service account.</summary>
    public required string SystemServiceAccountClientID { get; init; }

    /// <summary>Never set: a self-hosted server has no plans.</summary>
    public string? Plan { get; init; }

    public static OrganisationJson Of(Organisation organisation) => new()
    {
        Id = organisation.Id,
        Slug = organisation.Slug,
        DisplayName = organisation.DisplayName,
        Owner = organisation.Owner,
        SystemServiceAccountClientID = organisation.SystemServiceAccountClientId.ToString(),
    };
}

/// <summary>Organisations that the caller may act for.</summary>
internal sealed record OrganisationsPageJson : PageInfoJson
{
    public required IReadOnlyList<OrganisationJson> Organisations { get; init; }
}

/// <summary>A new organisation.</summary>
internal sealed record OrganisationCreateJson
{
    /// <summary>Lower-case letters, digits and hyphens, beginning with a letter; 3 to 63 characters.</summary>
    [RegularExpression(SlugPattern, ErrorMessage = "must have 3 to 63 lower-case letters, digits or hyphens and begin with a letter")]
    public required string Slug { get; init; }

    [MinLength(1), MaxLength(200)]
    public required string DisplayName { get; init; }

    internal const string SlugPattern = "^[a-z][a-z0-9-]{2,62}$";
}

/// <summary>Whether a slug can be taken.</summary>
internal sealed record SlugAvailabilityJson
{
    public required bool Ok { get; init; }

    /// <summary>Why not; empty when it can.</summary>
    public required IReadOnlyList<string> Messages { get; init; }
}
