using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Http;

/// <summary>Gives the contract's error shape to what no endpoint answers: unknown paths, refused bodies, bugs.</summary>
internal static partial class Failures
{
    /// <summary>For all requests, the proxied ones too.</summary>
    public static void UseCaughtFailures(this IApplicationBuilder app) => app.Use(CatchAsync);

    /// <summary>For requests to our own APIs: an answer of somebody else's may well have a status and no body.</summary>
    public static void UseErrorShape(this IApplicationBuilder app)
    {
        app.UseStatusCodePages(WriteStatusAsync);
        app.Use(RefuseOddRequestsAsync);
    }

    private static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
            context.Abort();
        }
        catch (BadHttpRequestException e)
        {
            await ApiError.WriteAsync(context, e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => new Failure(FailureKind.TooLarge, "body_too_large", "The body is larger than this route allows."),
                StatusCodes.Status415UnsupportedMediaType => new Failure(FailureKind.UnsupportedMediaType, "unsupported_media_type", "The route does not read bodies of this media type."),
                _ => Unbound(context) ?? new Failure(FailureKind.Invalid, "invalid_request", e.Message),
            });
        }
        catch (Exception e) when (WasDeletedMeanwhile(context, e))
        {
            await ApiError.WriteAsync(context, new Failure(FailureKind.NotFound, "not_found", "What the request is for, or refers to, was deleted meanwhile."));
        }
        catch (AuditFailedException e)
        {
            // Nothing was changed: the record belongs to the transaction.
            AuditFailed(LoggerOf(context), e, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no route", context.TraceIdentifier);
            await ApiError.WriteAsync(context, new Failure(FailureKind.Unavailable, "audit_unavailable",
                $"The change was not made, because its audit record could not be written. The server's log has the reason under {context.TraceIdentifier}."));
        }
        catch (Exception e)
        {
            Unexpected(LoggerOf(context), e, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no route", context.TraceIdentifier);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.Headers[ApiError.Header] = "internal_error";
            await ApiError.WriteBodyAsync(context, new Failure(FailureKind.Unavailable, "internal_error",
                $"The server failed at this request. Its log has the reason under {context.TraceIdentifier}."));
        }
    }

    private static ILogger LoggerOf(HttpContext context) => (ILogger)context.RequestServices.GetService(typeof(ILogger<PublicMarker>))!;

    /// <summary>Whether the request lost a race: what it began with was there, and is not any more.</summary>
    private static bool WasDeletedMeanwhile(HttpContext context, Exception exception) =>
        exception is DeletedMeanwhileException or DbUpdateConcurrencyException
        || (exception is DbUpdateException update
            && (context.RequestServices.GetService(typeof(IStoreDialect)) as IStoreDialect)?.IsMissingReference(update) == true);

    /// <summary>Which flags of the query could not be bound: the framework says it in words of C# only.</summary>
    private static Failure? Unbound(HttpContext context)
    {
        var faults = (context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
            .Where(p => (Nullable.GetUnderlyingType(p.ParameterInfo.ParameterType) ?? p.ParameterInfo.ParameterType) == typeof(bool)
                && context.Request.Query.TryGetValue(p.Name, out var value) && !bool.TryParse(value, out _))
            .Select(p => new FieldFault(p.Name, "must be true or false")).ToList();
        return faults.Count == 0 ? null : Failure.InvalidFields(faults);
    }

    private static Task WriteStatusAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        // Of a parameter that does not parse, and could be left out, the framework says no more than this status.
        if (context.Response.StatusCode == StatusCodes.Status400BadRequest && Unbound(context) is { } unbound)
            return ApiError.WriteAsync(context, unbound);
        var (code, message) = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ("route_not_found", "There is no such path. See /docs for those that there are."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", $"The path does not take {context.Request.Method}; see the header Allow."),
            StatusCodes.Status415UnsupportedMediaType => ("unsupported_media_type", "The route does not read bodies of this media type."),
            var other => ($"status_{other}", "The request cannot be served."),
        };
        context.Response.Headers[ApiError.Header] = code;
        return ApiError.WriteBodyAsync(context, new Failure(FailureKind.Invalid, code, message));
    }

    /// <summary>What no route could make sense of, and what PostgreSQL cannot keep in a text.</summary>
    private static Task RefuseOddRequestsAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true
            ? ApiError.WriteAsync(context, new Failure(FailureKind.Invalid, "invalid_request", "The query contains the character U+0000."))
            : next(context);
    }

    [LoggerMessage(1, LogLevel.Error, "Request {TraceIdentifier} ({Method} {Route}) failed")]
    private static partial void Unexpected(ILogger logger, Exception exception, string method, string route, string traceIdentifier);

    [LoggerMessage(2, LogLevel.Error, "Request {TraceIdentifier} ({Method} {Route}) changed nothing: its audit record could not be written")]
    private static partial void AuditFailed(ILogger logger, Exception exception, string method, string route, string traceIdentifier);

    private sealed class PublicMarker;
}
