using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Bench.Library;
using Patchbay.Platform.ApiKeys;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Server;

namespace Patchbay.Bench.Audit;

/// <summary>Small changes by sixteen writers at once, with their audit records against without, in pairs: all in one organisation, and each in its own.</summary>
internal sealed class AuditBenchmark(BenchOptions options)
{
    private const int Writers = 16;

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 3 : 9);
    private readonly int _each = options.Quick ? 50 : 200;

    public async Task RunAsync()
    {
        await RunAsync("SQLite", new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase));
        if (options.ConnectionString is null)
            Report.Line($"No --connection-string: not measured on PostgreSQL.");
        else
            await RunAsync("PostgreSQL", new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Database"] = "postgres", ["ConnectionString"] = options.ConnectionString });
    }

    private async Task RunAsync(string database, Dictionary<string, string?> settings)
    {
        Report.Heading($"Changes by {Writers} writers on {database}");
        var folder = Directory.CreateTempSubdirectory("patchbay-bench-");
        var given = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase) { ["DataDir"] = folder.FullName };
        await using (var app = await PatchbayServer.CreateAsync(ServerOptions.Load(given), CancellationToken.None))
        {
            var organisations = new List<Ulid>();
            for (var i = 0; i < Writers; i++)
            {
                await using var scope = await LibraryBenchmark.EnterNewOrganisationAsync(app);
                organisations.Add(scope.ServiceProvider.GetRequiredService<RequestScope>().OrganisationId!.Value);
            }

            foreach (var (name, spread) in ((string, bool)[])[("all in one organisation", false), ("each in its own", true)])
            {
                var (recorded, ratios) = (new List<double>(), new List<double>());
                // The first of each compiles what it needs.
                for (var round = -1; round < _rounds; round++)
                {
                    var with = await RateAsync(app, organisations, spread, records: true);
                    var without = await RateAsync(app, organisations, spread, records: false);
                    if (round < 0)
                        continue;
                    recorded.Add(with);
                    ratios.Add(with / without);
                }

                var (rate, ratio) = (Spread.Of(recorded), Spread.Of(ratios));
                Report.Line($"  {name,-24} {rate.Median,7:F0} a second ({rate.Lowest:F0} to {rate.Highest:F0}) with records, {ratio.Median:F2} of the rate without ({ratio.Lowest:F2} to {ratio.Highest:F2})");
            }
        }

        folder.Delete(recursive: true);
    }

    private async Task<double> RateAsync(WebApplication app, List<Ulid> organisations, bool spread, bool records)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < _each; i++)
                await WriteAsync(app, organisations[spread ? writer : 0], records);
        })));
        return Writers * _each / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task WriteAsync(WebApplication app, Ulid organisation, bool records)
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, organisation);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        if (records)
            db.Trail.Open("CreateApiKey", new RouteValueDictionary());
        var id = Identifiers.New(TimeProvider.System);
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, CancellationToken.None);
        db.Add(new ApiKey { Id = id, OrganisationId = organisation, Name = "bench", Hash = ApiKey.HashOf(id.ToString()), CreatedAt = TimeProvider.System.Now() });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
