using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Patchbay.Platform.Http;

/// <summary>Answers that carry the entity tag of a resource.</summary>
internal static class Tagged
{
    /// <summary>A resource itself.</summary>
    public static Tagged<T> Ok<T>(T resource)
        where T : notnull =>
        new(resource, null);

    /// <summary>An answer about a resource that it holds only as a part.</summary>
    public static Tagged<T> Ok<T>(T body, EntityTag tag)
        where T : notnull =>
        new(body, tag);

    /// <summary>A resource that was made.</summary>
    /// <param name="location">Its path.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="tag">Its tag, where the body is more than the resource.</param>
    public static TaggedCreated<T> Created<T>(string location, T resource, EntityTag? tag = null)
        where T : notnull =>
        new(location, resource, tag);

    /// <summary>A write that has nothing to show.</summary>
    /// <param name="tag">The tag of the resource that was written.</param>
    public static TaggedNoContent NoContent(EntityTag tag) => new(tag);

    /// <summary>Writes a body with its tag, or what the request's own conditions ask for in place of it.</summary>
    internal static Task WriteAsync(HttpContext context, int status, object body, EntityTag? given)
    {
        var json = EntityTag.JsonOf(body);
        var tag = given ?? EntityTag.Of(json, body);
        var (request, response) = (context.Request, context.Response);
        if (HttpMethods.IsGet(request.Method))
        {
            var precondition = Precondition.Read(request);
            if ((precondition.Fault ?? precondition.RefusalOf(tag)) is { } refusal)
                return ApiError.WriteAsync(context, refusal);
            // What is kept of an answer is one caller's, and is asked for before it is used again.
            response.Headers.CacheControl = "private, no-cache";
            response.Headers.ETag = tag.Text;
            if (IsKept(request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        response.Headers.ETag = tag.Text;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    /// <summary>Whether the client has this state already (RFC 9110, section 13.1.2): tags are compared weakly here, and what cannot be read is no condition.</summary>
    private static bool IsKept(HttpRequest request, EntityTag tag) =>
        request.Headers.TryGetValue(HeaderNames.IfNoneMatch, out var header)
        && EntityTagHeaderValue.TryParseList([.. header.Select(h => h ?? "")], out var kept)
        && kept.Any(k => k.Tag == "*" || k.Tag.Equals(tag.Text, StringComparison.Ordinal));

    /// <summary>Marks an operation whose answers carry a tag.</summary>
    internal sealed class IsTagged
    {
        public static readonly IsTagged Instance = new();
    }
}

/// <summary>200 with a resource and its entity tag; on a GET, 304 where the client has it already.</summary>
internal sealed class Tagged<T>(T body, EntityTag? tag) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
    where T : notnull
{
    public int? StatusCode => StatusCodes.Status200OK;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.Metadata.Add(Tagged.IsTagged.Instance);
    }

    public Task ExecuteAsync(HttpContext httpContext) => Tagged.WriteAsync(httpContext, StatusCodes.Status200OK, body, tag);
}

/// <summary>201 with a resource, where it is, and its entity tag.</summary>
internal sealed class TaggedCreated<T>(string location, T body, EntityTag? tag) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
    where T : notnull
{
    public int? StatusCode => StatusCodes.Status201Created;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), ["application/json"]));
        builder.Metadata.Add(Tagged.IsTagged.Instance);
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.Location = location;
        return Tagged.WriteAsync(httpContext, StatusCodes.Status201Created, body, tag);
    }
}

/// <summary>204 with the entity tag of the resource that was written.</summary>
internal sealed class TaggedNoContent(EntityTag tag) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status204NoContent;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)));
        builder.Metadata.Add(Tagged.IsTagged.Instance);
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = tag.Text;
        httpContext.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
