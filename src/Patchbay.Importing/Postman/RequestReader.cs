using System.Text;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>Makes actions of requests (collection format 2.1, "request").</summary>
internal sealed class RequestReader(
    ImportContext context, PostmanVariables variables, KnownSecrets secrets, PostmanTexts texts, AuthReader auth, BaseUrl baseUrl)
{
    private static readonly string[] Described = ["url", "method", "header", "body", "description", "auth"];

    /// <summary>Headers that the connection makes, or that say what the body says.</summary>
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Encoding", "Cache-Control", "Connection", "Content-Length", "Cookie", "Host", "Postman-Token", "Transfer-Encoding", "User-Agent",
    };

    private readonly PostmanBodyReader _bodies = new(context, secrets, texts);

    public ActionContent Read(CollectionItem item)
    {
        if (item.Request is { } request) texts.RemarkRest(request, Described);
        var path = ReadPath(item, out var parameters);
        parameters.AddRange(ReadQuery(item));
        var headers = HeaderLine.Read(context, item.Request?.Find("header"));
        parameters.AddRange(ReadHeaders(headers));
        var mediaType = headers.Where(header => !header.IsDisabled && header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            .Select(header => variables.Expand(header.Value)?.Trim()).FirstOrDefault(value => value is { Length: > 0 });
        return new()
        {
            Name = item.Name,
            Summary = item.Title.Length > 0 ? item.Title : null,
            Description = (item.Request is { } described ? texts.Description(described) : null) ?? texts.Description(item.Item),
            Method = MethodOf(item),
            Path = path,
            Parameters = parameters,
            RequestBody = _bodies.ReadRequest(item, mediaType),
            Responses = _bodies.ReadResponses(item),
            Source = Keep(item),
        };
    }

    private string MethodOf(CollectionItem item)
    {
        if (item.Request is null) return "GET";
        if (context.Fields.Text(item.Request, "method")?.Trim() is { Length: > 0 } method && method.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')) return method.ToUpperInvariant();
        context.Log.Add(PostmanRemarks.NoMethod, item.Request, item.Name);
        return "GET";
    }

    private static JsonObject? Keep(CollectionItem item)
    {
        JsonObject? kept = null;
        if (item.Folders.Count > 0) (kept ??= [])["folder"] = new JsonArray([.. item.Folders.Select(folder => (JsonNode)JsonValue.Create(folder))]);
        if (item.Auth is { } scheme) (kept ??= [])["auth"] = scheme;
        return kept;
    }

    private string ReadPath(CollectionItem item, out List<ParameterContent> parameters)
    {
        var found = new List<ParameterContent>();
        var described = (item.Url?.Variables ?? []).DistinctBy(variable => context.Fields.Text(variable, "key") ?? "", StringComparer.Ordinal)
            .ToDictionary(variable => context.Fields.Text(variable, "key") ?? "", StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var path = new StringBuilder();
        foreach (var segment in item.Url is { } url ? baseUrl.PathOf(url, item.Name) : [])
        {
            path.Append('/');
            if (segment is [':', .. { Length: > 0 } named])
                path.Append(Parameter(named));
            else if (segment is ['{', not '{', ..] && segment.EndsWith('}') && segment.Length > 2)
                path.Append(Parameter(segment[1..^1]));
            else
                path.Append(ReadSegment(segment));
        }
        foreach (var said in item.Url?.Variables ?? [])
        {
            if (context.Fields.Text(said, "key") is { Length: > 0 } name && !names.Contains(name)) context.Log.Add(PostmanRemarks.NotInPath, said, name);
        }
        parameters = found;
        return path.Length > 0 ? path.ToString() : "/";

        string Parameter(string name)
        {
            var said = described.GetValueOrDefault(name);
            if (names.Add(name)) found.Add(Make(name, "path", said, said is null ? null : context.Fields.Text(said, "value"), said ?? item.Url!.At) with { Required = true });
            return $"{{{{ param.{name} }}}}";
        }

        string ReadSegment(string segment) => Placeholders.Rewrite(secrets.Clean(segment, item.Url!.At), name =>
        {
            if (variables.IsDeclared(name)) return variables.ForConnection("{{" + name + "}}", item.Url.At, isUrl: false);
            context.Log.Add(PostmanRemarks.VariableOfPath, item.Url.At, name);
            return Parameter(name.TrimStart('$') is { Length: > 0 } plain ? plain : "parameter");
        });
    }

    private List<ParameterContent> ReadQuery(CollectionItem item)
    {
        var read = new List<ParameterContent>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in item.Url?.Query ?? [])
        {
            context.Charge(ImportContext.Step);
            var name = variables.Expand(part.Key.Trim()) ?? part.Key.Trim();
            if (name.Length == 0)
            {
                if (!string.IsNullOrEmpty(part.Value)) context.Log.Add(PostmanRemarks.NameLess, part.At);
            }
            else if (part.Holder?.Find("disabled") is SourceScalar { IsTrue: true })
                context.Log.Add(PostmanRemarks.Disabled, part.At, name);
            else if (IsCarrier("query", name, part.At))
                continue;
            else if (places.TryGetValue(name, out var place))
            {
                context.Log.Add(PostmanRemarks.Repeated, part.At, name);
                read[place] = read[place] with { Schema = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } } };
            }
            else
            {
                places.Add(name, read.Count);
                read.Add(Make(name, "query", part.Holder, part.Value, part.At));
            }
        }
        return read;
    }

    private List<ParameterContent> ReadHeaders(List<HeaderLine> headers)
    {
        var read = new List<ParameterContent>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in headers)
        {
            context.Charge(ImportContext.Step);
            if (header.Name.Length == 0 || header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) continue;
            if (header.IsDisabled)
                context.Log.Add(PostmanRemarks.Disabled, header.At, header.Name);
            else if (OwnHeaders.Contains(header.Name))
                context.Log.Add(PostmanRemarks.OwnHeader, header.At, header.Name);
            else if (IsCarrier("header", header.Name, header.At))
                continue;
            else if (!seen.Add(header.Name))
                context.Log.Add(PostmanRemarks.RepeatedHeader, header.At, header.Name);
            else
                read.Add(Make(header.Name, "header", header.Holder, header.Value, header.At));
        }
        return read;
    }

    private bool IsCarrier(string place, string name, SourceNode at)
    {
        if (!SecretNames.IsCarrier(name)) return false;
        context.Log.Add(PostmanRemarks.SecretParameter, at, name);
        auth.AddKey(place, name);
        return true;
    }

    /// <summary>A parameter. The value that the request has is an example: the collection does not say what goes for every caller.</summary>
    private ParameterContent Make(string name, string place, SourceObject? said, string? value, SourceNode at)
    {
        JsonObject? kept = null;
        if (!string.IsNullOrEmpty(value) && SecretNames.Is(name, isKeySecret: true))
        {
            if (!Placeholders.IsOne(value)) context.Log.Add(PostmanRemarks.SecretValue, at, name);
        }
        else if (!string.IsNullOrEmpty(value) && !Placeholders.AreIn(value))
            kept = new() { ["example"] = secrets.Clean(value, at) };
        context.Charge(name.Length + (value?.Length ?? 0));
        return new()
        {
            Name = secrets.Clean(name, at),
            In = place,
            Required = false,
            Type = "string",
            Description = said is null ? null : texts.Description(said),
            Source = kept,
        };
    }
}
