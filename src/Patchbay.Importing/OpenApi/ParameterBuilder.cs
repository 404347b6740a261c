using System.Text.Json.Nodes;
using Patchbay.Importing.Contents;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>Puts the schema of a parameter or header into the fields that we have for it. Both front ends use it.</summary>
internal sealed class ParameterBuilder(ImportContext context)
{
    /// <summary>What a parameter costs besides its texts, in bytes; shared ones are referred to very often.</summary>
    private const int Overhead = 128;

    /// <summary>What is said elsewhere in the parameter, or only names the schema.</summary>
    private static readonly string[] SaidElsewhere = ["type", "default", "description", "title", "example", "examples", "nullable", "x-nullable"];

    private readonly ScalarTypes _types = new(context.References);

    /// <summary>Fills in type, default, schema and what else the schema says.</summary>
    public ParameterContent WithSchema(ParameterContent parameter, SourceNode? schema)
    {
        context.Charge(Overhead + (parameter.Description?.Length ?? 0));
        if (schema is null) return parameter;
        context.Carried.Add(schema);
        var type = _types.TypeOf(schema);
        var meaning = context.References.FollowSchema(schema) as SourceObject;
        var carriesMore = type is null || (meaning?.Members.Any(member => !SaidElsewhere.Contains(member.Name)) ?? true);
        var converted = carriesMore ? context.Schemas.ConvertInPlace(schema) : null;
        return parameter with
        {
            Type = type ?? "string",
            // A schema that says nothing is no schema.
            Schema = converted is JsonObject { Count: 0 } ? null : converted,
            Default = meaning?.Find("default") is { } value ? context.Json.ToNode(value) : null,
            Description = parameter.Description ?? meaning?.FindString("description"),
            Source = carriesMore ? parameter.Source : WithExample(parameter.Source, meaning),
        };
    }

    private JsonObject? WithExample(JsonObject? source, SourceObject? schema)
    {
        if (source is not null && (source.ContainsKey("example") || source.ContainsKey("examples"))) return source;
        if (schema?.Find("example") is not { } example) return source;
        source ??= [];
        source["example"] = context.Json.ToNode(example);
        return source;
    }
}
