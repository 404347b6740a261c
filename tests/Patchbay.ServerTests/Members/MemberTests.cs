using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.People;
using Xunit;

namespace Patchbay.ServerTests.Members;

public sealed class MemberTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_member_may_what_their_roles_say_from_the_moment_they_change(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var (ada, email, id) = await acme.NewMemberAsync("viewer");
        (await ada.GetAsync(acme.Whole("connectors"))).Expect(200);
        (await ada.PostAsync(acme.Whole("protocols/http/connectors"), new { })).ExpectError(403, "permission_denied");
        var read = (await acme.GetAsync($"{PersonSteps.Of(acme)}/members/{id}")).Expect(200);
        Assert.Equal(("user", email, "viewer", "organisation", acme.Id), ((string)read["identityType"]!, (string)read["email"]!, (string)read["roleBindings"][0]!["role"]!["name"]!,
            (string)read["roleBindings"][0]!["resource"]!["resourceType"]!, (string)read["roleBindings"][0]!["resource"]!["resourceId"]!));

        (await acme.PutAsync($"{PersonSteps.Of(acme)}/members/{id}", new { roleBindings = new[] { new { role = "developer" } } })).Expect(200);
        (await ada.PostAsync(acme.Whole("protocols/http/connectors"), new { })).ExpectError(400, "invalid_request");

        (await acme.DeleteAsync($"{PersonSteps.Of(acme)}/members/{id}")).Expect(204);
        (await ada.GetAsync(acme.Whole("connections"))).Expect(404);
        (await ada.GetAsync(PersonSteps.Of(acme))).ExpectError(404, "organisation_not_found");
        (await acme.GetAsync($"{PersonSteps.Of(acme)}/members/{id}")).ExpectError(404, "member_not_found");
    }

    [Theory, EachDatabase]
    public async Task A_role_can_be_bound_to_one_hub_or_connection(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync(configs: new { id = "key", schemeType = "api-key", description = "", name = "X-Key", @in = "header" })).Id;
        var hub = (await acme.PostAsync("/api/embedded/v1/hubs", new { organisationId = acme.Id, name = "hub", primaryConnectorId = connector, authSchemeConfig = new { id = "key" } })).Expect(201).Id;
        var second = (await acme.PostAsync("/api/embedded/v1/hubs", new { organisationId = acme.Id, name = "second", primaryConnectorId = connector, authSchemeConfig = new { id = "key" } })).Expect(201).Id;
        var (ada, _, id) = await acme.NewMemberAsync();
        (await ada.GetAsync($"/api/embedded/v1/hubs/{hub}")).ExpectError(403, "permission_denied");

        var member = (await acme.PutAsync($"{PersonSteps.Of(acme)}/members/{id}", new { roleBindings = new[] { new { role = "viewer", resourceType = "hub", resourceId = hub } } })).Expect(200);

        Assert.Equal("hub", (string)member["roleBindings"][0]!["resource"]!["name"]!);
        (await ada.GetAsync($"/api/embedded/v1/hubs/{hub}")).Expect(200);
        (await ada.GetAsync($"/api/embedded/v1/hubs/{second}")).ExpectError(403, "permission_denied");
        (await acme.PutAsync($"{PersonSteps.Of(acme)}/members/{id}", new
        {
            roleBindings = new object[] { new { role = "nothing" }, new { role = "viewer", resourceType = "hub", resourceId = acme.Id }, new { role = "viewer", resourceType = "switchboard", resourceId = hub } },
        })).ExpectError(400, "invalid_request", "roleBindings[0]", "roleBindings[1]", "roleBindings[2]");
    }

    [Theory, EachDatabase]
    public async Task The_last_owner_stays_and_nobody_gives_or_takes_more_than_they_have(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var (owner, _, ownerId) = await acme.NewMemberAsync("owner");
        var (admin, _, adminId) = await acme.NewMemberAsync("admin");
        var members = $"{PersonSteps.Of(acme)}/members";
        (await owner.DeleteAsync($"{members}/{ownerId}")).ExpectError(409, "last_owner");
        (await acme.PutAsync($"{members}/{ownerId}", new { roleBindings = new[] { new { role = "admin" } } })).ExpectError(409, "last_owner");
        (await admin.PutAsync($"{members}/{adminId}", new { roleBindings = new[] { new { role = "owner" } } })).ExpectError(403, "permission_denied");
        (await acme.PutAsync($"{members}/{adminId}", new { roleBindings = new[] { new { role = "owner" } } })).Expect(200);
        (await acme.PutAsync($"{members}/{ownerId}", new { roleBindings = new[] { new { role = "admin" } } })).Expect(200);
        // The one who is admin now takes nothing from the one who is owner.
        (await owner.PutAsync($"{members}/{adminId}", new { roleBindings = new[] { new { role = "viewer" } } })).ExpectOneOf(403, 409);
        (await owner.DeleteAsync($"{members}/{adminId}")).ExpectOneOf(403, 409);
        (await owner.DeleteAsync($"{members}/{ownerId}")).Expect(204);

        // Of two owners who remove each other at once one stays.
        var (first, _, firstId) = await acme.NewMemberAsync("owner");
        var results = await Task.WhenAll(first.DeleteAsync($"{members}/{adminId}"), admin.DeleteAsync($"{members}/{firstId}"));
        Assert.Equal(1, results.Count(r => r.Status == 204));
        Assert.Equal(1, (await acme.GetAsync($"{members}?identity_type=user")).Expect(200).Json[0]!["totalCount"]!.GetValue<int>());
        (await acme.GetAsync($"{members}?identity_type=robot")).ExpectError(400, "invalid_request", "identity_type");
    }

    [Theory, EachDatabase]
    public async Task A_person_sees_their_organisations_and_chooses_the_active_one(Database database)
    {
        const string Active = "/api/organisations/v1/active-organisation";
        var host = await hosts.OfAsync(database);
        var (acme, other, foreign) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var (ada, email, _) = await acme.NewMemberAsync("viewer");
        Assert.Equal(acme.Id, (await ada.GetAsync(Active)).Expect(200).Id);
        var invitation = (await other.InviteAsync(email, ["owner"])).Expect(201).Id;
        (await ada.PutAsync($"{PersonSteps.Of(other)}/invitations/{invitation}/accept", null)).Expect(204);
        (await ada.GetAsync(Active)).ExpectError(404, "no_active_organisation");
        (await ada.PutAsync($"{PersonSteps.Of(foreign)}/active", null)).ExpectError(404, "organisation_not_found");
        (await ada.PutAsync($"{PersonSteps.Of(other)}/active", null)).Expect(200);
        Assert.Equal(other.Id, (await ada.GetAsync(Active)).Expect(200).Id);
        var listed = (await ada.GetAsync("/api/organisations/v1/organisations")).Expect(200)["organisations"].AsArray();
        Assert.Equal([other.Id, acme.Id], listed.Select(o => (string)o!["id"]!));
        Assert.Equal(acme.Id, (await acme.GetAsync(Active)).Expect(200).Id);

        (await host.Operator.DeleteAsync(PersonSteps.Of(other))).Expect(204);
        Assert.Equal(acme.Id, (await ada.GetAsync(Active)).Expect(200).Id);
    }

    [Theory, EachDatabase]
    public async Task People_make_organisations_only_where_the_operator_lets_them(Database database)
    {
        var (refused, _) = await (await hosts.OfAsync(database)).NewPersonAsync();
        (await refused.PostAsync("/api/organisations/v1/organisations", new { slug = "own-one", displayName = "Own" })).ExpectError(403, "operator_required");
        await using var host = await PatchbayHost.StartAsync(database, settings: (await TestIssuer.SharedAsync()).Settings with { PeopleCreateOrganisations = true });
        var (ada, _) = await host.NewPersonAsync();
        var made = (await ada.PostAsync("/api/organisations/v1/organisations", new { slug = "own-one", displayName = "Own" })).Expect(201);
        var members = (await ada.GetAsync($"/api/organisations/v1/organisations/{made.Id}/members")).Expect(200).Json[0]!["members"]!.AsArray();
        Assert.Equal(("owner", made["owner"].GetValue<string>()), ((string)members.Single()!["roleBindings"]![0]!["role"]!["name"]!, (string)members[0]!["identityId"]!));
        (await host.Nobody.PostAsync("/api/organisations/v1/organisations", new { slug = "other", displayName = "Own" })).Expect(401);
        Assert.Empty(host.Log.Errors);
    }
}
