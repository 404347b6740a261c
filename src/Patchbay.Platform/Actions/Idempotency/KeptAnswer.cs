using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>The answer to a named call, as it is kept: the status in two bytes, and behind it the body as JSON. It is given again byte for byte.</summary>
internal sealed class KeptAnswer(NamedOutcome outcome) : IResult, IStatusCodeHttpResult
{
    private const int Prefix = sizeof(ushort);

    public int StatusCode => BinaryPrimitives.ReadUInt16BigEndian(outcome.Outcome);

    int? IStatusCodeHttpResult.StatusCode => StatusCode;

    /// <summary>What an action came to.</summary>
    public static byte[] Of(ExecutedAction executed) =>
        Of(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(ActionExecutionJson.Of(executed), ApiJson.Options));

    /// <summary>Why it came to nothing, although it may have been done.</summary>
    public static byte[] Of(Failure failure) => Of(new ApiError(failure).StatusCode, JsonSerializer.SerializeToUtf8Bytes(ApiError.JsonOf(failure), ApiJson.Options));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, body) = (httpContext.Response, outcome.Outcome.AsMemory(Prefix));
        response.StatusCode = StatusCode;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        if (outcome.Replayed)
            response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        if (StatusCode >= StatusCodes.Status400BadRequest)
        {
            using var error = JsonDocument.Parse(body);
            response.Headers[ApiError.Header] = error.RootElement.GetProperty("code").GetString();
            response.Headers.CacheControl = "no-store";
        }

        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    private static byte[] Of(int status, byte[] body)
    {
        var kept = new byte[Prefix + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(kept, (ushort)status);
        body.CopyTo(kept, Prefix);
        return kept;
    }
}
