using System.Net.Sockets;
using System.Security.Authentication;

namespace Patchbay.Protocols.Outbound;

/// <summary>Why an outgoing request got no answer.</summary>
public enum OutboundFailureKind
{
    /// <summary>The host has no address that the policy allows.</summary>
    HostNotAllowed,

    /// <summary>The name has no address, or the name server did not say.</summary>
    NameNotResolved,

    /// <summary>Nothing accepts connections there, or no route leads there.</summary>
    Refused,

    /// <summary>The TLS handshake failed; as a rule the certificate is not to be trusted.</summary>
    Tls,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>The connection broke, or what came back was not HTTP.</summary>
    ConnectionLost,
}

/// <summary>Why an outgoing request got no answer, in words for a client: they name the host at most.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">A sentence.</param>
public sealed record OutboundFailure(OutboundFailureKind Kind, string Message)
{
    private const int DeepestCause = 16;

    /// <summary>Classifies what a request threw.</summary>
    /// <param name="exception">The exception, as the client or the forwarder reports it.</param>
    /// <param name="host">The host to name.</param>
    public static OutboundFailure Of(Exception exception, string host)
    {
        if (EgressDeniedException.In(exception) is { } denied) return new OutboundFailure(OutboundFailureKind.HostNotAllowed, denied.Message);

        var kind = OutboundFailureKind.ConnectionLost;
        var cause = exception;
        for (var depth = 0; cause is not null && depth < DeepestCause && kind == OutboundFailureKind.ConnectionLost; depth++)
        {
            kind = KindOf(cause);
            cause = cause.InnerException;
        }

        return new OutboundFailure(kind, kind switch
        {
            OutboundFailureKind.NameNotResolved => $"The host {host} has no address.",
            OutboundFailureKind.Refused => $"The host {host} does not accept the connection.",
            OutboundFailureKind.Tls => $"The host {host} does not show a certificate that can be trusted.",
            OutboundFailureKind.Timeout => $"The host {host} did not answer in time.",
            _ => $"The connection to the host {host} broke before the answer was complete.",
        });
    }

    private static OutboundFailureKind KindOf(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => OutboundFailureKind.NameNotResolved,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => OutboundFailureKind.Tls,
        AuthenticationException => OutboundFailureKind.Tls,
        TimeoutException or OperationCanceledException => OutboundFailureKind.Timeout,
        SocketException socket => KindOf(socket.SocketErrorCode),
        _ => OutboundFailureKind.ConnectionLost,
    };

    private static OutboundFailureKind KindOf(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => OutboundFailureKind.NameNotResolved,
        SocketError.TimedOut => OutboundFailureKind.Timeout,
        SocketError.ConnectionRefused
            or SocketError.HostUnreachable
            or SocketError.NetworkUnreachable
            or SocketError.HostDown
            or SocketError.NetworkDown
            or SocketError.AccessDenied
            or SocketError.AddressFamilyNotSupported
            or SocketError.AddressNotAvailable => OutboundFailureKind.Refused,
        _ => OutboundFailureKind.ConnectionLost,
    };
}
