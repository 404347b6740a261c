using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Reads what a description says of itself: the Info Object and the fields beside it.</summary>
internal static class ConnectorFacts
{
    /// <summary>Fields whose parts are kept elsewhere. Those that are not said to be here are kept as they stood.</summary>
    private static readonly string[] Described =
    [
        "openapi", "swagger", "info", "servers", "paths", "components", "webhooks", "externalDocs", "x-ms-paths", "x-webhooks",
        "host", "basePath", "schemes", "definitions", "parameters", "responses", "securityDefinitions", "consumes", "produces",
        ExactContents.Field, DescriptionWriter.Messages,
    ];

    /// <summary>Objects that hold parts, whose own extensions are kept.</summary>
    private static readonly string[] Holders = ["paths", "components", "webhooks", "x-ms-paths", "x-webhooks"];

    /// <summary>A connector without contents and auth schemes.</summary>
    public static ImportedConnector Read(ImportContext context, ServerReading server)
    {
        var info = context.Fields.Object(context.Root, "info") ?? new SourceObject(context.Root.Line, context.Root.Column) { Parent = context.Root, Origin = context.Root };
        return new()
        {
            Name = ReadName(context, info, server),
            Version = ReadVersion(context, info),
            Description = context.Fields.Text(info, "description"),
            BaseUrl = server.BaseUrl,
            DocumentationUrl = ReadDocumentationUrl(context),
            Variables = server.Variables,
            Contents = new ConnectorContents([], [], []),
        };
    }

    /// <summary>What a description says of itself and its server and security schemes that has no field of ours; null where there is nothing.</summary>
    public static JsonObject? ReadRest(ImportContext context, ServerReading server, JsonObject? ofSecuritySchemes)
    {
        var kept = context.Json.Keep(context.Root, name => !Described.Contains(name));
        if (context.Root.Find("info") is SourceObject info && context.Json.Keep(info, name => name is not ("title" or "version" or "description")) is { } rest)
            (kept ??= [])["info"] = rest;
        if (context.Root.Find("externalDocs") is SourceObject documentation && context.Json.Keep(documentation, name => name != "url") is { } more)
            (kept ??= [])["externalDocs"] = more;
        foreach (var holder in Holders)
        {
            if (context.Json.KeepExtensions(context.Root.Find(holder)) is { } extensions) (kept ??= [])[holder] = extensions;
        }
        if (KeepServer(context, server.Server) is { } ofServer) (kept ??= [])["server"] = ofServer;
        if (ofSecuritySchemes is not null) (kept ??= [])["securitySchemes"] = ofSecuritySchemes;
        return kept;
    }

    private static JsonObject? KeepServer(ImportContext context, SourceObject? server)
    {
        if (server is null) return null;
        var kept = context.Json.Keep(server, name => name is not ("url" or "variables"));
        foreach (var (name, variable) in (server.Find("variables") as SourceObject)?.Members ?? [])
        {
            if (variable is not SourceObject holder || context.Json.Keep(holder, field => field is not ("default" or "enum")) is not { } rest) continue;
            kept ??= [];
            if (kept["variables"] is not JsonObject variables) kept["variables"] = variables = [];
            variables[name] = rest;
        }
        return kept;
    }

    private static string ReadName(ImportContext context, SourceObject info, ServerReading server)
    {
        if (context.Fields.Text(info, "title")?.Trim() is { Length: > 0 } title) return title;
        var name = Uri.TryCreate(server.BaseUrl, UriKind.Absolute, out var url) && url.Host.Length > 0 ? url.Host : "Imported API";
        context.Log.Add(DocumentRemarks.NoTitle, info, name);
        return name;
    }

    private static string ReadVersion(ImportContext context, SourceObject info)
    {
        var stated = context.Fields.Text(info, "version");
        var version = NameRules.Version(stated);
        if (stated is null)
            context.Log.Add(DocumentRemarks.NoVersion, info);
        else if (version != stated)
            context.Log.Add(DocumentRemarks.VersionRenamed, info.Find("version")!, $"{stated} to {version}");
        return version;
    }

    private static string? ReadDocumentationUrl(ImportContext context)
    {
        // A bare URL in place of the object that holds it.
        if (context.Root.Find("externalDocs") is SourceScalar { Kind: SourceKind.String, Text: ['h', 't', 't', 'p', ..] } bare) return bare.Text;
        if (context.Fields.Object(context.Root, "externalDocs") is not { } documentation) return null;
        if (context.Fields.Text(documentation, "url") is not { Length: > 0 } url) return null;
        return UrlResolver.Resolve(url, context.BaseUrl) ?? url;
    }
}
