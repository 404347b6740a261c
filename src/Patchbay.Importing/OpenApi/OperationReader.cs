using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Operation Objects (OpenAPI 3, section "Operation Object"): what actions and triggers have in common.</summary>
internal sealed class OperationReader
{
    private static readonly string[] Described =
        ["operationId", "summary", "description", "parameters", "requestBody", "responses", "callbacks", "deprecated"];

    private readonly ImportContext _context;
    private readonly ParameterReader _parameters;
    private readonly BodyReader _bodies;
    private readonly ResponseReader _responses;

    public OperationReader(ImportContext context)
    {
        _context = context;
        _parameters = new ParameterReader(context);
        _bodies = new BodyReader(context);
        _responses = new ResponseReader(context, _bodies, _parameters);
    }

    /// <summary>The parameters of an action: those of its path, those of its own, and one for each placeholder that has none.</summary>
    public List<ParameterContent> ReadParameters(PathOperation source, out string path)
    {
        var expressions = new HashSet<string>(StringComparer.Ordinal);
        Template.Rewrite(source.Key, expression => { expressions.Add(expression); return ""; }, out _);
        var identified = Identify(source, expressions.Contains);
        var declared = identified.Where(parameter => parameter.In == "path").Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        var template = PathTemplate.Read(source.Key, source.PathItem, declared, _context.Log);
        path = template.Path;

        var placeholders = template.Placeholders.ToHashSet(StringComparer.Ordinal);
        var read = new List<ParameterContent>();
        foreach (var parameter in identified)
        {
            if (_context.IsExhausted) break;
            if (parameter.In == "path" && !placeholders.Contains(parameter.Name))
                _context.Log.Warn("A path parameter stands nowhere in its path; it was left out", parameter.Resolved.Object, parameter.Name);
            else
                read.Add(_parameters.Read(parameter));
        }
        foreach (var placeholder in template.Placeholders.Where(placeholder => !declared.Contains(placeholder)))
        {
            _context.Log.Warn("A placeholder in a path has no parameter; a required string was added", source.Operation, placeholder);
            read.Add(new() { Name = placeholder, In = "path", Required = true, Type = "string" });
        }
        return read;
    }

    /// <summary>The parameters of a request that the API makes to us: it has no path of ours.</summary>
    public List<ParameterContent> ReadTriggerParameters(PathOperation source)
    {
        var read = new List<ParameterContent>();
        foreach (var parameter in Identify(source, _ => false))
        {
            if (parameter.In == "path")
                _context.Log.Warn("A path parameter of a webhook or callback has no path; it was left out", parameter.Resolved.Object, parameter.Name);
            else
                read.Add(_parameters.Read(parameter));
        }
        return read;
    }

    public BodyContent? ReadRequestBody(SourceObject operation, string name) =>
        operation.Find("requestBody") is { Kind: not SourceKind.Null } body ? _bodies.ReadRequest(body, name) : null;

    public List<ResponseContent> ReadResponses(SourceObject operation, string name) => _responses.Read(operation, name);

    /// <summary>Tags, security requirements, servers, extensions and whatever else has no field of ours.</summary>
    public JsonObject? KeepRest(SourceObject operation) => _context.Json.Keep(operation, name => !Described.Contains(name));

    /// <summary>A parameter of the operation replaces one of the path that has the same name and place.</summary>
    private List<ParameterSource> Identify(PathOperation source, Func<string, bool> isInPath)
    {
        var own = IdentifyAll(source.Operation, isInPath);
        var names = own.Select(parameter => (parameter.Name, parameter.In)).ToHashSet();
        var shared = IdentifyAll(source.PathItem, isInPath).Where(parameter => !names.Contains((parameter.Name, parameter.In)));
        return [.. shared, .. own];
    }

    private List<ParameterSource> IdentifyAll(SourceObject holder, Func<string, bool> isInPath)
    {
        var identified = new List<ParameterSource>();
        var seen = new HashSet<(string, string)>();
        foreach (var node in _context.Fields.Items(holder, "parameters"))
        {
            _context.Charge(ImportContext.Step);
            if (_context.IsExhausted) break;
            if (_parameters.Identify(node, isInPath) is not { } parameter) continue;
            if (seen.Add((parameter.Name, parameter.In)))
                identified.Add(parameter);
            else
                _context.Log.Warn("A parameter is declared twice in one list; the first was taken", node, parameter.Name);
        }
        return identified;
    }
}
