namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about request bodies and media types.</summary>
internal static class BodyRemarks
{
    public static readonly Remark NoContent = Remark.Mended(
        DescriptionPart.RequestBody, "A request body has no content; what may be sent is not known");

    public static readonly Remark RepeatedMediaType = Remark.LeftOut(
        DescriptionPart.MediaType, "A media type is empty or stands there twice; it was left out");

    public static readonly Remark NoMediaType = Remark.Mended(
        DescriptionPart.MediaType, "A media type is none; it was kept as it stood");

    public static readonly Remark OtherField = Remark.Noted(
        DescriptionPart.MediaType, "A field of a media type is unknown; it was kept as it stood");

    public static readonly Remark SchemaInPlace = Remark.Mended(
        DescriptionPart.MediaType, "A media type is a schema, or a reference to one, in place of holding it; it was read as its schema");

    public static readonly Remark ContentInPlace = Remark.Mended(
        DescriptionPart.RequestBody, "A body holds its media types or its schema itself, without content; they were read as if it had it");

    public static readonly Remark Sequence = Remark.Mended(
        DescriptionPart.MediaType, "A body is a sequence of items; its schema was written as the array that the items make up");

    public static readonly Remark AnnotatedReference = Remark.LeftOutByRule(
        DescriptionPart.Schema, "A body's schema is a reference with annotations beside it; the body uses the definition, and the annotations were left out");

    public static readonly Remark BodyOfLaterVersion = Remark.Mended(
        DescriptionPart.RequestBody, "A request body is written as in OpenAPI 3; it was read as there");

    public static readonly Remark ResponseOfLaterVersion = Remark.Mended(
        DescriptionPart.Response, "A response is written as in OpenAPI 3; it was read as there");

    public static readonly Remark ResponseOfSwagger = Remark.Mended(
        DescriptionPart.Response, "A response is written as in Swagger 2.0; it was read as there");

    public static readonly Remark NoSchema = Remark.Mended(
        DescriptionPart.RequestBody, "A body has no schema; what it says in place of one was taken");

    public static readonly Remark AssumedForm = Remark.Mended(
        DescriptionPart.MediaType, "A form is sent, but what the operation consumes is none; the media type was assumed");

    public static readonly Remark MayBeEmpty = Remark.LeftOutByRule(
        DescriptionPart.RequestBody, "Whether a form field may be empty is not carried over");

    public static readonly Remark MediaTypeIsNoString = Remark.LeftOut(
        DescriptionPart.MediaType, "A media type is no string; it was left out");

    public static readonly Remark AnotherBody = Remark.LeftOut(
        DescriptionPart.RequestBody, "A request has one body; another body or form field was left out");
}
