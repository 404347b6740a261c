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
internal sealed class OperationParameters(ImportContext context, Func<ParameterSource, ParameterContent?> read)
{
    /// <summary>OpenAPI 3 describes these headers elsewhere in an operation; as parameters they are to be ignored there.</summary>
    public static readonly string[] IgnoredHeaders = ["accept", "content-type", "authorization"];

    /// <summary>The place of a parameter that is the whole query string (OpenAPI 3.2).</summary>
    public const string QueryString = "querystring";

    /// <summary>The parameters by name and place, with <c>body</c> and <c>formdata</c> of Swagger 2.0 among the places.</summary>
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
        var missing = template.Placeholders.Where(placeholder => !declared.Contains(placeholder)).ToList();
        var parameters = new List<ParameterContent>();
        foreach (var parameter in identified)
        {
            if (context.IsExhausted) break;
            if (parameter.In != "path" || placeholders.Contains(parameter.Name))
            {
                if (Require(parameter) is { } read) parameters.Add(read);
            }
            else if (missing.Find(placeholder => placeholder.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)) is { } similar)
            {
                missing.Remove(similar);
                context.Log.Add(ParameterRemarks.OtherCapitals, parameter.Resolved.Object, $"{parameter.Name} as {similar}");
                if (Require(parameter) is { } read) parameters.Add(read with { Name = similar });
            }
            else
            {
                context.Log.Add(ParameterRemarks.NotInPath, parameter.Resolved.Object, parameter.Name);
            }
        }
        foreach (var placeholder in missing)
        {
            context.Log.Add(ParameterRemarks.Added, source.Operation, placeholder);
            parameters.Add(new() { Name = placeholder, In = "path", Required = true, Type = "string" });
        }
        return parameters;
    }

    private ParameterContent? Require(ParameterSource source)
    {
        var parameter = read(source);
        if (source.In != "path" || parameter is not { Required: false }) return parameter;
        context.Log.Add(ParameterRemarks.NotRequired, source.Resolved.Object, source.Name);
        return parameter with { Required = true };
    }

    /// <summary>The list of parameters. Where it is an object, its members are the parameters, named by their keys.</summary>
    private IEnumerable<(string? Key, SourceNode Node)> ListOf(SourceObject holder)
    {
        if (holder.Find("parameters") is not SourceObject { Members.Length: > 0 } named || named.Has("name") || named.Has("in") || named.Has("$ref"))
            return context.Fields.Items(holder, "parameters").Select(node => ((string?)null, node));
        context.Log.Add(ParameterRemarks.NamedByKey, named);
        return named.Members.Where(member => !JsonCopier.IsExtension(member.Name)).Select(member => ((string?)member.Name, member.Value));
    }

    private List<ParameterSource> IdentifyAll(SourceObject holder, HashSet<string> expressions)
    {
        var identified = new List<ParameterSource>();
        var seen = new HashSet<(string, string)>();
        foreach (var (key, node) in ListOf(holder))
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            if (IdentifyOne(node, key, expressions) is not { } parameter) continue;
            if (seen.Add((parameter.Name, parameter.In)))
                identified.Add(parameter);
            else
                context.Log.Add(ParameterRemarks.Twice, node, parameter.Name);
        }
        return identified;
    }

    private ParameterSource? IdentifyOne(SourceNode node, string? key, HashSet<string> expressions)
    {
        if (context.References.Follow(node) is not { } resolved) return null;
        var name = context.Fields.Text(resolved.Object, "name") is { Length: > 0 } stated ? stated : key;
        var place = PlaceOf(resolved.Object);
        if (string.IsNullOrEmpty(name) && place is not ("body" or QueryString))
        {
            context.Log.Add(ParameterRemarks.NoName, resolved.Object);
            return null;
        }
        name ??= place!;
        switch (place)
        {
            case "header" when context.Dialect != SchemaDialect.Swagger20 && IgnoredHeaders.Contains(name.ToLowerInvariant()) && !resolved.Object.Has(KeptFacts.Counts):
                context.Log.Add(ParameterRemarks.IgnoredHeader, resolved.Object, name);
                return null;
            case "path" or "query" or "header" or "cookie":
                return new(name, place, resolved);
            case QueryString:
                if (context.Version != SpecificationVersion.OpenApi32) context.Log.Add(DocumentRemarks.OfLaterVersion, resolved.Object, "in: querystring");
                return new(name, place, resolved);
            case "body" or "formdata":
                if (context.Dialect != SchemaDialect.Swagger20) context.Log.Add(ParameterRemarks.OfSwagger, resolved.Object, name);
                return new(name, place, resolved);
            default:
                var assumed = expressions.Contains(name) ? "path" : "query";
                context.Log.Add(ParameterRemarks.NoPlace, resolved.Object, $"{name} in {assumed}");
                return new(name, assumed, resolved);
        }
    }

    /// <summary>Where a parameter is sent, in small letters; other words that can mean one thing only are taken for it.</summary>
    private string? PlaceOf(SourceObject parameter)
    {
        var place = context.Fields.Text(parameter, "in")?.Trim().ToLowerInvariant();
        var meant = place switch
        {
            "form" or "form-data" or "form_data" => "formdata",
            "headers" => "header",
            "cookies" => "cookie",
            "params" or "queryparam" or "query_param" => "query",
            "url" or "uri" or "pathparam" or "path_param" => "path",
            _ => place,
        };
        if (meant != place) context.Log.Add(ParameterRemarks.OtherWordForPlace, parameter, $"{place} as {meant}");
        return meant;
    }
}
