using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
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

    /// <summary>Reads a parameter; null, with a remark, for one that cannot be sent as it would have to be.</summary>
    public ParameterContent? Read(ParameterSource source) =>
        source.In == OperationParameters.QueryString ? ReadQueryString(source) : Read(source.Name, source.In, source.Resolved);

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
                read.Add(Read(name, "header", resolved));
        }
        return read;
    }

    private ParameterContent Read(string name, string place, Resolved resolved)
    {
        var holder = resolved.Object;
        context.Carried.Add(holder);
        var style = context.Fields.Text(holder, "style");
        var defaultStyle = place is "query" or "cookie" ? "form" : "simple";
        bool? explode = holder.Find("explode") is { Kind: not SourceKind.Null } ? context.Fields.Flag(holder, "explode") : null;
        var schema = holder.Find("schema") is { Kind: not SourceKind.Null } stated ? stated : null;
        var content = context.Fields.Object(holder, "content") is { Members.Length: > 0 } mediaTypes ? mediaTypes : null;
        var inPlace = schema is null && content is null ? InPlaceSchema.Of(holder, Described) : null;
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
            Source = KeepRest(holder, place, inPlace),
        };
        if (schema is not null)
        {
            foreach (var mediaType in content?.Members ?? []) context.Log.Add(ParameterRemarks.BothSchemaAndContent, mediaType.Value, name);
            return _builder.WithSchema(parameter, schema);
        }
        if (content is not null) return ReadSerialised(parameter, content);
        if (inPlace is null) return _builder.WithSchema(parameter, null);
        context.Log.Add(ParameterRemarks.SchemaInPlace, holder, name);
        return _builder.WithSchema(parameter, inPlace) with { Source = parameter.Source };
    }

    /// <summary>A value that is written as a document of a media type.</summary>
    private ParameterContent ReadSerialised(ParameterContent parameter, SourceObject content)
    {
        var (mediaType, node) = content.Members[0];
        foreach (var other in content.Members.Skip(1)) context.Log.Add(ParameterRemarks.SeveralMediaTypes, other.Value, parameter.Name);
        var holder = node.Kind == SourceKind.Null ? null : context.References.Follow(node)?.Object;
        context.Carried.Add(holder ?? node);
        var schema = holder?.Find("schema") is { Kind: not SourceKind.Null } stated ? stated : null;
        var read = _builder.WithSchema(parameter, schema);
        return read with
        {
            ContentType = mediaType,
            Type = "string",
            Schema = read.Schema ?? (schema is null ? null : context.Schemas.ConvertInPlace(schema)),
            Source = holder is null ? read.Source : KeepRestOfMediaType(read.Source, holder),
        };
    }

    /// <summary>
    /// OpenAPI 3.2's <c>in: querystring</c>. Written as a form it is what an object in the query is by default: its properties, each a parameter.
    /// </summary>
    private ParameterContent? ReadQueryString(ParameterSource source)
    {
        var holder = source.Resolved.Object;
        var content = context.Fields.Object(holder, "content");
        if (content?.Members is { Length: > 0 } members && !members[0].Name.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            context.Log.Add(ParameterRemarks.QueryStringOfOtherType, holder, $"{source.Name}: {members[0].Name}");
            return null;
        }
        context.Log.Add(ParameterRemarks.QueryString, holder, source.Name);
        return Read(source.Name, "query", source.Resolved) with { ContentType = null, Style = null, Explode = null };
    }

    private JsonObject? KeepRest(SourceObject holder, string place, SourceObject? inPlace)
    {
        foreach (var (name, value) in holder.Members)
        {
            if (!IsOfSpecification(name) && !JsonCopier.IsExtension(name) && inPlace?.Has(name) != true)
                context.Log.Add(ParameterRemarks.UnknownField, value, name);
        }
        var kept = context.Json.Keep(holder, name => name switch
        {
            "example" or "examples" => false,
            "allowEmptyValue" => true,
            "allowReserved" => place != "query",
            _ => !Described.Contains(name) && inPlace?.Has(name) != true,
        });
        return _examples.AddTo(kept, holder);
    }

    private JsonObject? KeepRestOfMediaType(JsonObject? kept, SourceObject mediaType)
    {
        kept = _examples.AddTo(kept, mediaType);
        if (context.Json.Keep(mediaType, name => name is not ("schema" or "example" or "examples" or "$ref")) is { } rest) (kept ??= [])["content"] = rest;
        return kept;
    }

    private static bool IsOfSpecification(string name) => Described.Contains(name) || name is "allowEmptyValue" or "example" or "examples";
}
