using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Patchbay.Vault;

/// <summary>
/// Passwords as they may be kept: hashed by Argon2id (RFC 9106) with the second recommended option of its section 4, 64 MiB and three passes in four lanes,
/// and written as a PHC string.
/// </summary>
/// <remarks>.NET has no Argon2 of its own; that of BouncyCastle is used. It is slow and takes memory on purpose: let few run at once.</remarks>
public static class PasswordHash
{
    private const int MemoryKib = 64 * 1024;
    private const int Passes = 3;
    private const int Lanes = 4;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>More than this no sound hash asks for: a file that somebody else wrote must not take the machine down.</summary>
    private const int MostMemoryKib = 1024 * 1024;

    /// <summary>The hash of a password, with a fresh salt.</summary>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return $"$argon2id$v=19$m={MemoryKib},t={Passes},p={Lanes}${Unpadded(salt)}${Unpadded(Compute(password, salt, MemoryKib, Passes, Lanes, HashBytes))}";
    }

    /// <summary>Whether a text is a hash that <see cref="IsOf"/> can compare with.</summary>
    public static bool IsOne(string text) => Read(text) is not null;

    /// <summary>Whether a hash is that of a password. In constant time, but for what the hash itself asks for.</summary>
    /// <param name="hash">The PHC string; one that is none is nobody's.</param>
    /// <param name="password">The password.</param>
    public static bool IsOf(string hash, string password) =>
        Read(hash) is { } read && CryptographicOperations.FixedTimeEquals(read.Hash, Compute(password, read.Salt, read.Memory, read.Passes, read.Lanes, read.Hash.Length));

    private static byte[] Compute(string password, byte[] salt, int memory, int passes, int lanes, int length)
    {
        var utf8 = Encoding.UTF8.GetBytes(password);
        try
        {
            var generator = new Argon2BytesGenerator();
            generator.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
                .WithVersion(Argon2Parameters.Version13).WithMemoryAsKB(memory).WithIterations(passes).WithParallelism(lanes).WithSalt(salt).Build());
            var hash = new byte[length];
            generator.GenerateBytes(utf8, hash);
            return hash;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    private static (byte[] Salt, byte[] Hash, int Memory, int Passes, int Lanes)? Read(string text)
    {
        if (text.Trim().Split('$') is not ["", "argon2id", "v=19", var costs, var salt, var hash] || costs.Split(',') is not [var m, var t, var p])
            return null;
        if (Number(m, "m=") is not { } memory || Number(t, "t=") is not { } passes || Number(p, "p=") is not { } lanes
            || memory is < 8 or > MostMemoryKib || passes is < 1 or > 100 || lanes is < 1 or > 64 || memory < 8 * lanes)
        {
            return null;
        }

        return Bytes(salt) is { Length: >= 8 and <= 64 } saltBytes && Bytes(hash) is { Length: >= 16 and <= 128 } hashBytes ? (saltBytes, hashBytes, memory, passes, lanes) : null;

        static int? Number(string part, string name) =>
            part.StartsWith(name, StringComparison.Ordinal) && int.TryParse(part.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static byte[]? Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');
}
