using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Secrets;
using Xunit;

namespace Patchbay.ServerTests.Versions;

public sealed class ExportTests(Hosts hosts)
{
    private const string Import = "protocols/http/import";

    private const string Source = "function authenticate(context) { return { headers: { Authorization: context.values.password } }; }";

    public static IReadOnlyList<string> Formats { get; } = ["openapi", "openapi-yaml", "archive"];

    [Theory, EachDatabase]
    public async Task An_exported_version_is_imported_by_another_organisation_with_the_same_contents(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, globex) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync("globex"));
        var source = await acme.ImportPublishedAsync(new Description { Actions = 12 });
        var hash = await HashAsync(host, acme.Id, source.Id);
        foreach (var format in Formats)
        {
            var exported = (await acme.GetAsync(Export(source, format))).Expect(200);
            var imported = (await globex.PostAsync(Import, Body(exported, format))).Expect(201);
            var connector = imported["connector"]["id"]!.GetValue<string>();
            Assert.Equal("1.0.0", imported["connector"]["versions"]![0]!["name"]!.GetValue<string>());
            Assert.Equal(await VersionContents.ReadAsync(acme, source.Id, source.Version), await VersionContents.ReadAsync(globex, connector, source.Version));
            await globex.PublishAsync(connector, source.Version);
            Assert.Equal(hash, await HashAsync(host, globex.Id, connector));
        }
    }

    [Theory, EachDatabase]
    public async Task An_archive_brings_all_that_describes_the_connector_and_says_where_its_credentials_go(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, globex) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync("globex"));
        var source = await EverythingAsync(acme);
        var original = (await acme.GetAsync($"connectors/{source.Id}")).Expect(200);
        var archive = (await acme.GetAsync(Export(source, "archive"))).Expect(200);

        var imported = (await globex.PostAsync(Import, Upload.Archive(archive.Bytes))).Expect(201);
        var copy = imported["connector"];
        foreach (var same in (string[])["name", "protocol", "baseUrl", "tags", "categories", "documentationURL", "imageURL", "connectionVariables", "allowedHosts"])
            Assert.Equal(original[same].ToJsonString(), copy[same]!.ToJsonString());
        Assert.Equal(original["authSchemeConfigs"].AsArray().Select(Bare), copy["authSchemeConfigs"]!.AsArray().Select(Bare));
        Assert.False(copy["public"]!.GetValue<bool>());
        var places = imported["messages"].AsArray().Single(m => m!["text"]!.GetValue<string>().StartsWith("Credentials of this connector", StringComparison.Ordinal))!["detail"]!.AsArray().Select(d => d!.GetValue<string>()).ToList();
        Assert.Contains("allowed host: https://files.example.com", places);
        Assert.Contains("token URL: https://auth.example.com/token", places);
        Assert.Contains(places, place => place.StartsWith("code that came along", StringComparison.Ordinal));
        Assert.Contains(imported["messages"].AsArray(), m => m!["text"]!.GetValue<string>().Contains("holds no OAuth application", StringComparison.Ordinal));

        static string Bare(JsonNode? config)
        {
            var bare = config!.DeepClone().AsObject();
            if (bare["grant"] is JsonObject grant)
            {
                foreach (var name in (string[])["credentialId", "organisationId", "clientId"])
                    grant.Remove(name);
            }

            return bare.ToJsonString();
        }
    }

    [Theory, EachDatabase]
    public async Task An_archive_becomes_a_new_version_of_a_connector_that_keeps_what_it_is(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, globex) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync("globex"));
        var source = await EverythingAsync(acme);
        var archive = (await acme.GetAsync(Export(source, "archive"))).Expect(200).Bytes;
        var own = await globex.CreateConnectorAsync("Own", "https://own.example.com", TenantSteps.ApiKeyConfig);

        var imported = (await globex.PostAsync($"connector/{own.Id}/http/import", Upload.Archive(archive, new { format = "archive", version = "theirs" }))).Expect(201);
        var connector = imported["connector"];
        Assert.Equal(("Own", "https://own.example.com"), (connector["name"]!.GetValue<string>(), connector["baseUrl"]!.GetValue<string>()));
        Assert.Null(connector["allowedHosts"]);
        // The key in the header X-Key is there already; the others are added.
        Assert.Equal(["api-key", "basic-auth", "oauth2", "custom-function"], connector["authSchemeConfigs"]!.AsArray().Select(c => c!["schemeType"]!.GetValue<string>()));
        var messages = imported["messages"].AsArray().Select(m => m!["text"]!.GetValue<string>()).ToList();
        Assert.Contains(messages, m => m.Contains("allows the host 'https://files.example.com'", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("The description's base URL is", StringComparison.Ordinal));
        Assert.Equal(await VersionContents.ReadAsync(acme, source.Id, source.Version), await VersionContents.ReadAsync(globex, own.Id, "theirs"));
        (await globex.PostAsync($"connector/{own.Id}/http/import", Upload.Archive(archive, new { format = "archive", version = "theirs" }))).ExpectError(409, "version_exists");
    }

    [Theory, EachDatabase]
    public async Task An_archive_is_recognised_whatever_the_client_calls_it(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var source = await acme.ImportAsync();
        var archive = (await acme.GetAsync(Export(source, "archive"))).Expect(200).Bytes;
        (await acme.PostAsync(Import, Upload.Archive(archive, new { format = "openapi" }))).Expect(201);
        (await acme.PostAsync(Import, Upload.Of(new Description().ToString(), new { format = "archive" }))).ExpectError(400, "description_unreadable");
    }

    [Theory, EachDatabase]
    public async Task No_export_holds_a_secret_or_says_whose_application_it_is(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await Upstream.StartAsync("{}");
        var tenant = await PopulatedTenant.MakeAsync(host, upstream, "exporter");
        var secrets = new SecretForms([$"{tenant.PrivateMarker}-application-secret", $"{tenant.PrivateMarker}-secret", tenant.Tenant.Key, host.OperatorKey]);
        foreach (var format in Formats)
        {
            foreach (var version in (string[])[PopulatedTenant.PublishedVersion, tenant.DraftVersion])
            {
                var exported = (await tenant.Tenant.GetAsync($"connectors/{tenant.ConnectorId}/versions/{version}/export?format={format}")).Expect(200);
                var texts = format == "archive" ? Entries(exported.Bytes).Select(e => e.Text).ToList() : [exported.Text];
                Assert.Contains(texts, text => text.Contains($"{tenant.PublishedMarker}-application", StringComparison.Ordinal));
                foreach (var text in texts)
                {
                    Assert.Empty(secrets.FoundIn(text));
                    Assert.DoesNotContain(tenant.ApplicationId, text, StringComparison.Ordinal);
                    Assert.DoesNotContain(tenant.CredentialId, text, StringComparison.Ordinal);
                    Assert.DoesNotContain(tenant.Tenant.Id, text, StringComparison.Ordinal);
                    Assert.DoesNotContain("clientId", text, StringComparison.Ordinal);
                    if (version == PopulatedTenant.PublishedVersion)
                        Assert.DoesNotContain(tenant.PrivateMarker, text, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory, EachDatabase]
    public async Task A_secret_that_somebody_wrote_into_an_archive_does_not_get_into_the_store(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        var source = await EverythingAsync(acme);
        var archive = (await acme.GetAsync(Export(source, "archive"))).Expect(200).Bytes;
        var edited = Repack(archive, "connector.json", text =>
        {
            var connector = JsonNode.Parse(text)!;
            connector["authSchemeConfigs"]!.AsArray().Single(c => c!["schemeType"]!.GetValue<string>() == "oauth2")!["grant"]!["clientSecret"] = "written-by-hand-17";
            return connector.ToJsonString();
        });
        (await acme.PostAsync(Import, Upload.Archive(edited))).Expect(201);
        Assert.Empty(new SecretForms(["written-by-hand-17"]).FoundIn(await StoreDump.OfAsync(host)));
    }

    [Theory, EachDatabase]
    public async Task Strangers_export_what_the_library_shows_them_and_nothing_else(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, globex) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync("globex"));
        var listed = await acme.ImportPublicAsync();
        await acme.CreateVersionAsync(listed.Id, "draft", listed.Version);
        var hidden = await acme.ImportPublishedAsync();
        foreach (var format in Formats)
        {
            var own = (await acme.GetAsync(Export(listed, format))).Expect(200);
            var theirs = (await globex.GetAsync(acme.Whole(Export(listed, format)))).Expect(200);
            Assert.Equal(own.Bytes, theirs.Bytes);
            (await globex.GetAsync(acme.Whole($"connectors/{listed.Id}/versions/latest/export?format={format}"))).Expect(200);
            (await globex.GetAsync(acme.Whole($"connectors/{listed.Id}/versions/draft/export?format={format}"))).Expect(404);
            (await globex.GetAsync(acme.Whole(Export(hidden, format)))).Expect(404);
            (await globex.GetAsync(Export(listed, format))).ExpectError(404, "connector_not_found");
            (await acme.GetAsync($"connectors/{listed.Id}/versions/draft/export?format={format}")).Expect(200);
            (await host.Nobody.GetAsync(acme.Whole(Export(listed, format)))).ExpectError(401, "unauthenticated");
        }

        (await acme.GetAsync($"connectors/{listed.Id}/versions/none/export")).ExpectError(404, "version_not_found");
        (await acme.GetAsync($"connectors/{listed.Id}/versions/draft/export?format=pdf")).ExpectError(400, "invalid_request", "format");
    }

    [Theory, EachDatabase]
    public async Task An_export_has_a_name_and_a_tag_that_changes_with_what_it_shows(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var source = await acme.ImportAsync(new Description("Größe & Co. Parcels"));
        var tags = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (format, type, ending) in ((string, string, string)[])
            [("openapi", "application/json", "openapi.json"), ("openapi-yaml", "application/yaml", "openapi.yaml"), ("archive", "application/zip", "zip")])
        {
            var first = (await acme.GetAsync(Export(source, format))).Expect(200);
            Assert.Equal(type, first.Headers["Content-Type"]);
            Assert.Contains($"attachment; filename=Gr-e-Co.-Parcels-1.0.0.{ending}", first.Headers["Content-Disposition"], StringComparison.Ordinal);
            Assert.Equal(first.Bytes, (await acme.GetAsync(Export(source, format))).Expect(200).Bytes);
            var tag = first.Headers["ETag"];
            Assert.True(tags.Add(tag));
            var unchanged = (await acme.Api.SendAsync(HttpMethod.Get, acme.Whole(Export(source, format)), null, ("If-None-Match", tag))).Expect(304);
            (await acme.Api.SendAsync(HttpMethod.Get, acme.Whole(Export(source, format)), null, ("If-None-Match", $"\"other\", W/{tag}"))).Expect(304);
            (await acme.Api.SendAsync(HttpMethod.Get, acme.Whole(Export(source, format)), null, ("If-None-Match", "nonsense"))).Expect(200);
            Assert.Empty(unchanged.Bytes);
            Assert.Equal(tag, unchanged.Headers["ETag"]);
        }

        await acme.ChangeConnectorAsync(source.Id, c => c["name"] = "Renamed");
        Assert.True(tags.Add((await acme.GetAsync(Export(source, "openapi"))).Expect(200).Headers["ETag"]));
        (await acme.PutVersionAsync(source.Id, source.Version, v => v["description"] = "Described")).Expect(200);
        Assert.True(tags.Add((await acme.GetAsync(Export(source, "openapi"))).Expect(200).Headers["ETag"]));
    }

    [Theory, EachDatabase]
    public async Task One_edited_action_changes_one_file_of_the_archive(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var first = await acme.ImportAsync();
        var before = Entries((await acme.GetAsync(Export(first, "archive"))).Expect(200).Bytes);
        var edited = JsonNode.Parse(new Description().ToString())!;
        edited["paths"]!["/parcels1/{id}"]!["get"]!["summary"] = "Edited";
        (await acme.PostAsync($"connector/{first.Id}/http/import", Upload.Of(edited.ToJsonString(), new { format = "openapi", version = "edited" }))).Expect(201);
        var after = Entries((await acme.GetAsync($"connectors/{first.Id}/versions/edited/export?format=archive")).Expect(200).Bytes);

        Assert.Equal(before.Select(e => e.Name), after.Select(e => e.Name));
        Assert.Equal(["actions/getParcel1.json", "version.json"], before.Zip(after).Where(pair => pair.First.Text != pair.Second.Text).Select(pair => pair.First.Name));
    }

    [Theory, EachDatabase]
    public async Task A_description_says_what_it_leaves_out(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var source = await EverythingAsync(acme);
        var description = (await acme.GetAsync(Export(source, "openapi"))).Expect(200);
        Assert.Equal("https://{region}.example.com", description["servers"][0]!["url"]!.GetValue<string>());
        Assert.Equal(["key", "basic", "oauth"], description["components"]["securitySchemes"]!.AsObject().Select(s => s.Key));
        var messages = description["x-patchbay-messages"].AsArray().Select(m => m!.GetValue<string>()).ToList();
        Assert.Contains(messages, m => m.Contains("custom-function", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("allowed hosts", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_hostile_archive_is_refused_with_reasons_and_nothing_is_kept(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var source = await acme.ImportAsync();
        var archive = (await acme.GetAsync(Export(source, "archive"))).Expect(200).Bytes;
        var before = (await acme.GetAsync("connectors")).Expect(200).Text;

        var refused = (await acme.PostAsync(Import, Upload.Archive(Repack(archive, "actions/getParcel0.json", _ => """{"name":"getParcel0","method":"GET","path":"/","more":1}""")))).ExpectError(400, "description_unreadable");
        Assert.Contains("actions/getParcel0.json", Assert.Single(refused["messages"].AsArray())!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        (await acme.PostAsync(Import, Upload.Archive(Repack(archive, "version.json", text => text.Replace("\"contentHash\": \"", "\"contentHash\": \"0", StringComparison.Ordinal))))).ExpectError(400, "description_unreadable");
        (await acme.PostAsync(Import, Upload.Archive(archive[..^30]))).ExpectError(400, "description_unreadable");
        (await acme.PostAsync(Import, Upload.Archive([.. "PK\u0003\u0004"u8]))).ExpectError(400, "description_unreadable");
        foreach (var (edit, field) in ((Action<JsonObject>, string)[])
        [
            (c => c["more"] = 1, "connector.json.more"),
            (c => c["name"] = "", "connector.json.name"),
            (c => c["protocol"] = "bigquery", "connector.json.protocol"),
            (c => c["allowedHosts"] = new JsonArray("https://a b"), "connector.json.allowedHosts[0]"),
            (c => c["imageURL"] = "javascript:alert(1)", "connector.json.imageURL"),
            (c => c["tags"] = new JsonObject { ["a,b"] = new JsonArray() }, "connector.json.tags.a,b"),
            (c => c["authSchemeConfigs"]![0]!["name"] = "not a header", "connector.json.authSchemeConfigs[0].name"),
            (c => c["authSchemeConfigs"]![0]!["schemeType"] = "magic", "connector.json.authSchemeConfigs[0].schemeType"),
        ])
        {
            var edited = Repack(archive, "connector.json", text =>
            {
                var connector = JsonNode.Parse(text)!.AsObject();
                edit(connector);
                return connector.ToJsonString();
            });
            (await acme.PostAsync(Import, Upload.Archive(edited))).ExpectError(400, "archive_invalid", field);
        }

        var deep = Repack(archive, "connector.json", _ => new string('[', 200));
        (await acme.PostAsync(Import, Upload.Archive(deep))).ExpectError(400, "description_unreadable");
        Assert.Equal(before, (await acme.GetAsync("connectors")).Expect(200).Text);
    }

    /// <summary>A connector with every kind of fact that an archive has.</summary>
    private static async Task<ImportedConnector> EverythingAsync(Tenant tenant)
    {
        var source = await tenant.ImportAsync();
        foreach (var (id, config) in ((string, object)[])
        [
            ("oauth", new
            {
                id = "oauth", schemeType = "oauth2", description = "oauth", authorizeUrl = "https://auth.example.com/authorize", tokenUrl = "https://auth.example.com/token",
                scopes = new[] { new { name = "read", description = "Reads" } }, defaultScopes = new[] { "read" },
                grant = new { grantType = "authorization_code", clientId = "the-client", clientSecret = "the-application-secret" },
            }),
            ("code", new { id = "code", schemeType = "custom-function", description = "By code of ours", source = Source, allowedHosts = new[] { "https://login.example.com" } }),
        ])
        {
            (await tenant.PutAsync($"connectors/{source.Id}/auth-scheme-configs/{id}", config)).Expect(200);
        }

        await tenant.ChangeConnectorAsync(source.Id, c =>
        {
            c["tags"] = new JsonObject { ["a"] = new JsonArray("1", "2"), ["b"] = new JsonArray() };
            c["baseUrl"] = "https://{{ conn.region }}.example.com";
            c["connectionVariables"] = new JsonArray(new JsonObject { ["name"] = "region", ["value"] = "eu" });
            c["allowedHosts"] = new JsonArray("https://files.example.com");
            c["documentationURL"] = "https://docs.example.com";
            c["imageURL"] = "https://example.com/i.png";
        });
        (await tenant.PutAsync($"connectors/{source.Id}/categories", new { categories = new[] { "ERP", "CRM" } })).Expect(204);
        return source;
    }

    private static string Export(ImportedConnector connector, string format) => $"connectors/{connector.Id}/versions/{connector.Version}/export?format={format}";

    private static MultipartFormDataContent Body(Answer exported, string format) => format == "archive"
        ? Upload.Archive(exported.Bytes)
        : Upload.Of(exported.Text, fileName: format == "openapi" ? "api.json" : "api.yaml");

    private static async Task<string> HashAsync(PatchbayHost host, string organisationId, string connectorId)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var (owner, connector) = (Ulid.Parse(organisationId), Ulid.Parse(connectorId));
        var version = await db.Versions.IgnoreQueryFilters([PatchbayDb.TenantFilter]).AsNoTracking()
            .SingleAsync(v => v.OrganisationId == owner && v.ConnectorId == connector && v.PublishedAt != null, TestContext.Current.CancellationToken);
        return Convert.ToHexStringLower(version.ContentHash!);
    }

    private static List<(string Name, string Text)> Entries(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return [.. zip.Entries.Select(e =>
        {
            using var reader = new StreamReader(e.Open(), Encoding.UTF8);
            return (e.FullName, reader.ReadToEnd());
        })];
    }

    private static byte[] Repack(byte[] archive, string name, Func<string, string> edit)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (entry, text) in Entries(archive))
            {
                using var writer = zip.CreateEntry(entry).Open();
                writer.Write(Encoding.UTF8.GetBytes(entry == name ? edit(text) : text));
            }
        }

        return stream.ToArray();
    }
}
