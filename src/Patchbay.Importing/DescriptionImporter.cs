using Patchbay.Importing.Accounting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Swagger;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>Reads API descriptions: OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0, in JSON and YAML.</summary>
public static class DescriptionImporter
{
    /// <summary>Makes a connector of a description.</summary>
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
        var reading = DocumentReader.Read(document.Span, options, log, cancellation);
        if (reading.Failure is { } failure) return Refuse(log, failure.Text, "", failure.Line, failure.Column);
        if (reading.Root is not SourceObject root) return Refuse(log, "The document is no object, so it is no API description", "", reading.Root!.Line, reading.Root.Column);
        if (VersionFinder.Find(root, log, out var refusal) is not { } version) return Refuse(log, refusal, "", root.Line, root.Column);

        var context = new ImportContext(root, version.Dialect(), options, log, cancellation) { Version = version };
        var connector = version == SpecificationVersion.Swagger20 ? SwaggerImporter.Import(context) : OpenApi3Importer.Import(context);
        if (context.IsExhausted)
        {
            return Refuse(log, FormattableString.Invariant($"What the description amounts to is more than {options.MaxOutputBytes} bytes"), "", root.Line, root.Column);
        }
        var source = SourceCensus.Take(root, context.Carried, log);
        return new(connector, log.ToMessages()) { Report = FidelityCount.Make(connector, log, source) };
    }

    private static ImportResult Refuse(MessageLog log, string text, string pointer, int line, int column) =>
        new(null, [.. log.ToMessages(), new ImportMessage(ImportSeverity.Error, text, pointer, line, column)]);
}
