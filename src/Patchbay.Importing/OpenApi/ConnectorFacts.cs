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
    private static readonly string[] Described =
    [
        "openapi", "swagger", "info", "servers", "paths", "components", "webhooks", "externalDocs",
        "host", "basePath", "schemes", "definitions", "parameters", "responses", "securityDefinitions",
        ExactContents.Field, DescriptionWriter.Messages,
    ];

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
            Source = KeepRest(context, info),
        };
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
        if (context.Fields.Object(context.Root, "externalDocs") is not { } documentation) return null;
        if (context.Fields.Text(documentation, "url") is not { Length: > 0 } url) return null;
        return UrlResolver.Resolve(url, context.Options.SourceUrl) ?? url;
    }

    private static JsonObject? KeepRest(ImportContext context, SourceObject info)
    {
        var kept = context.Json.Keep(context.Root, name => !Described.Contains(name));
        if (context.Json.Keep(info, name => name is not ("title" or "version" or "description")) is { } rest) (kept ??= [])["info"] = rest;
        return kept;
    }
}
