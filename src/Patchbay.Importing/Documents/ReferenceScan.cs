using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Documents;

/// <summary>A reference to something outside of the value that holds it.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Address">The reference without its fragment; never empty.</param>
/// <param name="Base">What it is relative to.</param>
internal sealed record OutwardReference(SourceNode At, string Address, Uri Base);

/// <summary>Finds the references of a document that may lead to others, each once, and counts its values.</summary>
/// <param name="hasIdentifiers">Whether schemas may name themselves by <c>$id</c>, as in JSON Schema 2020-12.</param>
internal sealed class ReferenceScan(bool hasIdentifiers)
{
    /// <summary>No name in a description is as long as what lies beyond.</summary>
    private const int LongestReference = 8_192;

    private static readonly string[] References = ["$ref", "$dynamicRef"];
    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];

    /// <summary>Members that hold data; a <c>$ref</c> in there is data too.</summary>
    private static readonly string[] Data = ["example", "default", "enum", "const"];

    /// <summary>Members whose own members have names that somebody chose, <c>default</c> and <c>x-rate</c> among them.</summary>
    private static readonly string[] Named =
    [
        "properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas", "responses", "parameters", "headers", "requestBodies", "securitySchemes",
        "securityDefinitions", "callbacks", "links", "pathItems", "webhooks",
    ];

    private readonly HashSet<(Uri, string)> _seen = [];
    private readonly List<OutwardReference> _found = [];

    public IReadOnlyList<OutwardReference> Found => _found;

    /// <summary>The addresses that schemas give themselves.</summary>
    public HashSet<string> Identified { get; } = new(StringComparer.Ordinal);

    public int Values { get; private set; }

    public void Visit(SourceNode node, Uri address) => Visit(node, address, isNamed: false);

    private void Visit(SourceNode node, Uri address, bool isNamed)
    {
        Values++;
        switch (node)
        {
            case SourceArray array:
                foreach (var item in array.Items) Visit(item, address, isNamed: false);
                break;
            case SourceObject holder:
                address = Identify(holder, address);
                foreach (var (name, value) in holder.Members)
                {
                    if (!isNamed && (name.StartsWith("x-", StringComparison.Ordinal) || Data.Contains(name)))
                        Count(value);
                    else if (!isNamed && name == "examples")
                        VisitExamples(value, address);
                    else if (!isNamed && name == "mapping")
                        VisitMapping(value, address);
                    else if (References.Contains(name) && value is SourceScalar { Kind: SourceKind.String } reference)
                        Add(reference, address);
                    else
                        Visit(value, address, !isNamed && Named.Contains(name));
                }
                break;
        }
    }

    private Uri Identify(SourceObject holder, Uri address)
    {
        if (!hasIdentifiers || holder.FindString("$id") is not { } id || !Uri.TryCreate(address, id, out var own)) return address;
        Identified.Add(DocumentSet.KeyOf(own));
        return own;
    }

    /// <summary>An Example Object may be a reference; the value in one is data.</summary>
    private void VisitExamples(SourceNode examples, Uri address)
    {
        Count(examples);
        foreach (var (_, example) in (examples as SourceObject)?.Members ?? [])
        {
            if (example is SourceObject holder && holder.Find("$ref") is SourceScalar { Kind: SourceKind.String } reference) Add(reference, address);
        }
    }

    /// <summary>A discriminator maps to references, and to bare names of schemas.</summary>
    private void VisitMapping(SourceNode mapping, Uri address)
    {
        Count(mapping);
        foreach (var (_, target) in (mapping as SourceObject)?.Members ?? [])
        {
            if (target is SourceScalar { Kind: SourceKind.String } text && IsFile(text.Text.Split('#')[0])) Add(text, address);
        }
    }

    private void Count(SourceNode node)
    {
        Values++;
        foreach (var item in (node as SourceArray)?.Items ?? []) Count(item);
        foreach (var (_, value) in (node as SourceObject)?.Members ?? []) Count(value);
    }

    private static bool IsFile(string text) =>
        text.Contains('/', StringComparison.Ordinal) || Extensions.Any(ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private void Add(SourceScalar reference, Uri address)
    {
        if (reference.Text.Length is 0 or > LongestReference || reference.Text[0] == '#') return;
        var outward = reference.Text.Split('#')[0];
        if (_seen.Add((address, outward))) _found.Add(new(reference, outward, address));
    }
}
