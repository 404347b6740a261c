using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Definitions;

public sealed class LargeVersionTests
{
    [Theory, EachDatabase]
    public async Task A_change_costs_as_many_queries_in_a_large_version_as_in_a_small_one(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, level: LogLevel.Information);
        var small = await MeasureAsync(host, 5);
        var large = await MeasureAsync(host, 2000);

        Assert.Equal(small.Queries, large.Queries);
        TestContext.Current.TestOutputHelper?.WriteLine($"{large.Queries} commands, {large.Time.TotalMilliseconds:F0} ms in a version of 2,000 actions and as many definitions, {small.Time.TotalMilliseconds:F0} ms in one of 5");
    }

    private static async Task<(int Queries, TimeSpan Time)> MeasureAsync(PatchbayHost host, int actions)
    {
        var draft = await Draft.ImportAsync(host, new Description { Actions = actions });
        var action = (await draft.GetAsync("actions/getParcel1")).Json.AsObject();
        // Once before, so that nothing is compiled for the first time.
        for (var warm = true; ; warm = false)
        {
            var before = Commands(host);
            var began = Stopwatch.GetTimestamp();
            action["summary"] = $"changed {warm}";
            (await draft.PutAsync("actions/getParcel1", action)).Expect(200);
            (await draft.PostAsync("actions", Draft.Action($"new{warm}", "Parcel1"))).Expect(201);
            (await draft.DefineAsync(($"New{warm}", """{"allOf":[{"$ref":"Parcel1.json"}],"properties":{"a":{"$ref":"Parcel2.json#/properties/id"}}}"""))).Expect(201);
            (await draft.PutDefinitionAsync("Parcel1", schema: """{"title":"WARM","properties":{"id":{"type":"string"},"next":{"$ref":"Parcel2.json"},"moreWARM":{"$ref":"Parcel3.json"}}}""".Replace("WARM", $"{warm}", StringComparison.Ordinal))).Expect(200);
            (await draft.PutDefinitionAsync("Parcel2", "Renamed")).Expect(200);
            (await draft.PutDefinitionAsync("Renamed", "Parcel2")).Expect(200);
            (await draft.DeleteAsync($"definitions/New{warm}")).Expect(204);
            (await draft.DeleteAsync($"actions/new{warm}")).Expect(204);
            if (!warm)
                return (Commands(host) - before, Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>Commands on contents so far: the server does other things besides.</summary>
    private static int Commands(PatchbayHost host) => host.Log.Lines.Count(line => line.Contains("Executed DbCommand", StringComparison.Ordinal)
        && ((string[])["definitions", "actions", "contents", "definition_uses"]).Any(table => line.Contains($"{table} AS ", StringComparison.Ordinal) || line.Contains($"\"{table}\"", StringComparison.Ordinal)));
}
