using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads Parameter and Header Objects (Swagger 2.0, sections "Parameter Object" and "Header Object").</summary>
internal sealed class SwaggerParameterReader(ImportContext context)
{
    /// <summary>The fields of a parameter that are no keywords of its schema.</summary>
    private static readonly string[] Described = ["name", "in", "description", "required", "schema", "allowEmptyValue", "collectionFormat", "$ref"];

    private readonly ParameterBuilder _builder = new(context);

    /// <summary>Reads a parameter; null, with a remark, for one that cannot be sent as it would have to be.</summary>
    public ParameterContent? Read(ParameterSource source)
    {
        if (source.In != OperationParameters.QueryString) return Read(source.Name, source.In, source.Resolved.Object);
        context.Log.Add(ParameterRemarks.QueryStringOfOtherType, source.Resolved.Object, source.Name);
        return null;
    }

    /// <summary>Reads the headers of a response.</summary>
    public List<ParameterContent> ReadHeaders(SourceObject? headers)
    {
        var read = new List<ParameterContent>();
        foreach (var (name, node) in headers?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted || context.References.Follow(node) is not { } resolved) continue;
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
                context.Log.Add(ResponseRemarks.ContentTypeHeader, resolved.Object);
            else
                read.Add(Read(name, "header", resolved.Object));
        }
        return read;
    }

    /// <summary>The schema of a parameter or form field: that of its own keywords, or one that it has by mistake; null for none.</summary>
    public SourceNode? SchemaOf(SourceObject parameter)
    {
        if (InPlaceSchema.Of(parameter, Described) is { } inPlace)
        {
            if (parameter.Find("x-nullable") is { } nullable) context.Carried.Add(nullable);
            if (parameter.Find("schema") is { Kind: not SourceKind.Null } ignored) context.Log.Add(ParameterRemarks.BothKeywordsAndSchema, ignored);
            return inPlace;
        }
        if (parameter.Find("schema") is not { Kind: not SourceKind.Null } schema) return null;
        context.Log.Add(ParameterRemarks.HasSchema, schema);
        context.Carried.Add(schema);
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
                context.Log.Add(ParameterRemarks.CollectionFormat, parameter, format);
                return new(null, null, IsKnown: false);
        }
    }

    private ParameterContent Read(string name, string place, SourceObject holder)
    {
        context.Carried.Add(holder);
        var serialisation = SerialisationOf(holder, place);
        var schema = SchemaOf(holder);
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
            Source = context.Json.Keep(holder, field => IsKept(field, schema) || (field == "collectionFormat" && !serialisation.IsKnown)),
        };
        return _builder.WithSchema(parameter, schema) with { Source = parameter.Source };
    }

    private static bool IsKept(string field, SourceNode? schema) => field == "allowEmptyValue"
        || (!Described.Contains(field) && field != "deprecated" && (schema as SourceObject)?.Has(field) != true);
}

/// <summary>How the items of an array are written, in the words of OpenAPI 3.</summary>
/// <param name="Style">Where it is not the default of the place.</param>
/// <param name="Explode">Where it is not the default of the style.</param>
/// <param name="IsKnown">Whether there are words for it.</param>
internal sealed record Serialisation(string? Style, bool? Explode, bool IsKnown = true)
{
    public bool IsDefault => Style is null && Explode is null;
}
