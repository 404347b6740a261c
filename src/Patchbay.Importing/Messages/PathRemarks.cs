namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about paths, operations and callbacks.</summary>
internal static class PathRemarks
{
    public static readonly Remark NoOperations = Remark.Noted(
        DescriptionPart.Operation, "A path has no operations");

    public static readonly Remark CapitalMethod = Remark.Mended(
        DescriptionPart.Operation, "A method is written in capitals; it was read in small letters");

    public static readonly Remark UnknownField = Remark.LeftOut(
        DescriptionPart.Operation, "A field of a path is unknown; it was left out");

    public static readonly Remark OperationIsNoObject = Remark.LeftOut(
        DescriptionPart.Operation, "An operation is no object; it was left out");

    public static readonly Remark CallbackIsShared = Remark.Noted(
        DescriptionPart.Callback, "A callback is used by several operations; it is one trigger");

    public static readonly Remark IdIsNoName = Remark.Mended(
        DescriptionPart.Operation, "An operationId has nothing that a name can have; the name was made from method and path");

    public static readonly Remark IdChanged = Remark.Noted(
        DescriptionPart.Operation, "An operationId does not fit the rule for names; it was changed");

    public static readonly Remark IdNumbered = Remark.Mended(
        DescriptionPart.Operation, "An operationId is used before; a number was added");

    public static readonly Remark EqualTemplate = Remark.Mended(
        DescriptionPart.Operation, "A path differs from an earlier one by the names of its placeholders only; both were kept");

    public static readonly Remark Fragment = Remark.LeftOutByRule(
        DescriptionPart.Operation, "A path has a fragment, which is never sent; it only tells operations apart and was left out of the path");

    public static readonly Remark NoSlash = Remark.Mended(
        DescriptionPart.Operation, "A path does not begin with a slash; one was added");

    public static readonly Remark LoneBrace = Remark.Mended(
        DescriptionPart.Operation, "A path has a brace without its partner; it is taken literally");

    public static readonly Remark OddPlaceholder = Remark.Mended(
        DescriptionPart.Operation, "A placeholder in a path is no plain name; it was read as one");

    public static readonly Remark Blank = Remark.Mended(
        DescriptionPart.Operation, "A path begins or ends with a blank; it was cut off");

    public static readonly Remark EmptyOperation = Remark.Mended(
        DescriptionPart.Operation, "An operation has no value; it was read as one of which nothing is said");

    public static readonly Remark OtherMethod = Remark.LeftOut(
        DescriptionPart.Operation, "An operation has a method that actions cannot have; it was left out");

    public static readonly Remark MicrosoftPaths = Remark.Noted(
        DescriptionPart.Operation, "Paths stand in x-ms-paths, since they differ by their query only; they were read like others");

    public static readonly Remark Webhooks = Remark.Noted(
        DescriptionPart.Callback, "Webhooks stand in x-webhooks, as they do before OpenAPI 3.1; they were read like others");

    public static readonly Remark Notification = Remark.Noted(
        DescriptionPart.Callback, "A path says in x-ms-notification-content what the API sends to its subscribers; that became a trigger");
}
