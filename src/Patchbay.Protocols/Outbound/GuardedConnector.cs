using System.Net;
using System.Net.Sockets;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// Opens the sockets of every outgoing connection, the only code that does. A name is resolved once, its addresses are judged, and those
/// very addresses are connected to: a name server that answers differently the next time gains nothing.
/// </summary>
/// <remarks>
/// The library's own handler resolves and checks at the same place, but hides the settings that a proxy needs (trace headers, several
/// HTTP/2 connections, decompression, header encodings), unwraps the exceptions that tell failures apart, and looks at the headers of every
/// request. Hence its list of ranges (<see cref="NetworkPolicy"/>) behind a <see cref="SocketsHttpHandler.ConnectCallback"/> of our own: work
/// is done per connection, next to none per request.
/// </remarks>
internal sealed class GuardedConnector(NetworkPolicy policy, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    public GuardedConnector(NetworkPolicy policy)
        : this(policy, Dns.GetHostAddressesAsync)
    {
    }

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);

        // The resolver would throw at the unspecified addresses, which connect to this machine, and have nothing to do for others.
        var resolved = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (resolved.Length == 0) throw new SocketException((int)SocketError.HostNotFound);

        // Those that are denied are left out, not a reason to refuse the rest: where 127.0.0.0/8 is open, localhost works though it is ::1 too.
        var allowed = Array.FindAll(resolved, IsAllowed);
        if (allowed.Length == 0) throw new EgressDeniedException(host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address) =>
        policy.Judge(address) switch
        {
            AddressVerdict.Named => true,
            AddressVerdict.Public => !OwnAddresses.Contain(address),
            _ => false,
        };
}
