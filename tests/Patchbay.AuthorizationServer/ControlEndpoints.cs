using System.Collections.Concurrent;
using Patchbay.Authorizing.Faults;
using Patchbay.Authorizing.Observing;

namespace Patchbay.Authorizing;

/// <summary>Plans faults and reads observations over HTTP, for a server that runs as a process of its own.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        var held = new ConcurrentDictionary<int, HeldTokenRequest>();
        var control = routes.MapGroup(Paths.Control);
        control.MapPost("/faults", (PlannedFault plan, TokenFaults faults) =>
        {
            if (!TokenFault.ByName.TryGetValue(plan.Fault, out var fault))
                return Results.BadRequest(new { error = $"There is no fault of that name; there are {string.Join(", ", TokenFault.ByName.Keys)}." });
            faults.Plan(fault(plan.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null), plan.Times, plan.GrantType);
            return Results.NoContent();
        });
        control.MapDelete("/faults", (TokenFaults faults) => faults.Clear());
        control.MapPost("/holds", (PlannedHold plan, TokenFaults faults) =>
        {
            var request = plan.BeforeProcessing ? faults.HoldBeforeProcessing(plan.GrantType) : faults.HoldBeforeAnswer(plan.GrantType);
            var id = held.Count;
            while (!held.TryAdd(id, request))
                id++;
            return Results.Json(new { id });
        });
        control.MapGet("/holds/{id:int}", async (int id, CancellationToken cancellationToken) =>
        {
            if (!held.TryGetValue(id, out var request))
                return Results.NotFound();
            await request.Arrived.WaitAsync(cancellationToken);
            return Results.NoContent();
        });
        control.MapPost("/holds/{id:int}/release", (int id) =>
        {
            if (!held.TryGetValue(id, out var request))
                return Results.NotFound();
            request.Release();
            return Results.NoContent();
        });
        control.MapGet("/observations", (Observations observations) => observations);
        control.MapGet("/token-requests/{number:int}", (int number, Observations observations, CancellationToken cancellationToken) =>
            observations.TokenRequestArrivedAsync(number, cancellationToken));
    }

    /// <summary>The body that plans a fault.</summary>
    /// <param name="Fault">Its name.</param>
    /// <param name="Times">For how many token requests.</param>
    /// <param name="GrantType">Only for those of this grant type.</param>
    /// <param name="RetryAfterSeconds">What <c>Retry-After</c> says.</param>
    internal sealed record PlannedFault(string Fault, int Times = 1, string? GrantType = null, int? RetryAfterSeconds = null);

    /// <summary>The body that holds the next token request.</summary>
    /// <param name="BeforeProcessing">Whether before it is processed; else before its answer is sent.</param>
    /// <param name="GrantType">Only one of this grant type.</param>
    internal sealed record PlannedHold(bool BeforeProcessing = true, string? GrantType = null);
}
