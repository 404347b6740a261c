using Patchbay.Importing.Messages;
using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing;

/// <summary>What all parts of one import share.</summary>
internal sealed class ImportContext
{
    private long _outputLeft;

    public ImportContext(SourceObject root, SchemaDialect dialect, ImportOptions options, MessageLog log, CancellationToken cancellation)
    {
        Root = root;
        Dialect = dialect;
        Options = options;
        Log = log;
        Cancellation = cancellation;
        _outputLeft = options.MaxOutputBytes;
        References = new LocalReferences(root, dialect, options.SourceUrl, log);
        Fields = new FieldReader(log);
        Json = new JsonCopier(this);
        Definitions = new DefinitionCatalog(log);
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

    public void Charge(long bytes)
    {
        Cancellation.ThrowIfCancellationRequested();
        _outputLeft -= bytes;
    }
}
