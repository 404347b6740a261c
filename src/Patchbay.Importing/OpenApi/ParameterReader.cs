using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Parameter and Header Objects (OpenAPI 3, sections "Parameter Object" and "Header Object").</summary>
internal sealed class ParameterReader(ImportContext context)
{
    private static readonly string[] Described =
    [
        "name", "in", "description", "required", "deprecated", "style", "explode", "allowReserved", "schema", "content", "$ref", "summary",
    ];

    private readonly ParameterBuilder _builder = new(context);
    private readonly ExampleReader _examples = new(context);

    public ParameterContent Read(ParameterSource source) => Read(source.Name, source.In, source.Resolved);

    /// <summary>Reads the headers of a response.</summary>
    public List<ParameterContent> ReadHeaders(SourceObject? headers)
    {
        var read = new List<ParameterContent>();
        foreach (var (name, node) in headers?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted || context.References.Follow(node) is not { } resolved) continue;
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
                context.Log.Info("A response's Content-Type is described by its media types; as a header it was left out", node);
            else
                read.Add(Read(name, "header", resolved));
        }
        return read;
    }

    private ParameterContent Read(string name, string place, Resolved resolved)
    {
        var holder = resolved.Object;
        var style = context.Fields.Text(holder, "style");
        var defaultStyle = place is "query" or "cookie" ? "form" : "simple";
        bool? explode = holder.Find("explode") is SourceScalar { Kind: SourceKind.Boolean } flag ? flag.IsTrue : null;
        var parameter = new ParameterContent
        {
            Name = name,
            In = place,
            Required = context.Fields.Flag(holder, "required"),
            Type = "string",
            Description = resolved.Description ?? context.Fields.Text(holder, "description"),
            Style = style == defaultStyle ? null : style,
            Explode = explode == ((style ?? defaultStyle) == "form") ? null : explode,
            AllowReserved = place == "query" && context.Fields.Flag(holder, "allowReserved"),
            Deprecated = context.Fields.Flag(holder, "deprecated"),
            Source = KeepRest(holder),
        };
        if (holder.Find("schema") is { } schema) return _builder.WithSchema(parameter, schema);
        if (context.Fields.Object(holder, "content") is { Members: [var first, ..] } content) return ReadSerialised(parameter, content, first);
        if (InPlaceSchema.Of(holder, Described) is not { } inPlace) return _builder.WithSchema(parameter, null);
        context.Log.Warn("A parameter has the keywords of a schema in place of a schema; they were read as one", holder, name);
        return _builder.WithSchema(parameter, inPlace) with { Source = parameter.Source };
    }

    /// <summary>A value that is written as a document of a media type.</summary>
    private ParameterContent ReadSerialised(ParameterContent parameter, SourceObject content, SourceMember mediaType)
    {
        if (content.Members.Length > 1) context.Log.Warn("A parameter has several media types; the first was taken", content, parameter.Name);
        var schema = (mediaType.Value as SourceObject)?.Find("schema");
        var read = _builder.WithSchema(parameter, schema);
        return read with
        {
            ContentType = mediaType.Name,
            Type = "string",
            Schema = read.Schema ?? (schema is null ? null : context.Schemas.ConvertInPlace(schema)),
        };
    }

    private JsonObject? KeepRest(SourceObject holder)
    {
        var kept = context.Json.Keep(holder, name => JsonCopier.IsExtension(name) || name == "allowEmptyValue");
        return _examples.AddTo(kept, holder);
    }
}
