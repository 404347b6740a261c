using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>Hosts in the one form in which they are compared: lower case, Punycode (RFC 3492), IPv6 in brackets.</summary>
internal static class HostName
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = false, UseStd3AsciiRules = false };

    /// <summary>Normalises a host.</summary>
    /// <returns>The host, or null where the text is none: empty, with a dot too many, or with characters that no host has.</returns>
    public static string? Normalise(string text)
    {
        if (text.StartsWith('[')) return NormaliseIPv6(text);
        if (!HasOnlyLabels(text)) return null;
        var host = text.ToLowerInvariant();
        if (!Ascii.IsValid(host))
        {
            try
            {
                // Not composed before: the program runs without the tables for that. A decomposed name is another name, and leads nowhere.
                host = Idn.GetAscii(host);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return HasFittingLengths(host) && IsAddressOrName(host) ? host : null;
    }

    /// <summary>
    /// Whether a value may stand in a host, alone or beside other text: one or more DNS labels and nothing that would end or split a host.
    /// </summary>
    public static bool HasOnlyLabels(string value)
    {
        if (value.Length is 0 or > LongestName) return false;
        var previous = '.';
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value == '.')
            {
                if (previous == '.') return false;
                previous = '.';
                continue;
            }

            previous = '-';
            var fits = rune.IsAscii
                ? Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_'
                : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (!fits) return false;
        }

        return previous != '.';
    }

    public static bool IsAddress(string host) => host[0] == '[' || EndsInNumber(host);

    private static bool HasFittingLengths(string host)
    {
        if (host.Length > LongestName) return false;
        foreach (var range in host.AsSpan().Split('.'))
        {
            if (range.End.Value - range.Start.Value is 0 or > LongestLabel) return false;
        }

        return true;
    }

    // 127.1, 0x7f000001 and 017700000001 are addresses to some programs and names to others. Only the plain form means one thing to all.
    private static bool IsAddressOrName(string host) =>
        !EndsInNumber(host) || (IPAddress.TryParse(host, out var address) && address.ToString() == host);

    private static bool EndsInNumber(string host)
    {
        var last = host.AsSpan(host.LastIndexOf('.') + 1);
        return !last.ContainsAnyExceptInRange('0', '9') || last.StartsWith("0x", StringComparison.Ordinal);
    }

    private static string? NormaliseIPv6(string text) =>
        text.EndsWith(']')
        && !text.Contains('%', StringComparison.Ordinal)
        && IPAddress.TryParse(text.AsSpan(1, text.Length - 2), out var address)
        && address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{address}]"
            : null;
}
