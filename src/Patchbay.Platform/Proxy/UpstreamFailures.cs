using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Proxy;

/// <summary>Why an API gave no answer, as a failure of ours.</summary>
internal static class UpstreamFailures
{
    /// <summary>The failure that an exception of a client stands for.</summary>
    /// <param name="exception">What the client threw.</param>
    /// <param name="host">The host to name.</param>
    public static Failure Of(Exception exception, string host) => Of(OutboundFailure.Of(exception, host), host);

    public static Failure Of(OutboundFailure failure, string host) => failure.Kind switch
    {
        OutboundFailureKind.HostNotAllowed => new Failure(FailureKind.Invalid, "host_not_allowed",
            $"{failure.Message} The server's operator can open a network with --allow-network."),
        OutboundFailureKind.Timeout => TimedOut(host),
        OutboundFailureKind.Tls => new Failure(FailureKind.BadGateway, "upstream_tls_failed", failure.Message),
        OutboundFailureKind.ConnectionLost => new Failure(FailureKind.BadGateway, "upstream_connection_lost", failure.Message),
        _ => new Failure(FailureKind.BadGateway, "upstream_unreachable", failure.Message),
    };

    public static Failure TimedOut(string host) => new(FailureKind.GatewayTimeout, "upstream_timeout", $"The host {host} did not answer in time.");
}
