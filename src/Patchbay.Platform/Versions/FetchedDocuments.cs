using Patchbay.Importing.Documents;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Versions;

/// <summary>
/// The documents that a fetched description refers to. Those at its own scheme, host and port are fetched by the rules that the
/// description was fetched by. Others are fetched at public addresses only, whatever networks the operator opened: a stranger's description
/// must not choose what is asked for inside of them. See decision 0014.
/// </summary>
internal sealed class FetchedDocuments(DocumentFetcher own, DocumentFetcher foreign, FetchedDocument description, int maxBytes, TimeProvider clock) : IDocumentSource
{
    /// <summary>How many documents are fetched for one description.</summary>
    public const int MostDocuments = 100;

    private TimeSpan _left = DescriptionFetcher.Timeout;
    private long _bytesLeft = maxBytes - description.Content.Length;
    private int _asked;

    public Uri Root => description.Address;

    /// <summary>What ended the import, if a document did.</summary>
    public Failure? Failure { get; private set; }

    public async Task<DocumentAnswer> ReadAsync(Uri address, CancellationToken cancellation)
    {
        if (++_asked > MostDocuments)
            return Fail(FailureKind.Invalid, $"The description refers to more than {MostDocuments} documents; upload them as one zip");
        if (_left <= TimeSpan.Zero)
            return Fail(FailureKind.GatewayTimeout, TookTooLong);
        var began = clock.GetTimestamp();
        var isOwn = DocumentFetcher.IsSameOrigin(Root, address);
        var limits = new FetchLimits((int)Math.Max(_bytesLeft, 0), _left);
        var fetched = isOwn ? await own.FetchAsync(address, limits with { SameOrigin = true }, cancellation) : null;
        if (fetched is null or { Failure.Kind: FetchFailureKind.OtherOrigin })
        {
            // The guard judges every address on the way, so what begins at home and leads away is fetched as if it were all away.
            fetched = await foreign.FetchAsync(address, limits, cancellation);
        }

        _left -= clock.GetElapsedTime(began);
        if (fetched.Document is not { } document)
            return AnswerOf(fetched.Failure!, isOwn);
        _bytesLeft -= document.Content.Length;
        return new DocumentAnswer.Found(document.Content, document.Address, document.ContentType);
    }

    private static string TookTooLong => $"The documents that the description refers to took longer than {DescriptionFetcher.Timeout.TotalSeconds} s";

    /// <summary>What is so today and tomorrow leaves a reference out; what may be otherwise at another time, at the description's own host, ends the import.</summary>
    private DocumentAnswer AnswerOf(FetchFailure failure, bool isOwn)
    {
        var reason = failure.Message.TrimEnd('.');
        return failure switch
        {
            { Kind: FetchFailureKind.TooLarge } => Fail(FailureKind.TooLarge, $"The documents of the description come to more than {maxBytes} bytes"),
            { Kind: FetchFailureKind.Timeout } => Fail(FailureKind.GatewayTimeout, TookTooLong),
            { Kind: FetchFailureKind.ConnectionLost or FetchFailureKind.Refused } when isOwn => Fail(FailureKind.BadGateway, reason),
            { Status: >= 500 or 408 or 429 } when isOwn => Fail(FailureKind.BadGateway, reason),
            _ => new DocumentAnswer.Missing(char.ToLowerInvariant(reason[0]) + reason[1..]),
        };
    }

    private DocumentAnswer.Failed Fail(FailureKind kind, string reason)
    {
        var code = kind switch { FailureKind.TooLarge => "body_too_large", FailureKind.Invalid => "description_unreadable", _ => "description_unreachable" };
        Failure = new Failure(kind, code, reason + ".");
        return new DocumentAnswer.Failed(reason);
    }
}
