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
            case SourceScalar { Kind: SourceKind.String, Text: "true" or "false" } quoted:
                log.Add(DocumentRemarks.QuotedBoolean, quoted, name);
                return quoted.Text == "true";
            case var other:
                log.Add(DocumentRemarks.NoBoolean, other, name);
                return false;
        }
    }

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
