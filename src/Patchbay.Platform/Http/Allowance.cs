using Patchbay.Platform.Roles;

namespace Patchbay.Platform.Http;

/// <summary>What a caller may do in one organisation: in all of it, and in single resources of it.</summary>
/// <param name="Everywhere">In the organisation and all that it owns.</param>
/// <param name="In">In single hubs or connections besides; null for none.</param>
internal sealed record Allowance(PermissionSet Everywhere, IReadOnlyDictionary<BoundResource, PermissionSet>? In = null)
{
    /// <summary>Everything, everywhere.</summary>
    public static readonly Allowance All = new(PermissionSet.Whole);

    public static readonly Allowance None = new(new PermissionSet(0));

    /// <summary>What of some permissions is missing.</summary>
    /// <param name="needed">The permissions.</param>
    /// <param name="resource">The single resource that they are needed for; null for the organisation.</param>
    public PermissionSet Lacks(PermissionSet needed, BoundResource? resource)
    {
        var missing = Everywhere.Lacks(needed);
        return missing.Bits != 0 && In is not null && resource is { } one && In.TryGetValue(one, out var here) ? here.Lacks(missing) : missing;
    }
}
