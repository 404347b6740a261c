using Patchbay.Importing;

namespace Patchbay.UnitTests.Importing.Accounting;

/// <summary>
/// Counts the parts of a description by walking it as the specifications say, object by object and without any part of ours: each where it
/// stands, references not followed.
/// </summary>
internal sealed class PlainCount
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    private readonly HashSet<(PlainNode Node, DescriptionPart? Part)> _seen = [];

    public Dictionary<DescriptionPart, int> Counts { get; } = [];

    public static Dictionary<DescriptionPart, int> Of(byte[] document)
    {
        var count = new PlainCount();
        count.Root(PlainNode.Read(document));
        return count.Counts;
    }

    private void Root(PlainNode root)
    {
        Extensions(root);
        if (root.Find("info") is { } info)
        {
            Extensions(info);
            foreach (var part in (string[])["contact", "license"]) Extensions(info.Find(part));
        }
        Extensions(root.Find("externalDocs"));
        foreach (var tag in root.Find("tags")?.Items ?? [])
        {
            Extensions(tag);
            Extensions(tag.Find("externalDocs"));
        }
        Each(root.Find("servers"), Server);
        Paths(root.Find("paths"), DescriptionPart.Operation);
        Paths(root.Find("webhooks"), DescriptionPart.Callback);
        MediaTypeNames(root);
        if (root.Find("components") is { } components)
        {
            Extensions(components);
            Values(components.Find("schemas"), Schema);
            Values(components.Find("responses"), Response);
            Values(components.Find("parameters"), node => Parameter(node, DescriptionPart.Parameter));
            Values(components.Find("examples"), Example);
            Values(components.Find("requestBodies"), RequestBody);
            Values(components.Find("headers"), node => Parameter(node, DescriptionPart.ResponseHeader));
            Values(components.Find("securitySchemes"), SecurityScheme);
            Values(components.Find("links"), Link);
            Values(components.Find("callbacks"), node => Paths(node, DescriptionPart.Callback));
            Values(components.Find("pathItems"), node => PathItem(node, DescriptionPart.Operation));
            Values(components.Find("mediaTypes"), MediaType);
        }
        Values(root.Find("definitions"), Schema);
        Values(root.Find("parameters"), node => Parameter(node, DescriptionPart.Parameter));
        Values(root.Find("responses"), Response);
        Values(root.Find("securityDefinitions"), SecurityScheme);
    }

    private void Paths(PlainNode? paths, DescriptionPart kind)
    {
        if (paths is null || paths.Find("$ref") is not null) return;
        Extensions(paths);
        foreach (var (name, item) in paths.Members.Where(member => !IsExtension(member.Name))) PathItem(item, kind);
    }

    private void PathItem(PlainNode item, DescriptionPart kind)
    {
        if (!_seen.Add((item, null))) return;
        Extensions(item);
        Each(item.Find("servers"), Server);
        Each(item.Find("parameters"), node => Parameter(node, DescriptionPart.Parameter));
        foreach (var (_, operation) in item.Members.Where(member => Methods.Contains(member.Name))) Operation(operation, kind);
        Values(item.Find("additionalOperations"), operation => Operation(operation, kind));
    }

    private void Operation(PlainNode operation, DescriptionPart kind)
    {
        if (!Add(kind, operation)) return;
        Extensions(operation);
        Extensions(operation.Find("externalDocs"));
        Each(operation.Find("servers"), Server);
        Each(operation.Find("parameters"), node => Parameter(node, DescriptionPart.Parameter));
        if (operation.Find("requestBody") is { } body) RequestBody(body);
        if (operation.Find("responses") is { } responses)
        {
            Extensions(responses);
            foreach (var (_, response) in responses.Members.Where(member => !IsExtension(member.Name))) Response(response);
        }
        Values(operation.Find("callbacks"), callback => Paths(callback, DescriptionPart.Callback));
        MediaTypeNames(operation);
    }

    private void MediaTypeNames(PlainNode holder)
    {
        foreach (var field in (string[])["consumes", "produces"]) Each(holder.Find(field), node => Add(DescriptionPart.MediaType, node));
    }

    private void Parameter(PlainNode parameter, DescriptionPart kind)
    {
        if (!Add(kind, parameter)) return;
        Extensions(parameter);
        if (parameter.Find("schema") is { } schema) Schema(schema);
        Values(parameter.Find("content"), MediaType);
        Examples(parameter);
    }

    private void RequestBody(PlainNode body)
    {
        if (!Add(DescriptionPart.RequestBody, body)) return;
        Extensions(body);
        Values(body.Find("content"), MediaType);
    }

    private void MediaType(PlainNode mediaType)
    {
        if (!Add(DescriptionPart.MediaType, mediaType)) return;
        Extensions(mediaType);
        foreach (var field in (string[])["schema", "itemSchema"])
        {
            if (mediaType.Find(field) is { } schema) Schema(schema);
        }
        Examples(mediaType);
        Encodings(mediaType);
    }

    private void Encodings(PlainNode holder)
    {
        Values(holder.Find("encoding"), Encoding);
        Each(holder.Find("prefixEncoding"), Encoding);
        if (holder.Find("itemEncoding") is { } item) Encoding(item);
    }

    private void Encoding(PlainNode encoding)
    {
        Extensions(encoding);
        Values(encoding.Find("headers"), node => Parameter(node, DescriptionPart.ResponseHeader));
        Encodings(encoding);
    }

    private void Response(PlainNode response)
    {
        if (!Add(DescriptionPart.Response, response)) return;
        Extensions(response);
        if (response.Find("schema") is { } schema) Schema(schema);
        Values(response.Find("headers"), node => Parameter(node, DescriptionPart.ResponseHeader));
        Values(response.Find("content"), MediaType);
        Values(response.Find("links"), Link);
        // Swagger 2.0: by media type.
        Values(response.Find("examples"), node => Add(DescriptionPart.Example, node));
    }

    private void Link(PlainNode link)
    {
        if (!Add(DescriptionPart.Link, link)) return;
        Extensions(link);
        if (link.Find("server") is { } server) Server(server);
    }

    private void Examples(PlainNode holder)
    {
        if (holder.Find("example") is { } example) Add(DescriptionPart.Example, example);
        Values(holder.Find("examples"), Example);
    }

    private void Example(PlainNode example)
    {
        if (Add(DescriptionPart.Example, example)) Extensions(example);
    }

    private void Server(PlainNode server)
    {
        if (!Add(DescriptionPart.Server, server)) return;
        Extensions(server);
        Values(server.Find("variables"), variable =>
        {
            if (Add(DescriptionPart.ServerVariable, variable)) Extensions(variable);
        });
    }

    private void SecurityScheme(PlainNode scheme)
    {
        if (!Add(DescriptionPart.SecurityScheme, scheme)) return;
        Extensions(scheme);
        Extensions(scheme.Find("scopes"));
        Extensions(scheme.Find("flows"));
        foreach (var (_, flow) in (scheme.Find("flows")?.Members ?? []).Where(member => !IsExtension(member.Name)))
        {
            Extensions(flow);
            Extensions(flow.Find("scopes"));
        }
    }

    private void Schema(PlainNode schema) => Add(DescriptionPart.Schema, schema);

    private bool Add(DescriptionPart part, PlainNode node)
    {
        if (node.Find("$ref")?.Text is not null || !_seen.Add((node, part))) return false;
        Counts[part] = Counts.GetValueOrDefault(part) + 1;
        return true;
    }

    private void Extensions(PlainNode? holder)
    {
        var found = holder?.Members.Count(member => IsExtension(member.Name)) ?? 0;
        if (found > 0) Counts[DescriptionPart.Extension] = Counts.GetValueOrDefault(DescriptionPart.Extension) + found;
    }

    private static bool IsExtension(string name) => name.StartsWith("x-", StringComparison.Ordinal);

    private static void Each(PlainNode? list, Action<PlainNode> visit) => list?.Items.ForEach(visit);

    private static void Each(PlainNode? list, Func<PlainNode, bool> visit) => list?.Items.ForEach(item => visit(item));

    private static void Values(PlainNode? map, Action<PlainNode> visit) => map?.Members.ForEach(member => visit(member.Value));

    private static void Values(PlainNode? map, Func<PlainNode, bool> visit) => map?.Members.ForEach(member => visit(member.Value));
}
