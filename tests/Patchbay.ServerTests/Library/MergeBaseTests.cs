using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Library;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.Versions;
using Xunit;
using static Patchbay.ServerTests.Library.MergeSteps;

namespace Patchbay.ServerTests.Library;

/// <summary>What merges start from is kept, whatever becomes of it upstream, and no longer than it is needed.</summary>
public sealed class MergeBaseTests(Hosts hosts)
{
    public enum End
    {
        Unpublished,
        Edited,
        VersionDeleted,
        ConnectorDeleted,
        OrganisationDeleted,
    }

    [Theory]
    [CombinedEnds]
    public async Task What_was_imported_outlives_whatever_its_publisher_does(Database database, End end)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var (publisher, importer, source, copy) = await ImportedAsync(host);
        var draft = await importer.VersionIdAsync(copy, "1.0.0");
        await importer.EditActionAsync(draft, "getParcel0", a => a with { Description = "Mine" });
        // Nothing of one's own holds what is merged against it any more.
        await importer.EditActionAsync(draft, "getParcel1", _ => null);
        await publisher.PublishVersionAsync(source, "2", First.Changed(d => d.Operation(0)["summary"] = "Theirs"));
        switch (end)
        {
            case End.Unpublished:
                (await publisher.PostAsync($"connectors/{source}/versions/1.0.0/unpublish")).Expect(200);
                break;
            case End.Edited:
                (await publisher.PostAsync($"connectors/{source}/versions/1.0.0/unpublish")).Expect(200);
                foreach (var number in Enumerable.Range(0, 4))
                    await publisher.EditActionAsync(await publisher.VersionIdAsync(source, "1.0.0"), $"getParcel{number}", _ => null);
                await publisher.PublishAsync(source, "1.0.0");
                break;
            case End.VersionDeleted:
                (await publisher.DeleteAsync($"connectors/{source}/versions/1.0.0?force=true")).Expect(204);
                break;
            case End.ConnectorDeleted:
                (await publisher.DeleteAsync($"connectors/{source}")).Expect(204);
                break;
            default:
                (await host.Operator.DeleteAsync($"/api/organisations/v1/organisations/{publisher.Id}")).Expect(204);
                break;
        }

        await SweepAsync(host);
        Assert.Equal(1, await BasesAsync(host));
        await using (var scope = host.Services.CreateAsyncScope())
        {
            // Everything that the base names is there to be read.
            var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
            var reader = scope.ServiceProvider.GetRequiredService<Platform.Versions.StoredPartsReader>();
            var hash = await db.MergeBases.Select(b => b.Hash).SingleAsync(TestContext.Current.CancellationToken);
            var kept = (await reader.OfKeptBaseAsync(hash, TestContext.Current.CancellationToken))!;
            Assert.Equal(9, kept.Parts.Keys.Count);
            Assert.All(kept.Parts.Keys, k => Assert.True(db.Contents.Any(c => c.Hash == kept[k]!.ContentHash)));
        }

        if (end is End.Unpublished or End.Edited or End.VersionDeleted)
        {
            var merged = await MergeAsync(importer, copy, 200, body: new { upstreamVersion = "2" });
            Assert.Equal("getParcel0", Assert.Single(merged["difference"]["items"]!.AsArray())!["name"]!.GetValue<string>());
            var both = (await importer.GetAsync($"connectors/{copy}/versions/1.0.0/actions/getParcel0")).Expect(200);
            Assert.Equal(("Theirs", "Mine"), (both["summary"].GetValue<string>(), both["description"].GetValue<string>()));
        }
        else
        {
            Assert.False((await UpstreamAsync(importer, copy))["available"].GetValue<bool>());
            (await importer.DeleteAsync($"connectors/{copy}")).Expect(204);
        }

        // Nobody needs it any more.
        await SweepAsync(host);
        Assert.Equal(0, await BasesAsync(host));
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task What_nobody_imported_is_not_kept_and_what_many_imported_is_kept_once(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var (publisher, importer, source, _) = await ImportedAsync(host);
        var other = await host.NewOrganisationAsync("other");
        (await other.PostAsync($"connectors/{source}/versions/1.0.0/library/import")).Expect(200);
        await publisher.PublishVersionAsync(source, "2", (First with { Marker = "other" }).ToString());
        (await publisher.PostAsync($"connectors/{source}/versions/2/unpublish")).Expect(200);
        Assert.Equal(0, await BasesAsync(host));
        (await publisher.PostAsync($"connectors/{source}/versions/1.0.0/unpublish")).Expect(200);
        Assert.Equal(1, await BasesAsync(host));
        (await publisher.PostAsync($"connectors/{source}/versions/1.0.0/publish")).Expect(200);
        (await publisher.PostAsync($"connectors/{source}/versions/1.0.0/unpublish")).Expect(200);
        Assert.Equal(1, await BasesAsync(host));
        (await host.Operator.DeleteAsync($"/api/organisations/v1/organisations/{importer.Id}")).Expect(204);
        await SweepAsync(host);
        Assert.Equal(1, await BasesAsync(host));
    }

    [Theory, EachDatabase]
    public async Task Merges_and_imports_and_unpublishing_at_once_do_not_block_each_other(Database database)
    {
        var (publisher, importer, source, copy) = await ImportedAsync(await hosts.OfAsync(database));
        for (var i = 2; i < Counts.Of(5, 30); i++)
        {
            await publisher.PublishVersionAsync(source, $"{i}", (First with { Marker = $"m{i}" }).ToString());
            await importer.CreateVersionAsync(copy, $"r{i}", "1.0.0");
            var answers = await Task.WhenAll(
                importer.PostAsync($"connectors/{copy}/versions/r{i}/upstream/merge", new { upstreamVersion = $"{i}" }),
                importer.PostAsync($"connectors/{source}/versions/{i}/library/import"),
                publisher.PostAsync($"connectors/{source}/versions/{i}/unpublish"),
                publisher.ChangeConnectorAsync(source, c => c["name"] = $"n{i}"));
            answers[0].ExpectOneOf(200, 404);
            answers[1].ExpectOneOf(200, 404);
            answers[2].Expect(200);
            // Whatever came first: what was merged or imported can be merged on from.
            if (answers[0].Status == 200)
            {
                await publisher.PublishVersionAsync(source, $"{i}-next", (First with { Marker = $"m{i}" }).ToString());
                (await importer.PostAsync($"connectors/{copy}/versions/r{i}/upstream/merge", new { upstreamVersion = $"{i}-next" })).Expect(200);
            }
        }

        Assert.Empty(importer.Host.Log.Errors);
    }

    private static async Task SweepAsync(PatchbayHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MergeBases>().SweepAsync(TestContext.Current.CancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        while (await db.Dialect.DeleteUnusedContentsAsync(db, TestContext.Current.CancellationToken) > 0) { }
    }

    private static async Task<int> BasesAsync(PatchbayHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PatchbayDb>().MergeBases.CountAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Every end on every database.</summary>
    private sealed class CombinedEndsAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. Databases.All.SelectMany(d => Enum.GetValues<End>().Select(e => new TheoryDataRow<Database, End>(d, e)))]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
