using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>Reads the bodies of requests and of example responses (collection format 2.1, "request" and "response").</summary>
internal sealed class PostmanBodyReader(ImportContext context, KnownSecrets secrets, PostmanTexts texts)
{
    private const string Json = "application/json";

    private static readonly string[] DescribedOfResponse =
        ["name", "originalRequest", "status", "code", "header", "body", "cookie", "responseTime", "timings", "_postman_previewlanguage"];

    /// <summary>Headers that belong to one answer, and say nothing of what answers are like.</summary>
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Keep-Alive", "Server", "Set-Cookie", "Transfer-Encoding", "Vary", "Via", "X-Powered-By",
    };

    private readonly BodyReader _bodies = new(context);
    private readonly ExampleReader _examples = new(context, secrets);

    /// <param name="item">The item.</param>
    /// <param name="mediaType">What its headers call the body; null where they do not say.</param>
    public BodyContent? ReadRequest(CollectionItem item, string? mediaType)
    {
        if (item.Request is null || context.Fields.Object(item.Request, "body") is not { } body) return null;
        if (body.Find("disabled") is SourceScalar { IsTrue: true })
        {
            context.Log.Add(PostmanRemarks.DisabledBody, body, item.Name);
            return null;
        }
        var name = item.Name + "_request";
        switch (context.Fields.Text(body, "mode"))
        {
            case null or "" or "none":
                return null;
            case "raw":
                return ReadRaw(item, body, mediaType, name);
            case "urlencoded":
                return ReadForm(body, "urlencoded", mediaType ?? "application/x-www-form-urlencoded", name);
            case "formdata":
                // The boundary is made anew for each request.
                return ReadForm(body, "formdata", "multipart/form-data", name);
            case "graphql":
                return ReadGraphQl(item, body, name);
            case "file":
                if ((body.Find("file") as SourceObject)?.Find("src") is { Kind: not SourceKind.Null } source) context.Log.Add(PostmanRemarks.FilePath, source, item.Name);
                return Body(_bodies.LinkAll([(mediaType ?? "application/octet-stream", null, null)], name));
            case var mode:
                context.Log.Add(PostmanRemarks.UnknownBody, body, mode);
                return null;
        }
    }

    /// <summary>The example responses, one for each status; a default one where there are none.</summary>
    public List<ResponseContent> ReadResponses(CollectionItem item)
    {
        var byStatus = new List<(ResponseKey Key, List<SourceObject> Examples)>();
        foreach (var example in context.Fields.Items(item.Item, "response").OfType<SourceObject>())
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) break;
            texts.RemarkRest(example, DescribedOfResponse);
            var key = KeyOf(example);
            var at = byStatus.FindIndex(known => known.Key == key);
            if (at < 0) byStatus.Add((key, [example]));
            else byStatus[at].Examples.Add(example);
        }
        if (byStatus.Count > 0) return [.. byStatus.Select(known => ReadResponse(item, known.Key, known.Examples))];
        context.Log.Add(ResponseRemarks.NoResponses, item.Item);
        return [new()];
    }

    private ResponseKey KeyOf(SourceObject example)
    {
        if (example.Find("code") is SourceScalar { Kind: not SourceKind.Null } code && ResponseKey.Read(code.Text, out _) is { } key) return key;
        context.Log.Add(PostmanRemarks.NoStatus, example, texts.Name(example));
        return new(null, null);
    }

    private ResponseContent ReadResponse(CollectionItem item, ResponseKey key, List<SourceObject> examples)
    {
        var byMediaType = new OrderedDictionary<string, List<BodyExample>>(StringComparer.OrdinalIgnoreCase);
        var headers = new OrderedDictionary<string, ParameterContent>(StringComparer.OrdinalIgnoreCase);
        foreach (var example in examples)
        {
            var lines = HeaderLine.Read(context, example.Find("header"));
            AddHeaders(headers, lines);
            if (!IsNothing(example.Find("cookie"))) context.Log.Add(PostmanRemarks.Cookies, example.Find("cookie")!);
            if (context.Fields.Text(example, "body") is not { } text || string.IsNullOrWhiteSpace(text)) continue;
            var mediaType = MediaTypeOf(example, lines, text);
            var body = new BodyExample(texts.Name(example), text, example.Find("body")!);
            if (byMediaType.TryGetValue(mediaType, out var known)) known.Add(body);
            else byMediaType.Add(mediaType, [body]);
        }
        var content = byMediaType.Select(group =>
        {
            var read = _examples.Read(IsJson(group.Key), group.Value);
            return (group.Key, (SourceNode?)read.Schema, read.Examples);
        });
        return new()
        {
            Status = key.Status,
            StatusRange = key.Range,
            Description = texts.Name(examples[0]) is { Length: > 0 } name ? name : null,
            Definitions = _bodies.LinkAll(content, $"{item.Name}_response_{key.Suffix}"),
            Headers = [.. headers.Values],
        };
    }

    private void AddHeaders(OrderedDictionary<string, ParameterContent> headers, List<HeaderLine> lines)
    {
        foreach (var line in lines.Where(line => line.Name.Length > 0 && !headers.ContainsKey(line.Name)))
        {
            if (OwnHeaders.Contains(line.Name))
            {
                // The media type is carried with the body.
                if (!line.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) context.Log.Add(PostmanRemarks.HeaderOfResponse, line.At, line.Name);
                continue;
            }
            var isSecret = SecretNames.Is(line.Name, isKeySecret: true);
            if (isSecret) context.Log.Add(PostmanRemarks.SecretValue, line.At, line.Name);
            context.Charge(line.Name.Length + line.Value.Length);
            headers.Add(line.Name, new()
            {
                Name = secrets.Clean(line.Name, line.At),
                In = "header",
                Required = false,
                Type = "string",
                Description = line.Holder is null ? null : texts.Description(line.Holder),
                Source = isSecret || line.Value.Length == 0 ? null : new() { ["example"] = secrets.Clean(line.Value, line.At) },
            });
        }
    }

    private static string MediaTypeOf(SourceObject example, List<HeaderLine> headers, string body)
    {
        var stated = headers.Find(header => header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))?.Value.Split(';')[0].Trim();
        if (!string.IsNullOrEmpty(stated) && stated.Contains('/', StringComparison.Ordinal)) return stated;
        return (example.Find("_postman_previewlanguage") as SourceScalar)?.Text.ToLowerInvariant() switch
        {
            "json" => Json,
            "xml" => "application/xml",
            "html" => "text/html",
            _ => body.TrimStart() is ['{' or '[', ..] ? Json : "text/plain",
        };
    }

    private BodyContent ReadRaw(CollectionItem item, SourceObject body, string? mediaType, string name)
    {
        var raw = body.Find("raw") as SourceScalar;
        var language = ((body.Find("options") as SourceObject)?.Find("raw") as SourceObject)?.FindString("language");
        mediaType ??= language switch
        {
            "json" => Json,
            "xml" => "application/xml",
            "html" => "text/html",
            "javascript" => "application/javascript",
            _ => raw?.Text.TrimStart() is ['{' or '[', ..] ? Json : "text/plain",
        };
        var examples = new List<BodyExample>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (raw is { Kind: not SourceKind.Null } && !string.IsNullOrWhiteSpace(raw.Text) && seen.Add(raw.Text)) examples.Add(new(item.Title, raw.Text, raw));
        foreach (var response in context.Fields.Items(item.Item, "response").OfType<SourceObject>())
        {
            if (((response.Find("originalRequest") as SourceObject)?.Find("body") as SourceObject)?.Find("raw") is SourceScalar { Kind: SourceKind.String } other
                && !string.IsNullOrWhiteSpace(other.Text) && seen.Add(other.Text))
                examples.Add(new(texts.Name(response), other.Text, other));
        }
        var read = _examples.Read(IsJson(mediaType), examples);
        return Body(_bodies.LinkAll([(mediaType, read.Schema, read.Examples)], name));
    }

    private BodyContent ReadForm(SourceObject body, string mode, string mediaType, string name)
    {
        var properties = new OrderedDictionary<string, SourceObject>(StringComparer.Ordinal);
        var example = new JsonObject();
        JsonObject? encoding = null;
        foreach (var field in context.Fields.Items(body, mode).OfType<SourceObject>())
        {
            context.Charge(ImportContext.Step);
            if (context.Fields.Text(field, "key")?.Trim() is not { Length: > 0 } key) continue;
            if (field.Find("disabled") is SourceScalar { IsTrue: true })
            {
                context.Log.Add(PostmanRemarks.DisabledField, field, key);
                continue;
            }
            var isFile = context.Fields.Text(field, "type") == "file";
            if (isFile && !IsNothing(field.Find("src"))) context.Log.Add(PostmanRemarks.FilePath, field, key);
            if (context.Fields.Text(field, "contentType") is { Length: > 0 } contentType) (encoding ??= [])[key] = new JsonObject { ["contentType"] = contentType };
            AddProperty(properties, key, isFile, field);
            if (!isFile && ExampleOf(key, field) is { } value) example[key] = value;
        }
        var schema = InferredSchema.Made(
            [new("type", InferredSchema.Text("object", body)), new("properties", InferredSchema.Made([.. properties.Select(property => new SourceMember(property.Key, property.Value))], body))], body);
        var links = _bodies.LinkAll([(mediaType, schema, example.Count > 0 ? new JsonObject { ["example"] = example } : null)], name);
        return Body([.. links.Select(link => link with { Encoding = encoding })]);
    }

    /// <summary>A field that stands there twice takes a list of values.</summary>
    private void AddProperty(OrderedDictionary<string, SourceObject> properties, string key, bool isFile, SourceObject field)
    {
        List<SourceMember> members = [new("type", InferredSchema.Text("string", field))];
        if (isFile) members.Add(new("format", InferredSchema.Text("binary", field)));
        if (texts.Description(field) is { } description) members.Add(new("description", InferredSchema.Text(description, field)));
        if (properties.TryAdd(key, InferredSchema.Made([.. members], field))) return;
        var known = properties[key];
        var items = known.FindString("type") == "array" ? known.Find("items")! : known;
        properties[key] = InferredSchema.Made([new("type", InferredSchema.Text("array", field)), new("items", items)], field);
    }

    private JsonValue? ExampleOf(string key, SourceObject field)
    {
        if (context.Fields.Text(field, "value") is not { Length: > 0 } value || Placeholders.IsOne(value)) return null;
        context.Charge(value.Length);
        if (!SecretNames.Is(key, isKeySecret: true) && field.FindString("type") != "secret") return JsonValue.Create(secrets.Clean(value, field));
        context.Log.Add(PostmanRemarks.SecretValue, field, key);
        return null;
    }

    /// <summary>A query and its variables travel as one JSON object.</summary>
    private BodyContent ReadGraphQl(CollectionItem item, SourceObject body, string name)
    {
        var graph = body.Find("graphql") as SourceObject;
        var example = new JsonObject();
        if (graph?.FindString("query") is { Length: > 0 } query)
        {
            context.Charge(query.Length);
            example["query"] = secrets.Clean(query, graph);
        }
        if (graph?.FindString("operationName") is { Length: > 0 } operation) example["operationName"] = operation;
        var inferred = new InferredSchema();
        if (graph?.Find("variables") is SourceScalar { Kind: SourceKind.String } variablesText && !string.IsNullOrWhiteSpace(variablesText.Text))
        {
            if (_examples.ReadJson(new(item.Title, variablesText.Text, variablesText), inferred) is { } read) example["variables"] = read.Value;
            else context.Log.Add(PostmanRemarks.NoJson, variablesText);
        }
        var variablesSchema = example.ContainsKey("variables") ? inferred.ToSchema(body) : InferredSchema.Made([new("type", InferredSchema.Text("object", body))], body);
        SourceMember[] properties =
        [
            new("query", InferredSchema.Made([new("type", InferredSchema.Text("string", body))], body)),
            new("variables", variablesSchema),
            new("operationName", InferredSchema.Made([new("type", InferredSchema.Text("string", body))], body)),
        ];
        var schema = InferredSchema.Made(
            [new("type", InferredSchema.Text("object", body)), new("properties", InferredSchema.Made(properties, body)), new("required", InferredSchema.List(["query"], body))], body);
        return Body(_bodies.LinkAll([(Json, schema, example.Count > 0 ? new JsonObject { ["example"] = example } : null)], name));
    }

    private static BodyContent Body(IReadOnlyList<DefinitionLink> links) => new() { Required = true, Definitions = links };

    private static bool IsJson(string mediaType)
    {
        var word = mediaType.Split(';')[0].Trim();
        return word.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || word.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsNothing(SourceNode? node) => node is null or SourceScalar { Kind: SourceKind.Null } or SourceScalar { Text.Length: 0 } or SourceArray { Items.Length: 0 };
}
