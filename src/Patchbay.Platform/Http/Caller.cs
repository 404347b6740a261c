using Patchbay.Platform.SigningKeys;

namespace Patchbay.Platform.Http;

/// <summary>Who makes a request.</summary>
internal abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>What the caller may do in an organisation; null where it is a stranger there.</summary>
    public abstract Allowance? AllowanceIn(Ulid organisationId);

    /// <summary>The one organisation that the caller belongs to; null for the operator, who belongs to none, and for people who belong to several or none.</summary>
    public virtual Ulid? Home => null;

    /// <summary>A text that stands for this caller and no other, to tell later whether the same one comes back.</summary>
    public abstract string Identity { get; }

    /// <summary>Whether the caller may act for an organisation, with whatever permissions.</summary>
    public bool ActsFor(Ulid organisationId) => AllowanceIn(organisationId) is not null;

    /// <summary>The person who runs the server: everything, in every organisation.</summary>
    public sealed record Operator : Caller
    {
        public static readonly Operator Instance = new();

        public override string Identity => "operator";

        public override Allowance? AllowanceIn(Ulid organisationId) => Allowance.All;
    }

    /// <summary>An organisation's backend.</summary>
    /// <param name="KeyId">The API key that it showed.</param>
    /// <param name="OrganisationId">The organisation of the key.</param>
    /// <param name="Allowed">What the roles of the key allow.</param>
    public sealed record Backend(Ulid KeyId, Ulid OrganisationId, Allowance Allowed) : Caller
    {
        public override Ulid? Home => OrganisationId;

        /// <summary>Made once: a proxied request must not make a text.</summary>
        public override string Identity { get; } = $"key:{KeyId}";

        public override Allowance? AllowanceIn(Ulid organisationId) => OrganisationId == organisationId ? Allowed : null;
    }

    /// <summary>An organisation's backend that signed a token for itself.</summary>
    /// <param name="KeyId">The signing key.</param>
    /// <param name="OrganisationId">The organisation of the key.</param>
    /// <param name="HubId">The one hub that the key is bound to; null for the whole organisation.</param>
    public sealed record OrganisationToken(Ulid KeyId, Ulid OrganisationId, Ulid? HubId) : Caller
    {
        private readonly Allowance _granted = SignedGrants.Of(HubId);

        public override Ulid? Home => OrganisationId;

        public override string Identity { get; } = $"signing-key:{KeyId}";

        public override Allowance? AllowanceIn(Ulid organisationId) => OrganisationId == organisationId ? _granted : null;
    }

    /// <summary>A person, signed in at the configured issuer: in each organisation that they are a member of what their roles there allow.</summary>
    /// <param name="PersonId">Who they are.</param>
    /// <param name="Memberships">What they may do in each organisation of theirs.</param>
    public sealed record Person(Ulid PersonId, IReadOnlyDictionary<Ulid, Allowance> Memberships) : Caller
    {
        /// <summary>Their only organisation; null where there are several, or none.</summary>
        public override Ulid? Home { get; } = Memberships.Count == 1 ? Memberships.Keys.First() : null;

        /// <summary>Never their mail address: an identity is written down in the audit.</summary>
        public override string Identity { get; } = $"person:{PersonId}";

        public override Allowance? AllowanceIn(Ulid organisationId) => Memberships.GetValueOrDefault(organisationId);
    }

    /// <summary>A program of an organisation's, with a token of a service account.</summary>
    /// <param name="AccountId">The service account.</param>
    /// <param name="OrganisationId">Its organisation.</param>
    /// <param name="Allowed">What its roles and groups allow.</param>
    public sealed record ServiceAccount(Ulid AccountId, Ulid OrganisationId, Allowance Allowed) : Caller
    {
        public override Ulid? Home => OrganisationId;

        public override string Identity { get; } = $"service-account:{AccountId}";

        public override Allowance? AllowanceIn(Ulid organisationId) => OrganisationId == organisationId ? Allowed : null;
    }

    /// <summary>A user of the organisation's product, for whom it signed a token. A stranger everywhere but at what is their own.</summary>
    /// <param name="KeyId">The signing key.</param>
    /// <param name="OrganisationId">The organisation of the key.</param>
    /// <param name="HubId">The one hub that the key is bound to; null for every hub of the organisation.</param>
    /// <param name="ExternalId">Who they are in the organisation's product.</param>
    public sealed record EndUser(Ulid KeyId, Ulid OrganisationId, Ulid? HubId, string ExternalId) : Caller
    {
        // Never the external id: an identity is written down in the audit, and that id may be a name or an address.
        public override string Identity { get; } = $"end-user:{KeyId}:{SignedGrants.Mark(OrganisationId, ExternalId)}";

        public override Allowance? AllowanceIn(Ulid organisationId) => null;
    }
}
