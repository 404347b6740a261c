using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>Reads Postman collections of the formats 2.0 and 2.1. What they hold of secrets is left out, wherever it stands.</summary>
internal static class PostmanImporter
{
    private const string FormatHost = "getpostman.com";

    private static readonly string[] PartsOfVersion = ["major", "minor", "patch"];
    private static readonly string[] Described = ["info", "item", "event", "variable", "auth"];
    private static readonly string[] DescribedOfInfo = ["name", "description", "version", "schema", "_postman_id", "_exporter_id", "_collection_link"];

    /// <summary>The collection in a document, which the API of Postman wraps once more.</summary>
    /// <param name="root">The document.</param>
    /// <param name="options">What is known about it.</param>
    /// <param name="unsupported">Why it cannot be read, where it is a collection all the same.</param>
    /// <returns>Null where the document is none.</returns>
    public static SourceObject? FindCollection(SourceObject root, ImportOptions options, out string? unsupported)
    {
        unsupported = null;
        if (root.Has("openapi") || root.Has("swagger")) return null;
        var collection = !root.Has("info") && root.Find("collection") is SourceObject inner ? inner : root;
        var info = collection.Find("info") as SourceObject;
        var schema = info?.FindString("schema") ?? "";
        var isFirst = schema.Contains("/v1.", StringComparison.Ordinal) || (collection.Has("requests") && collection.Has("order"));
        var isStated = schema.Contains(FormatHost, StringComparison.Ordinal) || schema.Contains("schema.postman.com", StringComparison.Ordinal) || (info?.Has("_postman_id") ?? false);
        if (!isStated && !isFirst && options.Kind != DescriptionKind.Postman) return null;
        if (isFirst)
            unsupported = "This is a Postman collection of format 1, which is not read; export it in format 2.1";
        else if (collection.Find("item") is not SourceArray)
            unsupported = "The document is no Postman collection that can be read: it has no list of items";
        return unsupported is null ? collection : null;
    }

    public static ImportedConnector Import(ImportContext context)
    {
        var root = context.Root;
        var info = context.Fields.Object(root, "info") ?? InferredSchema.Made([], root);
        if (info.FindString("schema") is { } schema && !schema.Contains("/v2.", StringComparison.Ordinal)) context.Log.Add(PostmanRemarks.OtherFormat, info, schema);

        var secrets = new KnownSecrets(context);
        var texts = new PostmanTexts(context, secrets);
        var variables = new PostmanVariables(context, secrets);
        var auth = new AuthReader(context, variables, secrets);
        variables.Read(root);
        texts.RemarkScripts(root, texts.Name(info));
        texts.RemarkRest(root, Described);
        texts.RemarkRest(info, DescribedOfInfo);

        var folders = new CollectionItems(context, variables, texts, auth);
        var items = folders.Read(root);
        var baseUrl = BaseUrl.Of(context, variables, [.. items.Select(item => item.Url).OfType<PostmanUrl>()]);
        var requests = new RequestReader(context, variables, secrets, texts, auth, baseUrl);
        var actions = new List<ActionContent>(items.Count);
        foreach (var item in items)
        {
            if (context.IsExhausted) break;
            actions.Add(requests.Read(item));
        }
        variables.RemarkUnused();
        return new()
        {
            Name = NameOf(context, texts, info, baseUrl),
            Version = VersionOf(context, info),
            Description = texts.Description(info),
            BaseUrl = baseUrl.Template,
            Variables = variables.OfConnection,
            AuthSchemes = auth.Schemes,
            Contents = new ConnectorContents(actions, [], context.Schemas.ConvertDefinitions()),
            Source = Keep(info, folders),
        };
    }

    private static string NameOf(ImportContext context, PostmanTexts texts, SourceObject info, BaseUrl baseUrl)
    {
        if (texts.Name(info) is { Length: > 0 } name) return name;
        var host = Uri.TryCreate(baseUrl.Template, UriKind.Absolute, out var url) && url.Host.Length > 0 ? url.Host : "Imported collection";
        context.Log.Add(PostmanRemarks.NoName, info, host);
        return host;
    }

    /// <summary>A version is a text, or an object with its numbers.</summary>
    private static string VersionOf(ImportContext context, SourceObject info)
    {
        var stated = info.Find("version") is SourceObject parts
            ? string.Join('.', PartsOfVersion.Select(part => context.Fields.Text(parts, part)).OfType<string>())
            : context.Fields.Text(info, "version");
        var version = NameRules.Version(stated);
        if (string.IsNullOrEmpty(stated))
            context.Log.Add(DocumentRemarks.NoVersion, info);
        else if (version != stated)
            context.Log.Add(DocumentRemarks.VersionRenamed, info.Find("version")!, $"{stated} to {version}");
        return version;
    }

    private static JsonObject? Keep(SourceObject info, CollectionItems folders)
    {
        JsonObject? kept = null;
        if (info.FindString("_postman_id") is { } id) (kept ??= [])["postmanId"] = id;
        if (folders.FolderDescriptions.Count == 0) return kept;
        var descriptions = new JsonObject();
        foreach (var (path, description) in folders.FolderDescriptions) descriptions[path] = description;
        (kept ??= [])["folders"] = descriptions;
        return kept;
    }
}
