using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.EndUsers;

/// <summary>How a path names an end user: by the external id, or by the internal one where <c>identifier_type</c> says so.</summary>
internal sealed class UserIdentifier : IBoundInput, IEndpointParameterMetadataProvider
{
    public const string Query = "identifier_type";
    public const string External = "external";
    public const string Internal = "internal";

    private UserIdentifier(string value, string type)
    {
        (Value, IsInternal) = (value, type == Internal);
        Fault = type is External or Internal ? null : Failure.InvalidField(Query, $"must be {External} or {Internal}");
    }

    public string Value { get; }
    public bool IsInternal { get; }
    public Failure? Fault { get; }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(IsIdentified.Instance);

    public static ValueTask<UserIdentifier> BindAsync(HttpContext context) => ValueTask.FromResult(In(context.Request));

    /// <summary>
    /// Who is named. Read from the path as it was sent: routing decodes all of a segment but its slashes, and an external id may hold one, or the letters
    /// of an encoded one.
    /// </summary>
    public static UserIdentifier In(HttpRequest request)
    {
        const string Marker = "/users/";
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var start = target.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        var length = target.AsSpan(start).IndexOfAny('/', '?');
        return new UserIdentifier(
            Uri.UnescapeDataString(length < 0 ? target[start..] : target.Substring(start, length)), request.Query.TryGetValue(Query, out var type) ? type.ToString() : External);
    }

    /// <summary>The mark of an operation that takes one.</summary>
    internal sealed class IsIdentified
    {
        public static readonly IsIdentified Instance = new();
    }
}
