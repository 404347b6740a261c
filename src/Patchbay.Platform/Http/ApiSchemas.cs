using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Definitions;

namespace Patchbay.Platform.Http;

/// <summary>What the schema of a single type looks like where the framework does not know better.</summary>
internal static class ApiSchemas
{
    /// <summary>Under this key a schema says in its metadata which <see cref="Inherited"/> fields it has.</summary>
    public const string Inheritance = "inherited";

    /// <summary>Types that stand where they are used, because their schemas differ by use or have no name in the contract.</summary>
    private static readonly HashSet<Type> Unnamed =
    [
        typeof(Ulid), typeof(DateTimeOffset), typeof(JsonElement), typeof(JsonNode), typeof(JsonObject),
        typeof(HTTPParameterType), typeof(ContentErrorSeverity), typeof(DefinitionReferenceType),
        typeof(AuthSchemeConfigHMACAlgorithm), typeof(AuthSchemeConfigHMACDigestInput),
    ];

    /// <summary>The name of a type's schema, or null for none: our types have the contract's names with a suffix.</summary>
    /// <param name="type">The type.</param>
    public static string? NameOf(JsonTypeInfo type)
    {
        if (Unnamed.Contains(Nullable.GetUnderlyingType(type.Type) ?? type.Type))
            return null;
        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        return name is not null && name.EndsWith("Json", StringComparison.Ordinal) ? name[..^"Json".Length] : name;
    }

    /// <summary>Says what our converters write, and what free fields hold.</summary>
    public static async Task MendAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(Ulid))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "ulid");
        else if (type == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        else if (type.IsEnum)
            schema.Type = JsonSchemaType.String;
        else if (context.JsonTypeInfo.ElementType == typeof(Ulid))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "ulid" };
        else if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Object, Properties.Count: 0, PolymorphismOptions: null } && type.BaseType == typeof(object) && type != typeof(object))
            schema.AdditionalPropertiesAllowed = false;
        if (InheritedBy(context.JsonTypeInfo) is { } inherited)
            (schema.Metadata ??= new Dictionary<string, object>(StringComparer.Ordinal))[Inheritance] = inherited;

        var field = context.JsonPropertyInfo?.AttributeProvider;
        if (schema.Type is { } types)
        {
            // A nullable type here means that the field may be left out: only the marked ones take or give null.
            var nullAllowed = field?.IsDefined(typeof(NullAllowedAttribute), inherit: true) == true;
            schema.Type = nullAllowed ? types | JsonSchemaType.Null : types & ~JsonSchemaType.Null;
        }

        var ofField = field?.GetCustomAttributes(typeof(DescribedAsAttribute), inherit: true);
        if (ofField is { Length: 0 } or null && type.IsDefined(typeof(DescribedAsAttribute), inherit: false))
        {
            ofField = type.GetCustomAttributes(typeof(DescribedAsAttribute), inherit: false);
            (schema.Type, schema.Properties, schema.Required) = (null, null, null);
        }

        if (ofField is [DescribedAsAttribute described])
        {
            schema.AnyOf = [];
            foreach (var variant in described.Types)
                schema.AnyOf.Add(await context.GetOrCreateSchemaAsync(variant, cancellationToken: cancellationToken));
        }
    }

    private static Inherited? InheritedBy(JsonTypeInfo type)
    {
        // One level only: a base between two others spares us lines, and the contract knows nothing of it.
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.BaseType is not { } parent || parent.BaseType != typeof(object))
            return null;
        var inherited = type.Options.GetTypeInfo(parent);
        var fields = inherited.Properties.Where(p => p.Get is not null).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var name = inherited.PolymorphismOptions is null ? NameOf(inherited) : NameOf(inherited) + "Base";
        return fields.Count == 0 ? null : new Inherited(name!, fields);
    }

    /// <summary>What a type has of its base type.</summary>
    /// <param name="Name">The name of the base's schema: that of a polymorphic type itself is taken by the choice of its variants.</param>
    /// <param name="Fields">The names of the fields.</param>
    public sealed record Inherited(string Name, IReadOnlySet<string> Fields);
}
