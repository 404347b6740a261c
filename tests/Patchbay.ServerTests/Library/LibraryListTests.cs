using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Library;

public sealed class LibraryListTests(Hosts hosts)
{
    private static int _titles;

    /// <summary>A title that no other test's connector has: the library is everyone's.</summary>
    private static string NewTitle() => $"Library list {Interlocked.Increment(ref _titles)}";

    [Theory, EachDatabase]
    public async Task A_connector_is_in_the_library_while_it_is_public_and_has_a_published_version(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, stranger) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var title = NewTitle();
        var connector = await acme.ImportAsync(new Description(title));
        Assert.Equal(0, await ListedAsync());
        await acme.ChangeConnectorAsync(connector.Id, c => c["public"] = true);
        Assert.Equal(0, await ListedAsync());
        await acme.PublishAsync(connector.Id, connector.Version);
        Assert.Equal(1, await ListedAsync());
        (await acme.PostAsync($"connectors/{connector.Id}/versions/latest/unpublish")).Expect(200);
        Assert.Equal(0, await ListedAsync());
        await acme.PublishAsync(connector.Id, connector.Version);
        await acme.ChangeConnectorAsync(connector.Id, c => c["public"] = false);
        Assert.Equal(0, await ListedAsync());

        async Task<int> ListedAsync()
        {
            var counts = new List<int>();
            foreach (var api in (Api[])[stranger.Api, acme.Api, host.Operator])
                counts.Add((await api.GetAsync($"/api/connect/v1/connectors?name={Uri.EscapeDataString(title)}")).Expect(200)["totalCount"].GetValue<int>());
            var read = await stranger.GetAsync($"/api/connect/v1/o/{acme.Id}/connectors/{connector.Id}");
            Assert.Equal(counts[0] == 1 ? 200 : 404, read.Status);
            return Assert.Single(counts.Distinct());
        }
    }

    [Theory, EachDatabase]
    public async Task Strangers_see_published_contents_and_neither_drafts_nor_connections(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, stranger) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var title = NewTitle();
        var connector = await acme.ImportPublicAsync(new Description(title) { Actions = 5 });
        await acme.CreateVersionAsync(connector.Id, "secret-draft", connector.Version);
        var config = connector.Answer["connector"]["authSchemeConfigs"]![0]!["id"]!.GetValue<string>();
        await acme.ConnectAsync(connector.Id, "secret-connection", config);
        var own = $"/api/connect/v1/o/{acme.Id}/connectors/{connector.Id}";

        var listed = (await stranger.GetAsync($"/api/connect/v1/connectors?name={Uri.EscapeDataString(title)}")).Expect(200);
        var read = (await stranger.GetAsync(own)).Expect(200);
        Assert.Equal(listed["connectors"][0]!.ToJsonString(), read.Json.ToJsonString());
        Assert.Equal("[]", read["connections"].ToJsonString());
        Assert.Equal([connector.Version], read["versions"].AsArray().Select(v => v!["name"]!.GetValue<string>()));
        Assert.DoesNotContain("secret", listed.Text + read.Text, StringComparison.Ordinal);

        Assert.Equal(await VersionContentsAsync(acme), await VersionContentsAsync(stranger));
        Assert.Equal([connector.Version], (await stranger.GetAsync($"{own}/versions")).Expect(200)["items"].AsArray().Select(v => v!["name"]!.GetValue<string>()));
        (await stranger.GetAsync($"{own}/versions/latest")).Expect(200);
        (await stranger.GetAsync($"{own}/versions/secret-draft")).ExpectError(404, "version_not_found");
        (await stranger.GetAsync($"{own}/versions/secret-draft/actions")).ExpectError(404, "version_not_found");
        (await stranger.GetAsync($"/api/connect/v1/o/{acme.Id}/schemas/{connector.Id}/secret-draft/Parcel0.json")).ExpectError(404, "version_not_found");
        (await stranger.GetAsync($"{own}/connections")).ExpectError(404, "organisation_not_found");
        (await stranger.GetAsync($"/api/connect/v1/o/{acme.Id}/connectors")).ExpectError(404, "organisation_not_found");

        Task<string> VersionContentsAsync(Tenant reader) => Versions.VersionContents.ReadAsync(reader, connector.Id, connector.Version, acme.Id);
    }

    [Theory, EachDatabase]
    public async Task A_public_connector_is_read_only_for_strangers(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, stranger) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var connector = await acme.ImportPublicAsync(new Description(NewTitle()));
        var own = $"/api/connect/v1/o/{acme.Id}/connectors/{connector.Id}";
        var before = (await acme.GetAsync(own)).Text;
        var update = await acme.ConnectorUpdateAsync(connector.Id);
        update["name"] = "taken over";
        foreach (var path in (string[])[own, $"/api/connect/v1/o/{stranger.Id}/connectors/{connector.Id}"])
        {
            (await stranger.PutAsync(path, update)).Expect(404);
            (await stranger.DeleteAsync(path)).Expect(404);
            (await stranger.PutAsync($"{path}/tags", new { tags = new { } })).Expect(404);
            (await stranger.PutAsync($"{path}/auth-scheme-configs/key", TenantSteps.ApiKeyConfig)).Expect(404);
            (await stranger.PostAsync($"{path}/versions", new { name = "x" })).Expect(404);
            (await stranger.PostAsync($"{path}/versions/latest/unpublish")).Expect(404);
            (await stranger.DeleteAsync($"{path}/versions/latest?force=true")).Expect(404);
        }

        Assert.Equal(before, (await acme.GetAsync(own)).Text);
    }
}
