using Patchbay.Platform.Grants;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Credentials;

/// <summary>How a credential takes part in requests: exactly one of the kinds inside.</summary>
internal abstract record PlannedCredential
{
    private PlannedCredential()
    {
    }

    /// <summary>Applied as it is, by itself.</summary>
    public sealed record Ready(IRequestCredential Credential) : PlannedCredential;

    /// <summary>Shown when the connection is made, so that nothing of it is in the request.</summary>
    public sealed record Certificate(ClientCertificate Value) : PlannedCredential;

    /// <summary>Applied once there is a token.</summary>
    public sealed record Live(GrantKey Key, TokenSource Source) : PlannedCredential
    {
        private Applied? _last;

        /// <summary>The token of a grant, in its place.</summary>
        public Outcome<IRequestCredential> Apply(HeldGrant held)
        {
            // One flight gives the same object to everyone, so the last one made nearly always serves.
            if (_last is { } last && ReferenceEquals(last.Grant, held))
                return Platform.Outcome.Of(last.Credential);
            var (placement, value) = (Source.Use.Placement, Source.Use.Placement.ValueFor(held.AccessToken));
            var made = placement.In == OAuth.Profiles.TokenPlace.Header ? Of(HeaderCredential.Create(placement.Name, value)) : Of(QueryCredential.Create(placement.Name, value));
            if (made.Succeeded(out var credential, out var failure))
                _last = new Applied(held, credential);
            return failure is null ? made : failure;
        }

        private static Outcome<IRequestCredential> Of<T>(Protocols.Outcome<T> made)
            where T : class, IRequestCredential =>
            made.TryGet(out var credential, out var faults)
                ? Platform.Outcome.Of<IRequestCredential>(credential)
                : new Failure(FailureKind.Conflict, "credential_unusable", $"The token cannot be sent: {string.Join(" ", faults.Select(f => f.Message))}");

        private sealed record Applied(HeldGrant Grant, IRequestCredential Credential);
    }
}
