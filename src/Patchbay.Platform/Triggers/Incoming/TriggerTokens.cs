using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Platform.Keys;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>
/// The tokens of the public URLs of triggers: 256 random bits, and behind them a mark by which this installation knows its own. A token that was made up
/// is refused without asking the store, however many there are; the mark opens nothing by itself.
/// </summary>
internal sealed class TriggerTokens(IServiceScopeFactory scopes)
{
    /// <summary>The name of the key of the marks among the facts of the installation.</summary>
    public const string KeyName = "trigger-tokens";

    private const int RandomLength = 32;
    private const int MarkLength = 8;

    /// <summary>How many characters a token has.</summary>
    private static readonly int TextLength = Base64Url.GetEncodedLength(RandomLength + MarkLength);

    private readonly Lock _lock = new();
    private Task<byte[]>? _key;

    /// <summary>A fresh token.</summary>
    public async Task<string> NewAsync()
    {
        var key = await KeyAsync();
        var token = new byte[RandomLength + MarkLength];
        RandomNumberGenerator.Fill(token.AsSpan(0, RandomLength));
        Mark(key, token.AsSpan(0, RandomLength), token.AsSpan(RandomLength));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The hash by which a token is kept.</summary>
    public static byte[] HashOf(string token) => RandomToken.HashOf(token);

    /// <summary>Whether a token was made here, at whatever time.</summary>
    public ValueTask<bool> IsOursAsync(string token)
    {
        if (token.Length != TextLength || !Base64Url.IsValid(token))
            return new(false);
        var key = KeyAsync();
        return key.IsCompletedSuccessfully ? new(IsOurs(key.Result, token)) : new(FinishAsync());

        async Task<bool> FinishAsync() => IsOurs(await key, token);
    }

    private static bool IsOurs(byte[] key, string token)
    {
        Span<byte> bytes = stackalloc byte[RandomLength + MarkLength];
        if (!Base64Url.TryDecodeFromChars(token, bytes, out var length) || length != bytes.Length)
            return false;
        Span<byte> mark = stackalloc byte[MarkLength];
        Mark(key, bytes[..RandomLength], mark);
        return CryptographicOperations.FixedTimeEquals(mark, bytes[RandomLength..]);
    }

    private static void Mark(byte[] key, ReadOnlySpan<byte> random, Span<byte> mark)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, random, hash);
        hash[..MarkLength].CopyTo(mark);
    }

    private Task<byte[]> KeyAsync()
    {
        if (Volatile.Read(ref _key) is { } known && !known.IsFaulted)
            return known;
        lock (_lock)
        {
            if (_key is null || _key.IsFaulted)
                _key = Task.Run(LoadAsync);
            return _key;
        }
    }

    private async Task<byte[]> LoadAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        if (await FindAsync(db) is { } known)
            return known;
        try
        {
            var key = RandomNumberGenerator.GetBytes(32);
            db.Add(new InstanceValue { Name = KeyName, Value = key });
            await db.SaveChangesAsync();
            return key;
        }
        catch (DbUpdateException e) when (db.Dialect.IsUniqueViolation(e))
        {
            // Another node was first; its key is everybody's.
            return (await FindAsync(db))!;
        }
    }

    private static Task<byte[]?> FindAsync(PatchbayDb db) =>
        db.InstanceValues.AsNoTracking().Where(v => v.Name == KeyName).Select(v => v.Value).FirstOrDefaultAsync();
}
