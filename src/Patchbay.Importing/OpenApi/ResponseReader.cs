using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>What the key of a response says.</summary>
/// <param name="Status">A status code.</param>
/// <param name="Range">A range such as <c>4XX</c>; with neither it is the default response.</param>
internal sealed record ResponseKey(int? Status, string? Range)
{
    public string Suffix => Status?.ToString(CultureInfo.InvariantCulture) ?? Range ?? "default";

    /// <summary>Reads a key; where it is no key of the specification but its meaning is clear, <paramref name="isOdd"/> is set.</summary>
    public static ResponseKey? Read(string key, out bool isOdd)
    {
        isOdd = false;
        if (key == "default") return new(null, null);
        if (key is [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9']) return new(int.Parse(key, CultureInfo.InvariantCulture), null);
        if (key is [>= '1' and <= '5', 'X', 'X']) return new(null, key);

        isOdd = true;
        var word = key.Trim();
        if (word is [>= '1' and <= '5', 'x' or 'X', 'x' or 'X']) return new(null, word.ToUpperInvariant());
        if (word is [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9'] or [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9', ' ' or '-' or ':' or '_', ..])
            return new(int.Parse(word.AsSpan(0, 3), CultureInfo.InvariantCulture), null);
        if (word.Equals("default", StringComparison.OrdinalIgnoreCase)) return new(null, null);
        return word.All(char.IsAsciiLetter) && Enum.TryParse<HttpStatusCode>(word, ignoreCase: true, out var named) ? new((int)named, null) : null;
    }
}

/// <summary>Reads Responses Objects (OpenAPI 3, section "Responses Object").</summary>
internal sealed class ResponseReader(ImportContext context, BodyReader bodies, ParameterReader parameters)
{
    private static readonly string[] Described = ["description", "content", "headers", "links", "summary", "$ref"];

    /// <param name="operation">An Operation Object.</param>
    /// <param name="operationName">Names the definitions of schemas that have no name.</param>
    /// <returns>At least one response.</returns>
    public List<ResponseContent> Read(SourceObject operation, string operationName)
    {
        var read = new List<ResponseContent>();
        var seen = new HashSet<ResponseKey>();
        foreach (var (key, node) in context.Fields.Object(operation, "responses")?.Members ?? [])
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            if (JsonCopier.IsExtension(key)) continue;
            var status = ResponseKey.Read(key, out var isOdd);
            if (status is null)
                context.Log.Warn("A response's key is no status code; the response was left out", node, key);
            else if (!seen.Add(status))
                context.Log.Warn("A response's key says the same as an earlier one; the response was left out", node, key);
            else
            {
                if (isOdd) context.Log.Warn("A response's key is no status code, but its meaning is clear", node, $"{key} as {status.Suffix}");
                read.Add(ReadResponse(status, node, operationName));
            }
        }
        if (read.Count > 0) return read;
        context.Log.Warn("An operation has no responses; a default one was added", operation);
        return [new() { Description = null }];
    }

    private ResponseContent ReadResponse(ResponseKey key, SourceNode node, string operationName)
    {
        var response = new ResponseContent { Status = key.Status, StatusRange = key.Range };
        // The status is known even where the rest is not.
        if (node.Kind == SourceKind.Null || context.References.Follow(node) is not { } resolved) return response;
        var holder = resolved.Object;
        var description = resolved.Description ?? context.Fields.Text(holder, "description");
        if (description is null) context.Log.Info("A response has no description", holder);
        context.Charge(64 + (description?.Length ?? 0));
        var suggestedName = resolved.ComponentName is { } component ? component + "_response" : $"{operationName}_response_{key.Suffix}";
        return response with
        {
            Description = description,
            Definitions = bodies.ReadContent(context.Fields.Object(holder, "content"), suggestedName),
            Headers = parameters.ReadHeaders(context.Fields.Object(holder, "headers")),
            Source = KeepRest(holder),
        };
    }

    private JsonObject? KeepRest(SourceObject response)
    {
        var kept = context.Json.Keep(response, name => !Described.Contains(name));
        if (context.Fields.Object(response, "links") is not { } links) return kept;
        context.Log.Info("Links between operations are kept as they stood; nothing follows them", links);
        var read = new JsonObject();
        foreach (var (name, node) in links.Members)
        {
            if (!context.IsExhausted && context.References.Follow(node) is { } resolved) read[name] = context.Json.ToNode(resolved.Object);
        }
        kept ??= [];
        kept["links"] = read;
        return kept;
    }
}
