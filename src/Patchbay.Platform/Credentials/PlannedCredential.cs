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
            var made = Source.Apply(held.Tokens);
            if (made.Succeeded(out var credential, out _))
                _last = new Applied(held, credential);
            return made;
        }

        private sealed record Applied(HeldGrant Grant, IRequestCredential Credential);
    }
}
