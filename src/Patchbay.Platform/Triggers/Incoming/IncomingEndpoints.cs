using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Http;
using Patchbay.Platform.Triggers.Endpoints;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>Where APIs send their requests.</summary>
internal static class IncomingEndpoints
{
    public static void MapIncoming(this WebApplication app)
    {
        var receive = app.Services.GetRequiredService<ReceiveEvent>();
        app.Map(TriggerEndpointJson.PathPrefix + "{token}", (RequestDelegate)receive.RunAsync).WithAccess(new Access.Public()).ExcludeFromDescription();
    }
}
