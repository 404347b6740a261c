using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Execution;

/// <summary>
/// A live API made of a description: it knows what each of its operations must be sent, by the description alone, and notes whatever is otherwise;
/// it answers as the operation declares.
/// </summary>
internal sealed class DescribedUpstream : IAsyncDisposable
{
    private readonly SourceDescription _source;
    private readonly InstanceGenerator _answers;
    private Upstream? _upstream;

    private DescribedUpstream(SourceDescription source)
    {
        _source = source;
        _answers = new InstanceGenerator(source.Plain, source.Resolve, sent: false, seed: 7);
    }

    /// <summary>The operation that is to be called next.</summary>
    public SourceOperation? Expected { get; set; }

    /// <summary>Whether the last answer is one that the description declares, as far as one could be made.</summary>
    public bool AnswerConforms { get; private set; }

    /// <summary>What arrived otherwise than described.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    public int Count => _upstream!.Requests.Count;

    public string Address => _upstream!.Address.ToString().TrimEnd('/');

    public string Last => _upstream!.Requests.LastOrDefault() is { } r ? $"{r.Method} {r.Target} {Encoding.UTF8.GetString(r.Body)}" : "nothing";

    public static async Task<DescribedUpstream> StartAsync(SourceDescription source)
    {
        var made = new DescribedUpstream(source);
        made._upstream = await Upstream.StartAsync(made.AnswerAsync);
        return made;
    }

    public ValueTask DisposeAsync() => _upstream!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = _upstream!.Requests.Last();
        var operation = Expected!;
        try
        {
            foreach (var fault in Faults(operation, request, context))
                Violations.Enqueue($"{operation.Method} {operation.Path}: {fault} in {request.Method} {request.Target} {Encoding.UTF8.GetString(request.Body)}");
        }
        catch (Exception e)
        {
            Violations.Enqueue($"{operation.Method} {operation.Path}: {e}");
        }

