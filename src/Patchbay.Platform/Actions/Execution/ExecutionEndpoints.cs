using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>Running actions.</summary>
internal static class ExecutionEndpoints
{
    private static readonly Failure BodyNotKnown = new(FailureKind.Invalid, "idempotency_not_supported",
        "A body that is sent on as it comes cannot be told from another one, so that this takes no Idempotency-Key. Leave the header out.");

    public static void MapExecution(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/versions/{version}/actions/{action_name}/execute")
            .WithTags("actions").WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", ExecuteAsync).WithName("ExecuteAction").Needs(Permission.ActionExecute);
        group.MapPost("/raw", ExecuteRawAsync).WithName("ExecuteActionRaw").Needs(Permission.ActionExecute);
    }

    /// <summary>Runs an action through a connection.</summary>
    /// <remarks>
    /// Everything that is given is checked first, and all faults are told in one answer, before anything is sent. Whatever the API answers is told
    /// with status 200.
    /// </remarks>
    internal static async Task<Results<Ok<ActionExecutionJson>, KeptAnswer, EmptyHttpResult, ApiError>> ExecuteAsync(
        string organisation_id, string connector_id, string version, string action_name, Body<ActionExecutionRequestJson> body, IdempotencyKey key, ExecuteAction execute,
        ExecuteOnce once, StreamAction stream, PageAction pages, HttpContext context, CancellationToken cancellationToken)
    {
        var call = body.Value.ToCall(connector_id, version, action_name);
        var request = AsksForBytes(context.Request) ? body.Value with { Stream = true } : body.Value;
        if (request.Pagination is not null && body.Value.Stream == true)
            return new ApiError(Failure.InvalidField("stream", "does not go with pagination, which streams items"));
        if (request.Pagination is not null || request.Stream == true)
        {
            Task<Outcome<ExecutedAction?>> RunAsync() => request.Pagination is { } pagination
                ? pages.RunAsync(call, pagination, context.Response, cancellationToken)
                : stream.RunAsync(call, context.Response, cancellationToken);
            var streamed = await (key.Value is null ? RunAsync() : once.StreamAsync(call, key.Value, request, RunAsync));
            return streamed.Failure is { } refused ? new ApiError(refused)
                : streamed.Succeeded(out var answered, out _) && answered is not null ? TypedResults.Ok(ActionExecutionJson.Of(answered)) : TypedResults.Empty;
        }

        if (key.Value is { } named)
            return (await once.RunAsync(call, named, request, cancellationToken)).Succeeded(out var kept, out var why) ? new KeptAnswer(kept) : new ApiError(why);
        var executed = await execute.RunAsync(call, cancellationToken);
        return executed.Succeeded(out var done, out var failure) ? TypedResults.Ok(ActionExecutionJson.Of(done)) : new ApiError(failure);
    }

    /// <summary>Runs an action whose body is the body of this request.</summary>
    /// <remarks>
    /// It is sent on as it comes, of any length. Its Content-Type is that of the action's body, which must be one that is not checked, such as
    /// application/octet-stream.
    /// </remarks>
    /// <param name="connectionId">The connection whose credentials and variables are used.</param>
    /// <param name="parameters">The action's parameters by name, as a JSON object.</param>
    internal static async Task<Results<Ok<ActionExecutionJson>, EmptyHttpResult, ApiError>> ExecuteRawAsync(
        string organisation_id, string connector_id, string version, string action_name, PrepareAction prepare, ExecuteAction execute, StreamAction stream, HttpContext context,
        CancellationToken cancellationToken, string? connectionId = null, string? parameters = null)
    {
        if (await prepare.MissingAsync(connector_id, version, action_name, cancellationToken) is { } missing)
            return new ApiError(missing);
        if (context.Request.Headers.ContainsKey(IdempotencyKey.Header))
            return new ApiError(BodyNotKnown);
        if (!ReadRaw(context.Request, connectionId, parameters).Succeeded(out var read, out var wrong))
            return new ApiError(wrong);
        var call = read with { ConnectorId = connector_id, Version = version, Action = action_name };
        if (AsksForBytes(context.Request))
            return Answer(await stream.RunAsync(call, context.Response, cancellationToken));
        var executed = await execute.RunAsync(call, cancellationToken);
        return executed.Succeeded(out var done, out var failure) ? TypedResults.Ok(ActionExecutionJson.Of(done)) : new ApiError(failure);
    }

    private static Outcome<ActionCall> ReadRaw(HttpRequest request, string? connectionId, string? parameters)
    {
        var faults = new List<FieldFault>();
        if (!Ulid.TryParse(connectionId, out var connection))
            faults.Add(new("connectionId", connectionId is null ? "is required" : "must be a ULID: 26 characters of Crockford's base 32"));
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (parameters is not null)
        {
            if (JsonBody.Parse<Dictionary<string, JsonElement>>(System.Text.Encoding.UTF8.GetBytes(parameters)).Succeeded(out var parsed, out var failure))
                given = parsed;
            else if (failure.Fields.Count == 0)
                faults.Add(new("parameters", "must be a JSON object"));
            else
                faults.AddRange(failure.Fields.Select(f => f with { Field = f.Field.Length == 0 ? "parameters" : $"parameters.{f.Field}" }));
        }

        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        return new ActionCall
        {
            ConnectorId = "",
            Version = "",
            Action = "",
            ConnectionId = connection,
            Parameters = given,
            ContentType = string.IsNullOrEmpty(request.ContentType) ? StreamAction.ContentType : request.ContentType,
            Streamed = new StreamedBody(request.Body, request.ContentLength),
        };
    }

    /// <summary>What an operation left to answer, which is nothing where it wrote the answer itself.</summary>
    private static Results<Ok<ActionExecutionJson>, EmptyHttpResult, ApiError> Answer(Outcome<ExecutedAction?> outcome)
    {
        if (outcome.Failure is { } failure)
            return new ApiError(failure);
        return outcome.Succeeded(out var executed, out _) && executed is not null ? TypedResults.Ok(ActionExecutionJson.Of(executed)) : TypedResults.Empty;
    }

    private static bool AsksForBytes(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(StreamAction.ContentType, StringComparison.OrdinalIgnoreCase) && a.Quality is null or > 0);
}
