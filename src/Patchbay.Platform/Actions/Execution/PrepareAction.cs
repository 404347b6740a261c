using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Actions.Queries;
using Patchbay.Platform.Data;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Platform.Proxy;
using Patchbay.Platform.Versions;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>A call that was found right in everything that can be told without sending it.</summary>
internal sealed record PreparedAction
{
    public required ActionCall Call { get; init; }
    public required ActionContent Action { get; init; }
    public required ConnectionPlan Plan { get; init; }
    public required VersionSchemas Schemas { get; init; }
    public required ActionRequest Request { get; init; }

    /// <summary>The content type of a body that streams; null where none does.</summary>
    public string? StreamedType { get; init; }

    /// <summary>Where the request goes in place of the action's own address; null for that.</summary>
    public RawTarget? Target { get; init; }
}

/// <summary>A call whose action and connection are there.</summary>
internal sealed record CalledAction(ActionCall Call, ConnectorVersion Version, ActionContent Action, ConnectionPlan Plan);

/// <summary>Finds the action and the connection of a call, checks all that is given, and makes the request. Nothing is sent.</summary>
internal sealed class PrepareAction(PatchbayDb db, RequestScope scope, ConnectionPlans plans, VersionSchemasMemory memory)
{
    private const int MostAccepted = 20;

    private static readonly FieldFault OtherConnector = new("connectionId", "is a connection to another connector");

    public async Task<Outcome<PreparedAction>> RunAsync(ActionCall call, CancellationToken cancellationToken) =>
        (await FindAsync(call, cancellationToken)).Succeeded(out var found, out var failure) ? await RunAsync(found, cancellationToken) : failure;

    /// <summary>Finds the action and the connection of a call.</summary>
    public async Task<Outcome<CalledAction>> FindAsync(ActionCall call, CancellationToken cancellationToken)
    {
        if (!(await db.FindVersionAsync(call.ConnectorId, call.Version, cancellationToken)).Succeeded(out var version, out var failure))
            return failure;
        if (await StoredAsync(version, call.Action, cancellationToken) is not { } stored)
            return Failure.NotFound("action");
        if (await plans.FindAsync(call.ConnectionId, cancellationToken) is not { } plan || plan.OrganisationId != scope.OrganisationId)
            return Failure.NotFound("connection");
        return new CalledAction(call, version, StoredContent.Read<ActionContent>(stored) with { Name = call.Action }, plan);
    }

    /// <summary>The call of an action that is a query, with what it takes to run it.</summary>
    public async Task<QueryCall> QueryAsync(CalledAction called, CancellationToken cancellationToken)
    {
        var dataset = await db.Connectors.Where(c => c.Id == called.Version.ConnectorId).Select(c => c.DatasetId).FirstOrDefaultAsync(cancellationToken);
        var schemas = await memory.OfAsync(db, called.Version, cancellationToken);
        await schemas.LoadAsync(db, DefinitionUses.Of(called.Action), cancellationToken);
        return new QueryCall(
            called.Call, called.Action, schemas, dataset ?? "", called.Plan, called.Plan.ConnectorId == called.Version.ConnectorId ? [] : [OtherConnector]);
    }

    /// <summary>Checks a call of an action that is a request, and makes the request.</summary>
    public async Task<Outcome<PreparedAction>> RunAsync(CalledAction called, CancellationToken cancellationToken)
    {
        var (call, version, action, plan) = called;
        if (action.Query is not null)
            return Failure.InvalidField("pagination", "does not go with an action that is a query: stream gives out all of its rows");
        var schemas = await memory.OfAsync(db, version, cancellationToken);
        await schemas.LoadAsync(db, DefinitionUses.Of(action), cancellationToken);
        var faults = new List<FieldFault>();
        if (plan.ConnectorId != version.ConnectorId)
            faults.Add(OtherConnector);
        if (call.DryRun)
            faults.Add(new("dryRun", "goes with actions that are queries only"));
        var parameters = new CallParameters(action, schemas, plan.Variables, faults).Check(call.Parameters);
        var bodies = new CallBody(action, schemas, faults);
        var body = bodies.Check(call);
        var request = RequestOf(action, plan, parameters, body, faults);
        if (faults.Count > 0)
            return Failure.InvalidFields([.. faults.Distinct()]);
        if (plan.Fault is { } unusable)
            return unusable;
        return new PreparedAction
        {
            Call = call,
            Action = action,
            Plan = plan,
            Schemas = schemas,
            Request = request!,
            StreamedType = call.Streamed is null ? null : bodies.StreamedType(call),
        };
    }

