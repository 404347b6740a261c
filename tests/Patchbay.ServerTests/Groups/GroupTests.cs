using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.People;
using Xunit;

namespace Patchbay.ServerTests.Groups;

public sealed class GroupTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Members_of_a_group_have_its_roles_as_long_as_they_are_in_it(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var groups = $"{PersonSteps.Of(acme)}/groups";
        var (ada, _, id) = await acme.NewMemberAsync();
        (await ada.GetAsync(acme.Whole("connectors"))).ExpectError(403, "permission_denied");
        var group = (await acme.PostAsync(groups, new { name = "readers", members = new[] { id }, roles = new[] { "viewer" } })).Expect(201);
        Assert.Equal((1, 0), (group["numMembers"].GetValue<int>(), group["numServiceAccounts"].GetValue<int>()));
        (await ada.GetAsync(acme.Whole("connectors"))).Expect(200);
        Assert.Equal(group.Text, (await acme.GetAsync($"{groups}/{group.Id}")).Expect(200).Text);

        (await acme.PutAsync($"{groups}/{group.Id}", new { name = "writers", members = new[] { id }, roleBindings = new[] { new { role = "developer" } } })).Expect(200);
        (await ada.PostAsync(acme.Whole("protocols/http/connectors"), new { })).ExpectError(400, "invalid_request");
        (await acme.PutAsync($"{PersonSteps.Of(acme)}/members/{id}", new { roleBindings = Array.Empty<object>(), groupIDs = Array.Empty<string>() })).Expect(200);
        (await ada.GetAsync(acme.Whole("connectors"))).ExpectError(403, "permission_denied");
        (await acme.PutAsync($"{PersonSteps.Of(acme)}/members/{id}", new { roleBindings = Array.Empty<object>(), groupIDs = new[] { group.Id } })).Expect(200);
        (await ada.GetAsync(acme.Whole("connectors"))).Expect(200);

        (await acme.DeleteAsync($"{groups}/{group.Id}")).Expect(204);
        (await ada.GetAsync(acme.Whole("connectors"))).ExpectError(403, "permission_denied");
        (await acme.GetAsync($"{groups}/{group.Id}")).ExpectError(404, "group_not_found");
    }

    [Theory, EachDatabase]
    public async Task What_cannot_be_a_group_is_refused(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var other = await acme.Host.NewOrganisationAsync();
        var groups = $"{PersonSteps.Of(acme)}/groups";
        var (_, _, stranger) = await other.NewMemberAsync();
        var (admin, _, adminId) = await acme.NewMemberAsync("admin");
        (await acme.PostAsync(groups, new { name = "g", members = new[] { stranger } })).ExpectError(400, "invalid_request", "members[0]");
        (await acme.PostAsync(groups, new { name = "g", roles = new[] { "none" } })).ExpectError(400, "invalid_request", "roles[0]");
        var owners = (await acme.PostAsync(groups, new { name = "owners", roles = new[] { "owner" } })).Expect(201);
        (await acme.PostAsync(groups, new { name = "owners" })).ExpectError(409, "group_exists", "name");
        // A group's roles are given to whoever is put into it.
        (await admin.PostAsync(groups, new { name = "mine", roles = new[] { "owner" } })).ExpectError(403, "permission_denied");
        (await admin.PutAsync($"{PersonSteps.Of(acme)}/members/{adminId}", new { roleBindings = new[] { new { role = "admin" } }, groupIDs = new[] { owners.Id } })).ExpectError(403, "permission_denied");
        (await admin.PutAsync($"{groups}/{owners.Id}", new { name = "owners", members = new[] { adminId }, roleBindings = new[] { new { role = "owner" } } })).ExpectError(403, "permission_denied");
        (await admin.DeleteAsync($"{groups}/{owners.Id}")).ExpectError(403, "permission_denied");
        (await admin.PutAsync($"{groups}/{owners.Id}", new { name = "chiefs", members = Array.Empty<string>(), roleBindings = new[] { new { role = "owner" } } })).Expect(200);
        (await other.GetAsync($"{PersonSteps.Of(other)}/groups/{owners.Id}")).ExpectError(404, "group_not_found");
        (await other.InviteAsync("x@example.com", groups: [owners.Id])).ExpectError(400, "invalid_request", "groupIDs[0]");
    }
}
