using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;
using Patchbay.Vault;

namespace Patchbay.Server;

/// <summary><c>patchbay vault …</c>: work on the keys of a store, whether servers run on it or not.</summary>
internal static class VaultCommands
{
    public static Command Create(StoreSettings store)
    {
        var dropOld = new Option<bool>("--drop-old") { Description = "In the end, take the old vault keys out: backups from before the rotation then open no more." };
        var rotate = new Command("rotate", "Changes the vault key and every data key and seals every secret anew, while servers run. When it was ended, run it again: it goes on.") { dropOld };
        rotate.SetAction((parsed, cancellationToken) => RunAsync(store.In(parsed), (options, db) => RotateAsync(options, db, parsed.GetValue(dropOld), cancellationToken)));
        var status = new Command("status", "Shows which keys there are and what they seal; never a key.");
        status.SetAction((parsed, cancellationToken) => RunAsync(store.In(parsed), (options, db) => StatusAsync(options, db, cancellationToken)));
        var create = new Command("new-key", "Prints a new vault key, for a key manager or PATCHBAY_VAULT_KEY. A server that keeps its key in a file makes one by itself.");
        create.SetAction(_ =>
        {
            using var ring = KeyRing.Generate();
            Console.Out.Write(ring.ToFileText());
        });
        return new Command("vault", "The keys of the stored secrets.") { rotate, status, create };
    }

    /// <summary>Runs a command on a store that a server has made.</summary>
    internal static async Task<int> RunAsync(Dictionary<string, string?> given, Func<ServerOptions, IStoreDialect, Task<int>> run)
    {
        try
        {
            var options = ServerOptions.Load(given);
            if (options is { Postgres: false, ConnectionString: null } && !File.Exists(options.StoreFile))
                throw new StartRefusedException($"there is no store at {options.StoreFile}; say where it is with --data-dir.");
            var dialect = OpenedStore.DialectOf(options);
            try
            {
                await using var db = OpenedStore.CreateContext(dialect);
                if ((await db.Database.GetPendingMigrationsAsync()).Any())
                    throw new StartRefusedException("the store is of an older version of Patchbay. Start this version's server on it once, which brings it up to date.");
                return await run(options, dialect);
            }
            finally
            {
                if (dialect is IAsyncDisposable pool)
                    await pool.DisposeAsync();
                else
                    (dialect as IDisposable)?.Dispose();
            }
        }
        catch (StartRefusedException e)
        {
            await Console.Error.WriteLineAsync($"Patchbay: {e.Message}");
            return 1;
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            await Console.Error.WriteLineAsync($"Patchbay: the database cannot be used: {e.GetBaseException().Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Patchbay: ended before it was done; run it again to go on.");
            return 1;
        }
    }

