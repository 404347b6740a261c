using Patchbay.Protocols.Outbound;
using Patchbay.ServerTests.Audit;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.People;
using Xunit;

namespace Patchbay.ServerTests.Invitations;

public sealed class InvitationTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Who_has_the_address_and_proves_it_becomes_a_member_once(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var invitations = $"{PersonSteps.Of(acme)}/invitations";
        var group = (await acme.PostAsync($"{PersonSteps.Of(acme)}/groups", new { name = "g", roles = new[] { "viewer" } })).Expect(201).Id;
        var (ada, email) = await acme.Host.NewPersonAsync();
        var (eve, _) = await acme.Host.NewPersonAsync("eve");
        var invited = (await acme.InviteAsync(email.ToUpperInvariant(), ["developer"], groups: [group])).Expect(201);
        Assert.Equal(("join_organisation", false, "developer", group), ((string)invited["inviteType"]!, (bool)invited["accepted"]!, (string)invited["roles"][0]!, (string)invited["groupIDs"][0]!));
        var link = invited["link"].GetValue<string>();
        Assert.Contains(invited.Id, link, StringComparison.Ordinal);
        Assert.Contains("theme=dark", link, StringComparison.Ordinal);
        var secret = link[(link.IndexOf("secret=", StringComparison.Ordinal) + 7)..];
        var accept = $"{invitations}/{invited.Id}/accept";
        var listed = (await acme.GetAsync(invitations)).Expect(200);
        Assert.DoesNotContain(secret, listed.Text, StringComparison.Ordinal);

        // An address that nobody has made sure of is nobody's; another's is as if there were no invitation.
        var subject = $"eve-{email}";
        var unverified = acme.Host.As((await TestIssuer.SharedAsync()).Token(subject, email, verified: false));
        (await unverified.PutAsync(accept, null)).ExpectError(403, "email_unverified");
        Assert.Equal((await eve.PutAsync($"{invitations}/01JDF3Q2M8V7K5T9XW4RZ6YB6C/accept", null)).ExpectError(404, "invitation_not_found").Text, (await eve.PutAsync(accept, null)).ExpectError(404, "invitation_not_found").Text);
        (await acme.PutAsync(accept, null)).ExpectError(403, "person_required");
        (await acme.Host.Operator.PutAsync(accept, null)).ExpectError(403, "person_required");
        (await ada.PutAsync($"{accept}?secret=pbi_wrong", null)).ExpectError(404, "invitation_not_found");
        (await ada.GetAsync(acme.Whole("connectors"))).ExpectOneOf(404, 200);
        (await acme.InviteAsync(email)).ExpectError(409, "invitation_exists", "email");

        (await ada.PutAsync($"{accept}?secret={secret}", null)).Expect(204);

        (await ada.GetAsync(acme.Whole("events"))).Expect(200);
        (await ada.PutAsync(accept, null)).ExpectError(404, "invitation_not_found");
        Assert.Equal(0, (await acme.GetAsync(invitations)).Expect(200).Json[0]!["totalCount"]!.GetValue<int>());
        Assert.Equal(1, (await acme.GetAsync($"{PersonSteps.Of(acme)}/groups/{group}")).Expect(200)["numMembers"].GetValue<int>());
        (await acme.InviteAsync(email)).ExpectError(409, "member_exists", "email");
        Assert.Equal(0, await acme.Host.ScalarAsync<long>("SELECT COUNT(*) FROM role_bindings WHERE subject_id = @p0", invited.Id));
        var record = Assert.Single(await acme.Host.RecordsAsync(), r => r.Chain == acme.Id && r is { Operation: "AcceptInvitation", Outcome: "succeeded" });
        Assert.StartsWith("person:", record.Actor, StringComparison.Ordinal);
        Assert.Contains(invited.Id, record.Resources, StringComparison.Ordinal);
        Assert.Empty(acme.Host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task Invitations_that_lead_elsewhere_or_give_too_much_are_refused(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var invitations = $"{PersonSteps.Of(acme)}/invitations";
        (await acme.PutAsync($"{PersonSteps.Of(acme)}/allowed-origins", new { origins = new[] { "https://app.example.com" } })).Expect(200);
        object Body(string url, string auth, string email = "x@example.com") => new { email, url, authUrl = auth, inviteType = "join_organisation" };
        (await acme.PostAsync(invitations, Body("https://app.example.com/join", "https://app.example.com/login"))).Expect(201);
        foreach (var elsewhere in new[] { "https://evil.example.com/", "https://app.example.com.evil.example/", "https://app.example.com@evil.example/", "javascript:alert(1)", "//app.example.com/", "https://app.example.com:8443/" })
            (await acme.PostAsync(invitations, Body(elsewhere, elsewhere, "y@example.com"))).ExpectError(400, "invalid_request", "url", "authUrl");
        foreach (var wrong in new[] { "nobody", "a@b@c", "a b@example.com", "a@example.com\r\nBcc: b@example.com", "Ada <a@example.com>", "a@example.com,b@example.com" })
            (await acme.PostAsync(invitations, Body("https://app.example.com/", "https://app.example.com/", wrong))).ExpectError(400, "invalid_request", "email");
        var (admin, _, _) = await acme.NewMemberAsync("admin");
        (await acme.InviteAsync("o@example.com", ["owner"], by: admin)).ExpectError(403, "permission_denied");
        (await acme.InviteAsync("o@example.com", type: "transfer_ownership", by: admin)).ExpectError(403, "permission_denied");
        var role = (await acme.PostAsync($"{PersonSteps.Of(acme)}/roles", new { name = "guest", permissions = new[] { "connector.read" } })).Expect(201).Id;
        var invited = (await acme.InviteAsync("z@example.com", ["guest"])).Expect(201).Id;
        (await acme.DeleteAsync($"{PersonSteps.Of(acme)}/roles/{role}")).ExpectError(409, "role_in_use");
        (await acme.DeleteAsync($"{invitations}/{invited}")).Expect(204);
        (await acme.DeleteAsync($"{PersonSteps.Of(acme)}/roles/{role}")).Expect(204);
    }

    [Theory, EachDatabase]
    public async Task Ownership_passes_to_who_accepts_it(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var (owner, _, ownerId) = await acme.NewMemberAsync("owner");
        var (ada, email) = await acme.Host.NewPersonAsync();
        var invited = (await acme.InviteAsync(email, type: "transfer_ownership", by: owner)).Expect(201).Id;
        (await ada.PutAsync($"{PersonSteps.Of(acme)}/invitations/{invited}/accept", null)).Expect(204);
        var before = (await acme.GetAsync($"{PersonSteps.Of(acme)}/members/{ownerId}")).Expect(200);
        Assert.Equal(["admin"], before["roleBindings"].AsArray().Select(b => (string)b!["role"]!["name"]!));
        var after = (await ada.GetAsync(PersonSteps.Of(acme))).Expect(200)["owner"].GetValue<string>();
        var members = (await ada.GetAsync($"{PersonSteps.Of(acme)}/members?identity_type=user")).Expect(200).Json[0]!["members"]!.AsArray();
        Assert.Equal(after, (string)members.Single(m => (string)m!["email"]! == email)!["identityId"]!);
    }

    [Theory, EachDatabase]
    public async Task A_mail_goes_out_through_an_smtp_server_and_again_with_a_new_link(Database database)
    {
        await using var box = new MailBox();
        Assert.True(MailServer.TryRead(box.Url, "Patchbay <patchbay@example.com>", out var server));
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock, settings: (await TestIssuer.SharedAsync()).Settings with { Mail = server });
        var acme = await host.NewOrganisationAsync();
        (await host.Operator.PostAsync("/api/organisations/v1/organisations", new { slug = "escaped", displayName = "A <b>&\r\nBcc: eve@example.com" })).Expect(201);
        var escaped = (await host.Operator.GetAsync("/api/organisations/v1/organisations?filter=escaped")).Expect(200)["organisations"][0]!["id"]!.GetValue<string>();
        var issuer = await TestIssuer.SharedAsync();
        var sent = (await host.Operator.PostAsync($"/api/organisations/v1/organisations/{escaped}/invitations",
            new { email = "mailed@example.com", url = PersonSteps.Page(acme), authUrl = PersonSteps.Page(acme), inviteType = "join_organisation" })).Expect(201);
        Assert.Null(sent.Json["link"]);
        Assert.True(box.Mails.TryDequeue(out var mail));
        Assert.Equal(("<patchbay@example.com>", "<mailed@example.com>"), (mail.From.Split(' ')[0], mail.To.Single()));
        var header = mail.Content[..mail.Content.IndexOf("\n\n", StringComparison.Ordinal)].Replace("\r", "", StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc", header, StringComparison.Ordinal);
        using var parsed = MimeKit.MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(mail.Content)), TestContext.Current.CancellationToken);
        Assert.Contains("secret=pbi_", parsed.TextBody, StringComparison.Ordinal);
        Assert.Contains("A &lt;b&gt;&amp;", parsed.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", parsed.HtmlBody, StringComparison.Ordinal);

        // A week later it is over, until it is sent again; then the first link leads nowhere.
        var first = SecretOf(parsed.TextBody!);
        clock.Advance(TimeSpan.FromDays(8));
        var ada = host.As(issuer.Token("mailed", "mailed@example.com", clock: clock));
        var invitation = $"/api/organisations/v1/organisations/{escaped}/invitations/{sent.Id}";
        (await ada.PutAsync($"{invitation}/accept", null)).ExpectError(410, "invitation_expired");
        object Again(string email, string type) => new { email, url = PersonSteps.Page(acme), authUrl = PersonSteps.Page(acme), inviteType = type };
        (await host.Operator.PutAsync($"{invitation}/resend", Again("other@example.com", "transfer_ownership"))).ExpectError(400, "invalid_request", "email", "inviteType");
        (await host.Operator.PutAsync($"{invitation}/resend", Again("mailed@example.com", "join_organisation"))).Expect(200);
        Assert.True(box.Mails.TryDequeue(out var second));
        using var renewed = MimeKit.MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(second.Content)), TestContext.Current.CancellationToken);
        (await ada.PutAsync($"{invitation}/accept?secret={first}", null)).ExpectError(404, "invitation_not_found");
        (await ada.PutAsync($"{invitation}/accept?secret={SecretOf(renewed.TextBody!)}", null)).Expect(204);

        // What the server does not take is the inviter's to pass on.
        box.Refuses = true;
        var refused = (await acme.InviteAsync("refused@example.com")).Expect(201);
        Assert.Contains("secret=pbi_", refused["link"].GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
        Assert.DoesNotContain("pbi_", string.Join('\n', host.Log.Lines), StringComparison.Ordinal);
    }

    private static string SecretOf(string text) => text[(text.IndexOf("secret=", StringComparison.Ordinal) + 7)..].Split('\n', '\r', ' ')[0];
}
