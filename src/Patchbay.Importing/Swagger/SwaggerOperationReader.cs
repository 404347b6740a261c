using Patchbay.Importing.Contents;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads Operation Objects (Swagger 2.0, section "Operation Object").</summary>
internal sealed class SwaggerOperationReader : IOperationReader
{
    private static readonly string[] Described =
        ["operationId", "summary", "description", "parameters", "responses", "deprecated", "consumes", "produces"];

    private readonly ImportContext _context;
    private readonly SwaggerMediaTypes _mediaTypes;
    private readonly SwaggerParameterReader _parameters;
    private readonly OperationParameters _all;
    private readonly SwaggerBodyReader _bodies;

    public SwaggerOperationReader(ImportContext context)
    {
        _context = context;
        _mediaTypes = new SwaggerMediaTypes(context);
        _parameters = new SwaggerParameterReader(context);
        _all = new OperationParameters(context, _parameters.Read);
        _bodies = new SwaggerBodyReader(context, _parameters);
    }

    public OperationParts Read(PathOperation source, string name)
    {
        var operation = source.Operation;
        var identified = _all.Identify(source);
        var body = identified.Where(parameter => parameter.In == "body").ToList();
        var fields = identified.Where(parameter => parameter.In == "formdata").ToList();
        var parameters = _all.Read(source, [.. identified.Where(parameter => parameter.In is not ("body" or "formdata"))], out var path);

        var consumes = _mediaTypes.Of(operation, "consumes");
        var kept = _context.Json.Keep(operation, field => !Described.Contains(field));
        BodyContent? request = null;
        if (body.Count > 0)
        {
            RemarkOthers([.. body.Skip(1), .. fields]);
            request = _bodies.ReadBody(body[0], consumes, name);
            if (_bodies.KeepRest(body[0]) is { } rest) (kept ??= [])["requestBody"] = rest;
        }
        else if (fields.Count > 0)
        {
            request = _bodies.ReadForm(operation, fields, consumes, name);
        }
        var produces = _mediaTypes.Of(operation, "produces");
        var responses = new ResponseReader(_context, (response, suggestedName) => ReadResponse(response, suggestedName, produces));
        return new(path, parameters, request, responses.Read(operation, name), kept);
    }

    private ResponseContent ReadResponse(SourceObject response, string suggestedName, IReadOnlyList<string> produces)
    {
        var kept = _context.Json.Keep(response, JsonCopier.IsExtension);
        return new()
        {
            Definitions = _bodies.ReadResponse(response, suggestedName, produces, ref kept),
            Headers = _parameters.ReadHeaders(_context.Fields.Object(response, "headers")),
            Source = kept,
        };
    }

    private void RemarkOthers(IEnumerable<ParameterSource> others)
    {
        foreach (var other in others)
            _context.Log.Warn("A request has one body; another body or form field was left out", other.Resolved.Object, other.Name);
    }
}
