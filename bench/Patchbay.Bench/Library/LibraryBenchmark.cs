using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Bench.Importing;
using Patchbay.Importing;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Library;
using Patchbay.Platform.Organisations;
using Patchbay.Platform.Versions;
using Patchbay.Server;

namespace Patchbay.Bench.Library;

/// <summary>The import of a library version against copying it row by row through objects, in pairs, by number of actions.</summary>
internal sealed class LibraryBenchmark(BenchOptions options)
{
    private readonly int _rounds = options.Rounds ?? (options.Quick ? 3 : 7);

    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("patchbay-bench-");
        await RunAsync("SQLite", new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["DataDir"] = folder.FullName });
        folder.Delete(recursive: true);
        if (options.ConnectionString is null)
        {
            Report.Line($"No --connection-string: not measured on PostgreSQL.");
            return;
        }

        folder = Directory.CreateTempSubdirectory("patchbay-bench-");
        await RunAsync("PostgreSQL", new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["DataDir"] = folder.FullName, ["Database"] = "postgres", ["ConnectionString"] = options.ConnectionString,
        });
        folder.Delete(recursive: true);
    }

    private async Task RunAsync(string database, Dictionary<string, string?> settings)
    {
        Report.Heading($"Library import on {database}");
        await using var app = await PatchbayServer.CreateAsync(ServerOptions.Load(settings), CancellationToken.None);
        foreach (var actions in (int[])[100, 1_000, 10_000])
        {
            var source = await PublishAsync(app, actions);
            await CopyAsync(app, actions, scope => ImportAsync(scope, source));
            await CopyAsync(app, actions, scope => RowByRow.CopyAsync(scope, source));
            var imports = new List<double>();
            var ratios = new List<double>();
            var rounds = actions > 1_000 ? Math.Min(_rounds, 5) : _rounds;
            for (var round = 0; round < rounds; round++)
            {
                var import = await CopyAsync(app, actions, scope => ImportAsync(scope, source));
                imports.Add(import);
                ratios.Add(await CopyAsync(app, actions, scope => RowByRow.CopyAsync(scope, source)) / import);
            }

            var (time, ratio) = (Spread.Of(imports), Spread.Of(ratios));
            Report.Line($"  {actions,6} actions and definitions: {time.Median,7:F1} ms ({time.Lowest:F1} to {time.Highest:F1}), row by row through objects takes {ratio.Median:F1} times as long ({ratio.Lowest:F1} to {ratio.Highest:F1})");
        }
    }

    /// <summary>A public connector with one published version, of a new organisation.</summary>
    private static async Task<SourceVersion> PublishAsync(WebApplication app, int actions)
    {
        await using var scope = await EnterNewOrganisationAsync(app);
        var import = scope.ServiceProvider.GetRequiredService<ImportDescription>();
        var imported = await import.IntoNewConnectorAsync(new DescriptionSource(SyntheticDescription.Of(actions), ImportOptions.Default), CancellationToken.None);
        if (!imported.Succeeded(out var made, out var failure))
            throw new InvalidOperationException(failure.Message);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        db.ChangeTracker.Clear();
        await db.Connectors.Where(c => c.Id == made.Connector.Id).ExecuteUpdateAsync(c => c.SetProperty(x => x.Public, true));
        await db.Versions.Where(v => v.Id == made.Version.Id).ExecuteUpdateAsync(v => v.SetProperty(x => x.PublishedAt, TimeProvider.System.Now()));
        return new SourceVersion(made.Connector.Id, made.Version.Id, made.Version.Name);
    }

    private static async Task ImportAsync(AsyncServiceScope scope, SourceVersion source)
    {
        var imported = await scope.ServiceProvider.GetRequiredService<ImportPublicConnectorVersion>()
            .RunAsync(source.ConnectorId.ToString(), source.Name, CancellationToken.None);
        if (imported.Failure is { } failure)
            throw new InvalidOperationException(failure.Message);
    }

    /// <summary>Times a copy into a new organisation, in milliseconds, and sees whether all of it came.</summary>
    private static async Task<double> CopyAsync(WebApplication app, int actions, Func<AsyncServiceScope, Task> copy)
    {
        await using var scope = await EnterNewOrganisationAsync(app);
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        await copy(scope);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var copied = await db.Actions.CountAsync(a => db.Versions.Any(v => v.Id == a.VersionId));
        return copied == actions ? time : throw new InvalidOperationException($"Of {actions} actions {copied} were copied.");
    }

    internal static async Task<AsyncServiceScope> EnterNewOrganisationAsync(WebApplication app)
    {
        var scope = app.Services.CreateAsyncScope();
        var id = Identifiers.New(TimeProvider.System);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        await using var transaction = await db.Dialect.BeginWriteAsync(db, id, CancellationToken.None);
        db.Add(new Organisation
        {
            Id = id,
            Slug = $"b{id.ToString().ToLowerInvariant()}",
            DisplayName = "Bench",
            Owner = "operator",
            SystemServiceAccountClientId = Identifiers.New(TimeProvider.System),
            WrappedKey = await app.Services.GetRequiredService<OrganisationKeys>().WrapNewAsync(db, id, CancellationToken.None),
            CreatedAt = TimeProvider.System.Now(),
            UpdatedAt = TimeProvider.System.Now(),
        });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        db.ChangeTracker.Clear();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, id);
        return scope;
    }
}

/// <summary>What is copied.</summary>
internal sealed record SourceVersion(Ulid ConnectorId, Ulid Id, string Name);
