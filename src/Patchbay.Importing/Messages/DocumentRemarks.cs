namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about the document as a whole, its fields and its references.</summary>
internal static class DocumentRemarks
{
    public static readonly Remark NewerVersion = Remark.Mended(
        DescriptionPart.Document, "The version of OpenAPI is newer than those that are known; it was read as 3.2");

    public static readonly Remark NoVersionOfOpenApi = Remark.Mended(
        DescriptionPart.Document, "The document names no version of OpenAPI; it was read as 3.0");

    public static readonly Remark NoVersionOfSwagger = Remark.Mended(
        DescriptionPart.Document, "The document names no version of OpenAPI, and has fields of Swagger 2.0; it was read as that");

    public static readonly Remark OtherProduct = Remark.Mended(
        DescriptionPart.Document, "The version is named under the field of another specification; the number decided");

    public static readonly Remark OfLaterVersion = Remark.Mended(
        DescriptionPart.Document, "A field is of a later version of OpenAPI than the description names; it was read as there");

    public static readonly Remark PlaceOfOtherVersion = Remark.Mended(
        DescriptionPart.Document, "A field of the root is of another version of the specification; it was read as there");

    public static readonly Remark NoObject = Remark.LeftOut(
        DescriptionPart.Reference, "An object was expected; this was left out");

    public static readonly Remark Circle = Remark.LeftOut(
        DescriptionPart.Reference, "References lead in a circle; this was left out");

    public static readonly Remark LeadsNowhere = Remark.LeftOut(
        DescriptionPart.Reference, "A reference leads nowhere; it was left out");

    public static readonly Remark OtherDocument = Remark.LeftOut(
        DescriptionPart.Reference, "A reference leads to another document, which is not read; it was left out");

    public static readonly Remark BesideReference = Remark.LeftOutByRule(
        DescriptionPart.Reference, "A field beside a $ref has no effect; it was left out");

    public static readonly Remark SeveralDocuments = Remark.LeftOut(
        DescriptionPart.Document, "The stream holds several documents; the first was read");

    public static readonly Remark NameIsNoScalar = Remark.LeftOut(
        DescriptionPart.Document, "A name in a mapping is no scalar; the entry was left out");

    public static readonly Remark TrailingComma = Remark.Mended(
        DescriptionPart.Document, "A trailing comma was overlooked");

    public static readonly Remark Comment = Remark.Mended(
        DescriptionPart.Document, "JSON has no comments; one was overlooked");

    public static readonly Remark HalfCharacter = Remark.Mended(
        DescriptionPart.Document, "An escape names half of a character; it was replaced");

    public static readonly Remark NoString = Remark.LeftOut(
        DescriptionPart.Document, "A field should be a string and is not; it was left out");

    public static readonly Remark QuotedBoolean = Remark.Mended(
        DescriptionPart.Document, "A field should be a boolean and is a string or number that means one; it was read as that");

    public static readonly Remark ListOfTexts = Remark.Mended(
        DescriptionPart.Document, "A field should be a string and is a list of texts; they were joined");

    public static readonly Remark RepeatedPath = Remark.Mended(
        DescriptionPart.Document, "A path is repeated; the operations of all its places were taken together");

    public static readonly Remark Tabs = Remark.Mended(
        DescriptionPart.Document, "YAML may not be indented by tabs; they were read as blanks, so that columns may differ");

    public static readonly Remark Utf16 = Remark.Mended(
        DescriptionPart.Document, "The document is UTF-16; it was read all the same");

    public static readonly Remark YamlForJson = Remark.Mended(
        DescriptionPart.Document, "The document came as JSON and is none; it was read as YAML");

    public static readonly Remark OddReference = Remark.Mended(
        DescriptionPart.Reference, "A reference is written otherwise than the specification has it, or leads to where another version keeps things; what it means was found");

    public static readonly Remark NoBoolean = Remark.LeftOut(
        DescriptionPart.Document, "A field should be a boolean and is not; it was left out");

    public static readonly Remark NoObjectField = Remark.LeftOut(
        DescriptionPart.Document, "A field should be an object and is not; it was left out");

    public static readonly Remark SingleForArray = Remark.Mended(
        DescriptionPart.Document, "A field should be an array and is an object; it was read as an array of that one");

    public static readonly Remark NoArray = Remark.LeftOut(
        DescriptionPart.Document, "A field should be an array and is not; it was left out");

    public static readonly Remark RepeatedName = Remark.LeftOut(
        DescriptionPart.Document, "A name is repeated in an object; the last value was taken");

    public static readonly Remark MergeOfNoMapping = Remark.LeftOut(
        DescriptionPart.Document, "A merge key takes mappings only; another value was left out");

    public static readonly Remark DeepData = Remark.LeftOut(
        DescriptionPart.Document, "Data nests too deeply; what is deeper was left out");

    public static readonly Remark NoTitle = Remark.Mended(
        DescriptionPart.Document, "The description has no title; the connector was named after its server");

    public static readonly Remark NoVersion = Remark.Mended(
        DescriptionPart.Document, "The description has no version; it was named 1");

    public static readonly Remark VersionRenamed = Remark.Noted(
        DescriptionPart.Document, "The version does not fit the rule for names of versions; it was changed");
}
