using Patchbay.Protocols.Http;

namespace Patchbay.Protocols.Incoming;

/// <summary>What a verification found. Which failure it was is for tests and counts; a sender is told none of it.</summary>
public enum Verification
{
    /// <summary>The sender knows the secret.</summary>
    Passed,

    /// <summary>The proof is not there.</summary>
    Missing,

    /// <summary>The proof, or the time that goes with it, cannot be read.</summary>
    Malformed,

    /// <summary>The proof is of another time: it may be somebody's copy.</summary>
    Stale,

    /// <summary>The proof is another's, or of something else.</summary>
    Mismatch,
}

/// <summary>Where a proof stands, which nobody is to read afterwards.</summary>
/// <param name="In">The kind of place.</param>
/// <param name="Name">The name of the header, query parameter or cookie.</param>
public readonly record struct ProofPlace(CredentialPlace In, string Name);

/// <summary>Finds out whether a request comes from who knows a secret. Safe for concurrent use.</summary>
public interface IRequestVerifier
{
    /// <summary>Where the proof stands.</summary>
    IReadOnlyList<ProofPlace> Places { get; }

    /// <summary>Verifies a request, in a time that says nothing of how near a wrong proof was.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time.</param>
    Verification Verify(IncomingRequest request, DateTimeOffset now);
}
