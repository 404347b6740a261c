namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about contents that a description of ours has in an extension.</summary>
internal static class ExactRemarks
{
    public static readonly Remark Edited = Remark.Mended(
        DescriptionPart.Extension, "The description was edited since Patchbay wrote it; what it says counts, and what x-patchbay-contents has in its place does not");

    public static readonly Remark Unreadable = Remark.LeftOut(
        DescriptionPart.Extension, "A content in x-patchbay-contents breaks the rules for contents; it was left out");

    public static readonly Remark Unsound = Remark.LeftOut(
        DescriptionPart.Extension, "The definitions in x-patchbay-contents cannot be used; they were left out");
}
