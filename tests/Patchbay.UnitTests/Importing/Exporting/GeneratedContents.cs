using System.Text.Json.Nodes;
using CsCheck;
using Patchbay.Importing;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Exporting;

namespace Patchbay.UnitTests.Importing.Exporting;

/// <summary>Contents as clients and importers may make them: odd names, media types, statuses, schemas that refer to each other in circles.</summary>
internal static class GeneratedContents
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private static readonly string[] DefinitionNames = ["Pet", "Owner", "x-odd", "a-b_c", "Unused", "_", "Z9"];
    private static readonly string[] OperationNames = ["getPet", "list$all", "x-trigger", "a_b-c", "___", "post", "Z9"];
    private static readonly string[] MediaTypes = ["application/json", "application/xml", "text/plain", "multipart/form-data", "image/*", "odd"];

    private static readonly Gen<string> Text = Gen.OneOf(
        OneOf("", " ", "plain", "two\nlines", "  indented\n", "yes", "1.0", "null", "0x10", "# no comment", "a: b", "'\"\\", "\t", "é\u2028\U0001F600", "\u0085", "- x", "{a}", "trailing \n"),
        Gen.String[Gen.Char[' ', '\u2100'], 0, 12]);

    private static readonly Gen<JsonNode> Scalar = Gen.OneOf(
        Text.Select(text => (JsonNode)JsonValue.Create(text)!),
        Gen.Int.Select(number => (JsonNode)number),
        OneOf("1.50", "1e400", "-0", "12345678901234567890").Select(number => JsonNode.Parse(number)!),
        Gen.Bool.Select(flag => (JsonNode)flag));

    private static readonly Gen<JsonNode> Data = Gen.OneOf(
        Scalar,
        Gen.Select(Scalar, Scalar, (a, b) => (JsonNode)new JsonObject { ["$ref"] = a.DeepClone(), ["x"] = new JsonArray(b.DeepClone(), null) }));

    private static readonly Gen<string> Reference = Gen.Select(
        OneOf(DefinitionNames), OneOf("", "#/properties/a", "#/properties/b~1c", "#/properties/none"), (name, fragment) => $"{name}.json{fragment}");

    private static readonly Gen<JsonObject> Schema = Gen.Recursive<JsonObject>((depth, schema) => depth > 3
        ? Gen.Const(0).Select(_ => new JsonObject { ["type"] = "string" })
        : Gen.OneOf(
            Gen.Select(OneOf("string", "integer", "number", "boolean", "object"), Text, (type, text) => new JsonObject { ["type"] = type, ["description"] = text }),
            Reference.Select(reference => new JsonObject { ["$ref"] = reference }),
            Gen.Select(Reference, Data, (reference, data) => new JsonObject { ["$ref"] = reference, ["default"] = data.DeepClone() }),
            Gen.Select(Scalar.Array[1, 3], Data, (values, data) => new JsonObject { ["enum"] = new JsonArray([.. values.Select(v => v.DeepClone())]), ["examples"] = new JsonArray(data.DeepClone()) }),
            Gen.Select(schema, schema, (a, b) => new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["a"] = a.DeepClone(), ["b/c"] = b.DeepClone(), ["$ref"] = new JsonObject { ["type"] = "string" } },
                ["required"] = new JsonArray("a"),
                ["x-own"] = new JsonObject { ["$ref"] = "Pet.json" },
            }),
            schema.Select(item => new JsonObject { ["type"] = "array", ["items"] = item.DeepClone(), ["maxItems"] = 3 }),
            Gen.Select(schema, schema, OneOf("oneOf", "anyOf", "allOf"), (a, b, keyword) => new JsonObject { [keyword] = new JsonArray(a.DeepClone(), b.DeepClone()) }),
            Gen.Select(OneOf(DefinitionNames), Text, (name, text) => new JsonObject
            {
                ["discriminator"] = new JsonObject { ["propertyName"] = "kind", ["mapping"] = new JsonObject { ["a"] = name + ".json", ["b"] = text } },
            })));

    private static readonly Gen<JsonObject?> Facts = Gen.OneOf(
        Gen.Const(0).Select(_ => (JsonObject?)null),
        Gen.Select(Gen.Shuffle(new[] { "tags", "x-a", "schemes", "security", "externalDocs", "x-patchbay-odd", "pathItem", "example", "examples", "links", "allowEmptyValue", "servers" }, 3), Data,
            (names, data) =>
            {
                var facts = new JsonObject();
                foreach (var name in names)
                {
                    facts[name] = name switch
                    {
                        "tags" => new JsonArray("t"),
                        "externalDocs" => new JsonObject { ["url"] = "https://docs.example.com" },
                        "pathItem" => new JsonObject { ["x-item"] = data.DeepClone() },
                        "servers" => new JsonArray(new JsonObject { ["url"] = "https://api.example.com/deep" }),
                        "examples" => new JsonObject { ["e"] = new JsonObject { ["value"] = data.DeepClone() } },
                        _ => data.DeepClone(),
                    };
                }
                return (JsonObject?)facts;
            }));

    private static readonly Gen<ParameterContent> Parameter = Gen.Select(
        Gen.Select(OneOf("id", "q", "X-Head", "Accept", "a[b]", "é"), OneOf("path", "query", "header", "cookie"), OneOf("string", "integer", "number", "boolean")),
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool),
        Gen.Select(OneOf<string?>(null, "form", "simple", "deepObject", "odd"), OneOf<bool?>(null, true, false), OneOf<string?>(null, null, "application/json")),
        Gen.Select(Schema, Gen.Bool, Gen.OneOf(Scalar.Select(value => (JsonNode?)value), Gen.Const(0).Select(_ => (JsonNode?)null))),
        Gen.Select(Text, Gen.Bool, Facts),
        (what, flags, how, schema, more) => new ParameterContent
        {
            Name = what.Item1,
            In = what.Item2,
            Type = what.Item3,
            Required = flags.Item1,
            Deprecated = flags.Item2,
            AllowReserved = flags.Item3,
            Style = how.Item1,
            Explode = how.Item2,
            ContentType = how.Item3,
            Schema = schema.Item2 ? schema.Item1.DeepClone() : null,
            Default = schema.Item3?.DeepClone(),
            Description = more.Item2 ? more.Item1 : null,
            Source = more.Item3?.DeepClone().AsObject(),
        });

    private static readonly Gen<DefinitionLink> Link = Gen.Select(
        OneOf(DefinitionNames), Gen.Shuffle(MediaTypes, 2), Gen.Bool, Gen.Bool, Data,
        (name, types, encoded, shown, data) => new DefinitionLink
        {
            Definition = name,
            MediaTypes = types,
            Encoding = encoded ? new JsonObject { ["a"] = new JsonObject { ["contentType"] = "text/plain" } } : null,
            Examples = shown ? new JsonObject { ["example"] = data.DeepClone() } : null,
        });

    private static readonly Gen<BodyContent?> Body = Gen.Select(Gen.Bool, Gen.Bool, Text, Link.Array[0, 3],
        (exists, required, text, links) => exists ? new BodyContent { Required = required, Description = required ? text : null, Definitions = links } : null);

    private static readonly Gen<ResponseContent[]> Responses = Gen.Select(
        Gen.Shuffle(new[] { "200", "404", "4XX", "default" }, 2), Gen.Select(Text, Gen.Bool, Facts).Array[2], Link.Array[0, 2], Parameter.Array[0, 2],
        (keys, texts, links, headers) => keys.Select((key, index) => new ResponseContent
        {
            Status = int.TryParse(key, out var status) ? status : null,
            StatusRange = key == "4XX" ? key : null,
            Description = texts[index].Item2 ? texts[index].Item1 : null,
            Source = texts[index].Item3?.DeepClone().AsObject(),
            Definitions = links,
            Headers = [.. headers.Select(header => header with { In = "header" }).DistinctBy(header => header.Name, StringComparer.Ordinal)],
        }).Skip(texts[0].Item2 ? 0 : 1).ToArray());

    private static readonly Gen<ActionContent> Action = Gen.Select(
        Gen.Select(OneOf("GET", "POST", "CONNECT", "TRACE"), OneOf("/a", "/a/{{ param.id }}", "/a/{{ param.other }}", "/{{ conn.zone }}/b", "/deep/c", "odd", "/a?b=c")),
        Text, Parameter.Array[0, 4], Body, Responses, Gen.Select(Facts, Gen.Bool),
        (request, text, parameters, body, responses, more) => new ActionContent
        {
            Name = "",
            Method = request.Item1,
            Path = request.Item2,
            Summary = more.Item2 ? text : null,
            Description = more.Item2 ? null : text,
            Parameters = [.. parameters.DistinctBy(parameter => (parameter.Name, parameter.In))],
            RequestBody = body,
            Responses = responses,
            Deprecated = more.Item2,
            Source = more.Item1?.DeepClone().AsObject(),
        });

    private static readonly Gen<TriggerContent> Trigger = Action.Select(action => new TriggerContent
    {
        Name = "",
        Method = action.Method,
        Summary = action.Summary,
        Description = action.Description,
        Parameters = [.. action.Parameters.Where(parameter => parameter.In != "path")],
        RequestBody = action.RequestBody,
        Responses = action.Responses,
        Deprecated = action.Deprecated,
        Source = action.Source?.DeepClone().AsObject(),
    });

    private static readonly Gen<DefinitionContent> Definition = Gen.Select(Schema, Gen.Int[0, 9], Gen.Bool, Gen.Shuffle(MediaTypes, 2), Text, (schema, form, described, accept, text) =>
    {
        var root = new JsonObject { ["$schema"] = Dialect };
        foreach (var (name, value) in schema) root[name] = value?.DeepClone();
        var description = described ? text : (schema["description"] as JsonValue)?.GetValue<string>();
        return form switch
        {
            0 => Of("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/></xs:schema>""", "application/xml"),
            1 => Of(root.ToJsonString(ContentJson.Indented), "application/schema+json"),
            2 => Of("true", "application/schema+json"),
            _ => Of(System.Text.Encoding.UTF8.GetString(ContentJson.ToBytes(root)), "application/schema+json"),
        };

        DefinitionContent Of(string written, string type)
        {
            var definition = new DefinitionContent { Name = "", Schema = written, ContentType = type, Accept = accept, Description = description };
            return definition with { References = DefinitionReferences.Of(definition) };
        }
    });

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>Contents within the rules, most of which the importer would never make.</summary>
    public static Gen<ConnectorContents> All { get; } = Gen.Select(Action.Array[0, 5], Trigger.Array[0, 3], Definition.Array[DefinitionNames.Length], (actions, triggers, definitions) => new ConnectorContents(
        [.. actions.Select((action, index) => action with { Name = OperationNames[index] })],
        [.. triggers.Select((trigger, index) => trigger with { Name = OperationNames[index + 2] })],
        [.. definitions.Select((definition, index) => definition with { Name = DefinitionNames[index] })]));

    /// <summary>A connector of such contents, with a variable in its base URL.</summary>
    public static ImportedConnector Connector(ConnectorContents contents) => new()
    {
        Name = "Generated",
        Version = "1",
        BaseUrl = "https://api.example.com",
        Variables = [new("zone", "eu")],
        Contents = contents,
    };
}
