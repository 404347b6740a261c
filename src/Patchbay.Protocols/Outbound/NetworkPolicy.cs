using System.Net;
using System.Net.Sockets;
using Microsoft.Security.AntiSSRF;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// Which addresses may be connected to: public ones, and those of the networks that the operator named (the setting
/// <c>--allow-network</c>). Immutable; safe for concurrent use.
/// </summary>
/// <remarks>
/// <para>
/// What is not public comes from Microsoft.Security.AntiSSRF, its recommended list: unspecified, private, shared (RFC 6598), loopback,
/// link-local, the metadata addresses of the large clouds, multicast, broadcast and reserved ones, documentation and benchmarking, 6to4,
/// Teredo, NAT64 and the rest of the IANA special-purpose registries. Two rules are added. IPv6 outside of 2000::/3, the only range that is
/// assigned to the public, is not public, whatever it is (this takes in the IPv4-compatible and IPv4-translated forms, which the list
/// lacks). And an address that carries an IPv4 address (64:ff9b::/96 of RFC 6052, 2002::/16 of RFC 3056) in a network that was named needs
/// that IPv4 address to be allowed as well: opening the gateway of an IPv6-only host must not open what is behind it.
/// </para>
/// <para>IPv4-mapped addresses (::ffff:0:0/96) are judged as the IPv4 addresses that they are.</para>
/// </remarks>
public sealed class NetworkPolicy
{
    private static readonly IPNetwork[] SpecialUse = [.. IPAddressRanges.recommendedLatest.Select(range => IPNetwork.Parse(range))];
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    private readonly IPNetwork[] _named;

    private NetworkPolicy(IPNetwork[] named) => _named = named;

    /// <summary>Public addresses only.</summary>
    public static NetworkPolicy PublicOnly { get; } = new([]);

    /// <summary>Reads the networks to open beside the public addresses.</summary>
    /// <param name="networks">
    /// Networks such as <c>10.1.0.0/16</c> and <c>fd00::/8</c>, or single addresses such as <c>127.0.0.1</c> and <c>::1</c>.
    /// </param>
    /// <returns>The policy, or a fault for each entry that is neither; the subject is the entry's index, as <c>[0]</c>.</returns>
    public static Outcome<NetworkPolicy> Parse(IEnumerable<string> networks)
    {
        var named = new List<IPNetwork>();
        var faults = new List<Fault>();
        foreach (var (index, text) in networks.Index())
        {
            if (ParseNetwork(text, out var network) is { } wrong) faults.Add(new Fault(FaultKind.Malformed, $"[{index}]", wrong));
            else named.Add(network);
        }

        return faults.Count == 0 ? Outcome.Of(new NetworkPolicy([.. named])) : Outcome.Of<NetworkPolicy>(faults);
    }

    /// <summary>Whether an address may be connected to.</summary>
    /// <param name="address">An address of either family, IPv4-mapped or not.</param>
    public bool Allows(IPAddress address) => Judge(address) is not AddressVerdict.Denied;

    internal AddressVerdict Judge(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (Contains(_named, address))
        {
            return Carried(address) is { } carried && Judge(carried) is AddressVerdict.Denied ? AddressVerdict.Denied : AddressVerdict.Named;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return AddressVerdict.Denied;
        return Contains(SpecialUse, address) ? AddressVerdict.Denied : AddressVerdict.Public;
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    private static IPAddress? Carried(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (Nat64.Contains(address) && address.TryWriteBytes(bytes, out _)) return new IPAddress(bytes[12..]);
        if (SixToFour.Contains(address) && address.TryWriteBytes(bytes, out _)) return new IPAddress(bytes[2..6]);
        return null;
    }

    private static string? ParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (addressText, lengthText) = slash < 0 ? (text, null) : (text[..slash], text[(slash + 1)..]);

        // The parser takes 127.1, 0x7f.0.0.1 and 010.0.0.1 as well; an operator who writes that is as likely to mean something else.
        if (!IPAddress.TryParse(addressText, out var address)
            || addressText.Contains('%', StringComparison.Ordinal)
            || addressText.Contains('[', StringComparison.Ordinal)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != addressText))
        {
            return "It is not an address or a network such as 10.1.0.0/16, ::1/128 or 127.0.0.1.";
        }

        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = longest;
        if (lengthText is not null
            && (lengthText.Length is 0 or > 3
                || lengthText.AsSpan().ContainsAnyExceptInRange('0', '9')
                || !int.TryParse(lengthText, out length)
                || length > longest))
        {
            return $"The prefix length is not a number from 0 to {longest}.";
        }

        if (address.IsIPv4MappedToIPv6) return "It is an IPv4 network in IPv6 form; write it as IPv4.";

        var start = StartOf(address, length);
        if (!start.Equals(address)) return $"It has bits behind its prefix; the network is {start}/{length}.";
        network = new IPNetwork(address, length);
        return null;
    }

    private static IPAddress StartOf(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}

/// <summary>What a policy says of an address.</summary>
internal enum AddressVerdict
{
    /// <summary>Not to be connected to.</summary>
    Denied,

    /// <summary>Open to everybody; still to be checked for being this machine's own.</summary>
    Public,

    /// <summary>In a network that the operator named.</summary>
    Named,
}
