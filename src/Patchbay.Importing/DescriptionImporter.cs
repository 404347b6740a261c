using Patchbay.Importing.Accounting;
using Patchbay.Importing.Documents;
using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Postman;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Swagger;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>Reads API descriptions: OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0, in JSON and YAML, and Postman collections.</summary>
public static class DescriptionImporter
{
    /// <summary>Makes a connector of a description that is one document. References to others are left out, each with a message.</summary>
    /// <param name="document">The description in UTF-8, with or without a byte order mark.</param>
    /// <param name="options">What is known about it, and how much of it is taken.</param>
    /// <param name="cancellation">Stops the import.</param>
    /// <returns>
    /// The connector with a message for everything that was approximated, mended or left out; or no connector and a message of severity
    /// error that says why and where. What the document holds never makes it throw, nor run beyond the limits of <paramref name="options"/>.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static ImportResult Import(ReadOnlyMemory<byte> document, ImportOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var log = new MessageLog(options.MaxPlacesInReport);
        if (ReadDescription(document, options, log, cancellation, out var refused) is not { } read) return refused!;
        return Interpret(read, DocumentSet.Of(read.Root, options.SourceUrl), options, log, cancellation);
    }

    /// <summary>Makes a connector of a description and of the documents that it refers to. A zip is one that holds all of them.</summary>
    /// <param name="document">The description in UTF-8, with or without a byte order mark, or a zip.</param>
    /// <param name="options">What is known about it, and how much of it is taken.</param>
    /// <param name="others">Gives the other documents, unless it is a zip; null where there are none to be had.</param>
    /// <param name="cancellation">Stops the import.</param>
    /// <returns>As for one document; messages say which of them they are about.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static async Task<ImportResult> ImportAsync(
        ReadOnlyMemory<byte> document, ImportOptions options, IDocumentSource? others, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var log = new MessageLog(options.MaxPlacesInReport);
        if (!ZipDocuments.IsZip(document.Span)) return await ImportAsync(document, options, others, log, cancellation);
        var opening = ZipDocuments.Open(document, options, cancellation);
        if (opening.Documents is not { } zip) return Refuse(log, opening.Refusal!, "", 0, 0);
        using (zip)
        {
            var within = options with { Format = DescriptionFormat.Unknown, MediaTypeHint = null };
            return await ImportAsync(zip.Description, within, zip, log, cancellation);
        }
    }

    private static async Task<ImportResult> ImportAsync(
        ReadOnlyMemory<byte> document, ImportOptions options, IDocumentSource? others, MessageLog log, CancellationToken cancellation)
    {
        if (ReadDescription(document, options, log, cancellation, out var refused) is not { } read) return refused!;
        var documents = DocumentSet.Of(read.Root, others?.Root ?? options.SourceUrl);
        if (others is not null && !read.IsCollection)
        {
            log.DocumentOf = node => documents.Of(node).Name;
            var loader = new DocumentLoader(documents, others, read.Version.Dialect(), options, log, cancellation);
            if (await loader.LoadAsync(document.Length) is { } failure)
                return Refuse(log, failure.Text, failure.At.Pointer, failure.At.Line, failure.At.Column, documents.Of(failure.At).Name);
        }
        return Interpret(read, documents, options, log, cancellation);
    }

    private static Description? ReadDescription(
        ReadOnlyMemory<byte> document, ImportOptions options, MessageLog log, CancellationToken cancellation, out ImportResult? refused)
    {
        refused = null;
        var reading = DocumentReader.Read(document.Span, options, log, cancellation);
        if (reading.Failure is { } failure)
            refused = Refuse(log, failure.Text, "", failure.Line, failure.Column);
        else if (reading.Root is not SourceObject root)
            refused = Refuse(log, "The document is no object, so it is no API description", "", reading.Root!.Line, reading.Root.Column);
        else if (PostmanImporter.FindCollection(root, options, out var unsupported) is { } collection)
            return new(collection, SpecificationVersion.OpenApi31, IsCollection: true);
        else if (unsupported is not null)
            refused = Refuse(log, unsupported, "", root.Line, root.Column);
        else if (VersionFinder.Find(root, log, out var refusal) is { } version)
            return new(root, version, IsCollection: false);
        else
            refused = Refuse(log, refusal, "", root.Line, root.Column);
        return null;
    }

    private static ImportResult Interpret(Description read, DocumentSet documents, ImportOptions options, MessageLog log, CancellationToken cancellation)
    {
        var root = read.Root;
        var context = new ImportContext(root, documents, read.Version.Dialect(), options, log, cancellation) { Version = read.Version };
        var connector = read.IsCollection ? PostmanImporter.Import(context)
            : read.Version == SpecificationVersion.Swagger20 ? SwaggerImporter.Import(context) : OpenApi3Importer.Import(context);
        connector = ExactContents.Apply(context, connector);
        if (context.IsExhausted)
        {
            return Refuse(log, FormattableString.Invariant($"What the description amounts to is more than {options.MaxOutputBytes} bytes"), "", root.Line, root.Column);
        }
        var source = read.IsCollection ? null : SourceCensus.Take(root, context.Carried, log);
        return new(connector, log.ToMessages()) { Report = FidelityCount.Make(connector, log, source) };
    }

    private static ImportResult Refuse(MessageLog log, string text, string pointer, int line, int column, string? document = null) =>
        new(null, [.. log.ToMessages(), new ImportMessage(ImportSeverity.Error, text, pointer, line, column) { Document = document }]);

    /// <summary>A document that was read and is a description.</summary>
    private sealed record Description(SourceObject Root, SpecificationVersion Version, bool IsCollection);
}
