using System.Globalization;
using Patchbay.OAuth;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Grants;

/// <summary>Why there is no token, as an answer to whoever needs it.</summary>
internal static class GrantFailures
{
    /// <summary>The provider refused for good.</summary>
    public static Failure Dead(string? why) => new(FailureKind.Conflict, "credential_broken",
        $"The connection's credential does not work any more, and only its owner can help: {why}");

    /// <summary>There is a token, and no way to another.</summary>
    public static readonly Failure NotRenewable = new(FailureKind.Conflict, "credential_not_renewable",
        "The provider gave no refresh token, so the access token serves until it expires and cannot be renewed. Connect again, with offline access.");

    /// <summary>Nothing could be asked with what is stored.</summary>
    public static Failure NotSent(string why) => new(FailureKind.Conflict, "credential_unusable", why);

    /// <summary>The provider is left alone for a while, or somebody else is asking it.</summary>
    public static Failure Waiting(string? why, TimeSpan pause) => new(FailureKind.Unavailable, "token_unavailable",
        string.Create(CultureInfo.InvariantCulture, $"There is no valid token for the connection's credential just now; it is tried again in {Math.Ceiling(pause.TotalSeconds)} s. {why}"));

    /// <summary>The credential became another while its token was asked for.</summary>
    public static Failure Outdated { get; } = new(FailureKind.Unavailable, "credential_changed",
        "The connection's credential was changed a moment ago. Try again.");

    /// <summary>The provider refuses the application or the request.</summary>
    public static Failure Refused(string why) => new(FailureKind.BadGateway, "token_request_refused", why);

    /// <summary>The provider could not be asked.</summary>
    public static Failure Unreachable(EndpointFailure failure)
    {
        if (failure is EndpointFailure.Unavailable { Cause: { } cause } && OutboundFailure.Of(cause, "the token endpoint") is { Kind: OutboundFailureKind.HostNotAllowed } denied)
            return new Failure(FailureKind.Invalid, "host_not_allowed", $"The token endpoint: {denied.Message} The server's operator can open a network with --allow-network.");
        return failure is EndpointFailure.Unavailable { Kind: UnavailableKind.Timeout }
            ? new Failure(FailureKind.GatewayTimeout, "token_endpoint_timeout", failure.Message)
            : new Failure(FailureKind.BadGateway, "token_endpoint_failed", failure.Message);
    }
}
