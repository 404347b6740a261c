namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about servers and their variables.</summary>
internal static class ServerRemarks
{
    public static readonly Remark OfAllPaths = Remark.Noted(
        DescriptionPart.Server, "The document names no server, but all paths name the same; it was taken as the base URL");

    public static readonly Remark Another = Remark.LeftOutByRule(
        DescriptionPart.Server, "A connector has one base URL, the first server; another server was left out");

    public static readonly Remark UnderBase = Remark.Noted(
        DescriptionPart.Server, "A server lies under the base URL; the path of the action says so");

    public static readonly Remark OfAction = Remark.Mended(
        DescriptionPart.Server, "An action has a server of its own, which a connector cannot have; it will be sent to the base URL");

    public static readonly Remark None = Remark.Mended(
        DescriptionPart.Server, "The description names no server; the base URL was left empty");

    public static readonly Remark NoUrl = Remark.Mended(
        DescriptionPart.Server, "A server has no URL; the base URL was left empty");

    public static readonly Remark LoneBrace = Remark.Mended(
        DescriptionPart.Server, "A server's URL has a brace without its partner; it is taken literally");

    public static readonly Remark UnusedVariable = Remark.LeftOutByRule(
        DescriptionPart.ServerVariable, "A server variable stands nowhere in the URL; it was left out");

    public static readonly Remark Relative = Remark.Mended(
        DescriptionPart.Server, "A server's URL is relative, and where the description came from is not known; it was kept as it stood");

    public static readonly Remark VariableAdded = Remark.Mended(
        DescriptionPart.ServerVariable, "A placeholder in a server's URL has no variable; one with an empty default was added");

    public static readonly Remark Choice = Remark.LeftOutByRule(
        DescriptionPart.ServerVariable, "The choice of values of a server variable was left out");

    public static readonly Remark NoDefault = Remark.Mended(
        DescriptionPart.ServerVariable, "A server variable has no default; the first value of its choice was taken, else an empty one");

    public static readonly Remark NoHost = Remark.Mended(
        DescriptionPart.Server, "The description names no host, and where it came from is not known; the base URL is its path alone");

    public static readonly Remark HostWithScheme = Remark.Mended(
        DescriptionPart.Server, "The host has a scheme, which stands elsewhere; it was cut off");

    public static readonly Remark OtherScheme = Remark.LeftOut(
        DescriptionPart.Server, "A scheme is neither http nor https; it was left out");

    public static readonly Remark SeveralSchemes = Remark.LeftOutByRule(
        DescriptionPart.Server, "A connector has one base URL; of several schemes https was taken");

    public static readonly Remark PlaceholderInHost = Remark.Mended(
        DescriptionPart.ServerVariable, "Host or path hold a placeholder; a variable with an empty default was added");

    public static readonly Remark BareUrl = Remark.Mended(
        DescriptionPart.Server, "A server is a text in place of an object; it was read as its URL");

    public static readonly Remark BareDefault = Remark.Mended(
        DescriptionPart.ServerVariable, "A server variable is a value in place of an object; it was read as its default");

    public static readonly Remark NoScheme = Remark.Mended(
        DescriptionPart.Server, "A server's URL begins with its host; https was put before it");

    public static readonly Remark PathWithUrl = Remark.Mended(
        DescriptionPart.Server, "The base path is a URL; it was taken for the whole base URL");

    public static readonly Remark PathWithoutSlash = Remark.Mended(
        DescriptionPart.Server, "The base path does not begin with a slash; one was added");

    public static readonly Remark HostTemplate = Remark.Noted(
        DescriptionPart.Server, "The host has parameters, by x-ms-parameterized-host; they became variables of the base URL");
}
