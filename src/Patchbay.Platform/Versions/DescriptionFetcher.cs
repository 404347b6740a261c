using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Versions;

/// <summary>Fetches descriptions, and gives what fetches the documents that they refer to. Safe for concurrent use.</summary>
internal sealed class DescriptionFetcher(OutboundNetwork network, TimeProvider clock) : IDisposable
{
    /// <summary>For a description, and once more for all that it refers to.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly DocumentFetcher _own = network.CreateDocumentFetcher();
    private readonly DocumentFetcher _foreign = new OutboundNetwork(NetworkPolicy.PublicOnly, clock).CreateDocumentFetcher();

    public Task<FetchResult> FetchAsync(Uri url, int maxBytes, CancellationToken cancellationToken) =>
        _own.FetchAsync(url, new FetchLimits(maxBytes, Timeout), cancellationToken);

    /// <summary>What fetches the documents that a description refers to.</summary>
    /// <param name="description">The description.</param>
    /// <param name="maxBytes">How much all of them may come to, the description included.</param>
    public FetchedDocuments DocumentsOf(FetchedDocument description, int maxBytes) => new(_own, _foreign, description, maxBytes, clock);

    /// <summary>Why a description was not fetched, for whoever named its URL.</summary>
    public static Failure FailureOf(FetchFailure failure)
    {
        var kind = failure.Kind switch
        {
            FetchFailureKind.TooLarge => FailureKind.TooLarge,
            FetchFailureKind.Timeout => FailureKind.GatewayTimeout,
            FetchFailureKind.HostNotAllowed or FetchFailureKind.InvalidUrl => FailureKind.Invalid,
            _ => FailureKind.BadGateway,
        };
        return new Failure(kind, failure.Kind == FetchFailureKind.HostNotAllowed ? "host_not_allowed" : "description_unreachable", failure.Message)
        {
            Fields = kind == FailureKind.Invalid ? [new FieldFault("schemaURL", failure.Message)] : [],
        };
    }

    public void Dispose()
    {
        _own.Dispose();
        _foreign.Dispose();
    }
}
