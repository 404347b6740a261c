namespace Patchbay.Importing.Documents;

/// <summary>
/// Gives the documents that a description refers to. It decides which may be read and how much that may cost; the importer itself
/// opens no file and no connection. An instance serves one import.
/// </summary>
public interface IDocumentSource
{
    /// <summary>The address of the description itself, absolute, with http or https: relative references in it are relative to this.</summary>
    Uri Root { get; }

    /// <summary>Reads another document of the description.</summary>
    /// <param name="address">Absolute, with http or https and without fragment.</param>
    /// <param name="cancellation">Gives up; the only thing that throws.</param>
    /// <returns>The document, or why there is none, in a sentence's words that show nothing secret.</returns>
    Task<DocumentAnswer> ReadAsync(Uri address, CancellationToken cancellation);
}

/// <summary>What a source has to say of an address.</summary>
public abstract record DocumentAnswer
{
    private DocumentAnswer()
    {
    }

    /// <summary>The document.</summary>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Address">Where it was found in the end: relative references in it are relative to this.</param>
    /// <param name="MediaType">What it is called where it came from, or null.</param>
    public sealed record Found(ReadOnlyMemory<byte> Content, Uri Address, string? MediaType = null) : DocumentAnswer;

    /// <summary>There is no such document, or it must not be read, today and tomorrow: the import goes on without it and says so.</summary>
    /// <param name="Reason">Why, to stand behind a colon.</param>
    public sealed record Missing(string Reason) : DocumentAnswer;

    /// <summary>
    /// It may be there at another time, or is too much: the import ends, since what would be made without it depended on chance.
    /// </summary>
    /// <param name="Reason">Why, as a sentence without its full stop.</param>
    public sealed record Failed(string Reason) : DocumentAnswer;
}
