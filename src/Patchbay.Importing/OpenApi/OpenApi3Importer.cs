using Patchbay.Importing.Contents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads OpenAPI 3.0 and 3.1 documents.</summary>
internal static class OpenApi3Importer
{
    public static ImportedConnector Import(ImportContext context)
    {
        var root = context.Root;
        var components = context.Fields.Object(root, "components");
        context.Definitions.AddNamed(components is null ? null : context.Fields.Object(components, "schemas"));

        var pathItems = new PathItemReader(context);
        var servers = new ServerReader(context);
        List<(string Key, SourceObject PathItem)> paths =
            context.Fields.Object(root, "paths") is { } holder ? [.. pathItems.PathItems(holder)] : [];
        var server = servers.ReadBase([.. paths.Select(path => path.PathItem)]);
        var operations = new OperationReader(context, servers, server);
        var sources = paths.SelectMany(path => pathItems.Operations(path.Key, path.PathItem)).ToList();
        var actions = new ActionReader(context, operations).Read(sources);
        var triggers = new TriggerReader(context, pathItems, operations).Read(actions);

        return ConnectorFacts.Read(context, server) with
        {
            AuthSchemes = new SecuritySchemeReader(context).Read(components is null ? null : context.Fields.Object(components, "securitySchemes")),
            Contents = new ConnectorContents([.. actions.Select(action => action.Action)], triggers, context.Schemas.ConvertDefinitions()),
        };
    }
}
