using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads the bodies of requests and responses (Swagger 2.0, sections "Parameter Object" and "Response Object").</summary>
internal sealed class SwaggerBodyReader(ImportContext context, SwaggerParameterReader parameters)
{
    private const string Json = "application/json";
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data";

    private readonly BodyReader _bodies = new(context);

    /// <summary>Reads a <c>body</c> parameter.</summary>
    public BodyContent ReadBody(ParameterSource body, IReadOnlyList<string> consumes, string name)
    {
        var holder = body.Resolved.Object;
        var schema = holder.Find("schema") ?? InPlaceSchema.Of(holder, ["name", "in", "required", "description"]);
        if (schema is null || !holder.Has("schema")) context.Log.Warn("A body has no schema; what it says in place of one was taken", holder, body.Name);
        var suggestedName = (body.Resolved.ComponentName ?? name) + "_request";
        return new()
        {
            Required = context.Fields.Flag(holder, "required"),
            Description = context.Fields.Text(holder, "description"),
            Definitions = Link(schema, consumes.Count > 0 ? consumes : [Json], suggestedName, []),
        };
    }

    /// <summary>The name of a <c>body</c> parameter, which is only a name, and its extensions; null where there is nothing to tell.</summary>
    public JsonObject? KeepRest(ParameterSource body) =>
        context.Json.Keep(body.Resolved.Object, field => field == "name" || JsonCopier.IsExtension(field));

    /// <summary>Puts <c>formData</c> parameters together into one schema.</summary>
    public BodyContent ReadForm(SourceObject operation, List<ParameterSource> fields, IReadOnlyList<string> consumes, string name)
    {
        var form = SwaggerForm.Build(context, parameters, operation, fields);
        return new()
        {
            Required = form.IsRequired,
            Definitions = [.. Link(form.Schema, FormTypes(operation, consumes, form.HasFile), name + "_request", []).Select(link => link with { Encoding = form.Encoding })],
        };
    }

    /// <summary>Reads the schema of a response for all media types; examples by media type are kept with their links.</summary>
    public List<DefinitionLink> ReadResponse(SourceObject response, string suggestedName, IReadOnlyList<string> produces, ref JsonObject? kept)
    {
        var examples = context.Fields.Object(response, "examples")?.Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal) ?? [];
        var links = new List<DefinitionLink>();
        if (response.Find("schema") is { Kind: not SourceKind.Null } schema)
        {
            string[] unsaid = IsFile(schema) ? ["application/octet-stream"] : [Json];
            links = Link(schema, produces.Count > 0 ? produces : unsaid, suggestedName, examples);
        }
        if (examples.Count > 0)
        {
            var rest = new JsonObject();
            foreach (var (mediaType, example) in examples) rest[mediaType] = context.Json.ToNode(example);
            (kept ??= [])["examples"] = rest;
        }
        return links;
    }

    /// <param name="schema">One schema for all media types.</param>
    /// <param name="mediaTypes">At least one.</param>
    /// <param name="suggestedName">Names the definition of a schema that has no name.</param>
    /// <param name="examples">By media type; those that were used are taken out.</param>
    private List<DefinitionLink> Link(
        SourceNode? schema, IReadOnlyList<string> mediaTypes, string suggestedName, Dictionary<string, SourceNode> examples)
    {
        var content = new List<(string, SourceNode?, JsonObject?)>();
        foreach (var mediaType in mediaTypes)
        {
            var example = examples.Remove(mediaType, out var value) ? new JsonObject { ["example"] = context.Json.ToNode(value) } : null;
            content.Add((mediaType, schema is not null && IsFile(schema) ? null : schema, example));
        }
        return _bodies.LinkAll(content, suggestedName);
    }

    private IReadOnlyList<string> FormTypes(SourceObject operation, IReadOnlyList<string> consumes, bool hasFile)
    {
        var suitable = consumes.Where(mediaType => IsType(mediaType, Multipart) || (!hasFile && IsType(mediaType, UrlEncoded))).ToList();
        if (suitable.Count > 0) return suitable;
        string[] assumed = [hasFile ? Multipart : UrlEncoded];
        if (consumes.Count > 0)
            context.Log.Warn("A form is sent, but what the operation consumes is none; the media type was assumed", operation, assumed[0]);
        return assumed;
    }

    private static bool IsType(string mediaType, string type) => mediaType.Split(';')[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase);

    private static bool IsFile(SourceNode schema) => schema is SourceObject holder && holder.FindString("type") == "file";
}
