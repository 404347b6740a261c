using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Patchbay.Platform.Http;

/// <summary>Input that an endpoint binds by itself and that may be faulty; <see cref="RefuseFaultyInput"/> answers before the endpoint runs.</summary>
internal interface IBoundInput
{
    /// <summary>What is wrong with it, or null.</summary>
    Failure? Fault { get; }
}

/// <summary>Answers faulty input, so that endpoints see only what is sound.</summary>
internal sealed class RefuseFaultyInput : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IBoundInput { Fault: { } fault })
                return new ApiError(fault);
        }

        var precondition = context.Arguments.OfType<Precondition>().FirstOrDefault();
        var request = context.HttpContext.Request;
        if (precondition is null && !HttpMethods.IsGet(request.Method) && request.Headers.ContainsKey(HeaderNames.IfMatch))
        {
            // Going on as if nothing had been asked would be what the client wanted to be safe from.
            return new ApiError(new Failure(FailureKind.Invalid, "precondition_not_supported",
                "This operation changes nothing that is there already, so it takes no If-Match. Leave the header out."));
        }

        var result = await next(context);
        return precondition is { IsOpen: true } && ((result as INestedHttpResult)?.Result ?? result) is not ApiError
            ? throw new InvalidOperationException("The operation went on without looking at its precondition.")
            : result;
    }
}

/// <summary>The JSON body of a request, checked against its type before anyone sees it.</summary>
/// <typeparam name="T">The type.</typeparam>
internal sealed class Body<T> : IBoundInput, IEndpointParameterMetadataProvider
    where T : notnull
{
    private readonly T? _value;

    private Body(Outcome<T> outcome)
    {
        outcome.Succeeded(out _value, out var failure);
        Fault = failure;
    }

    public Failure? Fault { get; }

    public T Value => Fault is null ? _value! : throw new InvalidOperationException("Faulty input was not refused: the route lacks its filter.");

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    public static async ValueTask<Body<T>> BindAsync(HttpContext context) => new(await JsonBody.ReadAsync<T>(context.Request, context.RequestAborted));
}

/// <summary>Reads JSON bodies.</summary>
internal static class JsonBody
{
    /// <summary>The size of a JSON body where the route sets no other, in bytes.</summary>
    public const int DefaultLimit = 8 * 1024 * 1024;

    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : notnull
    {
        if (!IsJson(request.ContentType))
        {
            return new Failure(FailureKind.UnsupportedMediaType, "unsupported_media_type",
                $"The body must be JSON: send the header Content-Type: application/json{(request.ContentType is null ? "" : " instead of another type")}.");
        }

        var bytes = await ReadBytesAsync(request, DefaultLimit, cancellationToken);
        return bytes.Succeeded(out var body, out var failure) ? Parse<T>(body) : failure;
    }

    /// <summary>Reads the whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The largest size, in bytes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<Outcome<byte[]>> ReadBytesAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
            return TooLarge(limit);
        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(4096), cancellationToken);
            if (read == 0)
                return buffer.WrittenSpan.ToArray();
            buffer.Advance(read);
            if (buffer.WrittenCount > limit)
                return TooLarge(limit);
        }
    }

    /// <summary>Parses and checks a body.</summary>
    /// <param name="body">The bytes.</param>
    public static Outcome<T> Parse<T>(ReadOnlyMemory<byte> body)
        where T : notnull
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (body.IsEmpty)
            return new Failure(FailureKind.Invalid, "malformed_json", "The body is empty; it must be a JSON object.");
        if (!Utf8.IsValid(body.Span))
            return new Failure(FailureKind.Invalid, "malformed_json", "The body is not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
            return Read<T>(document.RootElement, "");
        }
        catch (JsonException e)
        {
            return new Failure(FailureKind.Invalid, "malformed_json",
                $"The body is not JSON that can be read: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. " +
                $"It must be well formed and at most {ApiJson.MaxDepth} levels deep.");
        }
    }

    /// <summary>Checks a value inside a body and makes it what it is to be.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its path inside the body.</param>
    public static Outcome<T> Read<T>(JsonElement value, string path)
        where T : notnull
    {
        var faults = BodyShape.Check(value, typeof(T), path);
        if (faults.Count > 0)
            return Failure.InvalidFields(faults);
        return value.Deserialize<T>(ApiJson.Options)!;
    }

    private static Failure TooLarge(int limit) =>
        new(FailureKind.TooLarge, "body_too_large", $"The body is larger than {limit} bytes.");

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
}
