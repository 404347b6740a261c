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

    /// <summary>The one organisation that the caller belongs to; null for the operator, who belongs to none.</summary>
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
