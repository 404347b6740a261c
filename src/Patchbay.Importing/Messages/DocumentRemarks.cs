namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about the document as a whole, its fields and its references.</summary>
internal static class DocumentRemarks
{
    public static readonly Remark NewerVersion = Remark.Mended(
        DescriptionPart.Document, "The version of OpenAPI is newer than those that are known; it was read as 3.1");

    public static readonly Remark NoVersionOfOpenApi = Remark.Mended(
        DescriptionPart.Document, "The document names no version of OpenAPI; it was read as 3.0");

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
        DescriptionPart.Document, "A field should be a boolean and is a string; it was read as a boolean");

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
