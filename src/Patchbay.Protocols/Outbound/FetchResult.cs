using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Protocols.Outbound;

/// <summary>Why a document was not fetched.</summary>
public enum FetchFailureKind
{
    /// <summary>The address is not an absolute http or https URL, or has a user name in it.</summary>
    InvalidUrl,

    /// <summary>The host, or one that a redirect leads to, has no address that the policy allows.</summary>
    HostNotAllowed,

    /// <summary>The name has no address.</summary>
    NameNotResolved,

    /// <summary>Nothing accepts connections there.</summary>
    Refused,

    /// <summary>The TLS handshake failed.</summary>
    Tls,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>The connection broke, or what came back was not HTTP, or was packed wrongly.</summary>
    ConnectionLost,

    /// <summary>The document is longer than the limit.</summary>
    TooLarge,

    /// <summary>The answer has another status than 200.</summary>
    Status,

    /// <summary>The redirects are too many, lead in a circle, or to an address that is not followed.</summary>
    Redirects,

    /// <summary>A redirect leads to another scheme, host or port, where it must not.</summary>
    OtherOrigin,
}

/// <summary>Why a document was not fetched.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">A sentence for whoever gave the address; it names the host at most.</param>
/// <param name="Status">The HTTP status, where that is the reason.</param>
public sealed record FetchFailure(FetchFailureKind Kind, string Message, int? Status = null)
{
    internal static FetchFailure Of(OutboundFailure failure) => new(
        failure.Kind switch
        {
            OutboundFailureKind.HostNotAllowed => FetchFailureKind.HostNotAllowed,
            OutboundFailureKind.NameNotResolved => FetchFailureKind.NameNotResolved,
            OutboundFailureKind.Refused => FetchFailureKind.Refused,
            OutboundFailureKind.Tls => FetchFailureKind.Tls,
            OutboundFailureKind.Timeout => FetchFailureKind.Timeout,
            _ => FetchFailureKind.ConnectionLost,
        },
        failure.Message);
}

/// <summary>A document that was fetched.</summary>
/// <param name="Content">Its bytes, unpacked.</param>
/// <param name="Address">Where it was found in the end, after redirects.</param>
/// <param name="ContentType">What the host calls it, or null.</param>
public sealed record FetchedDocument(byte[] Content, Uri Address, string? ContentType);

/// <summary>A document, or why there is none.</summary>
public sealed class FetchResult
{
    private FetchResult(FetchedDocument? document, FetchFailure? failure)
    {
        Document = document;
        Failure = failure;
    }

    /// <summary>The document, or null.</summary>
    public FetchedDocument? Document { get; }

    /// <summary>Why there is none, or null.</summary>
    public FetchFailure? Failure { get; }

    /// <summary>Whether there is a document.</summary>
    [MemberNotNullWhen(true, nameof(Document))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Document is not null;

    internal static FetchResult Of(FetchedDocument document) => new(document, failure: null);

    internal static FetchResult Of(FetchFailure failure) => new(document: null, failure);
}
