using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Audit;

/// <summary>Ours: audit records, an organisation's and the instance's: list and export.</summary>
internal static class AuditEndpoints
{
    private const string NdJson = "application/x-ndjson";
    private const int LongestFilter = 100;

    private static readonly ListOrder<AuditRecord> Order = new ListOrder<AuditRecord>().ByUnique("sequence", r => r.Sequence).Default("sequence", descending: true);

    /// <summary>The chain of an organisation.</summary>
    public static void MapAudit(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/o/{organisation_id}/audit").WithTags("audit").WithAccess(new Access.Organisation("organisation_id"));
        group.MapGet("", ListAsync).WithName("ListAuditRecords").Needs(Permission.AuditRead);
        group.MapGet("/export", Export).WithName("ExportAuditRecords").Needs(Permission.AuditRead).Produces<AuditRecordJson>(StatusCodes.Status200OK, NdJson);
    }

    /// <summary>The chain of the instance.</summary>
    public static void MapInstanceAudit(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/audit").WithTags("audit").WithAccess(new Access.OperatorOnly());
        group.MapGet("", ListOfInstanceAsync).WithName("ListInstanceAuditRecords");
        group.MapGet("/export", ExportOfInstance).WithName("ExportInstanceAuditRecords").Produces<AuditRecordJson>(StatusCodes.Status200OK, NdJson);
    }

    /// <summary>Ours: lists what was done in an organisation, newest first.</summary>
    /// <param name="from">From this time on, such as 2026-11-01T00:00:00Z.</param>
    /// <param name="to">Before this time.</param>
    /// <param name="actor">By this one, as records name it.</param>
    /// <param name="operation">This operation.</param>
    /// <param name="resource">What has to do with this: an id, or a kind such as connection.</param>
    internal static Task<Results<Ok<AuditPageJson>, ApiError>> ListAsync(
        string organisation_id, PageRequest page, PatchbayDb db, CancellationToken cancellationToken,
        string? from = null, string? to = null, string? actor = null, string? operation = null, string? resource = null) =>
        PageAsync(db.AuditRecords, new AuditFilter(from, to, actor, operation, resource), page, cancellationToken);

    /// <summary>Ours: exports what was done in an organisation, oldest first: a record a line.</summary>
    /// <param name="from">From this time on, such as 2026-11-01T00:00:00Z.</param>
    /// <param name="to">Before this time.</param>
    internal static Results<PushStreamHttpResult, ApiError> Export(string organisation_id, PatchbayDb db, HttpResponse response, CancellationToken cancellationToken, string? from = null, string? to = null) =>
        Stream(db.AuditRecords, new AuditFilter(from, to, null, null, null), response, cancellationToken);

    /// <summary>Ours: lists what was done to the instance: organisations, and the keys of the vault; newest first.</summary>
    /// <param name="from">From this time on, such as 2026-11-01T00:00:00Z.</param>
    /// <param name="to">Before this time.</param>
    /// <param name="actor">By this one, as records name it.</param>
    /// <param name="operation">This operation.</param>
    /// <param name="resource">What has to do with this: an id, or a kind such as organisation.</param>
    internal static Task<Results<Ok<AuditPageJson>, ApiError>> ListOfInstanceAsync(
        PageRequest page, PatchbayDb db, CancellationToken cancellationToken,
        string? from = null, string? to = null, string? actor = null, string? operation = null, string? resource = null) =>
        PageAsync(OfInstance(db), new AuditFilter(from, to, actor, operation, resource), page, cancellationToken);

    /// <summary>Ours: exports what was done to the instance, oldest first: a record a line.</summary>
    /// <param name="from">From this time on, such as 2026-11-01T00:00:00Z.</param>
    /// <param name="to">Before this time.</param>
    internal static Results<PushStreamHttpResult, ApiError> ExportOfInstance(PatchbayDb db, HttpResponse response, CancellationToken cancellationToken, string? from = null, string? to = null) =>
        Stream(OfInstance(db), new AuditFilter(from, to, null, null, null), response, cancellationToken);

    // It belongs to no organisation, so the filter would hide it; the route is the operator's alone.
    private static IQueryable<AuditRecord> OfInstance(PatchbayDb db) =>
        db.AuditRecords.IgnoreQueryFilters([PatchbayDb.TenantFilter]).Where(r => r.OrganisationId == AuditRecord.Instance);

    private static async Task<Results<Ok<AuditPageJson>, ApiError>> PageAsync(
        IQueryable<AuditRecord> records, AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (filter.Faults() is { Count: > 0 } faults)
            return new ApiError(Failure.InvalidFields(faults));
        var listed = await Order.PageAsync(filter.Of(records.AsNoTracking()), page, cancellationToken);
        return listed.Succeeded(out var found, out var failure)
            ? TypedResults.Ok(new AuditPageJson { Items = [.. found.Items.Select(AuditRecordJson.Of)], TotalCount = found.TotalCount, Next = found.Next, Prev = found.Prev })
            : new ApiError(failure);
    }

    private static Results<PushStreamHttpResult, ApiError> Stream(IQueryable<AuditRecord> records, AuditFilter filter, HttpResponse response, CancellationToken cancellationToken)
    {
        if (filter.Faults() is { Count: > 0 } faults)
            return new ApiError(Failure.InvalidFields(faults));
        response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(body => AuditExport.WriteAsync(filter.Of(records), body, cancellationToken), NdJson, "audit.ndjson");
    }

    /// <summary>Which records are asked for.</summary>
    private sealed record AuditFilter(string? From, string? To, string? Actor, string? Operation, string? Resource)
    {
        public List<FieldFault> Faults()
        {
            var faults = new List<FieldFault>();
            foreach (var (name, time) in ((string, string?)[])[("from", From), ("to", To)])
            {
                if (time is not null && Microseconds(time) is null)
                    faults.Add(new(name, "must be a time such as 2026-11-01T00:00:00Z"));
            }

            foreach (var (name, text) in ((string, string?)[])[("actor", Actor), ("operation", Operation), ("resource", Resource)])
            {
                if (text is not null && (text.Length is 0 or > LongestFilter || text.Any(c => c is < '!' or > '~' or '"' or '\\')))
                    faults.Add(new(name, "is nothing that a record could hold"));
            }

            return faults;
        }

        public IQueryable<AuditRecord> Of(IQueryable<AuditRecord> records)
        {
            if (From is not null && Microseconds(From) is { } from)
                records = records.Where(r => r.AtMicroseconds >= from);
            if (To is not null && Microseconds(To) is { } to)
                records = records.Where(r => r.AtMicroseconds < to);
            if (Actor is { } actor)
                records = records.Where(r => r.Actor == actor);
            if (Operation is { } operation)
                records = records.Where(r => r.Operation == operation);
            if (Resource is { } resource)
            {
                // As it is written there: nothing in a record is a text of somebody else's that could look like it.
                var member = Ulid.TryParse(resource, out var id) ? $"\"id\":\"{id}\"" : $"\"kind\":\"{resource}\"";
                records = records.Where(r => r.Resources.Contains(member));
            }

            return records;
        }

        private static long? Microseconds(string time) =>
            DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
                ? (parsed - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : null;
    }
}
