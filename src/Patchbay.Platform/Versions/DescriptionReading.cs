using Patchbay.Importing;
using Patchbay.Importing.Archives;
using Patchbay.Importing.Documents;

namespace Patchbay.Platform.Versions;

/// <summary>
/// Runs the importer and the exporter beside the requests that are being served: few at a time, since a large description takes memory and
/// a core.
/// </summary>
internal sealed class DescriptionReading : IDisposable
{
    /// <summary>So many descriptions may wait for documents that they refer to, each with what it has read so far.</summary>
    private const int MostWaiting = 8;

    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly SemaphoreSlim _waiting = new(MostWaiting);

    public async Task<Outcome<ImportResult>> ReadAsync(DescriptionSource source, CancellationToken cancellationToken)
    {
        if (source.Others is null)
            return await ReadInPlaceAsync(source, null, cancellationToken);
        await _waiting.WaitAsync(cancellationToken);
        try
        {
            return await ReadInPlaceAsync(source, new OutOfPlace(source.Others, _places), cancellationToken);
        }
        finally
        {
            _waiting.Release();
        }
    }

    /// <summary>Does work of the kind when it is its turn.</summary>
    public Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken) => InTurnAsync(() => Task.FromResult(work()), cancellationToken);

    public void Dispose()
    {
        _places.Dispose();
        _waiting.Dispose();
    }

    private async Task<Outcome<ImportResult>> ReadInPlaceAsync(DescriptionSource source, OutOfPlace? others, CancellationToken cancellationToken)
    {
        var result = await InTurnAsync(() => ImportAsync(source, others, cancellationToken), cancellationToken);
        if (result.Connector is not null)
            return result;
        if (source.Others?.Failure is { } failed)
            return failed with { Extension = new { Messages = result.Messages.Select(ImportMessages.Json).ToList() } };
        var reason = result.Messages.FirstOrDefault(m => m.Severity == ImportSeverity.Error);
        return new Failure(FailureKind.Invalid, "description_unreadable",
            reason is null ? "The description cannot be read." : $"The description cannot be read: {reason.Text}{ImportMessages.PlaceOf(reason)}")
        {
            Extension = new { Messages = result.Messages.Select(ImportMessages.Json).ToList() },
        };
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    private static Task<ImportResult> ImportAsync(DescriptionSource source, OutOfPlace? others, CancellationToken cancellationToken) =>
        source.Format == ConnectorFormat.Archive || ArchiveReader.IsArchive(source.Document)
            ? Task.FromResult(ArchiveReader.Import(source.Document, ArchiveLimits.Default with { MaxBytes = source.Options.MaxDocumentBytes }, cancellationToken))
            : DescriptionImporter.ImportAsync(source.Document, source.Options, others, cancellationToken);

    /// <summary>Gives the place away while a document is being fetched: a slow host must not keep others from importing.</summary>
    private sealed class OutOfPlace(FetchedDocuments documents, SemaphoreSlim places) : IDocumentSource
    {
        public Uri Root => documents.Root;

        public async Task<DocumentAnswer> ReadAsync(Uri address, CancellationToken cancellation)
        {
            places.Release();
            try
            {
                return await documents.ReadAsync(address, cancellation);
            }
            finally
            {
                // Whoever has the place gives it back once, so it must be had in any case.
                await places.WaitAsync(CancellationToken.None);
            }
        }
    }
}
