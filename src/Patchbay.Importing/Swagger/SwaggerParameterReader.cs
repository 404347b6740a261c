using Patchbay.Importing.Contents;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads Parameter and Header Objects (Swagger 2.0, sections "Parameter Object" and "Header Object").</summary>
internal sealed class SwaggerParameterReader(ImportContext context)
{
    /// <summary>The fields of a parameter that are no keywords of its schema.</summary>
    private static readonly string[] Described = ["name", "in", "description", "required", "schema", "allowEmptyValue", "collectionFormat", "$ref"];

    private readonly ParameterBuilder _builder = new(context);

    public ParameterContent Read(ParameterSource source) => Read(source.Name, source.In, source.Resolved.Object);

    /// <summary>Reads the headers of a response.</summary>
    public List<ParameterContent> ReadHeaders(SourceObject? headers)
    {
        var read = new List<ParameterContent>();
        foreach (var (name, node) in headers?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (!context.IsExhausted && context.References.Follow(node) is { } resolved) read.Add(Read(name, "header", resolved.Object));
        }
        return read;
    }

    /// <summary>The schema of a parameter or form field: that of its own keywords, or one that it has by mistake; null for none.</summary>
    public SourceNode? SchemaOf(SourceObject parameter)
    {
        if (InPlaceSchema.Of(parameter, Described) is { } inPlace) return inPlace;
        if (parameter.Find("schema") is not { Kind: not SourceKind.Null } schema) return null;
        context.Log.Warn("A parameter that is no body has a schema, as in OpenAPI 3; it was read as there", schema);
        return schema;
    }

    /// <summary>How the items of an array are written, by <c>collectionFormat</c>.</summary>
    public Serialisation SerialisationOf(SourceObject parameter, string place)
    {
        var format = context.Fields.Text(parameter, "collectionFormat");
        var isForm = place is "query" or "formdata" or "cookie";
        switch (format)
        {
            case null or "csv":
                return new(null, isForm && parameter.FindString("type") == "array" ? false : null);
            case "multi" when isForm:
                return new(null, null);
            case "ssv" when isForm:
                return new("spaceDelimited", null);
            case "pipes" when isForm:
                return new("pipeDelimited", null);
            default:
                context.Log.Warn("A collectionFormat has no counterpart; it was kept as it stood", parameter, format);
                return new(null, null, IsKnown: false);
        }
    }

    private ParameterContent Read(string name, string place, SourceObject holder)
    {
        var serialisation = SerialisationOf(holder, place);
        var parameter = new ParameterContent
        {
            Name = name,
            In = place,
            Required = context.Fields.Flag(holder, "required"),
            Type = "string",
            Description = context.Fields.Text(holder, "description"),
            Style = serialisation.Style,
            Explode = serialisation.Explode,
            Deprecated = context.Fields.Flag(holder, "deprecated"),
            Source = context.Json.Keep(holder, field => IsKept(field) || (field == "collectionFormat" && !serialisation.IsKnown)),
        };
        return _builder.WithSchema(parameter, SchemaOf(holder)) with { Source = parameter.Source };
    }

    private static bool IsKept(string field) =>
        field is "allowEmptyValue" or "example" or "examples" || (JsonCopier.IsExtension(field) && field != "x-nullable");
}

/// <summary>How the items of an array are written, in the words of OpenAPI 3.</summary>
/// <param name="Style">Where it is not the default of the place.</param>
/// <param name="Explode">Where it is not the default of the style.</param>
/// <param name="IsKnown">Whether there are words for it.</param>
internal sealed record Serialisation(string? Style, bool? Explode, bool IsKnown = true)
{
    public bool IsDefault => Style is null && Explode is null;
}
