using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Operation Objects (OpenAPI 3, section "Operation Object"): what actions and triggers have in common.</summary>
internal sealed class OperationReader : IOperationReader
{
    private static readonly string[] Described =
        ["operationId", "summary", "description", "parameters", "requestBody", "responses", "callbacks", "deprecated"];

    private static readonly string[] DescribedOfResponse = ["description", "content", "headers", "links", "summary", "$ref"];

    private readonly ImportContext _context;
    private readonly ServerReader _servers;
    private readonly ServerReading _connector;
    private readonly ParameterReader _parameters;
    private readonly OperationParameters _all;
    private readonly BodyReader _bodies;
    private readonly ResponseReader _responses;

    /// <param name="context">The import.</param>
    /// <param name="servers">Reads servers of an operation's own.</param>
    /// <param name="connector">The server of all others.</param>
    public OperationReader(ImportContext context, ServerReader servers, ServerReading connector)
    {
        _context = context;
        _servers = servers;
        _connector = connector;
        _parameters = new ParameterReader(context);
        _all = new OperationParameters(context, _parameters.Read);
        _bodies = new BodyReader(context);
        _responses = new ResponseReader(context, ReadResponse);
    }

    public OperationParts Read(PathOperation source, string name)
    {
        var (operation, pathItem) = (source.Operation, source.PathItem);
        var prefix = _servers.ReadOwn(operation.Has("servers") ? operation : pathItem, _connector, name);
        var parameters = _all.Read(source, _all.Identify(source), out var path);
        var kept = KeepRest(operation);
        if (!operation.Has("servers") && pathItem.Find("servers") is { } own) (kept ??= [])["servers"] = _context.Json.ToNode(own);
        return new(prefix + path, parameters, ReadRequestBody(operation, name), ReadResponses(operation, name), kept);
    }

    /// <summary>The parameters of a request that the API makes to us: it has no path of ours.</summary>
    public List<ParameterContent> ReadTriggerParameters(PathOperation source)
    {
        var read = new List<ParameterContent>();
        foreach (var parameter in _all.Identify(source with { Key = "" }))
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

    private ResponseContent ReadResponse(SourceObject response, string suggestedName) => new()
    {
        Definitions = _bodies.ReadContent(_context.Fields.Object(response, "content"), suggestedName),
        Headers = _parameters.ReadHeaders(_context.Fields.Object(response, "headers")),
        Source = KeepRestOfResponse(response),
    };

    private JsonObject? KeepRestOfResponse(SourceObject response)
    {
        var kept = _context.Json.Keep(response, name => !DescribedOfResponse.Contains(name));
        if (_context.Fields.Object(response, "links") is not { } links) return kept;
        _context.Log.Info("Links between operations are kept as they stood; nothing follows them", links);
        var read = new JsonObject();
        foreach (var (name, node) in links.Members)
        {
            if (!_context.IsExhausted && _context.References.Follow(node) is { } resolved) read[name] = _context.Json.ToNode(resolved.Object);
        }
        kept ??= [];
        kept["links"] = read;
        return kept;
    }
}
