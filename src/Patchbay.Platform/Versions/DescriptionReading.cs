using Patchbay.Importing;

namespace Patchbay.Platform.Versions;

/// <summary>Runs the importer beside the requests that are being served: few at a time, since a large description takes memory and a core.</summary>
internal sealed class DescriptionReading : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<Outcome<ImportResult>> ReadAsync(DescriptionSource source, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            var result = await Task.Run(() => DescriptionImporter.Import(source.Document, source.Options, cancellationToken), cancellationToken);
            if (result.Connector is not null)
                return result;
            var reason = result.Messages.FirstOrDefault(m => m.Severity == ImportSeverity.Error);
            return new Failure(FailureKind.Invalid, "description_unreadable",
                reason is null ? "The description cannot be read." : $"The description cannot be read: {reason.Text}{ImportMessages.PlaceOf(reason)}")
            {
                Extension = new { Messages = result.Messages.Select(ImportMessages.Json).ToList() },
            };
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
