namespace Patchbay.Platform;

/// <summary>A row that belongs to an organisation, and that the tenant filter hides from every other.</summary>
internal interface IOwned
{
    Ulid OrganisationId { get; }
}
