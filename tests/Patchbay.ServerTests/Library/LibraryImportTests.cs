using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.ServerTests.Connectors;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Versions;
using Xunit;

namespace Patchbay.ServerTests.Library;

public sealed class LibraryImportTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task An_import_is_a_private_draft_with_everything_that_describes_the_api_and_no_connection(Database database)
    {
        var (publisher, importer) = await TwoAsync(database);
        var source = await publisher.ImportPublicAsync(new Description { Actions = 25 });
        await publisher.ChangeConnectorAsync(source.Id, c =>
        {
            c["tags"] = new JsonObject { ["a"] = new JsonArray("1", "2"), ["b"] = new JsonArray() };
            c["baseUrl"] = "https://{{ conn.region }}.example.com";
            c["connectionVariables"] = new JsonArray(new JsonObject { ["name"] = "region", ["value"] = "eu" });
            c["documentationURL"] = "https://docs.example.com";
            c["imageURL"] = "https://example.com/i.png";
        });
        (await publisher.PutAsync($"connectors/{source.Id}/categories", new { categories = new[] { "ERP" } })).Expect(204);
        (await publisher.PutAsync($"connectors/{source.Id}/auth-scheme-configs/oauth", AuthSchemeConfigTests.OAuth2("cs-secret"))).Expect(200);
        var config = source.Answer["connector"]["authSchemeConfigs"]![0]!["id"]!.GetValue<string>();
        await publisher.ConnectAsync(source.Id, configId: config);
        await publisher.CreateVersionAsync(source.Id, "draft", source.Version);
        var original = (await publisher.GetAsync($"connectors/{source.Id}")).Expect(200);

        var copy = (await importer.PostAsync($"connectors/{source.Id}/versions/{source.Version}/library/import")).Expect(200);
        Assert.Equal(copy.Text, (await importer.GetAsync($"connectors/{copy.Id}")).Expect(200).Text);
        foreach (var same in (string[])["name", "protocol", "baseUrl", "tags", "categories", "documentationURL", "imageURL", "connectionVariables", "authSchemeConfigs"])
            Assert.Equal(original[same].ToJsonString(), copy[same].ToJsonString());
        Assert.Equal(importer.Id, copy["organisationId"].GetValue<string>());
        Assert.False(copy["public"].GetValue<bool>());
        Assert.Equal("[]", copy["connections"].ToJsonString());
        Assert.Equal($$"""{"connectorId":"{{source.Id}}","organisationId":"{{publisher.Id}}"}""", copy["source"].ToJsonString());
        var version = Assert.Single(copy["versions"].AsArray())!;
        Assert.Equal(source.Version, version["name"]!.GetValue<string>());
        Assert.Null(version["publishedAt"]);
        Assert.Equal(source.Version, version["source"]!["name"]!.GetValue<string>());
        Assert.Equal(original["versions"].AsArray().Single(v => v!["name"]!.GetValue<string>() == source.Version)!["id"]!.GetValue<string>(), version["source"]!["id"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]{64}$", version["source"]!["contentHash"]!.GetValue<string>());

        Assert.Equal(await VersionContents.ReadAsync(publisher, source.Id, source.Version), await VersionContents.ReadAsync(importer, copy.Id, source.Version));
        foreach (var kind in (string[])["actions", "triggers", "definitions"])
            Assert.Equal(await VersionContents.NamesAsync(publisher, source.Id, source.Version, kind), await VersionContents.NamesAsync(importer, copy.Id, source.Version, kind));
        await importer.PublishAsync(copy.Id, source.Version);
    }

    [Theory, EachDatabase]
    public async Task What_is_not_in_the_library_is_all_alike(Database database)
    {
        var (publisher, importer) = await TwoAsync(database);
        var hidden = await publisher.ImportPublishedAsync();
        var unpublished = await publisher.ImportAsync();
        await publisher.ChangeConnectorAsync(unpublished.Id, c => c["public"] = true);
        var listed = await publisher.ImportPublicAsync();
        await publisher.CreateVersionAsync(listed.Id, "draft");
        var answers = new List<Answer>();
        foreach (var (connector, version) in ((string, string)[])
        [
            (hidden.Id, hidden.Version), (hidden.Id, "latest"), (unpublished.Id, unpublished.Version), (unpublished.Id, "default"),
            (listed.Id, "draft"), (listed.Id, "none"), ("01JDF3Q2M8V7K5T9XW4RZ6YB1C", "1.0.0"), ("nonsense", "latest"),
        ])
        {
            answers.Add((await importer.PostAsync($"connectors/{connector}/versions/{version}/library/import")).ExpectError(404, "public_version_not_found"));
        }

        Assert.Single(answers.Select(a => a.Text).Distinct());
        Assert.Equal(0, (await importer.GetAsync("connectors"))["totalCount"].GetValue<int>());
        (await publisher.PostAsync($"connectors/{listed.Id}/versions/latest/library/import")).ExpectError(409, "own_connector");
        (await importer.PostAsync($"/api/connect/v1/o/{publisher.Id}/connectors/{listed.Id}/versions/latest/library/import")).ExpectError(404, "organisation_not_found");
    }

    [Theory, EachDatabase]
    public async Task Another_version_of_the_same_source_becomes_a_draft_of_the_same_connector(Database database)
    {
        var (publisher, importer) = await TwoAsync(database);
        var source = await publisher.ImportPublicAsync(new Description(Version: "1.0.0"));
        var first = (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(200);
        await importer.PublishAsync(first.Id, "1.0.0");
        (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).ExpectError(409, "version_exists");
        (await publisher.PostAsync($"connector/{source.Id}/http/import", Upload.Of(new Description { Actions = 7 }.ToString(), new { format = "openapi", version = "2.0.0" }))).Expect(201);
        await publisher.PublishAsync(source.Id, "2.0.0");
        (await publisher.PutVersionAsync(source.Id, "1.0.0", v => v["isDefault"] = true)).Expect(200);
        (await importer.PostAsync($"connectors/{source.Id}/versions/default/library/import")).ExpectError(409, "version_exists");

        var second = (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(200);
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(["1.0.0", "2.0.0"], second["versions"].AsArray().Select(v => v!["name"]!.GetValue<string>()).Order());
        Assert.Equal(7, (await importer.GetAsync($"connectors/{first.Id}/versions/2.0.0/actions"))["totalCount"].GetValue<int>());
        Assert.Equal(3, (await importer.GetAsync($"connectors/{first.Id}/versions/1.0.0/actions"))["totalCount"].GetValue<int>());
        Assert.Equal("1.0.0", (await importer.GetAsync($"connectors/{first.Id}/versions/latest"))["name"].GetValue<string>());
        Assert.Equal(1, (await importer.GetAsync("connectors"))["totalCount"].GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task What_happens_to_the_source_leaves_the_copy_alone(Database database)
    {
        var (publisher, importer) = await TwoAsync(database);
        var source = await publisher.ImportPublicAsync();
        var copy = (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(200);
        var contents = await VersionContents.ReadAsync(importer, copy.Id, source.Version);
        await publisher.ChangeConnectorAsync(source.Id, c => (c["name"], c["baseUrl"], c["public"]) = ("Other", "https://evil.example.com", false));
        (await publisher.PostAsync($"connectors/{source.Id}/versions/latest/unpublish")).Expect(200);
        (await publisher.DeleteAsync($"connectors/{source.Id}")).Expect(204);

        Assert.Equal(copy.Text, (await importer.GetAsync($"connectors/{copy.Id}")).Expect(200).Text);
        Assert.Equal(contents, await VersionContents.ReadAsync(importer, copy.Id, source.Version));
    }

    [Theory, EachDatabase]
    public async Task Many_imports_of_one_source_at_once_end_in_one_connector(Database database)
    {
        var (publisher, importer) = await TwoAsync(database);
        var source = await publisher.ImportPublicAsync();
        for (var i = 2; i <= 3; i++)
        {
            await publisher.CreateVersionAsync(source.Id, $"{i}", source.Version);
            await publisher.PublishAsync(source.Id, $"{i}");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            importer.PostAsync($"connectors/{source.Id}/versions/{(i % 3 == 0 ? source.Version : $"{1 + i % 3}")}/library/import")));
        Assert.Equal(3, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => a.ExpectError(409, "version_exists"));
        var connector = Assert.Single((await importer.GetAsync("connectors")).Expect(200)["connectors"].AsArray())!;
        Assert.Equal(3, connector["versions"]!.AsArray().Count);
    }

    [Theory, EachDatabase]
    public async Task Imports_between_two_organisations_in_both_directions_at_once_do_not_block_each_other(Database database)
    {
        var (one, other) = await TwoAsync(database);
        var (ofOne, ofOther) = (await one.ImportPublicAsync(), await other.ImportPublicAsync());
        for (var i = 0; i < Counts.Of(4, 20); i++)
        {
            await one.CreateVersionAsync(ofOne.Id, $"v{i}", ofOne.Version);
            await other.CreateVersionAsync(ofOther.Id, $"v{i}", ofOther.Version);
            await one.PublishAsync(ofOne.Id, $"v{i}");
            await other.PublishAsync(ofOther.Id, $"v{i}");
            var imports = new[]
            {
                other.PostAsync($"connectors/{ofOne.Id}/versions/v{i}/library/import"), one.PostAsync($"connectors/{ofOther.Id}/versions/v{i}/library/import"),
                one.ChangeConnectorAsync(ofOne.Id, c => c["name"] = $"n{i}"), other.ChangeConnectorAsync(ofOther.Id, c => c["name"] = $"n{i}"),
            };
            Assert.All(await Task.WhenAll(imports), a => a.Expect(200));
        }
    }

    [Theory, EachDatabase]
    public async Task Contents_are_stored_once_however_many_versions_hold_them(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var (publisher, importer) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var source = await publisher.ImportPublicAsync(new Description { Actions = 40 });
        var before = await ContentsAsync();
        Assert.Equal(81, before);
        (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(200);
        await publisher.CreateVersionAsync(source.Id, "2", source.Version);
        await publisher.ImportAsync(new Description { Actions = 40 });
        Assert.Equal(before, await ContentsAsync());

        async Task<int> ContentsAsync()
        {
            await using var scope = host.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Contents.CountAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory, EachDatabase]
    public async Task The_importer_keeps_the_publishers_application_and_cannot_point_it_elsewhere(Database database)
    {
        var (publisher, importer) = await TwoAsync(database);
        var source = await publisher.ImportPublicAsync();
        (await publisher.PutAsync($"connectors/{source.Id}/auth-scheme-configs/oauth", AuthSchemeConfigTests.OAuth2("cs-secret"))).Expect(200);
        var copy = (await importer.PostAsync($"connectors/{source.Id}/versions/latest/library/import")).Expect(200);
        var stored = copy["authSchemeConfigs"].AsArray().Single(c => c!["id"]!.GetValue<string>() == "oauth")!.AsObject();
        Assert.Equal(publisher.Id, stored["grant"]!["organisationId"]!.GetValue<string>());
        var path = $"connectors/{copy.Id}/auth-scheme-configs/oauth";

        (await importer.PutAsync(path, Changed(c => c["description"] = "described anew"))).Expect(200);
        foreach (var change in (Action<JsonObject>[])
        [
            c => c["tokenUrl"] = "https://evil.example.com/token",
            c => c["authorizeUrl"] = "https://evil.example.com/authorize",
            c => c["additionalTokenParams"] = "audience=evil",
            c => c["mtlsEnabled"] = true,
            c => c["mtlsCredentialId"] = "01JDF3Q2M8V7K5T9XW4RZ6YB1C",
            c => c["grant"]!["clientSecret"] = "mine",
            c => c["grant"]!["clientId"] = "mine",
        ])
        {
            (await importer.PutAsync(path, Changed(change))).ExpectError(400, "borrowed_credential");
            // The ids may be left out: it is the stored application all the same.
            (await importer.PutAsync(path, Changed(c =>
            {
                c["grant"]!.AsObject().Remove("credentialId");
                c["grant"]!.AsObject().Remove("organisationId");
                change(c);
            }))).ExpectError(400, "borrowed_credential");
        }

        // Nor does a second config, in this connector or another, lend it out.
        (await importer.PutAsync($"connectors/{copy.Id}/auth-scheme-configs/second", Changed(c => (c["id"], c["tokenUrl"]) = ("second", "https://evil.example.com/token")))).Expect(400);
        var other = await importer.CreateConnectorAsync();
        (await importer.PutAsync($"connectors/{other.Id}/auth-scheme-configs/oauth", Changed(c => c["tokenUrl"] = "https://evil.example.com/token"))).Expect(400);
        var own = Changed(c => c["grant"] = new JsonObject { ["grantType"] = "authorization_code", ["clientId"] = "mine", ["clientSecret"] = "my-secret" });
        own["id"] = "own";
        (await importer.PutAsync($"connectors/{copy.Id}/auth-scheme-configs/own", own)).Expect(200);

        JsonObject Changed(Action<JsonObject> change)
        {
            var config = stored.DeepClone().AsObject();
            change(config);
            return config;
        }
    }

    private async Task<(Tenant Publisher, Tenant Importer)> TwoAsync(Database database)
    {
        var host = await hosts.OfAsync(database);
        return (await host.NewOrganisationAsync("publisher"), await host.NewOrganisationAsync("importer"));
    }
}
