using Patchbay.Importing.Exporting;
using Patchbay.Importing.Messages;
using Patchbay.Importing.OpenApi;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Swagger;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>Reads API descriptions: OpenAPI 3.0 and 3.1 and Swagger 2.0, in JSON and YAML.</summary>
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
        var log = new MessageLog();
        var reading = DocumentReader.Read(document.Span, options, log, cancellation);
        if (reading.Failure is { } failure) return Refuse(log, failure.Text, "", failure.Line, failure.Column);
        if (reading.Root is not SourceObject root) return Refuse(log, "The document is no object, so it is no API description", "", reading.Root!.Line, reading.Root.Column);
        if (FindDialect(root, log, out var refusal) is not { } dialect) return Refuse(log, refusal, "", root.Line, root.Column);

        var context = new ImportContext(root, dialect, options, log, cancellation);
        var connector = dialect == SchemaDialect.Swagger20 ? SwaggerImporter.Import(context) : OpenApi3Importer.Import(context);
        connector = ExactContents.Apply(context, connector);
        if (context.IsExhausted)
        {
            return Refuse(log, FormattableString.Invariant($"What the description amounts to is more than {options.MaxOutputBytes} bytes"), "", root.Line, root.Column);
        }
        return new(connector, log.ToMessages()) { Report = FidelityCount.Make(connector, log) };
    }

    private static SchemaDialect? FindDialect(SourceObject root, MessageLog log, out string refusal)
    {
        refusal = "The document names no version of OpenAPI";
        if (root.Find("openapi") is SourceScalar version)
        {
            if (version.Text.StartsWith("3.0", StringComparison.Ordinal) || version.Text == "3") return SchemaDialect.OpenApi30;
            if (version.Text.StartsWith("3.1", StringComparison.Ordinal)) return SchemaDialect.OpenApi31;
            if (version.Text.StartsWith("3.", StringComparison.Ordinal))
            {
                log.Add(DocumentRemarks.NewerVersion, version, version.Text);
                return SchemaDialect.OpenApi31;
            }
            refusal = $"OpenAPI {version.Text} is not supported";
            return null;
        }
        if (root.Find("swagger") is SourceScalar swagger)
        {
            if (swagger.Text.StartsWith('2')) return SchemaDialect.Swagger20;
            refusal = $"Swagger {swagger.Text} is not supported";
            return null;
        }
        if (!root.Has("paths") || !root.Has("info")) return null;
        log.Add(DocumentRemarks.NoVersionOfOpenApi, root);
        return SchemaDialect.OpenApi30;
    }

    private static ImportResult Refuse(MessageLog log, string text, string pointer, int line, int column) =>
        new(null, [.. log.ToMessages(), new ImportMessage(ImportSeverity.Error, text, pointer, line, column)]);
}
