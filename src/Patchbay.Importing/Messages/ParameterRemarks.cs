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

    public static readonly Remark OfSwagger = Remark.Mended(
        DescriptionPart.Parameter, "A parameter is of Swagger 2.0, where it is the body or a field of a form; it was read as there");

    public static readonly Remark NoPlace = Remark.Mended(
        DescriptionPart.Parameter, "A parameter does not say where it is sent; that was assumed");

    public static readonly Remark HasSchema = Remark.Mended(
        DescriptionPart.Parameter, "A parameter that is no body has a schema, as in OpenAPI 3; it was read as there");

    public static readonly Remark CollectionFormat = Remark.Mended(
        DescriptionPart.Parameter, "A collectionFormat has no counterpart; it was kept as it stood");

    public static readonly Remark UnknownField = Remark.Noted(
        DescriptionPart.Parameter, "A field of a parameter or header is unknown; it was kept as it stood");

    public static readonly Remark BothSchemaAndContent = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter has a schema and media types, of which it can have one; the schema was taken");

    public static readonly Remark QueryString = Remark.Mended(
        DescriptionPart.Parameter, "A parameter is the whole query string, written as a form; it was read as one whose properties are spread over the query");

    public static readonly Remark QueryStringOfOtherType = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter is the whole query string, and no form; nothing of ours is sent like that, and it was left out");

    public static readonly Remark NamedByKey = Remark.Mended(
        DescriptionPart.Parameter, "Parameters are an object in place of a list; each was read, and those without a name took that of their member");

    public static readonly Remark OtherCapitals = Remark.Mended(
        DescriptionPart.Parameter, "A path parameter differs from its placeholder in capitals; the placeholder's spelling was taken");

    public static readonly Remark OtherWordForPlace = Remark.Mended(
        DescriptionPart.Parameter, "Where a parameter is sent is said by another word than the specification's; its meaning is clear");

    public static readonly Remark BothKeywordsAndSchema = Remark.LeftOut(
        DescriptionPart.Parameter, "A parameter has the keywords of a schema and a schema beside them; the keywords were taken");
}
