namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about Postman collections.</summary>
internal static class PostmanRemarks
{
    public static readonly Remark OtherFormat = Remark.Mended(
        DescriptionPart.Document, "The format of the collection is none that is known; it was read as 2.1");

    public static readonly Remark NoName = Remark.Mended(
        DescriptionPart.Document, "The collection has no name; the connector was named after its host");

    public static readonly Remark OtherField = Remark.LeftOutByRule(
        DescriptionPart.Document, "A field of the collection has no place in a connector; it was left out");

    public static readonly Remark Script = Remark.LeftOut(
        DescriptionPart.Document, "A script has no place in a connector; it was left out");

    public static readonly Remark ItemIsNone = Remark.LeftOut(
        DescriptionPart.Operation, "An item is neither a request nor a folder; it was left out");

    public static readonly Remark FolderDescription = Remark.Noted(
        DescriptionPart.Document, "The description of a folder was kept as it stood; nothing shows it");

    public static readonly Remark NoUrl = Remark.Mended(
        DescriptionPart.Operation, "A request has no URL; it will be sent to the base URL itself");

    public static readonly Remark NoMethod = Remark.Mended(
        DescriptionPart.Operation, "A request has no method; GET was taken");

    public static readonly Remark NoScheme = Remark.Mended(
        DescriptionPart.Server, "A URL has no scheme; https was assumed");

    public static readonly Remark UserInUrl = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "A URL has a user name or password in it, which is no place for a secret; it was left out");

    public static readonly Remark Fragment = Remark.LeftOutByRule(
        DescriptionPart.Operation, "A URL has a fragment, which is never sent; it was left out");

    public static readonly Remark VariableOfPath = Remark.Noted(
        DescriptionPart.Parameter, "A variable in a path has no value in the collection; it became a parameter of the path");

    public static readonly Remark UnusedVariable = Remark.LeftOutByRule(
        DescriptionPart.ServerVariable, "A variable stands in no host and no path; it was left out");

    public static readonly Remark VariableIsNoText = Remark.LeftOut(
        DescriptionPart.ServerVariable, "A variable's value is no text; it was left empty");

    public static readonly Remark OpenVariable = Remark.Mended(
        DescriptionPart.ServerVariable, "A variable's value has a variable without value in it; it was left empty");

    public static readonly Remark SecretVariable = Remark.LeftOut(
        DescriptionPart.ServerVariable, "A variable holds a secret, or is called as if it did; its value was left out");

    public static readonly Remark Disabled = Remark.LeftOutByRule(
        DescriptionPart.Parameter, "A parameter is switched off; it was left out");

    public static readonly Remark NameLess = Remark.LeftOutByRule(
        DescriptionPart.Parameter, "A parameter of a request has no name; it was left out");

    public static readonly Remark Repeated = Remark.Noted(
        DescriptionPart.Parameter, "A parameter of a query stands there several times; it takes a list of values");

    public static readonly Remark RepeatedHeader = Remark.LeftOut(
        DescriptionPart.Parameter, "A header stands there twice; the first was taken");

    public static readonly Remark NotInPath = Remark.LeftOut(
        DescriptionPart.Parameter, "A variable of a URL stands nowhere in its path; it was left out");

    public static readonly Remark OwnHeader = Remark.LeftOutByRule(
        DescriptionPart.Parameter, "A header belongs to the connection or to the body, not to the caller; it was left out");

    public static readonly Remark SecretParameter = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "A parameter of a request carries a secret: it became an auth scheme, and its value was left out");

    public static readonly Remark SecretValue = Remark.LeftOut(
        DescriptionPart.Example, "A value is called as if it were a secret; it was left out");

    public static readonly Remark SecretInText = Remark.LeftOut(
        DescriptionPart.Example, "A text repeats a secret of the collection; that part of it was left out");

    public static readonly Remark SecretOfAuth = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "An auth block holds a secret; it was left out");

    public static readonly Remark UnknownAuth = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "There is no auth scheme for this way to authenticate; it was left out");

    public static readonly Remark AuthIsIncomplete = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "An auth block lacks what its scheme needs; it was left out");

    public static readonly Remark AuthField = Remark.LeftOutByRule(
        DescriptionPart.SecurityScheme, "A setting of an auth block has no place in an auth scheme; it was left out");

    public static readonly Remark AuthUrl = Remark.Mended(
        DescriptionPart.SecurityScheme, "A URL of an auth block is missing, or has a variable without value in it; it was left empty");

    public static readonly Remark AuthAssumed = Remark.Mended(
        DescriptionPart.SecurityScheme, "An auth block leaves open what its scheme needs; what Postman does then was taken");

    public static readonly Remark NoJson = Remark.Mended(
        DescriptionPart.RequestBody, "A body that is called JSON cannot be read as such; it was kept as text");

    public static readonly Remark MendedJson = Remark.Mended(
        DescriptionPart.RequestBody, "A body is JSON but for variables, comments and the like in it; it was read as JSON");

    public static readonly Remark DisabledBody = Remark.LeftOutByRule(
        DescriptionPart.RequestBody, "A body is switched off; it was left out");

    public static readonly Remark UnknownBody = Remark.LeftOut(
        DescriptionPart.RequestBody, "A body is of a kind that is not known; it was left out");

    public static readonly Remark DisabledField = Remark.LeftOutByRule(
        DescriptionPart.RequestBody, "A form field is switched off; it was left out");

    public static readonly Remark FilePath = Remark.LeftOutByRule(
        DescriptionPart.RequestBody, "The path of a file on somebody's machine was left out");

    public static readonly Remark NoStatus = Remark.Mended(
        DescriptionPart.Response, "An example response has no status code; it was read as the default response");

    public static readonly Remark Cookies = Remark.LeftOutByRule(
        DescriptionPart.ResponseHeader, "The cookies of an example response were left out");

    public static readonly Remark HeaderOfResponse = Remark.LeftOutByRule(
        DescriptionPart.ResponseHeader, "A header of an example response belongs to the connection, the body or a cookie; it was left out");
}
