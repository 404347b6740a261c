using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Patchbay.Platform.Http;

/// <summary>
/// What a write asks of the resource that it is for, by <c>If-Match</c> (RFC 9110, section 13.1.1). It is held against the resource inside the
/// write transaction, after the lock: from then on nobody changes the resource before the write is done, so that of two who write over the same
/// state one is told. Weak tags never match.
/// </summary>
internal sealed class Precondition : IBoundInput, IEndpointParameterMetadataProvider
{
    /// <summary>Nothing was asked.</summary>
    public static readonly Precondition None = new(null, null);

    private readonly IList<EntityTagHeaderValue>? _tags;

    private Precondition(IList<EntityTagHeaderValue>? tags, Failure? fault) => (_tags, Fault) = (tags, fault);

    public Failure? Fault { get; }

    /// <summary>Whether something is asked that nobody has looked at yet.</summary>
    public bool IsOpen { get; private set; }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(IsGuarded.Instance);

    public static ValueTask<Precondition> BindAsync(HttpContext context) => ValueTask.FromResult(Read(context.Request));

    /// <summary>What a request asks.</summary>
    public static Precondition Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(HeaderNames.IfMatch, out var header))
            return None;
        // The star stands alone.
        return EntityTagHeaderValue.TryParseStrictList([.. header.Select(h => h ?? "")], out var tags) && tags.Count > 0 && (tags.Count == 1 || !tags.Any(t => t.Tag == "*"))
            ? new Precondition(tags, null) { IsOpen = true }
            : new Precondition(null, Failure.InvalidField(HeaderNames.IfMatch, "must be *, or entity tags in quotes as the header ETag gives them, with commas between"));
    }

    /// <summary>Why the write may not go on, or null.</summary>
    /// <param name="current">Reads the resource as its own GET would answer now. Nothing is read where nothing was asked.</param>
    public async ValueTask<Failure?> RefusalAsync<T>(Func<Task<T>> current)
        where T : notnull =>
        _tags is null ? null : RefusalOf(EntityTag.Of(await current()));

    /// <summary>The same for a resource that is at hand.</summary>
    /// <param name="current">The resource as its own GET would answer now.</param>
    public Failure? RefusalOf(object current) => _tags is null ? null : RefusalOf(EntityTag.Of(current));

    /// <summary>The same for a tag.</summary>
    public Failure? RefusalOf(EntityTag current)
    {
        IsOpen = false;
        return _tags is null || _tags.Any(t => !t.IsWeak && (t.Tag == "*" || t.Tag.Equals(current.Text, StringComparison.Ordinal)))
            ? null
            : new Failure(FailureKind.PreconditionFailed, "precondition_failed",
                "It was changed since you read it: its entity tag is none of those in If-Match. Read it again, put your change to what it is now, and send the new tag.");
    }

    /// <summary>Marks an operation that takes a precondition.</summary>
    internal sealed class IsGuarded
    {
        public static readonly IsGuarded Instance = new();
    }
}
