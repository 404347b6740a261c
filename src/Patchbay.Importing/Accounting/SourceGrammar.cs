using System.Collections.Frozen;

namespace Patchbay.Importing.Accounting;

/// <summary>How a field holds its parts.</summary>
internal enum Holding
{
    One,
    List,

    /// <summary>An object whose member names are free.</summary>
    Map,

    /// <summary>The same, but names that begin with <c>x-</c> are extensions.</summary>
    MapWithExtensions,
}

/// <summary>A field that holds parts.</summary>
/// <param name="Holding">How.</param>
/// <param name="Of">What each of them is; null for data that is not looked into.</param>
/// <param name="Kind">What each counts as; null where it is no part of its own.</param>
internal sealed record PartField(Holding Holding, PartObject? Of, DescriptionPart? Kind);

/// <summary>An object of the specifications: the fields that hold parts. All others are plain values.</summary>
internal sealed class PartObject
{
    private FrozenDictionary<string, PartField> _fields = FrozenDictionary<string, PartField>.Empty;
    private PartField? _others;

    public PartField? Find(string name) => _fields.GetValueOrDefault(name) ?? (JsonCopier.IsExtension(name) ? null : _others);

    /// <summary>Given after construction, since objects hold each other.</summary>
    public void Set(params (string Name, PartField Field)[] fields) => Set(StringComparer.Ordinal, fields);

    public void Set(StringComparer comparer, params (string Name, PartField Field)[] fields) =>
        _fields = fields.ToFrozenDictionary(field => field.Name, field => field.Field, comparer);

    /// <summary>What members of any other name hold.</summary>
    public void SetOthers(PartField field) => _others = field;
}

/// <summary>
/// Where parts stand in a description: the objects of Swagger 2.0 and of OpenAPI 3.0 to 3.2 in one, since descriptions mix them.
/// Schemas are parts, and what stands in them is not looked at: it is converted keyword by keyword.
/// </summary>
internal static class SourceGrammar
{
    public static readonly PartObject Root = new();
    private static readonly PartObject Plain = new();
    private static readonly PartObject Info = new();
    private static readonly PartObject Tag = new();
    private static readonly PartObject Server = new();
    private static readonly PartObject Components = new();
    private static readonly PartObject PathItem = new();
    private static readonly PartObject CallbackItem = new();
    private static readonly PartObject Callback = new();
    private static readonly PartObject Operation = new();
    private static readonly PartObject Parameter = new();
    private static readonly PartObject RequestBody = new();
    private static readonly PartObject MediaType = new();
    private static readonly PartObject Encoding = new();
    private static readonly PartObject Response = new();
    private static readonly PartObject Link = new();
    private static readonly PartObject SecurityScheme = new();
    private static readonly PartObject Flows = new();
    private static readonly PartObject Flow = new();

