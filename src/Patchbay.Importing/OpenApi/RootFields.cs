using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>
/// Finds what versions of the specification keep in different places of the root. Where a description of one keeps something in the place of
/// another, it can mean one thing only.
/// </summary>
internal sealed class RootFields(ImportContext context)
{
    /// <summary>The named schemas: those of the description's own version first.</summary>
    public IReadOnlyList<SourceObject> Schemas { get; } = FindBoth(context, "schemas", "definitions");

    /// <summary>The security schemes: those of the description's own version first.</summary>
    public IReadOnlyList<SourceObject> SecuritySchemes { get; } = FindBoth(context, "securitySchemes", "securityDefinitions");

    /// <summary>All Path Item Objects by their keys.</summary>
    public List<(string Key, SourceObject PathItem)> ReadPaths(PathItemReader pathItems)
    {
        var paths = new List<(string, SourceObject)>();
        if (context.Fields.Object(context.Root, "paths") is { } holder) paths.AddRange(pathItems.PathItems(holder));
        if (context.Root.Find("x-ms-paths") is not SourceObject more) return paths;
        context.Log.Add(PathRemarks.MicrosoftPaths, more);
        paths.AddRange(pathItems.PathItems(more));
        return paths;
    }

    private static List<SourceObject> FindBoth(ImportContext context, string component, string definition)
    {
        var isSwagger = context.Dialect == SchemaDialect.Swagger20;
        var components = isSwagger ? context.Root.Find("components") as SourceObject : context.Fields.Object(context.Root, "components");
        var ofOpenApi = components is null ? null : context.Fields.Object(components, component);
        var ofSwagger = context.Fields.Object(context.Root, definition);
        var (own, other) = isSwagger ? (ofSwagger, ofOpenApi) : (ofOpenApi, ofSwagger);
        if (other is not null) context.Log.Add(DocumentRemarks.PlaceOfOtherVersion, other, isSwagger ? component : definition);
        return [.. ((SourceObject?[])[own, other]).OfType<SourceObject>()];
    }
}
