using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Patchbay.Vault;

namespace Patchbay.Platform.SigningIn;

/// <summary>Reads the hash of the operator's password, which may be set while the server runs; null where there is none.</summary>
internal sealed record OperatorPasswordSource(Func<string?> Read);

/// <summary>
/// The operator's password: for a first look, where no issuer is at hand. Few hashes are computed at once, and whoever fails waits longer each time, by address and
/// by all together.
/// </summary>
internal sealed class OperatorPassword(OperatorPasswordSource source, TimeProvider clock) : IDisposable
{
    /// <summary>How many attempts of one address fail before it has to wait.</summary>
    public const int FreeAttempts = 5;

    /// <summary>How many attempts of all addresses fail in a window before everybody has to wait.</summary>
    public const int MostOfAll = 100;

    public const int LongestPassword = 1000;

    private const int AtOnce = 2;
    private const int MostWaiting = 16;
    private const int MostRemembered = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Failures> _failures = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtOnce);
    private int _waiting;

    /// <summary>Whether there is one to sign in with.</summary>
    public bool IsSet => source.Read() is { } hash && PasswordHash.IsOne(hash);

    /// <summary>Compares a password.</summary>
    /// <param name="password">What was sent.</param>
    /// <param name="address">Who sent it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PasswordVerdict> JudgeAsync(string password, IPAddress? address, CancellationToken cancellationToken)
    {
        var who = NameOf(address);
        if (WaitOf(who) is { } wait)
            return new PasswordVerdict(false, wait);
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return new PasswordVerdict(false, TimeSpan.FromSeconds(1));
        }

        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                // Those who waited for a place with it may have failed meanwhile.
                if (WaitOf(who) is { } later)
                    return new PasswordVerdict(false, later);
                if (source.Read() is { } hash && password.Length is > 0 and <= LongestPassword && PasswordHash.IsOf(hash, password))
                {
                    _failures.TryRemove(who, out _);
                    return new PasswordVerdict(true, null);
                }

                Count(who);
                Count("");
                return new PasswordVerdict(false, null);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _places.Dispose();

    /// <summary>One IPv4 address, or one network of IPv6, of which whoever has one has 2^64.</summary>
    private static string NameOf(IPAddress? address)
    {
        if (address is null)
            return "?";
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork ? plain.ToString() : Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8));
    }

    private TimeSpan? WaitOf(string who)
    {
        var now = clock.GetUtcNow();
        if (_failures.TryGetValue("", out var all) && now - all.Since < Window && all.Count >= MostOfAll)
            return all.Since + Window - now;
        if (!_failures.TryGetValue(who, out var own) || now - own.Last >= Window || own.Count < FreeAttempts)
            return null;
        // 1, 2, 4 … seconds, up to the window.
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, own.Count - FreeAttempts), Window.TotalSeconds));
        return own.Last + pause > now ? own.Last + pause - now : null;
    }

    private void Count(string who)
    {
        var now = clock.GetUtcNow();
        if (_failures.Count >= MostRemembered)
        {
            foreach (var (key, old) in _failures)
            {
                if (now - old.Last >= Window)
                    _failures.TryRemove(key, out _);
            }
        }

        // Too many to tell apart: all of them are counted together.
        if (_failures.Count >= MostRemembered && !_failures.ContainsKey(who))
            who = "?";
        _failures.AddOrUpdate(who, _ => new Failures(now, now, 1), (_, had) => now - (who.Length == 0 ? had.Since : had.Last) >= Window ? new Failures(now, now, 1) : had with { Last = now, Count = had.Count + 1 });
    }

    private sealed record Failures(DateTimeOffset Since, DateTimeOffset Last, int Count);
}

/// <summary>What became of a password.</summary>
/// <param name="IsRight">Whether it is the one.</param>
/// <param name="Wait">How long to wait, where it was not even looked at.</param>
internal readonly record struct PasswordVerdict(bool IsRight, TimeSpan? Wait);
