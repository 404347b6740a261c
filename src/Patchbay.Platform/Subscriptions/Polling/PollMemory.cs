using System.Security.Cryptography;
using System.Text.Json;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>What a poll goes on from, sealed with it: a cursor may say something of people.</summary>
/// <param name="Key">Of the hashes by which items are known again.</param>
/// <param name="Cursor">What goes into the cursor's parameter, as JSON; null before the first.</param>
internal sealed record PollMemory(byte[] Key, string? Cursor)
{
    public static PollMemory Fresh() => new(DuplicateKey.NewSecret(), null);

    /// <summary>Seals it. Runs inside the transaction that stores the result.</summary>
    public Task<byte[]> SealAsync(SecretStore secrets, PatchbayDb db, Poll poll, CancellationToken cancellationToken) =>
        secrets.SealAsync(db, SealedColumn.PollSecret, poll.OrganisationId, poll.Id, JsonSerializer.SerializeToUtf8Bytes(this), cancellationToken);

    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public static async Task<PollMemory> OpenAsync(SecretStore secrets, Poll poll, CancellationToken cancellationToken)
    {
        var opened = await secrets.OpenAsync(SealedColumn.PollSecret, poll.OrganisationId, poll.Id, poll.Secret!, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<PollMemory>(opened)!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(PollMemory);
}
