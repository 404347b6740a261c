using Microsoft.AspNetCore.Builder;
using Patchbay.Platform.Data;

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
    /// <param name="OrPeople">Whether people may too, where the operator's setting lets them.</param>
    public sealed record OperatorOnly(bool OrPeople = false) : Access;

    /// <summary>Whoever acts for the organisation that a path parameter names.</summary>
    /// <param name="Parameter">The parameter.</param>
    /// <param name="Library">Whether strangers may read what the organisation has published in the library.</param>
    /// <param name="ByOperator">Whether the operator alone may; the organisation itself is told so, strangers find nothing.</param>
    public sealed record Organisation(string Parameter, bool Library = false, bool ByOperator = false) : Access;

    /// <summary>Whoever acts for the organisation of a resource, and end users as far as a rule lets them.</summary>
    /// <param name="Name">What the resource is, as errors name it.</param>
    /// <param name="From">Where the request names it.</param>
    /// <param name="Find">Finds out whose it is.</param>
    /// <param name="EndUsers">Which end users may; null for none.</param>
    public sealed record Resource(string Name, Source From, ResourceLookup Find, EndUserRule? EndUsers = null) : Access;
}

/// <summary>Where a request names a resource.</summary>
internal abstract record Source
{
    private Source()
    {
    }

    /// <summary>In its path.</summary>
    public sealed record Path(string Parameter) : Source;

    /// <summary>In a text field at the top of its JSON body.</summary>
    public sealed record Body(string Field) : Source;
}

/// <summary>Finds whose a resource is, past the tenant filter; null where there is none.</summary>
internal delegate Task<ResourceOwner?> ResourceLookup(PatchbayDb db, Ulid id, CancellationToken cancellationToken);

/// <summary>Whose a resource is.</summary>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="HubId">The hub that it belongs to, or null.</param>
/// <param name="ExternalId">The end user whose it is; null for the organisation's own.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct ResourceOwner(Ulid OrganisationId, Ulid? HubId = null, string? ExternalId = null);

/// <summary>Which end users may call an operation of their hub.</summary>
internal abstract record EndUserRule
{
    private EndUserRule()
    {
    }

    /// <summary>The one that the path names by their external id.</summary>
    public sealed record OfPath : EndUserRule;

    /// <summary>The one that a field of the body names by their external id.</summary>
    public sealed record OfBody(string Field) : EndUserRule;

    /// <summary>The one whose the resource is.</summary>
    public sealed record Owner : EndUserRule;

    /// <summary>Any.</summary>
    public sealed record OfHub : EndUserRule;
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
