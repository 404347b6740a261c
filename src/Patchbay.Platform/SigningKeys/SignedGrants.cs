using System.Security.Cryptography;
using System.Text;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;

namespace Patchbay.Platform.SigningKeys;

/// <summary>What tokens of signing keys allow.</summary>
internal static class SignedGrants
{
    /// <summary>
    /// What a token that stands for the organisation allows: to build and run, as a developer. Such tokens are made where users' requests are served,
    /// so they reach neither keys nor people.
    /// </summary>
    /// <param name="hubId">The one hub that the key is bound to; null for the whole organisation.</param>
    public static Allowance Of(Ulid? hubId) => hubId is { } hub
        ? new Allowance(new PermissionSet(0), new Dictionary<BoundResource, PermissionSet> { [new BoundResource(RoleScope.Hub, hub)] = BuiltInRoles.Developer.Permissions })
        : new Allowance(BuiltInRoles.Developer.Permissions);

    /// <summary>What stands for an end user where their external id must not: a hash that is another in each organisation.</summary>
    public static string Mark(Ulid organisationId, string externalId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{organisationId}\n{externalId}")).AsSpan(0, 12));
}
