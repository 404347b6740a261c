using Patchbay.Platform.Events;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>All that an incoming request needs, worked out once: whose it is, what it must prove, and what becomes of it.</summary>
internal sealed record TriggerPlan
{
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required string TriggerName { get; init; }
    public required string VersionName { get; init; }
    public required TriggerStamp Stamp { get; init; }

    /// <summary>When the token ends; null for never.</summary>
    public DateTimeOffset? TokenEndsAt { get; init; }

    /// <summary>Why events cannot be taken now, although the URL is good; null where they can.</summary>
    public Failure? Fault { get; init; }

    /// <summary>The method of its requests.</summary>
    public required string Method { get; init; }

    /// <summary>What each request must prove: by one of each group.</summary>
    public required IReadOnlyList<VerifierGroup> Groups { get; init; }

    /// <summary>Why every request is refused, whatever it shows; null where it depends on that. For the log only.</summary>
    public string? RefusesAll { get; init; }

    public required IReadOnlyList<PlannedHandshake> Handshakes { get; init; }

    /// <summary>Where proofs stand, which are not stored.</summary>
    public required IReadOnlyList<ProofPlace> Hidden { get; init; }

    /// <summary>Whether somebody has to show a certificate.</summary>
    public bool AsksForCertificate { get; init; }

    /// <summary>Whether a sender is told to show a user name and a password.</summary>
    public bool AsksForPassword { get; init; }

    public ValuePlace? DuplicateKey { get; init; }
    public required byte[] DuplicateSecret { get; init; }
    public bool RefusesMismatch { get; init; }
    public required DeclaredRequest Declared { get; init; }

    /// <summary>What an event is answered with.</summary>
    public required int AnswerStatus { get; init; }

    /// <summary>The same plan for a token that ends.</summary>
    public TriggerPlan Until(DateTimeOffset? end) => this with { TokenEndsAt = end ?? DateTimeOffset.MinValue };

    /// <summary>Whose it is; never a secret.</summary>
    public override string ToString() => $"{TriggerName} of connection {ConnectionId}";

    /// <summary>Whether a request proves what it must.</summary>
    public bool IsVerified(IncomingRequest request, DateTimeOffset now)
    {
        if (RefusesAll is not null)
            return false;
        foreach (var group in Groups)
        {
            if (!group.IsVerified(request, now))
                return false;
        }

        return true;
    }

    /// <summary>A header as it is stored.</summary>
    public EventHeader Stored(string name, string value)
    {
        foreach (var place in Hidden)
        {
            if (place.In == CredentialPlace.Header && place.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return new EventHeader(name, EventContent.Verified);
            if (place.In == CredentialPlace.Cookie && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
                value = WithoutCookie(value, place.Name);
        }

        return new EventHeader(name, value);
    }

    /// <summary>A query as it is stored.</summary>
    public string Stored(string? query)
    {
        foreach (var place in Hidden)
        {
            if (place.In == CredentialPlace.Query && RawQuery.Has(query, place.Name))
                query = RawQuery.Set(query, place.Name, EventContent.Verified);
        }

        return query ?? "";
    }

    private static string WithoutCookie(string cookies, string name) => string.Join("; ", cookies.Split(';', StringSplitOptions.TrimEntries)
        .Select(c => c.StartsWith(name + "=", StringComparison.Ordinal) ? $"{name}={EventContent.Verified}" : c));
}

/// <summary>The credentials of one auth scheme config: each by itself is enough, as while a secret is changed.</summary>
/// <param name="ConfigId">The config.</param>
/// <param name="Credentials">The credentials.</param>
internal sealed record VerifierGroup(string ConfigId, IReadOnlyList<PlannedVerifier> Credentials)
{
    public bool IsVerified(IncomingRequest request, DateTimeOffset now)
    {
        var verified = false;
        foreach (var credential in Credentials)
            verified |= (credential.EndsAt is null || credential.EndsAt > now) && credential.Verifier.Verify(request, now) == Verification.Passed;
        return verified;
    }
}

/// <summary>A credential that verifies requests.</summary>
/// <param name="Verifier">What it does.</param>
/// <param name="EndsAt">The end that its owner gave it.</param>
/// <param name="Key">Its first key, for handshakes that are signed; empty for none.</param>
internal sealed record PlannedVerifier(IRequestVerifier Verifier, DateTimeOffset? EndsAt, byte[] Key)
{
    /// <summary>The type's name; never the key.</summary>
    public override string ToString() => nameof(PlannedVerifier);
}

/// <summary>A handshake that the trigger's API may make.</summary>
/// <param name="Value">What it is.</param>
/// <param name="Proof">What its request must prove; null for nothing.</param>
/// <param name="Group">The credentials of its config; null for none.</param>
internal sealed record PlannedHandshake(Handshake Value, VerifierGroup? Proof, VerifierGroup? Group);

/// <summary>The times of everything that a plan is made from: equal ones mean an equal plan.</summary>
internal sealed record TriggerStamp(Ulid Endpoint, long Revision, DateTimeOffset Connection, DateTimeOffset Connector, DateTimeOffset? Credentials, int CredentialCount);
