using System.ComponentModel.DataAnnotations;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.ServiceAccounts;

/// <summary>An account for programs, which get tokens by its client id and secret at POST /oauth2/token.</summary>
internal sealed record ServiceAccountJson
{
    public required Ulid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What it is called where people are called by their mail addresses. It takes no mail.</summary>
    public required string Email { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The secret. It is shown once, when the account is made: keep it.</summary>
    public string? ClientSecret { get; init; }

    public required IReadOnlyList<RoleBindingJson> RoleBindings { get; init; }

    /// <summary>Ours: the groups that it is in.</summary>
    public IReadOnlyList<Ulid>? GroupIDs { get; init; }

    public static string EmailOf(string name, string slug) => $"{name}@sa.{slug}.versori.com";
}

/// <summary>The service accounts of an organisation.</summary>
internal sealed record ServiceAccountsPageJson : PageInfoJson
{
    public required IReadOnlyList<ServiceAccountJson> ServiceAccounts { get; init; }
}

/// <summary>A new service account.</summary>
internal sealed record ServiceAccountCreateJson
{
    /// <summary>Unique in the organisation, and never changed: lower-case letters, digits, and - _ . inside, beginning with a letter.</summary>
    [MaxLength(100)]
    [RegularExpression("^[a-z][a-z0-9-_.]*$", ErrorMessage = "must have lower-case letters, digits, -, _ or . and begin with a letter")]
    public required string Name { get; init; }

    /// <summary>Names of the roles that it has in the whole organisation. Nobody can give a role that allows what they may not do.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>The groups that it is in.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Ulid>? GroupIDs { get; init; }
}
