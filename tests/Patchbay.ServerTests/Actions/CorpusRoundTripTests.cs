using System.Text.Json.Nodes;
using Patchbay.ServerTests.Definitions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Actions;

/// <summary>Contents of published descriptions, sent back as they were read.</summary>
public sealed class CorpusRoundTripTests(Hosts hosts)
{
    /// <summary>How many parts of a kind of one description are sent back when not everything is promised to be.</summary>
    private const int Sample = 40;

    public static TheoryData<string, string> Descriptions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var folder in (string[])["openapi", "swagger2"])
            {
                foreach (var file in Files(folder))
                    data.Add(folder, file);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Descriptions))]
    public async Task A_part_that_is_sent_back_as_it_was_read_changes_nothing(string folder, string file)
    {
        var path = RepositoryRoot.Shared("corpus", folder, file);
        Assert.SkipWhen(path is null, "The corpus is not here");
        var tenant = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var imported = (await tenant.PostAsync("protocols/http/import", Upload.Of(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), fileName: file))).Expect(201);
        var connector = imported["connector"];
        var draft = new Draft(tenant, connector["id"]!.GetValue<string>(), Uri.EscapeDataString(connector["versions"]![0]!["name"]!.GetValue<string>()));
        var version = connector["versions"]![0]!["id"]!.GetValue<string>();
        var before = await HashesAsync(tenant.Host, version);
        var sent = 0;
        foreach (var kind in (string[])["actions", "triggers"])
        {
            foreach (var part in imported[kind].AsArray().Take(Counts.Of(Sample, int.MaxValue)))
            {
                Assert.Empty(part!["errors"]!.AsArray());
                Assert.Equal(part.ToJsonString(), (await draft.PutAsync($"{kind}/{part["name"]}", part)).Expect(200).Json.ToJsonString());
                sent++;
            }
        }

        foreach (var definition in imported["definitions"].AsArray().Take(Counts.Of(Sample, int.MaxValue)).Select(d => d!.AsObject()))
        {
            var schema = (await tenant.Api.GetAsync(definition["url"]!.GetValue<string>())).Expect(200).Text;
            var update = definition.DeepClone().AsObject();
            update.Remove("url");
            update["schema"] = new JsonObject { ["contentType"] = "application/schema+json", ["content"] = schema };
            (await draft.PutAsync($"definitions/{definition["name"]}", update)).Expect(200);
            sent++;
        }

        Assert.Equal(before, await HashesAsync(tenant.Host, version));
        Assert.True(sent > 0);
        (await tenant.PostAsync($"{draft.Path}/publish")).Expect(200);
    }

    /// <summary>Names and hashes of everything in a version, as the store has them.</summary>
    private static async Task<string> HashesAsync(PatchbayHost host, string versionId) =>
        string.Join('\n', await Task.WhenAll(((string[])["actions", "triggers", "definitions"]).Select(table => host.ScalarAsync<object>(
            $"SELECT group_concat(name || ' ' || hex(content_hash) || ' ' || updated_at, ',') FROM (SELECT * FROM {table} WHERE version_id = @p0 ORDER BY name)", versionId))));

    private static IEnumerable<string> Files(string folder) => RepositoryRoot.SharedFolder("corpus", folder) is { } path
        ? Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
        : ["missing"];
}
