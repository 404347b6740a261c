using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Parameter and Header Objects (OpenAPI 3, sections "Parameter Object" and "Header Object").</summary>
internal sealed class ParameterReader(ImportContext context)
{
    private static readonly string[] Described =
    [
        "name", "in", "description", "required", "deprecated", "style", "explode", "allowReserved", "schema", "content", "$ref", "summary",
    ];

    /// <summary>These headers are described elsewhere in an operation; as parameters they are to be ignored.</summary>
    private static readonly string[] IgnoredHeaders = ["accept", "content-type", "authorization"];

    private readonly ParameterBuilder _builder = new(context);
    private readonly ExampleReader _examples = new(context);

    /// <summary>The name and place of a parameter; null for what is none.</summary>
    /// <param name="node">A Parameter Object or a reference to one.</param>
    /// <param name="isInPath">Whether the path has a placeholder of that name: it tells where a parameter belongs that does not say so.</param>
    public ParameterSource? Identify(SourceNode node, Func<string, bool> isInPath)
    {
        if (context.References.Follow(node) is not { } resolved) return null;
        var name = context.Fields.Text(resolved.Object, "name");
        if (string.IsNullOrEmpty(name))
        {
            context.Log.Warn("A parameter has no name; it was left out", resolved.Object);
            return null;
        }
        var place = context.Fields.Text(resolved.Object, "in");
        switch (place?.ToLowerInvariant())
        {
            case "path" or "query" or "header" or "cookie":
                if (IsIgnoredHeader(place, name, resolved.Object)) return null;
                return new(name, place.ToLowerInvariant(), resolved);
            case "body" or "formdata":
                context.Log.Warn("A parameter is of Swagger 2.0, where it would be the body; it was left out", resolved.Object, name);
                return null;
            default:
                var assumed = isInPath(name) ? "path" : "query";
                context.Log.Warn("A parameter does not say where it is sent; that was assumed", resolved.Object, $"{name} in {assumed}");
                return new(name, assumed, resolved);
        }
    }

    public ParameterContent Read(ParameterSource source)
    {
        var parameter = source.Resolved.Object;
        var required = context.Fields.Flag(parameter, "required");
        if (source.In == "path" && !required)
        {
            context.Log.Warn("A path parameter is not marked as required, which it always is; it was made so", parameter, source.Name);
            required = true;
        }
        return Read(source.Name, source.In, required, source.Resolved);
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
                context.Log.Info("A response's Content-Type is described by its media types; as a header it was left out", node);
            else
                read.Add(Read(name, "header", context.Fields.Flag(resolved.Object, "required"), resolved));
        }
        return read;
    }

    private ParameterContent Read(string name, string place, bool required, Resolved resolved)
    {
        var holder = resolved.Object;
        var style = context.Fields.Text(holder, "style");
        var defaultStyle = place is "query" or "cookie" ? "form" : "simple";
        bool? explode = holder.Find("explode") is SourceScalar { Kind: SourceKind.Boolean } flag ? flag.IsTrue : null;
        var parameter = new ParameterContent
        {
            Name = name,
            In = place,
            Required = required,
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
        if (SchemaInPlace(holder) is not { } inPlace) return _builder.WithSchema(parameter, null);
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

    /// <summary>Swagger 2.0 has the keywords of a schema in the parameter itself; it is still written so by mistake.</summary>
    private static SourceObject? SchemaInPlace(SourceObject holder)
    {
        var keywords = holder.Members.Where(member => !Described.Contains(member.Name) && !SchemaKeywords.IsAnnotation(member.Name)).ToArray();
        return keywords.Length == 0 ? null : new SourceObject(holder.Line, holder.Column) { Members = keywords, Parent = holder, Origin = holder };
    }

    private JsonObject? KeepRest(SourceObject holder)
    {
        var kept = context.Json.Keep(holder, name => JsonCopier.IsExtension(name) || name == "allowEmptyValue");
        return _examples.AddTo(kept, holder);
    }

    private bool IsIgnoredHeader(string place, string name, SourceObject parameter)
    {
        if (!place.Equals("header", StringComparison.OrdinalIgnoreCase) || !IgnoredHeaders.Contains(name.ToLowerInvariant())) return false;
        context.Log.Info("A header parameter is described elsewhere in the operation, and is to be ignored as a parameter; it was left out", parameter, name);
        return true;
    }
}

/// <summary>A parameter that is known by name and place and not yet read.</summary>
internal sealed record ParameterSource(string Name, string In, Resolved Resolved);
