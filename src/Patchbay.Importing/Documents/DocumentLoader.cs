using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Documents;

/// <summary>Why an import ends before all documents were read, and at which reference.</summary>
internal sealed record LoadFailure(string Text, SourceNode At);

/// <summary>
/// Reads every document that a description refers to, and those that they refer to. All of it happens before the import begins, so that
/// nothing that is interpreted waits for anything.
/// </summary>
internal sealed class DocumentLoader(
    DocumentSet documents, IDocumentSource source, SchemaDialect dialect, ImportOptions options, MessageLog log, CancellationToken cancellation)
{
    private readonly HashSet<string> _identified = new(StringComparer.Ordinal);
    private readonly Queue<(SourceDocument Document, OutwardReference Reference)> _pending = new();
    private long _bytesLeft;
    private int _valuesLeft = options.MaxNodes;

    /// <param name="descriptionBytes">How long the description itself was, which counts for the limit on all of them.</param>
    public async Task<LoadFailure?> LoadAsync(long descriptionBytes)
    {
        _bytesLeft = options.MaxDocumentBytes - descriptionBytes;
        Scan(documents.Description);
        while (_pending.TryDequeue(out var next))
        {
            cancellation.ThrowIfCancellationRequested();
            if (await LoadAsync(next.Document, next.Reference) is { } failure) return failure;
        }
        return null;
    }

    /// <summary>
    /// Reads what a reference leads to, by the address that schema or document give themselves, else by the one where the document was
    /// found: those who keep files together often name them after where they will be published.
    /// </summary>
    private async Task<LoadFailure?> LoadAsync(SourceDocument document, OutwardReference reference)
    {
        foreach (var address in Candidates(reference.Address, reference.Base, document))
        {
            if (_identified.Contains(DocumentSet.KeyOf(address))) return null;
            if (!documents.Knows(address))
            {
                var failure = await ReadAsync(address, reference.At);
                if (failure is not null) return failure;
            }
            if (documents.WhyMissing(address) is null) return null;
        }
        return null;
    }

    /// <summary>The addresses that a reference may mean, without their fragment.</summary>
    public static IEnumerable<Uri> Candidates(string address, Uri from, SourceDocument document)
    {
        if (Uri.TryCreate(from, address, out var first)) yield return first;
        if (from != document.Base && Uri.TryCreate(document.Base, address, out var second) && second != first) yield return second;
        if (document.Address != document.Base && Uri.TryCreate(document.Address, address, out var third) && third != first) yield return third;
    }

    private async Task<LoadFailure?> ReadAsync(Uri address, SourceNode at)
    {
        if (address.Scheme is not ("http" or "https"))
        {
            documents.AddMissing(address, "it is neither a relative reference nor an http or https URL");
            return null;
        }
        switch (await source.ReadAsync(new Uri(DocumentSet.KeyOf(address)), cancellation))
        {
            case DocumentAnswer.Failed failed:
                return new($"{failed.Reason} ({documents.NameOf(address)})", at);
            case DocumentAnswer.Missing missing:
                documents.AddMissing(address, missing.Reason);
                return null;
            case DocumentAnswer.Found found when documents.Alias(address, found.Address) is not null:
                return null;
            case DocumentAnswer.Found found:
                return Read(address, found, at);
            default:
                throw new InvalidOperationException("A source answered in a way that nobody knows.");
        }
    }

    private LoadFailure? Read(Uri address, DocumentAnswer.Found found, SourceNode at)
    {
        _bytesLeft -= found.Content.Length;
        if (_bytesLeft < 0) return new(FormattableString.Invariant($"The documents of the description come to more than {options.MaxDocumentBytes} bytes"), at);
        var name = documents.NameOf(found.Address);
        log.Reading = name;
        var limits = options with { Format = DescriptionFormat.Unknown, MediaTypeHint = found.MediaType };
        var reading = DocumentReader.Read(found.Content.Span, limits, log, cancellation);
        log.Reading = null;
        if (reading.Root is not { } root)
        {
            var failure = reading.Failure!;
            documents.AddMissing(address, FormattableString.Invariant($"{failure.Text} (line {failure.Line}, column {failure.Column})"));
            return null;
        }
        Scan(documents.Add(root, address, found.Address));
        if (_valuesLeft < 0) return new(FormattableString.Invariant($"The documents of the description hold more than {options.MaxNodes} values"), at);
        return null;
    }

    private void Scan(SourceDocument document)
    {
        var scan = new ReferenceScan(dialect is not (SchemaDialect.Swagger20 or SchemaDialect.OpenApi30));
        scan.Visit(document.Root, document.Base);
        _valuesLeft -= scan.Values;
        _identified.UnionWith(scan.Identified);
        foreach (var reference in scan.Found) _pending.Enqueue((document, reference));
    }
}
