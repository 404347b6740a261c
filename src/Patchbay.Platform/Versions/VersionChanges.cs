namespace Patchbay.Platform.Versions;

/// <summary>What the import or merge that a draft was last made or changed by did to it. Edits afterwards leave it as it is.</summary>
internal sealed class VersionChanges
{
    public required Ulid VersionId { get; init; }

    /// <summary>As JSON: <see cref="VersionDifferenceJson"/>.</summary>
    public required string Difference { get; set; }
}
