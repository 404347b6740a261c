namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about responses.</summary>
internal static class ResponseRemarks
{
    public static readonly Remark NoStatus = Remark.LeftOut(
        DescriptionPart.Response, "A response's key is no status code; the response was left out");

    public static readonly Remark SameStatus = Remark.LeftOut(
        DescriptionPart.Response, "A response's key says the same as an earlier one; the response was left out");

    public static readonly Remark OddStatus = Remark.Mended(
        DescriptionPart.Response, "A response's key is no status code, but its meaning is clear");

    public static readonly Remark NoResponses = Remark.Mended(
        DescriptionPart.Response, "An operation has no responses; a default one was added");

    public static readonly Remark NoDescription = Remark.Noted(
        DescriptionPart.Response, "A response has no description");

    public static readonly Remark ContentTypeHeader = Remark.LeftOutByRule(
        DescriptionPart.ResponseHeader, "A response's Content-Type is described by its media types; as a header it was left out");

    public static readonly Remark Links = Remark.Noted(
        DescriptionPart.Link, "Links between operations are kept as they stood; nothing follows them");

    public static readonly Remark DescriptionOnly = Remark.Mended(
        DescriptionPart.Response, "A response is a text; it was read as its description");
}
