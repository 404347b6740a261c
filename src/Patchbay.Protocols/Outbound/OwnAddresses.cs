using System.Net;
using System.Net.Sockets;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// The addresses of this machine. A public one is still the way into the host's own services: the kernel delivers to it over the loopback
/// interface, where the firewall that keeps strangers out does not look.
/// </summary>
internal static class OwnAddresses
{
    private const int AnyPort = 9;

    /// <summary>
    /// Whether the address is one of this machine's. The routing table is asked by connecting a datagram socket, which sends nothing: for its
    /// own addresses, and for those only, the kernel chooses the address itself as the source.
    /// </summary>
    public static bool Contain(IPAddress address)
    {
        try
        {
            using var probe = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(address, AnyPort);
            return probe.LocalEndPoint is IPEndPoint local && local.Address.Equals(address);
        }
        catch (SocketException)
        {
            // No route: connecting in earnest fails in the same way, and says why.
            return false;
        }
    }
}
