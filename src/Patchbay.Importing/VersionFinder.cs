using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>Finds out which specification a description follows.</summary>
internal static class VersionFinder
{
    /// <summary>Fields that only Swagger 2.0 has at the root.</summary>
    private static readonly string[] OfSwagger = ["definitions", "securityDefinitions", "host", "basePath", "schemes", "consumes", "produces"];

    /// <summary>Descriptions of other kinds, by a field that they begin with, and what they are called.</summary>
    private static readonly (string Field, string Name)[] Others =
    [
        ("asyncapi", "an AsyncAPI description"), ("swaggerVersion", "a description of Swagger 1"), ("arazzo", "an Arazzo description"),
        ("overlay", "an OpenAPI overlay"), ("discoveryVersion", "a Google API discovery document"), ("smithy", "a Smithy model"),
        ("$schema", "a JSON Schema"),
    ];

    /// <param name="root">The document.</param>
    /// <param name="log">Takes remarks.</param>
    /// <param name="refusal">Why there is no version.</param>
    public static SpecificationVersion? Find(SourceObject root, MessageLog log, out string refusal)
    {
        refusal = "The document names no version of OpenAPI";
        if (root.Find("openapi") is SourceScalar { Kind: not SourceKind.Null } openApi) return Read(openApi, "OpenAPI", log, out refusal);
        if (root.Find("swagger") is SourceScalar { Kind: not SourceKind.Null } swagger) return Read(swagger, "Swagger", log, out refusal);
        if (root.Find("paths") is not SourceObject)
        {
            if (Array.Find(Others, other => root.Has(other.Field)) is { Name: { } name }) refusal = $"The document is {name}, which is not supported";
            return null;
        }
        if (Array.Exists(OfSwagger, root.Has))
        {
            log.Add(DocumentRemarks.NoVersionOfSwagger, root);
            return SpecificationVersion.Swagger20;
        }
        log.Add(DocumentRemarks.NoVersionOfOpenApi, root);
        return SpecificationVersion.OpenApi30;
    }

    private static SpecificationVersion? Read(SourceScalar stated, string product, MessageLog log, out string refusal)
    {
        refusal = $"{product} {Shown(stated.Text)} is not supported";
        var number = stated.Text.Trim().TrimStart('v', 'V');
        var isSwagger = product == "Swagger";
        var version = number.Split('.', '-', ' ') switch
        {
            ["2", ..] => SpecificationVersion.Swagger20,
            ["3"] or ["3", "0", ..] => SpecificationVersion.OpenApi30,
            ["3", "1", ..] => SpecificationVersion.OpenApi31,
            ["3", "2", ..] => SpecificationVersion.OpenApi32,
            ["3", [>= '0' and <= '9', ..], ..] => Newer(),
            _ => (SpecificationVersion?)null,
        };
        if (version is not null && isSwagger != (version == SpecificationVersion.Swagger20))
            log.Add(DocumentRemarks.OtherProduct, stated, stated.Text);
        return version;

        SpecificationVersion Newer()
        {
            log.Add(DocumentRemarks.NewerVersion, stated, stated.Text);
            return SpecificationVersion.OpenApi32;
        }
    }

    private static string Shown(string version) => version.Length > 20 ? version[..20] + "…" : version;
}