        await WriteAnswerAsync(operation, context);
    }

    private IEnumerable<string> Faults(SourceOperation operation, UpstreamRequest request, HttpContext context)
    {
        if (request.Method != operation.Method)
            yield return $"method {request.Method}";
        var mark = request.Target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (request.Target, "") : (request.Target[..mark], request.Target[(mark + 1)..]);
        foreach (var fault in PathFaults(operation, path))
            yield return fault;
        foreach (var fault in QueryFaults(operation, query))
            yield return fault;
        foreach (var parameter in operation.Parameters.Where(p => p.In == "header" && !IsIgnored(p.Name)))
        {
            if (!context.Request.Headers.TryGetValue(parameter.Name, out var value))
            {
                if (parameter.Required)
                    yield return $"the header {parameter.Name} is missing";
            }
            else if (ScalarFault(parameter.Schema, value.ToString()) is { } fault)
                yield return $"the header {parameter.Name}: {fault}";
        }

        foreach (var fault in BodyFaults(operation, request))
            yield return fault;
    }

    private bool IsIgnored(string header) => !_source.IsSwagger && header.ToLowerInvariant() is "accept" or "content-type" or "authorization";

    private IEnumerable<string> PathFaults(SourceOperation operation, string path)
    {
        var names = new List<string>();
        var hash = operation.Path.IndexOf('#', StringComparison.Ordinal);
        var template = (hash < 0 ? operation.Path : operation.Path[..hash]).Trim();
        if (!template.StartsWith('/'))
            template = "/" + template;
        var pattern = "^" + string.Concat(Regex.Split(template, @"(?<parameter>\{[^{}]*\})", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(part =>
        {
            if (!part.StartsWith('{'))
                return Regex.Escape(Uri.UnescapeDataString(part));
            names.Add(part[1..^1]);
            return "(.+)";
        })) + "$";
        // A value's own slashes are encoded; the literal text may be either.
        var segments = path.Split('/').Select(s => Uri.UnescapeDataString(s).Replace("/", "\u2044", StringComparison.Ordinal));
        var match = Regex.Match(string.Join('/', segments), pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        if (!match.Success)
        {
            yield return $"the path is none of {template}";
            yield break;
        }

        foreach (var (index, name) in names.Index())
        {
            var value = match.Groups[index + 1].Value.Replace("\u2044", "/", StringComparison.Ordinal);
            if (operation.Parameters.FirstOrDefault(p => p.In == "path" && p.Name == name) is { } parameter && ScalarFault(parameter.Schema, value) is { } fault)
                yield return $"the path's {name}: {fault}";
        }
    }

    private IEnumerable<string> QueryFaults(SourceOperation operation, string query)
    {
        var pairs = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2))
            .Select(p => (Name: Uri.UnescapeDataString(p[0]), Raw: p.Length == 1 ? "" : p[1])).ToList();
        foreach (var parameter in operation.Parameters.Where(p => p.In == "query"))
        {
            var schema = _source.Follow(parameter.Schema);
            var found = pairs.Where(p => p.Name == parameter.Name).ToList();
            var nested = pairs.Where(p => p.Name.StartsWith(parameter.Name + "[", StringComparison.Ordinal)).ToList();
            var members = schema?["properties"] is JsonObject properties ? pairs.Where(p => properties.ContainsKey(p.Name)).ToList() : [];
            if (parameter.Required && found.Count + nested.Count + members.Count == 0)
                yield return $"the query's {parameter.Name} is missing";
            pairs.RemoveAll(p => found.Contains(p) || nested.Contains(p) || members.Contains(p));
            foreach (var (_, raw) in found)
            {
                var fault = schema is not null && PlainSchema.Types(schema).Contains("array")
                    ? Items(parameter, raw).Select(item => ScalarFault(schema["items"], item)).FirstOrDefault(f => f is not null)
                    : ScalarFault(parameter.Schema, Uri.UnescapeDataString(raw));
                if (fault is not null && parameter.Object["content"] is null)
                    yield return $"the query's {parameter.Name}: {fault}";
            }
        }

        foreach (var (name, _) in pairs)
            yield return $"the query's {name} is not described";
    }

    /// <summary>The items of a list in a query, in its style.</summary>
    private IEnumerable<string> Items(SourceParameter parameter, string raw)
    {
        var style = SourceDescription.Text(parameter.Object["style"]) ?? "form";
        var format = SourceDescription.Text(parameter.Object["collectionFormat"]) ?? "csv";
        var explode = _source.IsSwagger ? format == "multi" : parameter.Object["explode"] is JsonValue e ? e.GetValue<bool>() : style == "form";
        if (raw.Length == 0)
            return [];
        var delimiter = _source.IsSwagger
            ? format switch { "ssv" => "%20", "pipes" => "%7C", _ => "," }
            : style switch { "spaceDelimited" => "%20", "pipeDelimited" => "%7C", _ => "," };
        return (explode ? [raw] : raw.Split(delimiter)).Select(Uri.UnescapeDataString);
    }

    /// <summary>Why a text is no value of a schema; null where it is one.</summary>
    private string? ScalarFault(JsonNode? schema, string text)
    {
        var meant = _source.Follow(schema);
        if (meant is null)
            return null;
        JsonNode? value = JsonValue.Create(text);
        if (PlainSchema.Types(meant).Exists(t => t is "integer" or "number" or "boolean"))
        {
            try
            {
                value = JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return PlainSchema.Types(meant).Contains("string") ? null : $"'{text}' is no {string.Join('/', PlainSchema.Types(meant))}";
            }
        }
        else if (PlainSchema.Types(meant).Exists(t => t is "array" or "object") || PlainSchema.Types(meant).Count == 0)
            return null;
        return _source.Plain.Accepts(meant, "", value, sent: true, out var why) ? null : $"'{text}': {why}";
    }

    private IEnumerable<string> BodyFaults(SourceOperation operation, UpstreamRequest request)
    {
        var type = request.Headers.GetValueOrDefault("Content-Type") ?? "";
        var (required, content) = BodyOf(operation);
        if (request.Body.Length == 0)
        {
            if (required && content.Count > 0)
                yield return "the body is missing";
            yield break;
        }

        if (content.Count == 0)
        {
            yield return "there is a body, and none is described";
            yield break;
        }

        var known = content.Keys.FirstOrDefault(t => SourceDescription.HasType(t, type.Split(';')[0])) ?? content.Keys.FirstOrDefault(t => t.Contains('*', StringComparison.Ordinal));
        if (known is null)
        {
            yield return $"the content type {type} is none of {string.Join(", ", content.Keys)}";
            yield break;
        }

        var schema = content[known];
        if (SourceDescription.IsJson(type))
        {
            var value = JsonNode.Parse(request.Body);
            if (!_source.Plain.Accepts(schema, "", value, sent: true, out var why))
                yield return $"the body: {why}";
        }
        else if (SourceDescription.HasType(type, "application/x-www-form-urlencoded"))
        {
            var names = Encoding.ASCII.GetString(request.Body).Split('&').Select(p => Uri.UnescapeDataString(p.Split('=')[0].Replace('+', ' '))).ToList();
            foreach (var fault in FieldFaults(schema, names))
                yield return fault;
        }
        else if (SourceDescription.HasType(type, "multipart/form-data"))
        {
            var boundary = Microsoft.Net.Http.Headers.MediaTypeHeaderValue.Parse(type).Boundary.Value!;
            var reader = new MultipartReader(boundary.Trim('"'), new MemoryStream(request.Body));
            var names = new List<string>();
            while (reader.ReadNextSectionAsync().GetAwaiter().GetResult() is { } section)
            {
                names.Add(section.GetContentDispositionHeader()!.Name.Value!.Trim('"'));
                section.Body.CopyTo(Stream.Null);
            }

            foreach (var fault in FieldFaults(schema, names))
                yield return fault;
        }
    }

    private IEnumerable<string> FieldFaults(JsonNode? schema, List<string> names)
    {
        var form = _source.Follow(schema);
        foreach (var name in (form?["required"] as JsonArray ?? []).Select(r => r!.GetValue<string>()))
        {
            if (!names.Exists(n => n == name || n.StartsWith(name + "[", StringComparison.Ordinal)))
                yield return $"the form's {name} is missing";
        }
    }

    /// <summary>Whether a body is required, and the schemas by media type.</summary>
    private (bool Required, Dictionary<string, JsonNode?> Content) BodyOf(SourceOperation operation)
    {
        if (!_source.IsSwagger)
        {
            return (operation.Body is { } body && PlainSchema.Flag(body, "required"), (operation.Body?["content"] as JsonObject ?? [])
                .ToDictionary(c => c.Key, c => c.Value?["schema"], StringComparer.OrdinalIgnoreCase));
        }

        var consumes = (operation.Object["consumes"] as JsonArray ?? _source.Root["consumes"] as JsonArray ?? []).Select(t => t!.GetValue<string>()).ToList();
        if (operation.Parameters.FirstOrDefault(p => p.In == "body") is { } parameter)
            return (parameter.Required, (consumes.Count == 0 ? ["application/json"] : consumes).Distinct(StringComparer.OrdinalIgnoreCase).ToDictionary(t => t, _ => parameter.Schema, StringComparer.OrdinalIgnoreCase));
        var fields = operation.Parameters.Where(p => p.In == "formData").ToList();
        if (fields.Count == 0)
            return (false, []);
        var form = new JsonObject { ["required"] = new JsonArray([.. fields.Where(f => f.Required).Select(f => (JsonNode)f.Name)]) };
        return (fields.Exists(f => f.Required), new(StringComparer.OrdinalIgnoreCase) { ["application/x-www-form-urlencoded"] = form, ["multipart/form-data"] = form });
    }

    private async Task WriteAnswerAsync(SourceOperation operation, HttpContext context)
    {
        var responses = operation.Object["responses"] as JsonObject ?? [];
        var (key, stated) = responses.Where(r => r.Key.StartsWith('2')).OrderBy(r => r.Key, StringComparer.Ordinal).Concat(responses.Where(r => r.Key == "default")).FirstOrDefault();
        context.Response.StatusCode = int.TryParse(key, CultureInfo.InvariantCulture, out var status) ? status : 200;
        AnswerConforms = key is not null;
        if (_source.Follow(stated) is not { } response || context.Response.StatusCode == 204)
            return;
        var (type, schema) = ContentOf(operation, response);
        if (type is null)
            return;
        context.Response.ContentType = type.Contains('*', StringComparison.Ordinal) ? "application/json" : type;
        if (SourceDescription.IsJson(context.Response.ContentType))
        {
            var (value, found) = schema is null ? (new JsonObject(), true) : _answers.Make(schema, "");
            AnswerConforms &= found;
            await context.Response.WriteAsync(value?.ToJsonString() ?? "null", context.RequestAborted);
        }
        else
        {
            AnswerConforms = type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase);
            await context.Response.WriteAsync("content", context.RequestAborted);
        }
    }

    private (string? Type, JsonNode? Schema) ContentOf(SourceOperation operation, JsonObject response)
    {
        if (!_source.IsSwagger)
        {
            var content = response["content"] as JsonObject ?? [];
            var chosen = content.FirstOrDefault(c => SourceDescription.IsJson(c.Key));
            if (chosen.Key is null)
                chosen = content.FirstOrDefault();
            return (chosen.Key, chosen.Value?["schema"]);
        }

        var produces = (operation.Object["produces"] as JsonArray ?? _source.Root["produces"] as JsonArray ?? []).Select(t => t!.GetValue<string>()).ToList();
        if (response["schema"] is not { } schema)
            return (null, null);
        if (_source.Follow(schema) is { } meant && PlainSchema.Types(meant).Contains("file"))
            return (produces.FirstOrDefault() ?? "application/octet-stream", null);
        return (produces.Find(SourceDescription.IsJson) ?? produces.FirstOrDefault() ?? "application/json", schema);
    }
}
