namespace Patchbay.Platform.Http;

/// <summary>Who makes a request.</summary>
internal abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>Whether the caller may act for an organisation.</summary>
    public abstract bool ActsFor(Ulid organisationId);

    /// <summary>A text that stands for this caller and no other, to tell later whether the same one comes back.</summary>
    public abstract string Identity { get; }

    /// <summary>The person who runs the server: everything, in every organisation.</summary>
    public sealed record Operator : Caller
    {
        public static readonly Operator Instance = new();

        public override string Identity => "operator";

        public override bool ActsFor(Ulid organisationId) => true;
    }

    /// <summary>An organisation's backend.</summary>
    /// <param name="KeyId">The API key that it showed.</param>
    /// <param name="OrganisationId">The organisation of the key.</param>
    public sealed record Backend(Ulid KeyId, Ulid OrganisationId) : Caller
    {
        /// <summary>Made once: a proxied request must not make a text.</summary>
        public override string Identity { get; } = $"key:{KeyId}";

        public override bool ActsFor(Ulid organisationId) => OrganisationId == organisationId;
    }
}
