using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

/// <summary>Reads members whose kind the specification fixes, and remarks on those that are of another kind.</summary>
internal sealed class FieldReader(MessageLog log)
{
    /// <summary>The text of a scalar. Numbers and booleans are taken as they stand, since YAML needs quotes that people forget.</summary>
    public string? Text(SourceObject holder, string name)
    {
        switch (holder.Find(name))
        {
            case null or SourceScalar { Kind: SourceKind.Null }:
                return null;
            case SourceScalar scalar:
                return scalar.Text;
            case SourceArray { Items.Length: > 0 } list when Array.TrueForAll(list.Items, item => item is SourceScalar):
                // What begins with a bracket is a list in YAML, whatever was meant.
                log.Add(DocumentRemarks.ListOfTexts, list, name);
                return string.Join('\n', list.Items.Select(item => ((SourceScalar)item).Text));
            case var other:
                log.Add(DocumentRemarks.NoString, other, name);
                return null;
        }
    }

    public bool Flag(SourceObject holder, string name)
    {
        switch (holder.Find(name))
        {
            case null or SourceScalar { Kind: SourceKind.Null }:
                return false;
            case SourceScalar { Kind: SourceKind.Boolean } scalar:
                return scalar.IsTrue;
            case SourceScalar { Kind: SourceKind.String or SourceKind.Number } other when Meaning(other.Text) is { } meant:
                log.Add(DocumentRemarks.QuotedBoolean, other, name);
                return meant;
            case var other:
                log.Add(DocumentRemarks.NoBoolean, other, name);
                return false;
        }
    }

    private static bool? Meaning(string text) => text.Trim().ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" => true,
        "FALSE" or "NO" or "0" => false,
        _ => null,
    };

    public SourceObject? Object(SourceObject holder, string name)
    {
        switch (holder.Find(name))
        {
            case null or SourceScalar { Kind: SourceKind.Null }:
                return null;
            case SourceObject value:
                return value;
            case var other:
                log.Add(DocumentRemarks.NoObjectField, other, name);
                return null;
        }
    }

    /// <summary>The items of an array; a single object in its place is taken for its only item.</summary>
    public IReadOnlyList<SourceNode> Items(SourceObject holder, string name)
    {
        switch (holder.Find(name))
        {
            case null or SourceScalar { Kind: SourceKind.Null }:
                return [];
            case SourceArray array:
                return array.Items;
            case SourceObject { Members.Length: > 0 } single:
                log.Add(DocumentRemarks.SingleForArray, single, name);
                return [single];
            case var other:
                log.Add(DocumentRemarks.NoArray, other, name);
                return [];
        }
    }
}
