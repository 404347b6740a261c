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

    public static readonly Remark OtherField = Remark.LeftOutByRule(
        DescriptionPart.MediaType, "A field of a media type has no place in a connector; it was left out");

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
