using Patchbay.Importing.Contents;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads Swagger 2.0 documents.</summary>
internal static class SwaggerImporter
{
    public static ImportedConnector Import(ImportContext context)
    {
        var root = context.Root;
        context.Definitions.AddNamed(context.Fields.Object(root, "definitions"));
        var server = new SwaggerServerReader(context).Read();
        var pathItems = new PathItemReader(context);
        List<(string Key, SourceObject PathItem)> paths =
            context.Fields.Object(root, "paths") is { } holder ? [.. pathItems.PathItems(holder)] : [];
        var sources = paths.SelectMany(path => pathItems.Operations(path.Key, path.PathItem)).ToList();
        var actions = new ActionReader(context, new SwaggerOperationReader(context)).Read(sources);

        return ConnectorFacts.Read(context, server) with
        {
            AuthSchemes = new SecuritySchemeReader(context).Read(context.Fields.Object(root, "securityDefinitions")),
            Contents = new ConnectorContents([.. actions.Select(action => action.Action)], [], context.Schemas.ConvertDefinitions()),
        };
    }
}
