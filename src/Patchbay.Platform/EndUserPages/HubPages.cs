namespace Patchbay.Platform.EndUserPages;

/// <summary>How the pages of a hub look, and where they may be embedded.</summary>
internal sealed class HubPages : IOwned
{
    /// <summary>The hub's.</summary>
    public required Ulid Id { get; init; }

    public required Ulid OrganisationId { get; init; }

    /// <summary>Origins whose pages may show these in a frame, and hear from them.</summary>
    public required List<string> AllowedOrigins { get; set; }

    public required PageThemeJson Theme { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
