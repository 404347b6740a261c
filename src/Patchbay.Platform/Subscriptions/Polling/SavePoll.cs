using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Subscriptions.Polling;

/// <summary>Creates a poll of a connection, or changes one.</summary>
internal sealed class SavePoll(PatchbayDb db, RequestScope scope, SecretStore secrets, TimeProvider clock)
{
    /// <summary>Of the parameters, in characters.</summary>
    private const int LongestParameters = 64 * 1024;

    private const string WholeBody = "@";

    public async Task<Outcome<Poll>> CreateAsync(string connectorId, string connectionId, PollCreateJson request, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var connector) || !Ulid.TryParse(connectionId, out var connection))
            return Failure.NotFound("connection");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        if (!await db.Connections.AnyAsync(c => c.Id == connection && c.ConnectorId == connector && c.Owner == "", cancellationToken))
            return Failure.NotFound("connection");
        var faults = new List<FieldFault>();
        var schedule = await CheckAsync(connectorId, request, faults, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (await db.Polls.AnyAsync(p => p.ConnectionId == connection && p.Name == request.Name, cancellationToken))
            return NameTaken(request.Name);
        var now = clock.Now();
        var poll = new Poll
        {
            Id = Identifiers.New(clock),
            OrganisationId = scope.OrganisationId!.Value,
            ConnectorId = connector,
            ConnectionId = connection,
            Name = request.Name,
            VersionSelector = "",
            ActionName = request.ActionName,
            Schedule = request.Schedule,
            TimeZone = "",
            Items = "",
            CreatedAt = now,
            UpdatedAt = now,
        };
        Fill(poll, request, schedule!, now);
        poll.Secret = await PollMemory.Fresh().SealAsync(secrets, db, poll, cancellationToken);
        db.Add(poll);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return poll;
    }

    public async Task<Outcome<Poll>> UpdateAsync(
        string connectorId, string connectionId, string pollId, PollUpdateJson request, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Ulid.TryParse(connectorId, out var connector))
            return Failure.NotFound("poll");
        await using var transaction = await db.Dialect.BeginWriteAsync(db, connector, cancellationToken);
        if (await db.FindPollAsync(connectorId, connectionId, pollId, cancellationToken) is not { } poll)
            return Failure.NotFound("poll");
        if (precondition.RefusalOf(PollJson.Of(poll)) is { } changed)
            return changed;
        var faults = new List<FieldFault>();
        if (request.Id != poll.Id)
            faults.Add(new("id", "is read-only: it must be the id of the poll"));
        var schedule = await CheckAsync(connectorId, request, faults, cancellationToken);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        if (await db.Polls.AnyAsync(p => p.ConnectionId == poll.ConnectionId && p.Name == request.Name && p.Id != poll.Id, cancellationToken))
            return NameTaken(request.Name);
        var now = clock.Now();
        poll.Name = request.Name;
        poll.ActionName = request.ActionName;
        poll.Schedule = request.Schedule;
        poll.UpdatedAt = now;
        Fill(poll, request, schedule!, now);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return poll;
    }

    private static void Fill(Poll poll, PollCreateJson request, PollSchedule schedule, DateTimeOffset now)
    {
        poll.VersionSelector = request.Version ?? ConnectorVersion.Default;
        poll.Parameters = request.Parameters is { } parameters ? JsonSerializer.Serialize(parameters, ApiJson.Options) : null;
        poll.TimeZone = request.TimeZone ?? "UTC";
        poll.Items = request.Items ?? WholeBody;
        (poll.ItemId, poll.Cursor, poll.CursorParameter) = (request.ItemId, request.Cursor, request.CursorParameter);
        poll.Enabled = request.Enabled ?? true;
        poll.NextRunAt = poll.Enabled ? schedule.Next(now) : null;
        // A run that is under way was of another poll.
        poll.Fence++;
        poll.LeaseUntil = null;
    }

    private async Task<PollSchedule?> CheckAsync(string connectorId, PollCreateJson request, List<FieldFault> faults, CancellationToken cancellationToken)
    {
        PollSchedule.TryParse(request.Schedule, request.TimeZone ?? "UTC", out var schedule, faults);
        foreach (var (field, text) in ((string, string?)[])[("items", request.Items), ("itemId", request.ItemId), ("cursor", request.Cursor)])
        {
            if (text is not null && !JsonExpression.TryParse(text, out _, out var fault))
                faults.Add(new(field, fault));
        }

        if (request.Cursor is null != (request.CursorParameter is null))
            faults.Add(new(request.Cursor is null ? "cursor" : "cursorParameter", "goes together with the other of cursor and cursorParameter"));
        if (request.Parameters is { } parameters && (parameters.ValueKind != JsonValueKind.Object || parameters.GetRawText().Length > LongestParameters))
            faults.Add(new("parameters", $"must be an object of at most {LongestParameters} characters"));
        var selector = request.Version ?? ConnectorVersion.Default;
        if (!(await db.FindVersionAsync(connectorId, selector, cancellationToken)).Succeeded(out var version, out _))
            faults.Add(new("version", "is no version of the connector"));
        else if (!await db.Actions.AnyAsync(a => a.VersionId == version.Id && a.Name == request.ActionName, cancellationToken))
            faults.Add(new("actionName", $"is no action of version '{version.Name}'"));
        return schedule;
    }

    private static Failure NameTaken(string name) =>
        new(FailureKind.Conflict, "poll_exists", $"The connection has a poll '{name}' already. Choose another name.");
}

internal static class PollLookup
{
    public static async Task<Poll?> FindPollAsync(this PatchbayDb db, string connectorId, string connectionId, string pollId, CancellationToken cancellationToken) =>
        Ulid.TryParse(connectorId, out var connector) && Ulid.TryParse(connectionId, out var connection) && Ulid.TryParse(pollId, out var id)
            ? await db.Polls.FirstOrDefaultAsync(p => p.Id == id && p.ConnectionId == connection && p.ConnectorId == connector, cancellationToken)
            : null;
}
