using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Schemas;

namespace Patchbay.Importing.Comparing;

/// <summary>How far a merge looks into a value: which members are told apart, and what is taken or left as one.</summary>
internal sealed class MergeShape
{
    private readonly Func<string, MergeShape>? _memberOf;

    private MergeShape(Func<string, MergeShape>? memberOf = null, bool isSet = false, MergeShape? item = null) =>
        (_memberOf, IsSet, Item) = (memberOf, isSet, item);

    /// <summary>A list without order, each of whose values comes and goes by itself.</summary>
    public bool IsSet { get; }

    /// <summary>What the values of a list are that is told apart by place; null for one that is not.</summary>
    public MergeShape? Item { get; }

    public bool HasMembers => _memberOf is not null;

    public MergeShape Of(string member) => _memberOf!(member);

    public static readonly MergeShape Whole = new();
    public static readonly MergeShape Schema = new(KeywordShape);

    private static readonly MergeShape Set = new(isSet: true);
    private static readonly MergeShape Schemas = MapOf(Schema);
    private static readonly MergeShape SchemaList = new(item: Schema);
    private static readonly MergeShape Facts = MapOf(Whole);
    private static readonly MergeShape Link = MapOf(Whole);
    private static readonly MergeShape Parameter = new(m => m switch { "schema" => Schema, "source" => Facts, _ => Whole });
    private static readonly MergeShape Body = new(m => m == "content" ? MapOf(Link) : Whole);
    private static readonly MergeShape Response = new(m => m switch { "content" => MapOf(Link), "headers" => MapOf(Parameter), "source" => Facts, _ => Whole });

    /// <summary>An action or trigger as <see cref="MergeView"/> gives it.</summary>
    public static readonly MergeShape Operation = new(m => m switch
    {
        "parameters" => MapOf(MapOf(Parameter)),
        "requestBody" => Body,
        "responses" => MapOf(Response),
        "source" => Facts,
        _ => Whole,
    });

    /// <summary>A definition as <see cref="MergeView"/> gives it.</summary>
    public static readonly MergeShape Definition = new(m => m switch { "accept" => Set, "schema" => Schema, _ => Whole });

    private static MergeShape MapOf(MergeShape shape) => new(_ => shape);

    private static MergeShape KeywordShape(string keyword) => keyword is "required" or "enum" ? Set : SchemaKeywords.ValueOf(keyword) switch
    {
        KeywordValue.Schema or KeywordValue.Items or KeywordValue.AdditionalItems => Schema,
        KeywordValue.SchemaMap or KeywordValue.PatternMap => Schemas,
        KeywordValue.SchemaList => SchemaList,
        _ => Whole,
    };
}

