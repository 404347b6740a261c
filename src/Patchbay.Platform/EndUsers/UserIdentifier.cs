using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.EndUsers;

/// <summary>How a path names an end user: by the external id, or by the internal one where <c>identifier_type</c> says so.</summary>
internal sealed class UserIdentifier : IBoundInput, IEndpointParameterMetadataProvider
{
    public const string Query = "identifier_type";
    public const string External = "external";
    public const string Internal = "internal";

    private const string Parameter = "user_id";

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
        var pattern = ((RouteEndpoint)request.HttpContext.GetEndpoint()!).RoutePattern.PathSegments;
        var position = pattern.Index().First(s => s.Item.Parts is [RoutePatternParameterPart { Name: Parameter }]).Index;
        var segments = SegmentsOf(request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        // A target that the server reads in a way of its own: as routing has it then, which decodes all but slashes.
        var value = position < segments.Count ? Uri.UnescapeDataString(segments[position]) : request.RouteValues[Parameter] as string ?? "";
        return new UserIdentifier(value, request.Query.TryGetValue(Query, out var type) ? type.ToString() : External);
    }

    /// <summary>The segments of a target in origin or absolute form, with dot segments resolved as the server does for routing.</summary>
    private static List<string> SegmentsOf(string target)
    {
        var path = target.Split('?', 2)[0];
        if (!path.StartsWith('/'))
            path = path.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme && path.IndexOf('/', scheme + 3) is >= 0 and var start ? path[start..] : "/";
        var segments = new List<string>();
        foreach (var segment in path[1..].Split('/'))
        {
            switch (Uri.UnescapeDataString(segment))
            {
                case ".":
                    break;
                case "..":
                    segments.RemoveRange(Math.Max(segments.Count - 1, 0), Math.Min(segments.Count, 1));
                    break;
                default:
                    segments.Add(segment);
                    break;
            }
        }

        return segments;
    }

    /// <summary>The mark of an operation that takes one.</summary>
    internal sealed class IsIdentified
    {
        public static readonly IsIdentified Instance = new();
    }
}
