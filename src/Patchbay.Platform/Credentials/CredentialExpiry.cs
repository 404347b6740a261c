using System.Globalization;

namespace Patchbay.Platform.Credentials;

/// <summary>The end that the owner gave a credential. From then on it is used no more, whether or not it was deleted already.</summary>
internal static class CredentialExpiry
{
    /// <summary>What is wrong with an end that was sent, or null.</summary>
    public static FieldFault? FaultOf(DateTimeOffset? expiresAt, DateTimeOffset now, string path) =>
        expiresAt <= now ? new FieldFault(path, "is in the past; leave it out for a credential that has no end") : null;

    /// <summary>What calls through a connection are told that lacks a credential.</summary>
    /// <param name="expiredAt">When it ended.</param>
    public static Failure Refusal(DateTimeOffset expiredAt) => new(FailureKind.Conflict, "credential_expired", string.Create(CultureInfo.InvariantCulture,
        $"A credential of this connection expired at {expiredAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, as its owner had set. Requests are not sent without it."));
}
