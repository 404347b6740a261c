using System.Text.Json;
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
        References = new LocalReferences(documents, dialect, log);
        Fields = new FieldReader(log);
        Json = new JsonCopier(this);
        Definitions = new DefinitionCatalog(log, References);
        Schemas = new SchemaConverter(this);
    }

    public SourceObject Root { get; }

    public SchemaDialect Dialect { get; }

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
}
