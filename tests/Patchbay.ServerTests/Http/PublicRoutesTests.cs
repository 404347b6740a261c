using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Patchbay.Platform.Http;
using Xunit;

namespace Patchbay.ServerTests.Http;

public sealed class PublicRoutesTests
{
    [Fact]
    public void A_route_without_an_access_keeps_the_server_from_starting() =>
        Assert.Contains("/api/forgotten/{id}", Assert.Single(PublicRoutes.Faults([Route("/api/forgotten/{id}")])), StringComparison.Ordinal);

    [Fact]
    public void A_public_route_that_nobody_has_reviewed_keeps_the_server_from_starting() =>
        Assert.Contains("/api/open", Assert.Single(PublicRoutes.Faults([Route("/api/open", new Access.Public())])), StringComparison.Ordinal);

    [Fact]
    public void A_route_of_an_organisation_that_names_no_permission_keeps_the_server_from_starting() =>
        Assert.Contains("/api/{o}/c", Assert.Single(PublicRoutes.Faults([Route("/api/{o}/c", new Access.Organisation("o"))])), StringComparison.Ordinal);

    [Fact]
    public void Routes_with_an_access_and_reviewed_public_ones_may_start() => Assert.Empty(PublicRoutes.Faults(
    [
        Route("/api/a", new Access.AnyCaller()), Route("/api/b", new Access.OperatorOnly()), Route("/api/{o}/c", new Access.Organisation("o"), new Needs(PermissionSet.Of(Permission.HubRead))),
        Route("/healthz", new Access.Public()), Route("/docs/scalar.js"),
    ]));

    private static RouteEndpoint Route(string pattern, params object[] metadata) =>
        new(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, new EndpointMetadataCollection(metadata), pattern);
}
