using Patchbay.ServerTests.People;

namespace Patchbay.ServerTests.Contract;

/// <summary>The Organisations API.</summary>
internal static class OrganisationsCases
{
    public static ApiCases Cases { get; } = new("/api/organisations/v1", "organisations-api-v1.yaml", 26)
    {
        Operations =
        [
            "GetPublicKey", "CreateSigningKey", "ListSigningKeys", "DeleteSigningKey", "GetActiveOrganisation", "GetOrganisations", "CreateOrganisation", "GetOrganisation",
            "GetMembers", "GetMember", "DeleteMember", "CreateServiceAccount", "GetServiceAccounts", "GetServiceAccount", "DeleteServiceAccount", "CreateGroup", "GetGroups",
            "GetGroup", "DeleteGroup", "InviteMember", "GetInvitations", "DeleteInvitation", "AcceptInvitation", "ResendInvitation", "SetActiveOrganisation", "GetSlugAvailability",
        ],
        // A self-hosted server bills nobody.
        LeftOut = ["GetBilling", "UpdateBillingDetails", "GetInvoices", "UpdateSubscription", "CreateCheckoutSession", "BillingWebhooks"],
        FieldsLeftOut = [("Organisation", "billing"), ("Organisation", "plan")],
        NeverConflicts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CreateSigningKey"] = "Names of keys need not be unique.",
            ["SetActiveOrganisation"] = "Any organisation of one's own can be chosen.",
            ["DeleteServiceAccount"] = "Its tokens fail; nothing else depends on it.",
            ["DeleteGroup"] = "Its members stay.",
            ["DeleteInvitation"] = "Nothing depends on it.",
            ["ResendInvitation"] = "It can be sent again in any state.",
            ["AcceptInvitation"] = "Who is a member already has what it gives besides.",
            ["DeleteSigningKey"] = "Tokens of a deleted key fail; nothing else depends on it.",
        },
        NeverMissing = [("GetSlugAvailability", "slug")],
        Special =
        [
            new("CreateOrganisation", 409, w => w.Tenant.Host.Operator.PostAsync("/api/organisations/v1/organisations", new { slug = w.Tenant.Slug, displayName = "again" })),
            new("DeleteMember", 409, async w =>
            {
                var (_, _, owner) = await w.Tenant.NewMemberAsync("owner");
                return await w.Tenant.DeleteAsync($"{PersonSteps.Of(w.Tenant)}/members/{owner}");
            }),
            new("CreateGroup", 409, w => w.Tenant.PostAsync($"{PersonSteps.Of(w.Tenant)}/groups", new { name = $"{w.Populated.PrivateMarker}-group" })),
            new("CreateServiceAccount", 409, w => w.Tenant.PostAsync($"{PersonSteps.Of(w.Tenant)}/service-accounts", new { name = $"{w.Populated.PrivateMarker.ToLowerInvariant()}-account" })),
            new("InviteMember", 409, w => w.Tenant.InviteAsync(w.Populated.InvitedAddress)),
        ],
        CallerFor = (operation, world) => operation switch
        {
            "CreateOrganisation" => world.Tenant.Host.Operator,
            "AcceptInvitation" => world.Tenant.Host.As(TestIssuer.Shared.Token($"invited-{world.Tenant.Id}", world.Populated.InvitedAddress)),
            _ => null,
        },
    };
}
