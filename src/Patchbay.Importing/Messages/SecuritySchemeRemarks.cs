namespace Patchbay.Importing.Messages;

/// <summary>What an import may say about security schemes.</summary>
internal static class SecuritySchemeRemarks
{
    public static readonly Remark BasicOfSwagger = Remark.Mended(
        DescriptionPart.SecurityScheme, "A security scheme is of a type of Swagger 2.0; it was read as HTTP Basic");

    public static readonly Remark OpenIdConnect = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "OpenID Connect discovery is not carried over; the security scheme was left out");

    public static readonly Remark MutualTls = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "Mutual TLS is not carried over; the security scheme was left out");

    public static readonly Remark UnknownType = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "A security scheme is of an unknown type; it was left out");

    public static readonly Remark KeyWithoutName = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "An API key has no name; the security scheme was left out");

    public static readonly Remark KeyWithoutPlace = Remark.Mended(
        DescriptionPart.SecurityScheme, "An API key says not where it is sent; it was read as a header");

    public static readonly Remark OtherHttpScheme = Remark.Mended(
        DescriptionPart.SecurityScheme, "An HTTP authentication scheme was read as a key in the Authorization header; how its value is made is not carried over");

    public static readonly Remark UnknownFlow = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "An OAuth 2.0 flow is unknown; it was left out");

    public static readonly Remark NoFlow = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "An OAuth 2.0 scheme has no flow that could be read; it was left out");

    public static readonly Remark ImplicitFlow = Remark.Mended(
        DescriptionPart.SecurityScheme, "The implicit flow (RFC 6749, section 4.2) is read as the authorization code flow; the token URL is left to be filled in");

    public static readonly Remark MissingUrl = Remark.Mended(
        DescriptionPart.SecurityScheme, "An OAuth 2.0 flow lacks a URL that it needs; it was left empty");

    public static readonly Remark RelativeUrl = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "A URL of an OAuth 2.0 flow is relative, and where the description came from is not known; it was left empty");

    public static readonly Remark DeviceFlow = Remark.LeftOut(
        DescriptionPart.SecurityScheme, "The device authorization flow (RFC 8628) is not carried over; it was left out");

    public static readonly Remark TypeMended = Remark.Mended(
        DescriptionPart.SecurityScheme, "A security scheme has no type, or none of the specification; what it has says which is meant");

    public static readonly Remark FlowOfSwagger = Remark.Mended(
        DescriptionPart.SecurityScheme, "An OAuth 2.0 scheme has the fields of its flow itself, as in Swagger 2.0; it was read as there");

    public static readonly Remark FlowGuessed = Remark.Mended(
        DescriptionPart.SecurityScheme, "An OAuth 2.0 scheme does not name its flow; the URLs that it has say which it is");

    public static readonly Remark ScopesAsList = Remark.Mended(
        DescriptionPart.SecurityScheme, "Scopes are a list; they were read as names without descriptions");
}
