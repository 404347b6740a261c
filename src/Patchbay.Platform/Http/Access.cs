using Microsoft.AspNetCore.Builder;

namespace Patchbay.Platform.Http;

/// <summary>
/// Who may call a route, and from where the authorizer takes the organisation. Every route carries one; a server with a route that
/// does not, and that is not among <see cref="PublicRoutes"/>, does not start.
/// </summary>
internal abstract record Access
{
    private Access()
    {
    }

    /// <summary>Anyone, without a key. Takes effect only for routes among <see cref="PublicRoutes"/>.</summary>
    public sealed record Public : Access;

    /// <summary>Any known caller; what it sees is the endpoint's own rule, such as the library's.</summary>
    public sealed record AnyCaller : Access;

    /// <summary>The operator.</summary>
    public sealed record OperatorOnly : Access;

    /// <summary>Whoever acts for the organisation that a path parameter names.</summary>
    /// <param name="Parameter">The parameter.</param>
    /// <param name="Library">Whether strangers may read what the organisation has published in the library.</param>
    /// <param name="ByOperator">Whether the operator alone may; the organisation itself is told so, strangers find nothing.</param>
    public sealed record Organisation(string Parameter, bool Library = false, bool ByOperator = false) : Access;
}

internal static class AccessConventions
{
    /// <summary>Says who may call the route, or each route of the group; the last word on a route counts.</summary>
    public static TBuilder WithAccess<TBuilder>(this TBuilder builder, Access access)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            foreach (var earlier in endpoint.Metadata.OfType<Access>().ToList())
                endpoint.Metadata.Remove(earlier);
            endpoint.Metadata.Add(access);
        });
        return builder;
    }
}
