namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about schemas.</summary>
internal static class SchemaRemarks
{
    public static readonly Remark Renamed = Remark.Noted(
        DescriptionPart.Schema, "A schema's name does not fit the rule for names of definitions; it was renamed");

    public static readonly Remark Deep = Remark.LeftOut(
        DescriptionPart.Schema, "A schema nests too deeply; what is deeper admits everything");

    public static readonly Remark NoValue = Remark.Mended(
        DescriptionPart.Schema, "A schema has no value; it was taken to admit everything");

    public static readonly Remark QuotedBoolean = Remark.Mended(
        DescriptionPart.Schema, "A schema is a quoted boolean; it was read as a boolean");

    public static readonly Remark IsNone = Remark.LeftOut(
        DescriptionPart.Schema, "A schema is neither an object nor a boolean; it was taken to admit everything");

    public static readonly Remark BesideReference = Remark.LeftOut(
        DescriptionPart.Schema, "A keyword beside $ref has no effect in this version of the specification; it was left out");

    public static readonly Remark UnknownKeyword = Remark.Noted(
        DescriptionPart.Schema, "A keyword is unknown to JSON Schema; it was kept and checks nothing");

    public static readonly Remark PropertyPattern = Remark.LeftOut(
        DescriptionPart.Schema, "A pattern is no regular expression that can be used; the properties of that name are not checked");

    public static readonly Remark Tuple = Remark.Noted(
        DescriptionPart.Schema, "A list of schemas for the items of an array was written as prefixItems");

    public static readonly Remark Id = Remark.Noted(
        DescriptionPart.Schema, "A schema's $id was left out: definitions refer to each other by name, and references by it were rewritten");

    public static readonly Remark Dialect = Remark.Noted(
        DescriptionPart.Schema, "A schema names another dialect; it was read as JSON Schema 2020-12");

    public static readonly Remark Nullable = Remark.Mended(
        DescriptionPart.Schema, "nullable is a keyword of OpenAPI 3.0 only; it was read as there");

    public static readonly Remark KeywordLeftOut = Remark.LeftOut(
        DescriptionPart.Schema, "A keyword has a value that it cannot have; it was left out");

    public static readonly Remark KeywordMended = Remark.Mended(
        DescriptionPart.Schema, "A keyword has a value of the wrong kind; its meaning is clear and it was mended");

    public static readonly Remark BooleanBound = Remark.Mended(
        DescriptionPart.Schema, "A boolean exclusive bound is of OpenAPI 3.0; it was read as there");

    public static readonly Remark NumericBound = Remark.Mended(
        DescriptionPart.Schema, "An exclusive bound is a number, as in OpenAPI 3.1; it was read as there");

    public static readonly Remark BoundBeyondReach = Remark.LeftOutByRule(
        DescriptionPart.Schema, "An upper limit is beyond what could ever be reached; it was left out");

    public static readonly Remark Pattern = Remark.Mended(
        DescriptionPart.Schema, "A pattern is no regular expression that can be used; it was kept as x-pattern and checks nothing");

    public static readonly Remark TypeList = Remark.Mended(
        DescriptionPart.Schema, "A list of types is of OpenAPI 3.1; it was read as there");

    public static readonly Remark RepeatedValue = Remark.LeftOutByRule(
        DescriptionPart.Schema, "A value stands in an enumeration more than once; once is enough");

    public static readonly Remark RequiredMark = Remark.Mended(
        DescriptionPart.Schema, "A property is marked as required or not in itself; that was moved to the object that holds it");

    public static readonly Remark Endless = Remark.Mended(
        DescriptionPart.Schema, "A reference leads back to its own schema for the same value, or combines far too many; checking would never end, so it was cut");

    public static readonly Remark Mapping = Remark.Mended(
        DescriptionPart.Schema, "A discriminator's mapping names no schema of the description; it was kept as it stood");

    public static readonly Remark TypeName = Remark.Mended(
        DescriptionPart.Schema, "A schema is the name of a type; it was read as one of that type");

    public static readonly Remark DiscriminatorName = Remark.Noted(
        DescriptionPart.Schema, "A discriminator is the name of its property alone, as in Swagger 2.0; it was read as there");
}
