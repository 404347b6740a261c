namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about parameters.</summary>
internal static class ParameterRemarks
{
    public static readonly Remark SchemaInPlace = Remark.Mended(
        DescriptionPart.Parameter, "A parameter has the keywords of a schema in place of a schema; they were read as one");

    public static readonly Remark SeveralMediaTypes = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter has several media types; the first was taken");

    public static readonly Remark PathOfTrigger = Remark.LeftOut(
        DescriptionPart.Parameter, "A path parameter of a webhook or callback has no path; it was left out");

    public static readonly Remark NotInPath = Remark.LeftOut(
        DescriptionPart.Parameter, "A path parameter stands nowhere in its path; it was left out");

    public static readonly Remark Added = Remark.Mended(
        DescriptionPart.Parameter, "A placeholder in a path has no parameter; a required string was added");

    public static readonly Remark NotRequired = Remark.Mended(
        DescriptionPart.Parameter, "A path parameter is not marked as required, which it always is; it was made so");

    public static readonly Remark Twice = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter is declared twice in one list; the first was taken");

    public static readonly Remark NoName = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter has no name; it was left out");

    public static readonly Remark IgnoredHeader = Remark.LeftOutByRule(
        DescriptionPart.Parameter, "A header parameter is described elsewhere in the operation, and is to be ignored as a parameter; it was left out");

    public static readonly Remark OfSwagger = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter is of Swagger 2.0, where it would be the body; it was left out");

    public static readonly Remark NoPlace = Remark.Mended(
        DescriptionPart.Parameter, "A parameter does not say where it is sent; that was assumed");

    public static readonly Remark HasSchema = Remark.Mended(
        DescriptionPart.Parameter, "A parameter that is no body has a schema, as in OpenAPI 3; it was read as there");

    public static readonly Remark CollectionFormat = Remark.Mended(
        DescriptionPart.Parameter, "A collectionFormat has no counterpart; it was kept as it stood");
}
