namespace Patchbay.Importing.Schemas;

/// <summary>
/// The specification that a description follows. Each says more than its dialect of JSON Schema, which OpenAPI 3.1 and 3.2 have in common.
/// </summary>
internal enum SpecificationVersion
{
    /// <summary>Swagger 2.0.</summary>
    Swagger20,

    /// <summary>OpenAPI 3.0.</summary>
    OpenApi30,

    /// <summary>OpenAPI 3.1: webhooks, path items among the components, JSON Schema 2020-12.</summary>
    OpenApi31,

    /// <summary>OpenAPI 3.2: more methods, sequences of items, whole query strings, addresses of documents.</summary>
    OpenApi32,
}

/// <summary>What follows from a version of the specification.</summary>
internal static class SpecificationVersions
{
    public static SchemaDialect Dialect(this SpecificationVersion version) => version switch
    {
        SpecificationVersion.Swagger20 => SchemaDialect.Swagger20,
        SpecificationVersion.OpenApi30 => SchemaDialect.OpenApi30,
        _ => SchemaDialect.OpenApi31,
    };
}
