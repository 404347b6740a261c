using Patchbay.Importing;
using Patchbay.Importing.Archives;

namespace Patchbay.Platform.Versions;

/// <summary>
/// Runs the importer and the exporter beside the requests that are being served: few at a time, since a large description takes memory and
/// a core.
/// </summary>
internal sealed class DescriptionReading : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<Outcome<ImportResult>> ReadAsync(DescriptionSource source, CancellationToken cancellationToken)
    {
        var result = await InTurnAsync(() => Read(source, cancellationToken), cancellationToken);
        if (result.Connector is not null)
            return result;
        var reason = result.Messages.FirstOrDefault(m => m.Severity == ImportSeverity.Error);
        return new Failure(FailureKind.Invalid, "description_unreadable",
            reason is null ? "The description cannot be read." : $"The description cannot be read: {reason.Text}{ImportMessages.PlaceOf(reason)}")
        {
            Extension = new { Messages = result.Messages.Select(ImportMessages.Json).ToList() },
        };
    }

    /// <summary>Does work of the kind when it is its turn.</summary>
    public async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
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

    private static ImportResult Read(DescriptionSource source, CancellationToken cancellationToken) =>
        source.Format == ConnectorFormat.Archive || ArchiveReader.IsArchive(source.Document)
            ? ArchiveReader.Import(source.Document, ArchiveLimits.Default with { MaxBytes = source.Options.MaxDocumentBytes }, cancellationToken)
            : DescriptionImporter.Import(source.Document, source.Options, cancellationToken);

    public void Dispose() => _places.Dispose();
}
