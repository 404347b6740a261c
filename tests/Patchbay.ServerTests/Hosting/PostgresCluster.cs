using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>
/// A private PostgreSQL cluster on loopback for one run of the tests, with <c>fsync</c> on as in earnest. PostgreSQL refuses to run as
/// root; it then runs as the user <c>postgres</c>, whom its package makes.
/// </summary>
public sealed class PostgresCluster
{
    private const string User = "postgres";
    private static readonly Lazy<Task<PostgresCluster?>> Shared = new(StartAsync);
    private static int _databases;

    private readonly string _bin;
    private readonly string _folder;
    private readonly int _port;

    private readonly Lazy<Task<string>> _template;

    private PostgresCluster(string bin, string folder, int port) =>
        (_bin, _folder, _port, _template) = (bin, folder, port, new(MakeTemplateAsync));

    /// <summary>The folder with the cluster's files, its write-ahead log included.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>The cluster of this run. Skips the test, visibly, where there is no PostgreSQL.</summary>
    public static async Task<PostgresCluster> SharedAsync()
    {
        var cluster = await Shared.Value;
        Assert.SkipWhen(cluster is null, "PostgreSQL (initdb, pg_ctl) is not installed here");
        return cluster;
    }

    public static async Task StopSharedAsync()
    {
        if (Shared.IsValueCreated && await Shared.Value is { } cluster)
        {
            await cluster.RunAsync("pg_ctl", "-D", cluster.DataFolder, "-m", "immediate", "-w", "stop");
            Directory.Delete(cluster._folder, recursive: true);
        }
    }

    /// <summary>A fresh, empty database.</summary>
    /// <returns>Its connection string.</returns>
    // The collation of a language, not of bytes: the order of names must not depend on it.
    public Task<string> NewDatabaseAsync() => CreateAsync("TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'");

    /// <summary>A fresh database with all tables and nothing in them.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewStoreAsync() =>
        await CreateAsync($"TEMPLATE {new NpgsqlConnectionStringBuilder(await _template.Value).Database}");

    private async Task<string> CreateAsync(string options)
    {
        var name = $"patchbay_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var create = source.CreateCommand($"CREATE DATABASE {name} {options}");
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return ConnectionString(name);
    }

    private async Task<string> MakeTemplateAsync()
    {
        var template = new NpgsqlConnectionStringBuilder(await NewDatabaseAsync());
        // Nobody may be connected to what is copied.
        template.Pooling = false;
        await StoreTemplate.MigrateAsync(template.ConnectionString);
        return template.ConnectionString;
    }

    /// <summary>Dumps a database and restores it as another, as an operator would.</summary>
    /// <returns>The other's connection string.</returns>
    public async Task<string> RestoreAsync(string connectionString)
    {
        var copy = await NewDatabaseAsync();
        var file = Path.Combine(_folder, $"{new NpgsqlConnectionStringBuilder(copy).Database}.dump");
        string[] where = ["-h", "127.0.0.1", "-p", $"{_port}", "-U", User];
        await RunAsync("pg_dump", [.. where, "-Fc", "-f", file, new NpgsqlConnectionStringBuilder(connectionString).Database!]);
        await RunAsync("pg_restore", [.. where, "-d", new NpgsqlConnectionStringBuilder(copy).Database!, file]);
        return copy;
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username={User};Database={database};Maximum Pool Size=40;Include Error Detail=true";

    private static async Task<PostgresCluster?> StartAsync()
    {
        if (FindBin() is not { } bin || (Environment.IsPrivilegedProcess && !HasUser()))
            return null;
        var folder = Directory.CreateTempSubdirectory("patchbay-postgres-").FullName;
        var cluster = new PostgresCluster(bin, folder, FreePort());
        if (Environment.IsPrivilegedProcess)
            await ExecuteAsync("chown", [User, folder]);
        await cluster.RunAsync("initdb", "-D", cluster.DataFolder, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await File.AppendAllLinesAsync(Path.Combine(cluster.DataFolder, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'",
            $"port = {cluster._port}",
            "unix_socket_directories = ''",
            "max_connections = 400",
            "fsync = on",
        ]);
        await cluster.RunAsync("pg_ctl", "-D", cluster.DataFolder, "-l", Path.Combine(cluster.DataFolder, "server.log"), "-w", "-t", "120", "start");
        return cluster;
    }

    private static string? FindBin()
    {
        var packaged = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return packaged.OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            .Concat(Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [])
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "pg_ctl")));
    }

    private static bool HasUser() => File.ReadLines("/etc/passwd").Any(l => l.StartsWith($"{User}:", StringComparison.Ordinal));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task RunAsync(string tool, params string[] arguments)
    {
        var path = Path.Combine(_bin, tool);
        return Environment.IsPrivilegedProcess ? ExecuteAsync("runuser", ["-u", User, "--", path, .. arguments]) : ExecuteAsync(path, arguments);
    }

    private static async Task ExecuteAsync(string command, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            UseShellExecute = false,
            // The user postgres may not enter the folder that the tests run in.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} failed:\n{string.Join('\n', output)}");
    }
}