    /// <summary>Why there is no such action; null where there is one.</summary>
    public async Task<Failure?> MissingAsync(string connectorId, string versionName, string action, CancellationToken cancellationToken)
    {
        if (!(await db.FindVersionAsync(connectorId, versionName, cancellationToken)).Succeeded(out var version, out var failure))
            return failure;
        return await db.Actions.AnyAsync(a => a.VersionId == version.Id && a.Name == action, cancellationToken) ? null : Failure.NotFound("action");
    }

    /// <summary>A parameter of the action of a call, or null.</summary>
    public async Task<ParameterContent?> FindParameterAsync(ActionCall call, string name, CancellationToken cancellationToken) =>
        (await db.FindVersionAsync(call.ConnectorId, call.Version, cancellationToken)).Succeeded(out var version, out _)
        && await StoredAsync(version, call.Action, cancellationToken) is { } stored
            ? StoredContent.Read<ActionContent>(stored).Parameters.FirstOrDefault(p => p.Name == name || CallParameters.Placed(p) == name)
            : null;

    private Task<byte[]?> StoredAsync(ConnectorVersion version, string action, CancellationToken cancellationToken) =>
        db.Actions.AsNoTracking().Where(a => a.VersionId == version.Id && a.Name == action)
            .Join(db.Contents, a => a.ContentHash, c => c.Hash, (_, c) => c.Body).FirstOrDefaultAsync(cancellationToken);

    private static ActionRequest? RequestOf(
        ActionContent action, ConnectionPlan plan, IReadOnlyList<ParameterValue> parameters, WrittenBody? body, List<FieldFault> faults)
    {
        if (action.Method is "TRACE" or "CONNECT")
        {
            faults.Add(new("action_name", $"{action.Method} is a method that is not sent from here"));
            return null;
        }

        if (!PathTemplate.Parse(action.Path).TryGet(out var path, out var unfit))
        {
            faults.AddRange(unfit.Select(f => new FieldFault("action_name", $"the action's path cannot be used: {f.Message}")));
            return null;
        }

        if (ActionRequest.Create(action.Method, path, parameters, plan.Variables, body, AcceptOf(action)).TryGet(out var request, out unfit))
            return request;
        var isParameter = action.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var fault in unfit)
        {
            // A required one that is missing was named already, in other words.
            if (fault.Kind == Protocols.FaultKind.MissingVariable && isParameter.Contains(fault.Subject) && faults.Exists(f => IsOf(f, fault.Subject)))
                continue;
            faults.Add(new(isParameter.Contains(fault.Subject) ? $"parameters.{fault.Subject}" : "connectionId",
                fault.Kind == Protocols.FaultKind.MissingVariable && isParameter.Contains(fault.Subject) ? "is required" : fault.Message));
        }

        return null;
    }

    private static bool IsOf(FieldFault fault, string parameter) =>
        fault.Field == $"parameters.{parameter}" || fault.Field == $"parameters.path:{parameter}";

    /// <summary>The media types that answers are declared with, JSON's first, and anything else if need be.</summary>
    private static string AcceptOf(ActionContent action)
    {
        var declared = action.Responses.SelectMany(r => r.Definitions).SelectMany(d => d.MediaTypes)
            .Where(t => t.Contains('/', StringComparison.Ordinal) && HeaderText.IsOneLine(t) && !t.Contains(',', StringComparison.Ordinal))
            .Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(MediaTypes.IsJson).Take(MostAccepted).ToList();
        if (declared.Count == 0 || declared.Contains("*/*", StringComparer.Ordinal))
            return "*/*";
        return string.Join(", ", declared.Select(t => MediaTypes.IsJson(t) || !declared.Exists(MediaTypes.IsJson) ? t : $"{t};q=0.8").Append("*/*;q=0.1"));
    }
}
