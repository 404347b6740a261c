using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Platform.Keys;

/// <summary>What the store's keys are at: ids and numbers, never a key.</summary>
/// <param name="Facts">The instance keys; null where no server has started on the store yet.</param>
/// <param name="Organisations">How many organisations' data keys each instance key wraps.</param>
/// <param name="Retired">How many organisations still have an old data key beside the current one.</param>
/// <param name="Secrets">How many secrets there are, by column and key.</param>
internal sealed record KeyStatus(
    KeyFacts? Facts, IReadOnlyDictionary<string, int> Organisations, int Retired, IReadOnlyList<KeyStatus.SecretCount> Secrets)
{
    /// <summary>Of a wrapped key that names no instance key.</summary>
    public const string Damaged = "damaged";

    /// <summary>Whether a rotation was begun and has not ended.</summary>
    public bool Unfinished => Facts?.HandOver is not null || Retired > 0 || Organisations.Keys.Any(k => k != Facts?.InForce);

    /// <summary>Secrets of one column under one key version.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="KeyVersion">The version, or null where they are damaged.</param>
    /// <param name="IsCurrent">Whether that is their organisations' current one.</param>
    /// <param name="WrappedBy">The instance key that wraps their organisations' current data key.</param>
    /// <param name="Count">How many.</param>
    public sealed record SecretCount(SealedColumn Column, int? KeyVersion, bool IsCurrent, string WrappedBy, long Count);

    public static async Task<KeyStatus> ReadAsync(PatchbayDb db, CancellationToken cancellationToken)
    {
        var facts = await KeyFacts.ReadAsync(db, cancellationToken);
        var organisations = new Dictionary<Ulid, (string WrappedBy, int Version)>();
        var retired = 0;
        await foreach (var o in db.Organisations.Select(o => new { o.Id, o.WrappedKey, o.KeyVersion, Retired = o.RetiredKey != null })
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            organisations.Add(o.Id, (KeyRing.KeyIdOf(o.WrappedKey) ?? Damaged, o.KeyVersion));
            retired += o.Retired ? 1 : 0;
        }

        var secrets = new List<SecretCount>();
        foreach (var column in SealedColumn.All)
        {
            // An organisation that was made or deleted between the two queries is left out.
            secrets.AddRange((await db.Dialect.CountSealedAsync(db, column, null, cancellationToken))
                .Where(c => organisations.ContainsKey(c.OrganisationId))
                .GroupBy(c => (c.KeyVersion, IsCurrent: c.KeyVersion == organisations[c.OrganisationId].Version, organisations[c.OrganisationId].WrappedBy))
                .OrderBy(g => g.Key.KeyVersion)
                .Select(g => new SecretCount(column, g.Key.KeyVersion, g.Key.IsCurrent, g.Key.WrappedBy, g.Sum(c => c.Count))));
        }

        return new KeyStatus(
            facts,
            organisations.Values.GroupBy(o => o.WrappedBy, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal),
            retired,
            secrets);
    }
}
