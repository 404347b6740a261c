using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Library;

/// <summary>Importing out of the library.</summary>
internal static class LibraryEndpoints
{
    public static void MapLibrary(this RouteGroupBuilder api) =>
        api.MapPost("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/library/import", ImportAsync)
            .WithName("ImportPublicConnectorVersion").Needs(Permission.ConnectorCreate).WithTags("connector-version").WithAccess(new Access.Organisation("organisation_id"));

    /// <summary>Imports a published version of another organisation's public connector as a draft of one's own.</summary>
    internal static async Task<Results<Tagged<ConnectorJson>, ApiError>> ImportAsync(
        string organisation_id, string connector_id, string version, ImportPublicConnectorVersion import, ConnectorReader reader,
        CancellationToken cancellationToken)
    {
        var imported = await import.RunAsync(connector_id, version, cancellationToken);
        return imported.Succeeded(out var id, out var failure)
            ? Tagged.Ok(await reader.ReadAsync(id, cancellationToken))
            : new ApiError(failure);
    }
}
