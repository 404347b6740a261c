namespace Patchbay.Platform.Members;

/// <summary>That a person belongs to an organisation. What they may do there say their roles and those of their groups.</summary>
internal sealed class Member : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid PersonId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
