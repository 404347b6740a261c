using System.Security.Cryptography;

namespace Patchbay.Platform.Data;

/// <summary>Makes ids: ULIDs, whose text sorts by the time at which they were made.</summary>
internal static class Identifiers
{
    /// <summary>A new id at the clock's time. Not a secret: ids may be guessed, and nothing may rest on their not being.</summary>
    public static Ulid New(TimeProvider clock)
    {
        Span<byte> randomness = stackalloc byte[10];
        RandomNumberGenerator.Fill(randomness);
        return Ulid.NewUlid(clock.GetUtcNow(), randomness);
    }

    /// <summary>Ids that sort in the order in which they are taken, so that rows made at the same instant keep their order.</summary>
    public static IEnumerable<Ulid> Sequence(TimeProvider clock)
    {
        var randomness = new byte[10];
        RandomNumberGenerator.Fill(randomness);
        // Keep the top bit clear, so that counting up never overflows.
        randomness[0] &= 0x7F;
        var now = clock.GetUtcNow();
        while (true)
        {
            yield return Ulid.NewUlid(now, randomness);
            for (var i = 9; i >= 0 && ++randomness[i] == 0; i--) { }
        }
    }

    /// <summary>The first 10 characters (the time) of ids made now; set-based copies append 16 of their own to it in SQL.</summary>
    public static string TimePrefix(TimeProvider clock) => New(clock).ToString()[..10];

    /// <summary>
    /// The id of a part inside a stored document, which has no row of its own. The same part of the same owner has the same id
    /// at every read, and a copy's parts have other ids than the original's.
    /// </summary>
    /// <param name="owner">The id of the row that holds the document.</param>
    /// <param name="part">What identifies the part inside it.</param>
    public static Ulid OfPart(Ulid owner, string part)
    {
        Span<byte> id = stackalloc byte[16];
        owner.TryWriteBytes(id);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData([.. id, .. System.Text.Encoding.UTF8.GetBytes(part)], hash);
        hash[..10].CopyTo(id[6..]);
        return new Ulid(id);
    }
}
