namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about the documents that a description refers to.</summary>
internal static class OtherDocumentRemarks
{
    public static readonly Remark Missing = Remark.LeftOut(
        DescriptionPart.Reference, "A reference leads to another document, which could not be read; it was left out");

    public static readonly Remark MeansDescription = Remark.Mended(
        DescriptionPart.Reference, "A reference within another document leads nowhere in that document; what it names in the description itself was taken");
}
