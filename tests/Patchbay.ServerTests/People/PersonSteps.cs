using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.People;

/// <summary>People who sign in at the shared issuer.</summary>
internal static class PersonSteps
{
    private static int _people;

    /// <summary>A person whom the server does not know yet.</summary>
    public static async Task<(Api Api, string Email)> NewPersonAsync(this PatchbayHost host, string name = "ada", bool verified = true)
    {
        var subject = $"{name}-{Interlocked.Increment(ref _people)}";
        var email = $"{subject}@example.com";
        return (host.As((await TestIssuer.SharedAsync()).Token(subject, email, verified, new { name = $"{name} {subject}" })), email);
    }

    /// <summary>Invites an address. The answer has the link, since tests' servers send no mail.</summary>
    public static Task<Answer> InviteAsync(this Tenant tenant, string email, string[]? roles = null, string type = "join_organisation", string[]? groups = null, Api? by = null) =>
        (by ?? tenant.Api).PostAsync($"{Of(tenant)}/invitations", new { email, url = Page(tenant), authUrl = Page(tenant), inviteType = type, roles = roles ?? [], groupIDs = groups ?? [] });

    /// <summary>A person who is a member with some roles.</summary>
    public static async Task<(Api Api, string Email, string MemberId)> NewMemberAsync(this Tenant tenant, params string[] roles)
    {
        var (api, email) = await tenant.Host.NewPersonAsync();
        var invitation = (await tenant.InviteAsync(email, roles)).Expect(201).Id;
        (await api.PutAsync($"{Of(tenant)}/invitations/{invitation}/accept", null)).Expect(204);
        var members = (await tenant.GetAsync($"{Of(tenant)}/members?identity_type=user")).Expect(200).Json[0]!["members"]!.AsArray();
        return (api, email, (string)members.Single(m => (string)m!["email"]! == email)!["id"]!);
    }

    public static string Of(Tenant tenant) => $"/api/organisations/v1/organisations/{tenant.Id}";

    public static string Page(Tenant tenant) => new Uri(tenant.Host.Address, "/invited?theme=dark").ToString();
}
