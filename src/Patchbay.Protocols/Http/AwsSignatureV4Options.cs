namespace Patchbay.Protocols.Http;

/// <summary>Whose requests are signed with AWS Signature Version 4, and for which service.</summary>
public sealed record AwsSignatureV4Options
{
    // Their documentation asks for the hash of the payload as a header; the others take it and do not need it.
    private static readonly string[] ServicesWithPayloadHash = ["s3", "s3express", "s3-object-lambda", "s3-outposts", "glacier", "vpc-lattice-svcs"];

    // An object's key is the path: two slashes are not one, and it is encoded once.
    private static readonly string[] ServicesWithPlainPath = ["s3", "s3express", "s3-object-lambda", "s3-outposts"];

    /// <summary>The access key's id, which is not secret.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The secret access key.</summary>
    public required string SecretAccessKey { get; init; }

    /// <summary>The token of temporary credentials, or null; it is sent as <c>X-Amz-Security-Token</c>.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The region's code, such as <c>eu-west-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>The service's code, such as <c>s3</c>, <c>execute-api</c> or <c>dynamodb</c>.</summary>
    public required string Service { get; init; }

    /// <summary>
    /// Whether the body is left out of the signature, so that it need not be read beforehand. S3 allows it over https; most other services
    /// refuse it.
    /// </summary>
    public bool UnsignedPayload { get; init; }

    /// <summary>
    /// Whether the payload's hash is sent as <c>X-Amz-Content-Sha256</c>. By the service where it is null; always where the payload is unsigned
    /// or the caller sent such a header.
    /// </summary>
    public bool? SendsPayloadHash { get; init; }

    /// <summary>
    /// Whether the path is signed as all services but S3 have it: slashes in a row as one, and encoded once more than it is sent. By the service
    /// where it is null.
    /// </summary>
    public bool? NormalisesPath { get; init; }

    internal bool PayloadHashIsSent => UnsignedPayload || (SendsPayloadHash ?? ServicesWithPayloadHash.Contains(Service, StringComparer.Ordinal));

    internal bool PathIsNormalised => NormalisesPath ?? !ServicesWithPlainPath.Contains(Service, StringComparer.Ordinal);

    /// <summary>Access key id, region and service, never a secret.</summary>
    public override string ToString() => $"{AccessKeyId} {Region} {Service}";
}
