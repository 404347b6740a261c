using System.CommandLine;
using System.Globalization;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;

namespace Patchbay.Server;

/// <summary><c>patchbay audit …</c>: holds the audit records of a store against their hashes, or writes them out, whether servers run on it or not.</summary>
internal static class AuditCommands
{
    private const int Whole = 0;
    private const int NotRun = 1;
    private const int Broken = 2;
    private const string InstanceName = "instance";

    public static Command Create(StoreSettings store)
    {
        var which = new Option<string>("--organisation") { Description = "One chain only: the id of an organisation, or 'instance'." };
        var head = new Option<string>("--head") { Description = "A head that an earlier run showed, as NUMBER:HASH: that record must still be there. Goes with --organisation." };
        var verify = new Command("verify", "Verifies the chains of audit records and names the first that was changed, removed, moved, put in or cut off. Ends with 2 where one was.") { which, head };
        verify.SetAction((parsed, cancellationToken) => VaultCommands.RunAsync(store.In(parsed),
            (options, dialect) => VerifyAsync(options, dialect, parsed.GetValue(which), parsed.GetValue(head), cancellationToken)));
        var exported = new Option<string>("--organisation") { Description = "The id of an organisation, or 'instance', which is the default." };
        var export = new Command("export", "Writes the records of a chain as lines of JSON, oldest first.") { exported };
        export.SetAction((parsed, cancellationToken) => VaultCommands.RunAsync(store.In(parsed),
            (_, dialect) => ExportAsync(dialect, parsed.GetValue(exported), cancellationToken)));
        return new Command("audit", "The records of what was done.") { verify, export };
    }

    private static async Task<int> VerifyAsync(ServerOptions options, IStoreDialect dialect, string? which, string? head, CancellationToken cancellationToken)
    {
        var chain = ChainOf(which);
        var known = HeadOf(head, chain);
        var read = await options.VaultKey.ReadAsync(cancellationToken);
        using var ring = read.Ring ?? throw new StartRefusedException($"the vault key cannot be read, without which no record can be verified: {read.Message}");
        await using var db = OpenedStore.CreateContext(dialect);
        var verifying = new VerifyAudit(db, OpenedStore.ChainsOf(ring, options.VaultKey).Keys);
        try
        {
            var broken = 0;
            if (chain is { } one)
            {
                broken += Tell(await verifying.OfAsync(one, cancellationToken));
                broken += known is { } seen ? await TellKnownAsync(db, one, seen, cancellationToken) : 0;
            }
            else
            {
                await foreach (var verdict in verifying.AllAsync(cancellationToken))
                    broken += Tell(verdict);
            }

            return broken == 0 ? Whole : Broken;
        }
        catch (InvalidDataException e)
        {
            await Console.Error.WriteLineAsync($"Patchbay: {e.Message}");
            return Broken;
        }
    }

    /// <returns>1 where the chain is broken.</returns>
    private static int Tell(AuditVerdict verdict)
    {
        var name = NameOf(verdict.OrganisationId);
        if (verdict.Fault is not { } fault)
        {
            Console.WriteLine($"{name}  {Number(verdict.Records)} records, whole; head {verdict.Head!.Sequence}:{Convert.ToHexStringLower(verdict.Head.Hash)}");
            return 0;
        }

        Console.WriteLine($"{name}  BROKEN{(fault.Sequence is { } at ? $" at record {at}" : "")} ({fault.Damage}): {fault.Message}");
        return 1;
    }

    private static async Task<int> TellKnownAsync(PatchbayDb db, Ulid chain, (long Sequence, string Hash) known, CancellationToken cancellationToken)
    {
        var verdict = await VerifyAudit.HoldsAsync(db, chain, known.Sequence, known.Hash, cancellationToken);
        Console.WriteLine($"{NameOf(chain)}  {(verdict ? "goes on from" : "BROKEN: does not hold")} the head {known.Sequence}:{known.Hash}");
        return verdict ? 0 : 1;
    }

    private static async Task<int> ExportAsync(IStoreDialect dialect, string? which, CancellationToken cancellationToken)
    {
        var chain = ChainOf(which) ?? AuditRecord.Instance;
        await using var db = OpenedStore.CreateContext(dialect);
        await using var output = Console.OpenStandardOutput();
        if (await AuditExport.WriteAsync(VerifyAudit.RecordsOf(db, chain), output, cancellationToken) > 0)
            return Whole;
        await Console.Error.WriteLineAsync($"Patchbay: there are no audit records of {NameOf(chain)}.");
        return NotRun;
    }

    private static Ulid? ChainOf(string? which)
    {
        if (string.IsNullOrEmpty(which))
            return null;
        if (which == InstanceName)
            return AuditRecord.Instance;
        return Ulid.TryParse(which, out var id) ? id : throw new StartRefusedException($"--organisation is '{which}'; it must be the id of an organisation, or '{InstanceName}'.");
    }

    private static (long Sequence, string Hash)? HeadOf(string? text, Ulid? chain)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (chain is null)
            throw new StartRefusedException("--head goes with --organisation.");
        return text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? (sequence, hash.ToLowerInvariant())
            : throw new StartRefusedException("--head must look like 17: and 64 hexadecimal digits, as patchbay audit verify shows it.");
    }

    private static string NameOf(Ulid chain) => chain == AuditRecord.Instance ? $"{InstanceName,-26}" : chain.ToString();

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
