using Microsoft.AspNetCore.Builder;

namespace Patchbay.Platform.Http;

/// <summary>The permissions that an operation needs. Each route that an organisation's callers may use carries one.</summary>
/// <param name="Permissions">The permissions.</param>
internal sealed record Needs(PermissionSet Permissions);

internal static class NeedsConventions
{
    /// <summary>Says what permissions the operation needs, all of them.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, params IReadOnlyCollection<Permission> permissions)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new Needs(PermissionSet.Of(permissions))));
        return builder;
    }
}
