using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Swagger;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads Operation Objects (OpenAPI 3, section "Operation Object"): what actions and triggers have in common.</summary>
internal sealed class OperationReader : IOperationReader
{
    private static readonly string[] Described =
        ["operationId", "summary", "description", "parameters", "requestBody", "responses", "callbacks", "deprecated"];

    private static readonly string[] DescribedOfResponse = ["description", "content", "headers", "links", "$ref"];

    private readonly ImportContext _context;
    private readonly ServerReader _servers;
    private readonly ServerReading _connector;
    private readonly ParameterReader _parameters;
    private readonly OperationParameters _all;
    private readonly BodyReader _bodies;
    private readonly SwaggerBodyReader _swaggerBodies;
    private readonly SwaggerMediaTypes _swaggerMediaTypes;

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
        _swaggerBodies = new SwaggerBodyReader(context, new SwaggerParameterReader(context));
        _swaggerMediaTypes = new SwaggerMediaTypes(context);
    }

    public OperationParts Read(PathOperation source, string name)
    {
        var (operation, pathItem) = (source.Operation, source.PathItem);
        var prefix = _servers.ReadOwn(operation.Has("servers") ? operation : pathItem, _connector, name);
        var identified = _all.Identify(source);
        var parameters = _all.Read(source, [.. identified.Where(parameter => !SwaggerBodyReader.IsBody(parameter))], out var path);
        var kept = KeepRest(operation);
        if (!operation.Has("servers") && pathItem.Find("servers") is { } own) (kept ??= [])["servers"] = _context.Json.ToNode(own);
        return new(prefix + path, parameters, ReadRequestBody(operation, identified, name, ref kept), ReadResponses(operation, name), kept);
    }

    /// <summary>What a trigger has of an operation: the request that the API makes to us has no path of ours.</summary>
    public OperationParts ReadTrigger(PathOperation source, string name)
    {
        var identified = _all.Identify(source with { Key = "" });
        var parameters = new List<ParameterContent>();
        foreach (var parameter in identified.Where(parameter => !SwaggerBodyReader.IsBody(parameter)))
        {
            if (parameter.In == "path")
                _context.Log.Add(ParameterRemarks.PathOfTrigger, parameter.Resolved.Object, parameter.Name);
            else if (_parameters.Read(parameter) is { } read)
                parameters.Add(read);
        }
        var kept = KeepRest(source.Operation);
        if (_context.Json.Keep(source.PathItem, field => JsonCopier.IsExtension(field) || field == "servers") is { } rest) (kept ??= [])["pathItem"] = rest;
        return new("", parameters, ReadRequestBody(source.Operation, identified, name, ref kept), ReadResponses(source.Operation, name), kept);
    }

    /// <summary>The Request Body Object, or else the parameters that Swagger 2.0 has for it.</summary>
    private BodyContent? ReadRequestBody(SourceObject operation, List<ParameterSource> identified, string name, ref JsonObject? kept)
    {
        if (operation.Find("requestBody") is { Kind: not SourceKind.Null } body)
        {
            _swaggerBodies.RemarkOthers(identified.Where(SwaggerBodyReader.IsBody));
            return _bodies.ReadRequest(body, name);
        }
        return _swaggerBodies.ReadRequest(operation, identified, _swaggerMediaTypes.Of(operation, "consumes"), name, ref kept);
    }

    private List<ResponseContent> ReadResponses(SourceObject operation, string name) =>
        new ResponseReader(_context, (response, suggestedName) => ReadResponse(operation, response, suggestedName)).Read(operation, name);

    /// <summary>Tags, security requirements, servers, extensions and whatever else has no field of ours.</summary>
    private JsonObject? KeepRest(SourceObject operation)
    {
        var kept = _context.Json.Keep(operation, name => !Described.Contains(name));
        if (_context.Json.KeepExtensions(operation.Find("responses")) is { } rest) (kept ??= [])["responses"] = rest;
        return kept;
    }

    private ResponseContent ReadResponse(SourceObject operation, SourceObject response, string suggestedName)
    {
        var content = _context.Fields.Object(response, "content");
        var kept = KeepRestOfResponse(response);
        var isOfSwagger = content is null && response.Find("schema") is { Kind: not SourceKind.Null };
        if (isOfSwagger)
        {
            _context.Log.Add(BodyRemarks.ResponseOfSwagger, response);
            kept?.Remove("examples");
        }
        return new()
        {
            Definitions = isOfSwagger
                ? _swaggerBodies.ReadResponse(response, suggestedName, _swaggerMediaTypes.Of(operation, "produces"), ref kept)
                : _bodies.ReadContent(content ?? _bodies.ContentInPlace(response), suggestedName),
            Headers = _parameters.ReadHeaders(_context.Fields.Object(response, "headers")),
            Source = kept is { Count: 0 } ? null : kept,
        };
    }

    private JsonObject? KeepRestOfResponse(SourceObject response)
    {
        var isBodyInPlace = !response.Has("content");
        var kept = _context.Json.Keep(
            response,
            name => !DescribedOfResponse.Contains(name) && !(isBodyInPlace && (name == "schema" || name.Contains('/', StringComparison.Ordinal))));
        if (_context.Fields.Object(response, "links") is not { } links) return kept;
        _context.Log.Add(ResponseRemarks.Links, links);
        var read = new JsonObject();
        foreach (var (name, node) in links.Members)
        {
            _context.Charge(ImportContext.Step);
            if (!_context.IsExhausted && _context.References.Follow(node) is { } resolved) read[name] = _context.Json.ToNode(resolved.Object);
        }
        kept ??= [];
        kept["links"] = read;
        return kept;
    }
}
