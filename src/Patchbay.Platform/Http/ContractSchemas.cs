using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Patchbay.Platform.Http;

/// <summary>
/// Gives a finished document the contract's schemas. The framework names a variant of a polymorphic type after both types, offers
/// variants by <c>anyOf</c>, leaves the discriminator optional, and lets every optional field be null; its object model can rename
/// nothing. So this walks from the operations through all that they reach, and copies it under its right name. What is not reached
/// is left behind.
/// </summary>
internal sealed class ContractSchemas
{
    /// <summary>The framework's mark on a schema that is to be a component but is not yet referred to as one.</summary>
    private const string ComponentName = "x-schema-id";

    /// <summary>
    /// One type here, two in the contract, which names the parts of triggers apart from those of actions though they look alike.
    /// The name begins with the family in which the type is used.
    /// </summary>
    private static readonly Dictionary<string, string> NamesInFamily = new(StringComparer.Ordinal)
    {
        ["ContentError"] = "Error",
        ["HTTPRequestBody"] = "HTTPRequestBody",
        ["HTTPResponse"] = "HTTPResponse",
        ["LinkedDefinition"] = "Definition",
        ["HTTPRequestBodyCreate"] = "HTTPRequestBodyCreate",
        ["HTTPResponseCreate"] = "HTTPResponseCreate",
        ["LinkedDefinitionCreate"] = "DefinitionCreate",
    };