    private static async Task<int> RotateAsync(ServerOptions options, IStoreDialect dialect, bool dropOld, CancellationToken cancellationToken)
    {
        var progress = new ProgressLines(TimeProvider.System);
        // Without a key that can be read nothing is changed, and nothing written down.
        using var ring = (await options.VaultKey.ReadAsync(cancellationToken)).Ring;
        var chains = ring is null ? null : OpenedStore.ChainsOf(ring, options.VaultKey);
        var rotate = new RotateKeys(() => OpenedStore.CreateContext(dialect, chains), options.VaultKey, TimeProvider.System, progress.Report);
        switch (await rotate.RunAsync(dropOld, cancellationToken))
        {
            case RotationOutcome.Done done:
                Console.WriteLine($"All keys were changed. The vault key is {done.KeyId}.");
                Console.WriteLine(done.OldKeys == 0
                    ? "The old ones were dropped: backups from before open no more."
                    : $"{done.OldKeys} old {(done.OldKeys == 1 ? "one stays" : "ones stay")} readable, for backups from before; a rotation with --drop-old takes them out.");
                Console.WriteLine("Back up the vault key now. Servers that run have it; those that read it from a copy need the new one before their next start.");
                return 0;
            case RotationOutcome.NeedsHands { Begun: true } hands:
                await Console.Error.WriteLineAsync($"""
                    Nothing was changed yet: {options.VaultKey.Description} cannot be written from here. In two steps:
                      1. Keep the text below, which has the new key and the old ones, where the vault key is kept, in place of what is there.
                      2. Run this command again with it. Servers that run need nothing; their next start needs the new text.
                    """);
                Console.Out.Write(hands.RingText);
                return 2;
            case RotationOutcome.NeedsHands hands:
                await Console.Error.WriteLineAsync(
                    "All keys were changed. To drop the old ones, keep the text below where the vault key is kept, in place of what is there.");
                Console.Out.Write(hands.RingText);
                return 0;
            case RotationOutcome.Unfinished unfinished:
                await Console.Error.WriteLineAsync($"""
                    The vault key is {unfinished.KeyId} now, but not everything could be sealed anew. These do not open with any key, and the old keys are kept for them:
                      {string.Join(Environment.NewLine + "  ", unfinished.Damaged)}
                    Put them back from a backup, or delete what they belong to; then run this command again.
                    """);
                return 1;
            case RotationOutcome.Refused refused:
                await Console.Error.WriteLineAsync($"Patchbay: {refused.Message}");
                return 1;
            case var other:
                throw new InvalidOperationException($"Nobody knows {other.GetType().Name}.");
        }
    }

    private static async Task<int> StatusAsync(ServerOptions options, IStoreDialect dialect, CancellationToken cancellationToken)
    {
        await using var db = OpenedStore.CreateContext(dialect);
        var status = await KeyStatus.ReadAsync(db, cancellationToken);
        var read = await options.VaultKey.ReadAsync(cancellationToken);
        using var ring = read.Ring;
        Line("Key source", options.VaultKey.Description);
        foreach (var id in ring?.KeyIds ?? [])
            Line("", id == status.Facts?.InForce ? $"{id}, in force" : id == ring!.ActiveKeyId ? $"{id}, prepared for a rotation" : $"{id}, readable");
        if (ring is null)
            Line("", read.Message);
        else if (status.Facts is { } facts && !ring.Contains(facts.InForce))
            Line("", $"lacks {facts.InForce}, which is in force");
        Line("Organisations", Number(status.Organisations.Values.Sum()));
        foreach (var (id, count) in status.Organisations.OrderBy(o => o.Key, StringComparer.Ordinal))
            Line("", $"{Number(count)} under {id}");
        Line("Secrets", Number(status.Secrets.Sum(s => s.Count)));
        foreach (var version in status.Secrets.GroupBy(s => (s.Column, s.KeyVersion)))
        {
            var old = version.Where(s => !s.IsCurrent).Sum(s => s.Count);
            Line("", version.Key.KeyVersion is { } number
                ? $"{Number(version.Sum(s => s.Count))} in {version.Key.Column} at key version {number}{(old > 0 ? $", {Number(old)} of them to be sealed anew" : "")}"
                : $"{Number(old)} in {version.Key.Column} are damaged");
        }

        Line("Rotation", status.Unfinished ? "unfinished: run patchbay vault rotate to go on"
            : ring is not null && status.Facts is not null && ring.ActiveKeyId != status.Facts.InForce ? "prepared: run patchbay vault rotate to begin" : "none under way");
        return ring is null ? 1 : 0;

        static void Line(string name, string text) => Console.WriteLine($"{name,-15}{text}");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Says how far a rotation is, each second and when it is through.</summary>
    private sealed class ProgressLines(TimeProvider clock)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

        private long? _saidAt;
        private long _said = -1;

        public void Report(long done, long total)
        {
            if (done == _said || (done < total && _saidAt is { } at && clock.GetElapsedTime(at) < Interval))
                return;
            (_saidAt, _said) = (clock.GetTimestamp(), done);
            Console.Error.WriteLine($"{Number(done)} of {Number(total)} secrets sealed anew");
        }
    }
}
