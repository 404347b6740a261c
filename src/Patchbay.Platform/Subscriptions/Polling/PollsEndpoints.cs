using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>Polls of a connection (ours).</summary>
internal static class PollsEndpoints
{
    private static readonly ListOrder<Poll> Order = new ListOrder<Poll>()
        .ById(p => p.Id).By("name", p => p.Name).By("createdAt", p => p.CreatedAt).By("updatedAt", p => p.UpdatedAt)
        .Default("updatedAt", descending: true);

    public static void MapPolls(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/connectors/{connector_id}/connections/{connection_id}/polls").WithTags("polls")
            .WithAccess(new Access.Organisation("organisation_id"));
        group.MapPost("", CreateAsync).WithName("CreatePoll").Needs(Permission.EventEdit, Permission.ActionExecute);
        group.MapGet("", ListAsync).WithName("ListPolls").Needs(Permission.EventRead);
        group.MapGet("/{poll_id}", GetAsync).WithName("GetPoll").Needs(Permission.EventRead);
        group.MapGet("/{poll_id}/status", GetStatusAsync).WithName("GetPollStatus").Needs(Permission.EventRead);
        group.MapPut("/{poll_id}", UpdateAsync).WithName("UpdatePoll").Needs(Permission.EventEdit, Permission.ActionExecute);
        group.MapDelete("/{poll_id}", DeleteAsync).WithName("DeletePoll").Needs(Permission.EventEdit);
    }

    /// <summary>Creates a poll: an action that runs on a schedule, and whose new items become events.</summary>
    internal static async Task<Results<TaggedCreated<PollJson>, ApiError>> CreateAsync(
        string organisation_id, string connector_id, string connection_id, Body<PollCreateJson> body, SavePoll save, CancellationToken cancellationToken)
    {
        var created = await save.CreateAsync(connector_id, connection_id, body.Value, cancellationToken);
        return created.Succeeded(out var poll, out var failure)
            ? Tagged.Created($"/api/connect/v1/o/{poll.OrganisationId}/connectors/{poll.ConnectorId}/connections/{poll.ConnectionId}/polls/{poll.Id}", PollJson.Of(poll))
            : new ApiError(failure);
    }

    /// <summary>Lists the polls of a connection, the one changed last first.</summary>
    internal static async Task<Results<Ok<PollPageJson>, ApiError>> ListAsync(
        string organisation_id, string connector_id, string connection_id, PageRequest page, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connector_id, out var connector) || !Ulid.TryParse(connection_id, out var connection)
            || !await db.Connections.AnyAsync(c => c.Id == connection && c.ConnectorId == connector && c.Owner == "", cancellationToken))
        {
            return new ApiError(Failure.NotFound("connection"));
        }

        var listed = await Order.PageAsync(db.Polls.AsNoTracking().Where(p => p.ConnectionId == connection), page, cancellationToken);
        return listed.Succeeded(out var polls, out var failure)
            ? TypedResults.Ok(new PollPageJson { Polls = [.. polls.Items.Select(PollJson.Of)], TotalCount = polls.TotalCount, Next = polls.Next, Prev = polls.Prev })
            : new ApiError(failure);
    }

    /// <summary>Gets a poll.</summary>
    internal static async Task<Results<Tagged<PollJson>, ApiError>> GetAsync(
        string organisation_id, string connector_id, string connection_id, string poll_id, PatchbayDb db, CancellationToken cancellationToken) =>
        await db.FindPollAsync(connector_id, connection_id, poll_id, cancellationToken) is { } poll
            ? Tagged.Ok(PollJson.Of(poll))
            : new ApiError(Failure.NotFound("poll"));

    /// <summary>Gets how it goes with a poll: when it ran, when it runs next, and what went wrong.</summary>
    internal static async Task<Results<Ok<PollStatusJson>, ApiError>> GetStatusAsync(
        string organisation_id, string connector_id, string connection_id, string poll_id, PatchbayDb db, CancellationToken cancellationToken) =>
        await db.FindPollAsync(connector_id, connection_id, poll_id, cancellationToken) is { } poll
            ? TypedResults.Ok(new PollStatusJson
            {
                NextRunAt = poll.NextRunAt, LastRunAt = poll.LastRunAt, LastEvents = poll.LastEvents, LastError = poll.LastError, ConsecutiveFailures = poll.ConsecutiveFailures,
            })
            : new ApiError(Failure.NotFound("poll"));

    /// <summary>Replaces a poll. How far it has come stays.</summary>
    internal static async Task<Results<Tagged<PollJson>, ApiError>> UpdateAsync(
        string organisation_id, string connector_id, string connection_id, string poll_id, Body<PollUpdateJson> body, Precondition precondition, SavePoll save,
        CancellationToken cancellationToken)
    {
        var updated = await save.UpdateAsync(connector_id, connection_id, poll_id, body.Value, precondition, cancellationToken);
        return updated.Succeeded(out var poll, out var failure) ? Tagged.Ok(PollJson.Of(poll)) : new ApiError(failure);
    }

    /// <summary>Deletes a poll. The events that it made stay.</summary>
    internal static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string organisation_id, string connector_id, string connection_id, string poll_id, Precondition precondition, PatchbayDb db, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connector_id, out var connector))
            return new ApiError(Failure.NotFound("poll"));
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        if (await db.FindPollAsync(connector_id, connection_id, poll_id, cancellationToken) is not { } poll)
            return new ApiError(Failure.NotFound("poll"));
        if (precondition.RefusalOf(PollJson.Of(poll)) is { } changed)
            return new ApiError(changed);
        await db.Polls.Where(p => p.Id == poll.Id).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
