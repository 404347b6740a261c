using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Keys;
using Patchbay.Storage.Postgres;
using Patchbay.Storage.Sqlite;
using Patchbay.Vault;

namespace Patchbay.Server;

/// <summary>The store and the keys, opened and found to belong together.</summary>
internal sealed record OpenedStore(IStoreDialect Dialect, KeyRing Keys, OperatorKey OperatorKey, IReadOnlyList<string> Remarks)
{
    /// <summary>Opens the store, creating what a first start needs.</summary>
    /// <exception cref="StartRefusedException">The vault key is missing or wrong, or the folder or database cannot be used.</exception>
    public static async Task<OpenedStore> OpenAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        CreateDataDir(options.DataDir);
        var remarks = new List<string>();
        var dialect = DialectOf(options);
        await using var db = CreateContext(dialect);
        try
        {
            await dialect.MigrateAsync(db, cancellationToken);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"the database cannot be opened: {e.Message}");
        }

        StoreModel.Keep(db);
        var keys = await OpenVaultAsync(db, options.VaultKey, remarks, cancellationToken);
        await new BeginAudit(db, keys, ChainsOf(keys, options.VaultKey)).RunAsync(cancellationToken);
        return new OpenedStore(dialect, keys, OpenOperatorKey(options, remarks), remarks);
    }

    /// <summary>The audit, for what works on the store beside a server.</summary>
    public static AuditChains ChainsOf(KeyRing ring, IKeySource source) =>
        new(new AuditKeys(new InstanceKeys(ring, source, TimeProvider.System)), TimeProvider.System);

    /// <summary>A context of its own.</summary>
    /// <param name="dialect">The store.</param>
    /// <param name="chains">Where its changes are written down; null where it makes none.</param>
    public static PatchbayDb CreateContext(IStoreDialect dialect, AuditChains? chains = null)
    {
        var builder = new DbContextOptionsBuilder();
        dialect.Configure(builder);
        builder.UseModelOf(dialect);
        // Whether a migration is missing is for a test to say, not for each start.
        builder.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        return dialect is PostgresDialect
            ? new PostgresDb(builder.Options, new RequestScope(chains), dialect)
            : new SqliteDb(builder.Options, new RequestScope(chains), dialect);
    }

    private static void CreateDataDir(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"the data folder {path} cannot be made: {e.Message}");
        }
    }

    /// <summary>The store alone, for the commands that work on it.</summary>
    public static IStoreDialect DialectOf(ServerOptions options) => options.Postgres
        ? new PostgresDialect(options.ConnectionString!)
        : options.ConnectionString is null ? SqliteDialect.ForFile(options.StoreFile) : new SqliteDialect(options.ConnectionString);

    private static async Task<KeyRing> OpenVaultAsync(PatchbayDb db, IKeySource source, List<string> remarks, CancellationToken cancellationToken)
    {
        var facts = await KeyFacts.ReadAsync(db, cancellationToken);
        if (source is KeyFileSource { Path: var path } && !File.Exists(path))
        {
            if (facts is not null)
            {
                throw new StartRefusedException(
                    $"the vault key {path} is missing, but the store holds secrets that were sealed with it. " +
                    "Put the key file back from your backup, or copy it from the server that made the store.");
            }

            if (KeyFile.CreateNew(path, KeyRing.Generate()) is { Fault: not KeyFileFault.AlreadyExists } refusal)
                throw new StartRefusedException($"the vault key cannot be written: {refusal.Message}");
            remarks.Add($"Vault key      {path} (new: back it up; without it no secret can be read)");
        }

        var loaded = await source.ReadAsync(cancellationToken);
        if (loaded.Ring is not { } ring)
            throw new StartRefusedException($"the vault key cannot be used: {source.Description}: {loaded.Message}");
        if (loaded.Warning is { } warning)
            remarks.Add($"Warning        {warning}");
        facts ??= await MarkAsync(db, ring, cancellationToken);
        if (ring.Verify(facts.Check, KeyFacts.CheckContext) is { } failure)
        {
            throw new StartRefusedException(
                $"the vault key of {source.Description} is not the one that the store was sealed with ({failure}): it has {string.Join(", ", ring.KeyIds)}, " +
                $"the store needs {KeyRing.KeyIdOf(facts.Check)}. Put the right key in its place; after a rotation, copy it from where that ran.");
        }

        if (!ring.Contains(facts.InForce))
            remarks.Add($"Warning        The vault key is being changed; {source.Description} lacks the new one, {facts.InForce}. Put it there before the rotation ends.");
        using var keys = new InstanceKeys(ring, source, TimeProvider.System);
        return await keys.RenewAsync(facts, null, cancellationToken);
    }

    /// <summary>Leaves a token of the key in a new store, by which any later start knows the right key.</summary>
    private static async Task<KeyFacts> MarkAsync(PatchbayDb db, KeyRing ring, CancellationToken cancellationToken)
    {
        var check = ring.CreateCheck(KeyFacts.CheckContext);
        db.InstanceValues.Add(new InstanceValue { Name = KeyFacts.CheckName, Value = check });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return new KeyFacts(check, HandOver: null);
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            // Another server on the same database was first; its key must be ours.
            db.ChangeTracker.Clear();
            return (await KeyFacts.ReadAsync(db, cancellationToken))!;
        }
    }

    private static OperatorKey OpenOperatorKey(ServerOptions options, List<string> remarks)
    {
        if (options.OperatorKey is { } given)
            return OperatorKey.Of(given);
        var path = Path.Combine(options.DataDir, "operator.key");
        try
        {
            if (!File.Exists(path))
                WriteOperatorKey(path);

            var key = File.ReadAllText(path).Trim();
            if (key.Length < OperatorKey.MinLength)
                throw new StartRefusedException($"the operator key in {path} has fewer than {OperatorKey.MinLength} characters. Delete the file to have a new one made.");
            remarks.Add($"Operator key   {path}");
            return OperatorKey.Of(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"the operator key {path} cannot be read or written: {e.Message}");
        }
    }

    /// <summary>Writes a fresh key. The file appears whole or not at all, whenever the process ends; of several servers the first one's stays.</summary>
    private static void WriteOperatorKey(string path)
    {
        var fresh = "op_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var unfinished = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
        using (var file = new FileStream(unfinished, open))
        {
            file.Write(Encoding.ASCII.GetBytes(fresh + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(unfinished, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }
    }
}
