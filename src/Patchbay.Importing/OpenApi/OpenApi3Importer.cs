using Patchbay.Importing.Contents;
using Patchbay.Importing.Naming;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads OpenAPI 3.0, 3.1 and 3.2 documents.</summary>
internal static class OpenApi3Importer
{
    public static ImportedConnector Import(ImportContext context)
    {
        var fields = new RootFields(context);
        foreach (var schemas in fields.Schemas) context.Definitions.AddNamed(schemas);

        var pathItems = new PathItemReader(context);
        var servers = new ServerReader(context);
        var paths = fields.ReadPaths(pathItems);
        var server = servers.ReadBase([.. paths.Select(path => path.PathItem)]);
        var operations = new OperationReader(context, servers, server);
        var sources = paths.SelectMany(path => pathItems.Operations(path.Key, path.PathItem)).ToList();
        var actions = new ActionReader(context, operations).Read(sources);
        var names = new UniqueNames();
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
