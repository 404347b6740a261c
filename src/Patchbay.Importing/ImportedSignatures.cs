namespace Patchbay.Importing;

/// <summary>OAuth 1.0a (RFC 5849), with tokens that an account's administrator makes.</summary>
/// <param name="SourceName">Its name in the source.</param>
/// <param name="Description">What the source says of it.</param>
/// <param name="SignatureMethod"><c>HMAC-SHA1</c>, <c>HMAC-SHA256</c>, <c>HMAC-SHA512</c>, <c>RSA-SHA1</c>, <c>RSA-SHA256</c> or <c>PLAINTEXT</c>.</param>
/// <param name="In"><c>header</c>, <c>query</c> or <c>body</c>.</param>
/// <param name="Realm">The realm of the header, or null.</param>
public sealed record ImportedOAuth1(string SourceName, string? Description, string SignatureMethod, string In, string? Realm)
    : ImportedAuthScheme(SourceName, Description);

/// <summary>AWS Signature Version 4.</summary>
/// <param name="SourceName">Its name in the source.</param>
/// <param name="Description">What the source says of it.</param>
/// <param name="Region">Such as <c>eu-west-1</c>.</param>
/// <param name="Service">The service's name in signatures, such as <c>execute-api</c>.</param>
public sealed record ImportedAwsSignature(string SourceName, string? Description, string Region, string Service)
    : ImportedAuthScheme(SourceName, Description);
