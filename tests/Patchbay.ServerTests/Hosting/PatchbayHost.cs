using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform;
using Patchbay.Server;
using Patchbay.ServerTests.Functions;
using Patchbay.ServerTests.People;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// The real server inside the test process: on a socket of its own, with a data folder and a database of its own, and loopback open to
/// its connectors.
/// </summary>
public sealed class PatchbayHost : IAsyncDisposable
{
    private static int _slugs;

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _invoker;
    private readonly ConcurrentQueue<Answer>? _answers;

    private PatchbayHost(WebApplication app, Database database, string dataDir, string? connectionString, CapturedLog log, bool keepAnswers)
    {
        (_app, Database, DataDir, ConnectionString, Log) = (app, database, dataDir, connectionString, log);
        _answers = keepAnswers ? new() : null;
        Address = new Uri(app.Urls.First());
        OperatorKey = File.ReadAllText(Path.Combine(dataDir, "operator.key")).Trim();
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
        });
        Operator = As(OperatorKey);
        Nobody = As(null);
    }

    public Database Database { get; }
    public Uri Address { get; }
    public string DataDir { get; }

    /// <summary>How the database is reached, where it is PostgreSQL.</summary>
    public string? ConnectionString { get; }

    public string OperatorKey { get; }
    public CapturedLog Log { get; }
    public Api Operator { get; }

    /// <summary>A client without a key.</summary>
    public Api Nobody { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Every answer to any client of this host, in case it keeps them.</summary>
    public IEnumerable<Answer> Answers => _answers ?? throw new InvalidOperationException("This host does not keep its answers.");

    /// <summary>Starts a server. Skips the test where the database is PostgreSQL and there is none.</summary>
    /// <param name="database">The database.</param>
    /// <param name="clock">The server's time; the system's unless given.</param>
    /// <param name="level">From which level on the log is kept.</param>
    /// <param name="keepAnswers">Whether <see cref="Answers"/> are kept.</param>
    /// <param name="settings">The server's limits; the defaults unless given.</param>
    /// <param name="url">Where it listens; on a port that is free, unless given.</param>
    /// <param name="publicUrl">Where it says that it is reached; where it listens, unless given.</param>
    internal static async Task<PatchbayHost> StartAsync(
        Database database, TimeProvider? clock = null, LogLevel level = LogLevel.Warning, bool keepAnswers = false, PatchbaySettings? settings = null, string url = "http://127.0.0.1:0",
        string publicUrl = "")
    {
        var connectionString = database == Database.Postgres ? await (await PostgresCluster.SharedAsync()).NewStoreAsync() : null;
        var dataDir = Path.Combine(Path.GetTempPath(), "patchbay-tests-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)));
        if (database == Database.Sqlite)
            await StoreTemplate.CopyToAsync(dataDir);
        var shared = (await TestIssuer.SharedAsync()).Settings;
        var log = new CapturedLog();
        var options = ServerOptions.Load(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = url,
            ["PublicUrl"] = publicUrl,
            ["DataDir"] = dataDir,
            ["Database"] = database.ToString(),
            ["ConnectionString"] = connectionString,
            ["OperatorKey"] = "",
            ["AllowNetwork"] = "127.0.0.0/8",
        });
        var app = await PatchbayServer.CreateAsync(options, TestContext.Current.CancellationToken, clock, builder =>
        {
            builder.Logging.ClearProviders().SetMinimumLevel(level).AddProvider(log);
            builder.Logging.AddFilter((category, at) => at >= level);
            // The process is that of the tests; a function needs the server's own program.
            builder.Services.AddSingleton(FunctionsFixture.Program);
            builder.Services.AddSingleton((settings ?? shared) with { ChecksFunctionsAtStart = false });
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PatchbayHost(app, database, dataDir, connectionString, log, keepAnswers);
    }

    /// <summary>A client with a key.</summary>
    public Api As(string? key) => new(_invoker, Address, key, answer => _answers?.Enqueue(answer));

    /// <summary>A new organisation with an API key.</summary>
    public async Task<Tenant> NewOrganisationAsync(string name = "acme")
    {
        var slug = $"{name}-{Interlocked.Increment(ref _slugs)}";
        var organisation = await Operator.PostAsync("/api/organisations/v1/organisations", new { slug, displayName = name });
        var id = organisation.Expect(201).Id;
        var key = await Operator.PostAsync($"/api/organisations/v1/organisations/{id}/api-keys", new { name = "tests" });
        return new Tenant(this, id, slug, key.Expect(201)["key"].GetValue<string>(), key.Id);
    }

    /// <summary>Stops the server gracefully; its store and log stay until it is disposed.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(DataDir, recursive: true);
    }
}