    private static readonly string[] Families = ["Action", "Trigger"];

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["ConnectorSummary"] = "ConnectorSummaryBase",
        ["DefinitionRefDefinitionRefId"] = "DefinitionRefId",
        ["DefinitionRefDefinitionRefName"] = "DefinitionRefName",
    };

    /// <summary>Fields that are declared as any variant, so that they are written with the discriminator, but that only ever hold one.</summary>
    private static readonly Dictionary<(string Schema, string Field), string> OneVariantOnly = new()
    {
        [("ImportHTTPConnectorResult", "connector")] = "HTTPConnector",
    };

    /// <summary>Fields that one API asks for and another leaves open.</summary>
    private static readonly Dictionary<(string Document, string Schema), string> RequiredThere = new()
    {
        [("embedded-v1", "CredentialDataOAuth2Token")] = "refreshToken",
    };

    /// <summary>One type here, in the contract a choice of several: their names, and the fields of each, all of which it must have.</summary>
    private static readonly Dictionary<string, (string Name, string[] Fields)[]> Choices = new(StringComparer.Ordinal)
    {
        ["ActivationConnectionCreate"] =
        [
            ("ActivationConnectionCreateExisting", ["templateId", "connectionId"]),
            ("ActivationConnectionCreateNew", ["templateId", "name", "credentials", "variables"]),
        ],
    };

    private readonly string _api;
    private readonly OpenApiDocument _document;
    private readonly IDictionary<string, IOpenApiSchema> _found;
    private readonly SortedDictionary<string, IOpenApiSchema> _named = new(StringComparer.Ordinal);

    /// <summary>Variants of polymorphic types, by their right names.</summary>
    private readonly Dictionary<string, Variant> _variants = new(StringComparer.Ordinal);

    /// <summary>The right names of variants, by the framework's.</summary>
    private readonly Dictionary<string, string> _variantNames = new(StringComparer.Ordinal);

    private ContractSchemas(string api, OpenApiDocument document)
    {
        _api = api;
        _document = document;
        _found = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach (var (name, schema) in _found)
        {
            if (schema.Discriminator is not { PropertyName: { } property, Mapping: { } mapping })
                continue;
            foreach (var (value, variant) in mapping)
            {
                var found = variant.Reference.Id!;
                _variantNames[found] = found[name.Length..];
                _variants[found[name.Length..]] = new Variant(found, property, value, mapping.Keys);
            }
        }
    }

    public static Task Apply(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        new ContractSchemas(context.DocumentName, document).Apply();
        return Task.CompletedTask;
    }

    private void Apply()
    {
        foreach (var operation in _document.Paths.Values.SelectMany(p => p.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
        {
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
                parameter.Schema = parameter.Schema is null ? null : Copy(parameter.Schema, null);
            Apply(operation.RequestBody?.Content);
            foreach (var response in operation.Responses?.Values ?? Enumerable.Empty<IOpenApiResponse>())
                Apply(response.Content);
        }

        _document.Components!.Schemas = new Dictionary<string, IOpenApiSchema>(_named, StringComparer.Ordinal);
    }

    private void Apply(IDictionary<string, OpenApiMediaType>? content)
    {
        foreach (var body in content?.Values ?? Enumerable.Empty<OpenApiMediaType>())
            body.Schema = body.Schema is null ? null : Copy(body.Schema, null);
    }

    private IOpenApiSchema Copy(IOpenApiSchema schema, string? family)
    {
        if (schema is OpenApiSchemaReference reference)
            return ReferenceTo(reference.Reference.Id!, reference.Reference.Description, family);
        // An optional field of a named type: null or the type. It is never null.
        if (schema.OneOf is [{ Type: JsonSchemaType.Null }, var named])
            return Copy(named, family);
        // A free field that is described as one type.
        if (schema is { Discriminator: null, AnyOf: [OpenApiSchemaReference single] })
            return ReferenceTo(single.Reference.Id!, schema.Description, family);
        var inline = (OpenApiSchema)schema;
        if (inline.Metadata?.TryGetValue(ComponentName, out var id) == true && id is string { Length: > 0 } name)
        {
            _found.TryAdd(name, inline);
            return ReferenceTo(name, null, family);
        }

        return CopyWithin(inline, family);
    }

    private OpenApiSchemaReference ReferenceTo(string id, string? description, string? family)
    {
        var name = _variantNames.GetValueOrDefault(id) ?? OtherNames.GetValueOrDefault(id) ?? id;
        if (NamesInFamily.TryGetValue(id, out var part))
            name = family + part;
        else
            family = Families.FirstOrDefault(f => name.StartsWith(f, StringComparison.Ordinal)) ?? family;
        if (_named.TryAdd(name, new OpenApiSchema()))
        {
            // The place was taken first: a schema may refer to itself.
            var variant = _variants.GetValueOrDefault(name);
            var found = (OpenApiSchema)_found[variant?.Found ?? id];
            var schema = CopyWithin(found, family);
            if (variant is not null)
                Mark(schema, variant.Property, new OpenApiSchema { Type = JsonSchemaType.String, Const = variant.Value });
            foreach (var ((_, field), only) in OneVariantOnly.Where(o => o.Key.Schema == name))
                schema.Properties![field] = ReferenceTo(only, null, family);
            if (RequiredThere.TryGetValue((_api, name), out var required))
                schema.Required = new HashSet<string>(schema.Required ?? Enumerable.Empty<string>(), StringComparer.Ordinal) { required };
            if (Choices.TryGetValue(name, out var choices))
                schema = Choice(schema, choices);
            _named[name] = found.Metadata?.TryGetValue(ApiSchemas.Inheritance, out var inherited) == true
                ? Extending((ApiSchemas.Inherited)inherited, schema, variant)
                : schema;
        }

        return new OpenApiSchemaReference(name, _document) { Description = description };
    }

    private OpenApiSchema CopyWithin(OpenApiSchema schema, string? family)
    {
        var copy = (OpenApiSchema)schema.CreateShallowCopy();
        copy.Metadata = null;
        copy.Properties = schema.Properties?.ToDictionary(p => p.Key, p => Copy(p.Value, family), StringComparer.Ordinal);
        copy.Items = schema.Items is null ? null : Copy(schema.Items, family);
        copy.AdditionalProperties = schema.AdditionalProperties is null ? null : Copy(schema.AdditionalProperties, family);
        copy.AnyOf = schema.AnyOf is null ? null : [.. schema.AnyOf.Select(s => Copy(s, family))];
        if (schema.Discriminator is { } discriminator)
        {
            // What all variants have in common stands in each of them.
            (copy.OneOf, copy.AnyOf, copy.Type, copy.Required) = (copy.AnyOf, null, null, null);
            copy.Discriminator = new OpenApiDiscriminator
            {
                PropertyName = discriminator.PropertyName,
                Mapping = discriminator.Mapping?.ToDictionary(m => m.Key, m => ReferenceTo(m.Value.Reference.Id!, null, family), StringComparer.Ordinal),
            };
        }

        return copy;
    }

    /// <summary>Tells what a schema inherits from what is its own, as the contract does.</summary>
    private OpenApiSchema Extending(ApiSchemas.Inherited inherited, OpenApiSchema schema, Variant? variant)
    {
        if (_found.ContainsKey(inherited.Name))
            ReferenceTo(inherited.Name, null, null);
        else if (!_named.ContainsKey(inherited.Name))
        {
            var parent = Part(schema, inherited.Fields.Contains);
            if (variant is not null)
                Mark(parent, variant.Property, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. variant.AllValues.Select(v => JsonValue.Create(v))] });
            _named[inherited.Name] = parent;
        }

        return new OpenApiSchema
        {
            Description = schema.Description,
            Type = JsonSchemaType.Object,
            AllOf = [new OpenApiSchemaReference(inherited.Name, _document), Part(schema, field => !inherited.Fields.Contains(field))],
        };
    }

    private OpenApiSchema Choice(OpenApiSchema schema, (string Name, string[] Fields)[] choices)
    {
        foreach (var (name, fields) in choices)
        {
            var part = Part(schema, fields.Contains);
            part.Required = fields.ToHashSet(StringComparer.Ordinal);
            _named[name] = part;
        }

        return new OpenApiSchema
        {
            Description = schema.Description, Type = JsonSchemaType.Object, AnyOf = [.. choices.Select(c => new OpenApiSchemaReference(c.Name, _document))],
        };
    }

    private static OpenApiSchema Part(OpenApiSchema schema, Func<string, bool> field) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = schema.Properties!.Where(p => field(p.Key)).ToDictionary(StringComparer.Ordinal),
        Required = (schema.Required ?? Enumerable.Empty<string>()).Where(field).ToHashSet(StringComparer.Ordinal),
    };

    private static void Mark(OpenApiSchema schema, string discriminator, OpenApiSchema values)
    {
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        schema.Properties[discriminator] = values;
        schema.Required = new HashSet<string>(schema.Required ?? Enumerable.Empty<string>(), StringComparer.Ordinal) { discriminator };
        schema.Type = JsonSchemaType.Object;
    }

    /// <summary>A variant of a polymorphic type.</summary>
    /// <param name="Found">The framework's name for it.</param>
    /// <param name="Property">The field by which it is told from the others.</param>
    /// <param name="Value">What stands there.</param>
    /// <param name="AllValues">What stands there in any variant.</param>
    private sealed record Variant(string Found, string Property, string Value, IEnumerable<string> AllValues);
}
