using Patchbay.Importing.Contents;
using Patchbay.Importing.Naming;
using Patchbay.Importing.OpenApi;

namespace Patchbay.Importing.Swagger;

/// <summary>Reads Swagger 2.0 documents.</summary>
internal static class SwaggerImporter
{
    public static ImportedConnector Import(ImportContext context)
    {
        var fields = new RootFields(context);
        foreach (var schemas in fields.Schemas) context.Definitions.AddNamed(schemas);
        var pathItems = new PathItemReader(context);
        var paths = fields.ReadPaths(pathItems);
        var server = new SwaggerServerReader(context).Read([.. paths.Select(path => path.PathItem)]);
        var sources = paths.SelectMany(path => pathItems.Operations(path.Key, path.PathItem)).ToList();
        var actions = new ActionReader(context, new SwaggerOperationReader(context)).Read(sources);
        var names = new UniqueNames();
        var operations = new OperationReader(context, new ServerReader(context), server);
        var triggers = new TriggerReader(context, pathItems, operations, names).Read(actions);
        triggers.AddRange(new NotificationReader(context, names).Read(paths, actions, triggers));
        var schemes = new SecuritySchemeReader(context);

        return ConnectorFacts.Read(context, server) with
        {
            AuthSchemes = [.. fields.SecuritySchemes.SelectMany(schemes.Read)],
            Contents = new ConnectorContents([.. actions.Select(action => action.Action)], triggers, context.Schemas.ConvertDefinitions()),
            Source = ConnectorFacts.ReadRest(context, server, schemes.Rest),
        };
    }
}
