using System.Text.Json.Nodes;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>The schema that <c>formData</c> parameters amount to. OpenAPI 3 says the same by an object schema and its encoding.</summary>
/// <param name="Schema">An object with a property for each field.</param>
/// <param name="IsRequired">Whether any field is required.</param>
/// <param name="HasFile">Whether any field is a file, which only multipart can carry.</param>
/// <param name="Encoding">How arrays are written, where it is not the default; else null.</param>
internal sealed record SwaggerForm(SourceObject Schema, bool IsRequired, bool HasFile, JsonObject? Encoding)
{
    public static SwaggerForm Build(ImportContext context, SwaggerParameterReader parameters, SourceObject operation, List<ParameterSource> fields)
    {
        var properties = new List<SourceMember>();
        var required = new List<SourceNode>();
        var hasFile = false;
        JsonObject? encoding = null;
        foreach (var field in fields)
        {
            var holder = field.Resolved.Object;
            context.Carried.Add(holder);
            properties.Add(new(field.Name, PropertyOf(context, holder, parameters.SchemaOf(holder))));
            if (context.Fields.Flag(holder, "required")) required.Add(Made(SourceKind.String, field.Name, holder));
            hasFile |= holder.FindString("type") == "file";
            if (holder.Has("allowEmptyValue")) context.Log.Add(BodyRemarks.MayBeEmpty, holder, field.Name);
            var serialisation = parameters.SerialisationOf(holder, field.In);
            if (!serialisation.IsDefault) (encoding ??= [])[field.Name] = Write(serialisation);
        }
        var members = new List<SourceMember>
        {
            new("type", Made(SourceKind.String, "object", operation)),
            new("properties", MadeObject(properties, operation)),
        };
        if (required.Count > 0) members.Add(new("required", new SourceArray(operation.Line, operation.Column) { Items = [.. required], Origin = operation }));
        return new(MadeObject(members, operation), required.Count > 0, hasFile, encoding);
    }

    private static JsonObject Write(Serialisation serialisation)
    {
        var written = new JsonObject();
        if (serialisation.Style is { } style) written["style"] = style;
        if (serialisation.Explode is { } explode) written["explode"] = explode;
        return written;
    }

    /// <summary>What a parameter says besides its schema annotates the property.</summary>
    private static SourceObject PropertyOf(ImportContext context, SourceObject parameter, SourceNode? schema)
    {
        var said = (schema as SourceObject)?.Members ?? [];
        var more = parameter.Members.Where(member => IsAnnotation(member.Name) && !Array.Exists(said, keyword => keyword.Name == member.Name)).ToList();
        foreach (var member in more) context.Carried.AddWhole(member.Value);
        return MadeObject([.. said, .. more], parameter);
    }

    private static bool IsAnnotation(string name) =>
        name is "description" or "title" or "example" or "examples" or "deprecated" || JsonCopier.IsExtension(name);

    private static SourceObject MadeObject(List<SourceMember> members, SourceNode of) =>
        new(of.Line, of.Column) { Members = [.. members], Parent = of.Parent, Origin = of };

    private static SourceScalar Made(SourceKind kind, string text, SourceNode of) => new(kind, text, of.Line, of.Column) { Origin = of };
}
