using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
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

    /// <summary>Whether a parameter is the body or a part of it.</summary>
    public static bool IsBody(ParameterSource parameter) => parameter.In is "body" or "formdata";

    /// <summary>Reads what the parameters of an operation say of its body; null where they say nothing.</summary>
    public BodyContent? ReadRequest(
        SourceObject operation, List<ParameterSource> identified, IReadOnlyList<string> consumes, string name, ref JsonObject? kept)
    {
        var body = identified.Where(parameter => parameter.In == "body").ToList();
        var fields = identified.Where(parameter => parameter.In == "formdata").ToList();
        if (body.Count == 0) return fields.Count > 0 ? ReadForm(operation, fields, consumes, name) : null;
        RemarkOthers([.. body.Skip(1), .. fields]);
        if (KeepRest(body[0]) is { } rest) (kept ??= [])["requestBody"] = rest;
        return ReadBody(body[0], consumes, name);
    }

    /// <summary>Says that a request has one body already.</summary>
    public void RemarkOthers(IEnumerable<ParameterSource> others)
    {
        foreach (var other in others) context.Log.Add(BodyRemarks.AnotherBody, other.Resolved.Object, other.Name);
    }

    /// <summary>Reads a <c>body</c> parameter.</summary>
    private BodyContent ReadBody(ParameterSource body, IReadOnlyList<string> consumes, string name)
    {
        var holder = body.Resolved.Object;
        context.Carried.Add(holder);
        var schema = holder.Find("schema") ?? InPlaceSchema.Of(holder, ["name", "in", "required", "description"]);
        if (schema is null || !holder.Has("schema")) context.Log.Add(BodyRemarks.NoSchema, holder, body.Name);
        var suggestedName = (body.Resolved.ComponentName ?? name) + "_request";
        return new()
        {
            Required = context.Fields.Flag(holder, "required"),
            Description = context.Fields.Text(holder, "description"),
            Definitions = Link(schema, consumes.Count > 0 ? consumes : [Json], suggestedName, []),
        };
    }

    /// <summary>The name of a <c>body</c> parameter, which is only a name, and its extensions; null where there is nothing to tell.</summary>
    private JsonObject? KeepRest(ParameterSource body) =>
        context.Json.Keep(body.Resolved.Object, field => field is "name" or "example" or "examples" || JsonCopier.IsExtension(field));

    /// <summary>Puts <c>formData</c> parameters together into one schema.</summary>
    private BodyContent ReadForm(SourceObject operation, List<ParameterSource> fields, IReadOnlyList<string> consumes, string name)
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
        if (schema is not null) context.Carried.Add(schema);
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
            context.Log.Add(BodyRemarks.AssumedForm, operation, assumed[0]);
        return assumed;
    }

    private static bool IsType(string mediaType, string type) => mediaType.Split(';')[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase);

    private static bool IsFile(SourceNode schema) => schema is SourceObject holder && holder.FindString("type") == "file";
}