/// <summary>
/// Contents as objects whose members are told apart by name: lists whose entries have a name of their own become objects. A content
/// in which a name stands twice has no such view, and is merged as a whole only.
/// </summary>
internal static class MergeView
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 512, AllowDuplicateProperties = false };

    /// <summary>The view of a content, or null.</summary>
    public static JsonObject? Of(object content) => content switch
    {
        ActionContent a => Operation(Plain(a with { Name = "", Parameters = [], RequestBody = null, Responses = [] }), a.Parameters, a.RequestBody, a.Responses),
        TriggerContent t => Operation(Plain(t with { Name = "", Parameters = [], RequestBody = null, Responses = [] }), t.Parameters, t.RequestBody, t.Responses),
        DefinitionContent d => Definition(d),
        _ => throw new ArgumentOutOfRangeException(nameof(content)),
    };

    public static MergeShape ShapeOf(PartKind kind) => kind == PartKind.Definition ? MergeShape.Definition : MergeShape.Operation;

    /// <summary>The content that a merged view stands for.</summary>
    /// <param name="key">What the part is found by.</param>
    /// <param name="view">The view.</param>
    /// <param name="orders">Contents whose order of parameters and responses it takes; what only a later one has comes behind.</param>
    public static object Content(PartKey key, JsonObject view, params object[] orders) => key.Kind switch
    {
        PartKind.Action => Read<ActionContent>(view, key.Name) with
        {
            Parameters = Parameters(view["parameters"], orders.OfType<ActionContent>().Select(a => a.Parameters)),
            RequestBody = Body(view["requestBody"]),
            Responses = Responses(view["responses"], orders.OfType<ActionContent>().Select(a => a.Responses)),
        },
        PartKind.Trigger => Read<TriggerContent>(view, key.Name) with
        {
            Parameters = Parameters(view["parameters"], orders.OfType<TriggerContent>().Select(a => a.Parameters)),
            RequestBody = Body(view["requestBody"]),
            Responses = Responses(view["responses"], orders.OfType<TriggerContent>().Select(a => a.Responses)),
        },
        _ => DefinitionOf(key.Name, view),
    };

    private static JsonObject? Operation(
        JsonObject view, IReadOnlyList<ParameterContent> parameters, BodyContent? body, IReadOnlyList<ResponseContent> responses)
    {
        var byPlace = new JsonObject();
        foreach (var parameter in parameters)
        {
            if (byPlace[parameter.In] is not JsonObject place)
                byPlace.Add(parameter.In, place = []);
            if (!place.TryAdd(parameter.Name, Plain(parameter)))
                return null;
        }

        view["parameters"] = byPlace;
        if (body is not null)
        {
            if (ContentOf(body.Definitions) is not { } content)
                return null;
            var bodyView = Plain(body with { Definitions = [] });
            bodyView.Remove("definitions");
            bodyView["content"] = content;
            view["requestBody"] = bodyView;
        }

        var byStatus = new JsonObject();
        foreach (var response in responses)
        {
            if (ContentOf(response.Definitions) is not { } content)
                return null;
            var responseView = Plain(response with { Definitions = [], Headers = [] });
            responseView.Remove("definitions");
            responseView["content"] = content;
            var headers = new JsonObject();
            foreach (var header in response.Headers)
            {
                if (!headers.TryAdd(header.Name, Plain(header)))
                    return null;
            }

            responseView["headers"] = headers;
            if (!byStatus.TryAdd(OperationComparison.ResponseKey(response), responseView))
                return null;
        }

        view["responses"] = byStatus;
        return view;
    }

    private static JsonObject? ContentOf(IReadOnlyList<DefinitionLink> links)
    {
        var content = new JsonObject();
        foreach (var link in links)
        {
            foreach (var mediaType in link.MediaTypes)
            {
                var view = Plain(link);
                view.Remove("mediaTypes");
                if (!content.TryAdd(mediaType, view))
                    return null;
            }
        }

        return content;
    }

    private static JsonObject? Definition(DefinitionContent definition)
    {
        if (definition.Accept.Distinct(StringComparer.Ordinal).Count() != definition.Accept.Count)
            return null;
        var view = new JsonObject
        {
            ["accept"] = new JsonArray([.. definition.Accept.Select(a => (JsonNode?)a)]),
            ["contentType"] = definition.ContentType,
            ["schema"] = SchemaOf(definition),
        };
        if (definition.Description is not null)
            view["description"] = definition.Description;
        return view;
    }

    /// <summary>The schema as JSON where it is some, else as text.</summary>
    private static JsonNode? SchemaOf(DefinitionContent definition)
    {
        try
        {
            // A string would be taken for the text of a schema.
            return JsonNode.Parse(definition.Schema, documentOptions: Strict) is JsonObject schema ? schema : definition.Schema;
        }
        catch (JsonException)
        {
            return definition.Schema;
        }
    }

    private static DefinitionContent DefinitionOf(string name, JsonObject view)
    {
        var content = new DefinitionContent
        {
            Name = name,
            Description = view["description"]?.GetValue<string>(),
            Accept = [.. view["accept"]!.AsArray().Select(a => a!.GetValue<string>())],
            ContentType = view["contentType"]!.GetValue<string>(),
            Schema = view["schema"] is JsonObject schema ? schema.ToJsonString(VersionParts.Options) : view["schema"]!.GetValue<string>(),
        };
        return content with { References = [.. DefinitionUses.Of(content)] };
    }

    private static List<ParameterContent> Parameters(JsonNode? view, IEnumerable<IReadOnlyList<ParameterContent>> orders)
    {
        var left = (view as JsonObject ?? []).SelectMany(place => place.Value!.AsObject().Select(p => p.Value.Deserialize<ParameterContent>(VersionParts.Options)!))
            .ToDictionary(p => (p.In, p.Name));
        return InOrder(left, orders.SelectMany(o => o.Select(p => (p.In, p.Name))));
    }

    private static List<ResponseContent> Responses(JsonNode? view, IEnumerable<IReadOnlyList<ResponseContent>> orders)
    {
        var left = (view as JsonObject ?? []).ToDictionary(r => r.Key, r =>
        {
            var fields = r.Value!.DeepClone().AsObject();
            var (content, headers) = (fields["content"], fields["headers"] as JsonObject ?? []);
            fields.Remove("content");
            fields.Remove("headers");
            return fields.Deserialize<ResponseContent>(VersionParts.Options)! with
            {
                Definitions = Links(content),
                Headers = [.. headers.Select(h => h.Value.Deserialize<ParameterContent>(VersionParts.Options)!)],
            };
        }, StringComparer.Ordinal);
        return InOrder(left, orders.SelectMany(o => o.Select(OperationComparison.ResponseKey)));
    }

    private static BodyContent? Body(JsonNode? view)
    {
        if (view is not JsonObject)
            return null;
        var fields = view.DeepClone().AsObject();
        var content = fields["content"];
        fields.Remove("content");
        return fields.Deserialize<BodyContent>(VersionParts.Options)! with { Definitions = Links(content) };
    }

    /// <summary>Media types that share everything else share a link.</summary>
    private static List<DefinitionLink> Links(JsonNode? content)
    {
        var links = new List<DefinitionLink>();
        foreach (var group in (content as JsonObject ?? []).GroupBy(c => c.Value!.ToJsonString(), StringComparer.Ordinal))
        {
            var fields = group.First().Value!.DeepClone().AsObject();
            fields["mediaTypes"] = new JsonArray([.. group.Select(c => (JsonNode?)c.Key)]);
            links.Add(fields.Deserialize<DefinitionLink>(VersionParts.Options)!);
        }

        return links;
    }

    private static List<T> InOrder<TKey, T>(Dictionary<TKey, T> left, IEnumerable<TKey> order)
        where TKey : notnull
    {
        var ordered = new List<T>();
        foreach (var key in order)
        {
            if (left.Remove(key, out var value))
                ordered.Add(value);
        }

        return ordered;
    }

    private static T Read<T>(JsonObject view, string name)
    {
        var fields = view.DeepClone().AsObject();
        fields["name"] = name;
        fields.Remove("parameters");
        fields.Remove("requestBody");
        fields.Remove("responses");
        return fields.Deserialize<T>(VersionParts.Options)!;
    }

    private static JsonObject Plain<T>(T content)
    {
        var plain = JsonSerializer.SerializeToNode(content, VersionParts.Options)!.AsObject();
        if (content is ActionContent or TriggerContent)
            plain.Remove("name");
        return plain;
    }
}
