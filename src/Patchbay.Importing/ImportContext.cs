using System.Text.Json;
using Patchbay.Importing.Accounting;
using Patchbay.Importing.Documents;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>What all parts of one import share.</summary>
internal sealed class ImportContext
{
    /// <summary>What one step through a part that may be shared costs at least.</summary>
    public const int Step = 64;

    private long _outputLeft;

    public ImportContext(SourceObject root, DocumentSet documents, SchemaDialect dialect, ImportOptions options, MessageLog log, CancellationToken cancellation)
    {
        Root = root;
        Dialect = dialect;
        Options = options;
        Log = log;
        Cancellation = cancellation;
        _outputLeft = options.MaxOutputBytes;
        BaseUrl = FindBaseUrl(root, options.SourceUrl);
        References = new LocalReferences(documents, dialect, log);
        Fields = new FieldReader(log);
        Json = new JsonCopier(this);
        Definitions = new DefinitionCatalog(log, References);
        Schemas = new SchemaConverter(this);
    }

    public SourceObject Root { get; }

    public SchemaDialect Dialect { get; }

    /// <summary>The specification that the description follows.</summary>
    public SpecificationVersion Version { get; init; }

    /// <summary>What relative URLs in the description are relative to, and where references find the description itself; null where nobody knows.</summary>
    public Uri? BaseUrl { get; }

    /// <summary>Which parts of the source came to be in the connector.</summary>
    public CarriedParts Carried { get; } = new();

    public ImportOptions Options { get; }

    public MessageLog Log { get; }

    public CancellationToken Cancellation { get; }

    public LocalReferences References { get; }

    public FieldReader Fields { get; }

    public JsonCopier Json { get; }

    public DefinitionCatalog Definitions { get; }

    public SchemaConverter Schemas { get; }

    /// <summary>
    /// Set once the output has grown beyond its limit, which references to large shared parts can bring about. Loops stop at it,
    /// and the import ends in an error.
    /// </summary>
    public bool IsExhausted => _outputLeft < 0;

    /// <summary>Whether what is being written is already more than is left. Then nothing more has to be written.</summary>
    public bool IsTooMuch(Utf8JsonWriter json)
    {
        if (json.BytesCommitted + json.BytesPending > _outputLeft) _outputLeft = -1;
        return IsExhausted;
    }

    /// <summary>Takes from the limit on output. What is done again and again for shared parts costs a little even where it gives nothing.</summary>
    public void Charge(long bytes)
    {
        Cancellation.ThrowIfCancellationRequested();
        _outputLeft -= bytes;
    }

    /// <summary>OpenAPI 3.2 lets a document say its own address; it may be relative to where the document came from (section "Base URI Within Content").</summary>
    private static Uri? FindBaseUrl(SourceObject root, Uri? sourceUrl)
    {
        if (root.FindString("$self") is not { Length: > 0 } self) return sourceUrl;
        if (sourceUrl is { IsAbsoluteUri: true } && Uri.TryCreate(sourceUrl, self, out var resolved)) return resolved;
        return Uri.TryCreate(self, UriKind.Absolute, out var absolute) && absolute.Scheme != Uri.UriSchemeFile ? absolute : sourceUrl;
    }
}
