using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>A parameter that is known by name and place and not yet read.</summary>
internal sealed record ParameterSource(string Name, string In, Resolved Resolved);

/// <summary>
/// Puts together the parameters of an operation: those of its path, its own, which replace those of the same name and place, and
/// one for each placeholder that has none. Both front ends use it.
/// </summary>
/// <param name="context">The import.</param>
/// <param name="read">Reads a Parameter Object.</param>
internal sealed class OperationParameters(ImportContext context, Func<ParameterSource, ParameterContent> read)
{
    /// <summary>OpenAPI 3 describes these headers elsewhere in an operation; as parameters they are to be ignored there.</summary>
    public static readonly string[] IgnoredHeaders = ["accept", "content-type", "authorization"];

    /// <summary>The parameters by name and place; in Swagger 2.0 with <c>body</c> and <c>formdata</c> among the places.</summary>
    public List<ParameterSource> Identify(PathOperation source)
    {
        var expressions = new HashSet<string>(StringComparer.Ordinal);
        Template.Rewrite(
            source.Key,
            expression =>
            {
                expressions.Add(expression);
                return "";
            },
            out _);
        var own = IdentifyAll(source.Operation, expressions);
        var names = own.Select(parameter => (parameter.Name, parameter.In)).ToHashSet();
        return [.. IdentifyAll(source.PathItem, expressions).Where(parameter => !names.Contains((parameter.Name, parameter.In))), .. own];
    }

    /// <summary>Reads parameters, and the path with a placeholder for each that it needs.</summary>
    public List<ParameterContent> Read(PathOperation source, IReadOnlyList<ParameterSource> identified, out string path)
    {
        var declared = identified.Where(parameter => parameter.In == "path").Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        var template = PathTemplate.Read(source.Key, source.PathItem, declared, context.Log);
        path = template.Path;

        var placeholders = template.Placeholders.ToHashSet(StringComparer.Ordinal);
        var parameters = new List<ParameterContent>();
        foreach (var parameter in identified)
        {
            if (context.IsExhausted) break;
            if (parameter.In == "path" && !placeholders.Contains(parameter.Name))
                context.Log.Add(ParameterRemarks.NotInPath, parameter.Resolved.Object, parameter.Name);
            else
                parameters.Add(Require(parameter));
        }
        foreach (var placeholder in template.Placeholders.Where(placeholder => !declared.Contains(placeholder)))
        {
            context.Log.Add(ParameterRemarks.Added, source.Operation, placeholder);
            parameters.Add(new() { Name = placeholder, In = "path", Required = true, Type = "string" });
        }
        return parameters;
    }

    private ParameterContent Require(ParameterSource source)
    {
        var parameter = read(source);
        if (source.In != "path" || parameter.Required) return parameter;
        context.Log.Add(ParameterRemarks.NotRequired, source.Resolved.Object, source.Name);
        return parameter with { Required = true };
    }

    private List<ParameterSource> IdentifyAll(SourceObject holder, HashSet<string> expressions)
    {
        var identified = new List<ParameterSource>();
        var seen = new HashSet<(string, string)>();
        foreach (var node in context.Fields.Items(holder, "parameters"))
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            if (IdentifyOne(node, expressions) is not { } parameter) continue;
            if (seen.Add((parameter.Name, parameter.In)))
                identified.Add(parameter);
            else
                context.Log.Add(ParameterRemarks.Twice, node, parameter.Name);
        }
        return identified;
    }

    private ParameterSource? IdentifyOne(SourceNode node, HashSet<string> expressions)
    {
        if (context.References.Follow(node) is not { } resolved) return null;
        var name = context.Fields.Text(resolved.Object, "name");
        var place = context.Fields.Text(resolved.Object, "in")?.ToLowerInvariant();
        if (string.IsNullOrEmpty(name) && place != "body")
        {
            context.Log.Add(ParameterRemarks.NoName, resolved.Object);
            return null;
        }
        name ??= "body";
        switch (place)
        {
            case "header" when context.Dialect != SchemaDialect.Swagger20 && IgnoredHeaders.Contains(name.ToLowerInvariant()) && !resolved.Object.Has(KeptFacts.Counts):
                context.Log.Add(ParameterRemarks.IgnoredHeader, resolved.Object, name);
                return null;
            case "path" or "query" or "header" or "cookie":
                return new(name, place, resolved);
            case "body" or "formdata" when context.Dialect == SchemaDialect.Swagger20:
                return new(name, place, resolved);
            case "body" or "formdata":
                context.Log.Add(ParameterRemarks.OfSwagger, resolved.Object, name);
                return null;
            default:
                var assumed = expressions.Contains(name) ? "path" : "query";
                context.Log.Add(ParameterRemarks.NoPlace, resolved.Object, $"{name} in {assumed}");
                return new(name, assumed, resolved);
        }
    }
}
