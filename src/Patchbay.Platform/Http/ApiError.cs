using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Patchbay.Platform.Http;

/// <summary>The answer to a request that failed, in the contract's shape. The only place that turns a failure into a status.</summary>
internal sealed class ApiError(Failure failure) : IResult, IStatusCodeHttpResult
{
    /// <summary>The header by which a proxied answer of Patchbay's own is told from the upstream's.</summary>
    public const string Header = "X-Patchbay-Error";

    public Failure Failure { get; } = failure;

    public int StatusCode => StatusOf(Failure.Kind);

    int? IStatusCodeHttpResult.StatusCode => StatusCode;

    public static implicit operator ApiError(Failure failure) => new(failure);

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, Failure);

    /// <summary>Writes the error, unless the response has begun: then the connection is cut, which is all that can still be said.</summary>
    public static async Task WriteAsync(HttpContext context, Failure failure)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.StatusCode = StatusOf(failure.Kind);
        response.Headers[Header] = failure.Code;
        response.Headers.CacheControl = "no-store";
        if (failure.Kind == FailureKind.Unauthenticated)
            response.Headers.WWWAuthenticate = "Bearer";
        if (failure.RetryAfter is { } after)
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(after.TotalSeconds)).ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        await WriteBodyAsync(context, failure);
    }

    /// <summary>Writes the body for a status that the framework has already chosen.</summary>
    public static Task WriteBodyAsync(HttpContext context, Failure failure) =>
        context.Response.WriteAsJsonAsync<JsonNode>(JsonOf(failure), ApiJson.Options, context.RequestAborted);

    /// <summary>The body of the answer.</summary>
    public static JsonObject JsonOf(Failure failure)
    {
        var json = new ErrorJson(failure.Code, failure.Message)
        {
            Fields = failure.Fields.Count == 0 ? null : [.. failure.Fields.Select(f => new ErrorFieldJson(f.Field, f.Message))],
            Details = failure.Details,
        };
        var body = JsonSerializer.SerializeToNode(json, ApiJson.Options)!.AsObject();
        if (failure.Extension is not null)
        {
            foreach (var (name, value) in JsonSerializer.SerializeToNode(failure.Extension, ApiJson.Options)!.AsObject())
                body[name] = value?.DeepClone();
        }

        return body;
    }

    private static int StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => StatusCodes.Status400BadRequest,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        FailureKind.Gone => StatusCodes.Status410Gone,
        FailureKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        FailureKind.Unprocessable => StatusCodes.Status422UnprocessableEntity,
        FailureKind.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        FailureKind.BadGateway => StatusCodes.Status502BadGateway,
        FailureKind.GatewayTimeout => StatusCodes.Status504GatewayTimeout,
        FailureKind.TooManyRequests => StatusCodes.Status429TooManyRequests,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>An error, in all APIs.</summary>
/// <param name="Code">A stable snake_case word for programs.</param>
/// <param name="Message">A sentence for people: what is wrong, where, and what to do.</param>
internal sealed record ErrorJson(string Code, string Message)
{
    /// <summary>Every faulty field of the request.</summary>
    public IReadOnlyList<ErrorFieldJson>? Fields { get; init; }

    /// <summary>More for people.</summary>
    public string? Details { get; init; }
}

/// <summary>A fault in one field of the request.</summary>
/// <param name="Field">The path of the field, such as <c>credentials.action[0].credential.data.value</c>.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record ErrorFieldJson(string Field, string Message);
