namespace Patchbay.Importing.Schemas;

/// <summary>The variant of JSON Schema that a description is written in.</summary>
internal enum SchemaDialect
{
    /// <summary>Swagger 2.0: a subset of draft 4 with <c>x-nullable</c> by convention and <c>type: file</c>.</summary>
    Swagger20,

    /// <summary>OpenAPI 3.0: a subset of draft 5 with <c>nullable</c>; nothing may stand next to a <c>$ref</c>.</summary>
    OpenApi30,

    /// <summary>OpenAPI 3.1 and later: JSON Schema 2020-12 itself.</summary>
    OpenApi31,
}
