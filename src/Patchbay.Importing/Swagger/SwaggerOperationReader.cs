using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads Operation Objects (Swagger 2.0, section "Operation Object").</summary>
internal sealed class SwaggerOperationReader : IOperationReader
{
    private static readonly string[] Described =
        ["operationId", "summary", "description", "parameters", "responses", "deprecated", "consumes", "produces", "callbacks"];

    private static readonly string[] DescribedOfResponse = ["description", "schema", "headers", "examples", "content", "$ref"];

    private readonly ImportContext _context;
    private readonly SwaggerMediaTypes _mediaTypes;
    private readonly SwaggerParameterReader _parameters;
    private readonly OperationParameters _all;
    private readonly SwaggerBodyReader _swaggerBodies;
    private readonly BodyReader _bodies;

    public SwaggerOperationReader(ImportContext context)
    {
        _context = context;
        _mediaTypes = new SwaggerMediaTypes(context);
        _parameters = new SwaggerParameterReader(context);
        _all = new OperationParameters(context, _parameters.Read);
        _swaggerBodies = new SwaggerBodyReader(context, _parameters);
        _bodies = new BodyReader(context);
    }

    public OperationParts Read(PathOperation source, string name)
    {
        var operation = source.Operation;
        var identified = _all.Identify(source);
        var parameters = _all.Read(source, [.. identified.Where(parameter => !SwaggerBodyReader.IsBody(parameter))], out var path);
        var kept = KeepRest(operation);
        var request = ReadRequest(operation, identified, name, ref kept);
        var produces = _mediaTypes.Of(operation, "produces");
        var responses = new ResponseReader(_context, (response, suggestedName) => ReadResponse(response, suggestedName, produces)).Read(operation, name);
        // What goes with no body has no link to stand in.
        if (request is null && operation.Find("consumes") is { } consumes) (kept ??= [])["consumes"] = _context.Json.ToNode(consumes);
        if (responses.TrueForAll(response => response.Definitions.Count == 0) && operation.Find("produces") is { } unused)
            (kept ??= [])["produces"] = _context.Json.ToNode(unused);
        return new(path, parameters, request, responses, kept is { Count: 0 } ? null : kept);
    }

    /// <summary>The parameters that are the body, or else the Request Body Object of OpenAPI 3.</summary>
    private BodyContent? ReadRequest(SourceObject operation, List<ParameterSource> identified, string name, ref JsonObject? kept)
    {
        if (_swaggerBodies.ReadRequest(operation, identified, _mediaTypes.Of(operation, "consumes"), name, ref kept) is { } request) return request;
        if (operation.Find("requestBody") is not SourceObject body) return null;
        _context.Log.Add(BodyRemarks.BodyOfLaterVersion, body);
        kept?.Remove("requestBody");
        return _bodies.ReadRequest(body, name);
    }

    private JsonObject? KeepRest(SourceObject operation)
    {
        var kept = _context.Json.Keep(operation, field => !Described.Contains(field));
        if (_context.Json.KeepExtensions(operation.Find("responses")) is { } rest) (kept ??= [])["responses"] = rest;
        return kept;
    }

    private ResponseContent ReadResponse(SourceObject response, string suggestedName, IReadOnlyList<string> produces)
    {
        var isLater = !response.Has("schema") && response.Find("content") is SourceObject;
        if (isLater) _context.Log.Add(BodyRemarks.ResponseOfLaterVersion, response);
        var kept = _context.Json.Keep(response, field => !DescribedOfResponse.Contains(field));
        return new()
        {
            Definitions = isLater
                ? _bodies.ReadContent(_context.Fields.Object(response, "content"), suggestedName)
                : _swaggerBodies.ReadResponse(response, suggestedName, produces, ref kept),
            Headers = _parameters.ReadHeaders(_context.Fields.Object(response, "headers")),
            Source = kept,
        };
    }
}