    static SourceGrammar()
    {
        var schema = new PartField(Holding.One, null, DescriptionPart.Schema);
        var schemas = new PartField(Holding.Map, null, DescriptionPart.Schema);
        var example = new PartField(Holding.One, null, DescriptionPart.Example);
        var examples = new PartField(Holding.Map, Plain, DescriptionPart.Example);
        var servers = new PartField(Holding.List, Server, DescriptionPart.Server);
        var headers = new PartField(Holding.Map, Parameter, DescriptionPart.ResponseHeader);
        var content = new PartField(Holding.MapWithExtensions, MediaType, DescriptionPart.MediaType);
        var mediaTypeNames = new PartField(Holding.List, null, DescriptionPart.MediaType);
        var parameters = new PartField(Holding.List, Parameter, DescriptionPart.Parameter);
        var documentation = new PartField(Holding.One, Plain, null);
        var paths = new PartField(Holding.MapWithExtensions, PathItem, null);
        var webhooks = new PartField(Holding.MapWithExtensions, CallbackItem, null);
        var callbacks = new PartField(Holding.MapWithExtensions, Callback, null);
        var schemes = new PartField(Holding.Map, SecurityScheme, DescriptionPart.SecurityScheme);
        var flow = new PartField(Holding.One, Flow, null);
        var scopes = new PartField(Holding.MapWithExtensions, null, null);

        Root.Set(
            ("info", new(Holding.One, Info, null)), ("externalDocs", documentation), ("servers", servers), ("paths", paths), ("webhooks", webhooks),
            ("x-ms-paths", paths), ("x-webhooks", webhooks), ("tags", new(Holding.List, Tag, null)), ("components", new(Holding.One, Components, null)),
            ("consumes", mediaTypeNames), ("produces", mediaTypeNames), ("definitions", schemas), ("securityDefinitions", schemes),
            ("parameters", parameters with { Holding = Holding.Map }), ("responses", new(Holding.Map, Response, DescriptionPart.Response)));
        Info.Set(("contact", documentation), ("license", documentation));
        Tag.Set(("externalDocs", documentation));
        Server.Set(("variables", new(Holding.Map, Plain, DescriptionPart.ServerVariable)));
        Components.Set(
            ("schemas", schemas), ("responses", new(Holding.Map, Response, DescriptionPart.Response)),
            ("parameters", parameters with { Holding = Holding.Map }), ("examples", examples), ("headers", headers),
            ("requestBodies", new(Holding.Map, RequestBody, DescriptionPart.RequestBody)), ("securitySchemes", schemes),
            ("links", new(Holding.Map, Link, DescriptionPart.Link)), ("callbacks", callbacks),
            ("pathItems", new(Holding.Map, PathItem, null)), ("mediaTypes", content with { Holding = Holding.Map }));
        SetMethods(PathItem, DescriptionPart.Operation, servers, parameters);
        SetMethods(CallbackItem, DescriptionPart.Callback, servers, parameters);
        Callback.SetOthers(new(Holding.One, CallbackItem, null));
        Operation.Set(
            ("externalDocs", documentation), ("parameters", parameters), ("requestBody", new(Holding.One, RequestBody, DescriptionPart.RequestBody)),
            ("responses", new(Holding.MapWithExtensions, Response, DescriptionPart.Response)), ("callbacks", callbacks), ("servers", servers),
            ("consumes", mediaTypeNames), ("produces", mediaTypeNames));
        Parameter.Set(("schema", schema), ("content", content), ("example", example), ("examples", examples));
        RequestBody.Set(("content", content));
        MediaType.Set(
            ("schema", schema), ("itemSchema", schema), ("example", example), ("examples", examples), ("encoding", new(Holding.Map, Encoding, null)),
            ("prefixEncoding", new(Holding.List, Encoding, null)), ("itemEncoding", new(Holding.One, Encoding, null)));
        Encoding.Set(
            ("headers", headers), ("encoding", new(Holding.Map, Encoding, null)), ("prefixEncoding", new(Holding.List, Encoding, null)),
            ("itemEncoding", new(Holding.One, Encoding, null)));
        Response.Set(
            ("schema", schema), ("headers", headers), ("content", content), ("examples", examples with { Of = null }),
            ("links", new(Holding.Map, Link, DescriptionPart.Link)));
        Link.Set(("server", servers with { Holding = Holding.One }));
        SecurityScheme.Set(("flows", new(Holding.One, Flows, null)), ("scopes", scopes));
        Flows.Set(
            ("implicit", flow), ("password", flow), ("clientCredentials", flow), ("authorizationCode", flow), ("application", flow), ("accessCode", flow),
            ("deviceAuthorization", flow));
        Flow.Set(("scopes", scopes));
    }

    private static void SetMethods(PartObject pathItem, DescriptionPart kind, PartField servers, PartField parameters)
    {
        var operation = new PartField(Holding.One, Operation, kind);
        string[] methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
        // Methods are written in capitals, too.
        pathItem.Set(
            StringComparer.OrdinalIgnoreCase,
            [.. methods.Select(method => (method, operation)), ("additionalOperations", operation with { Holding = Holding.Map }), ("servers", servers), ("parameters", parameters)]);
    }
}
