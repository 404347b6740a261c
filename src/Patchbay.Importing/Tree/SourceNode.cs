using System.Globalization;

namespace Patchbay.Importing.Tree;

internal enum SourceKind : byte
{
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// <summary>
/// A value of the source document with where it stood. Both formats are read into it before anything is interpreted,
/// so that nothing is dropped on the way. A YAML alias is the very node of its anchor: positions and pointers are the anchor's.
/// </summary>
internal abstract class SourceNode(SourceKind kind, int line, int column)
{
    private const int LongestPointerSegment = 256;

    /// <summary>Nobody reads a pointer that is longer, and many of them, each to somewhere deep, would be too much to keep.</summary>
    private const int LongestPointer = 4_096;

    public SourceKind Kind { get; } = kind;

    /// <summary>From 1.</summary>
    public int Line { get; } = line;

    /// <summary>In UTF-16 units, from 1.</summary>
    public int Column { get; } = column;

    /// <summary>The object or array that holds the node; null for the root.</summary>
    public SourceNode? Parent { get; internal set; }

    /// <summary>The node of the document that this one was made of, where it is none itself.</summary>
    public SourceNode? Origin { get; init; }

    /// <summary>The JSON pointer (RFC 6901) of the node. Walks the tree: meant for messages.</summary>
    public string Pointer
    {
        get
        {
            var segments = new Stack<string>();
            for (var node = Origin ?? this; node.Parent is { } parent; node = parent.Origin ?? parent)
                segments.Push(EscapeSegment(parent.NameOf(node)));
            var pointer = string.Concat(segments.Select(segment => "/" + segment));
            return pointer.Length > LongestPointer ? pointer[..LongestPointer] + "…" : pointer;
        }
    }

    /// <summary>The member name or index under which this node holds <paramref name="child"/>.</summary>
    public abstract string NameOf(SourceNode child);

    private static string EscapeSegment(string segment)
    {
        var shown = segment.Length > LongestPointerSegment ? segment[..LongestPointerSegment] + "…" : segment;
        return shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }
}

/// <summary>A string, number, boolean or null. Numbers keep the text that stood in the source.</summary>
internal sealed class SourceScalar(SourceKind kind, string text, int line, int column) : SourceNode(kind, line, column)
{
    /// <summary>The value of a string; for the other kinds the text as it stood.</summary>
    public string Text { get; } = text;

    public bool IsTrue => Kind == SourceKind.Boolean && Text is ['t' or 'T', ..];

    public override string NameOf(SourceNode child) => "";
}

internal sealed class SourceArray(int line, int column) : SourceNode(SourceKind.Array, line, column)
{
    private Dictionary<SourceNode, int>? _indices;

    public SourceNode[] Items { get; internal set; } = [];

    public override string NameOf(SourceNode child)
    {
        if (_indices is null)
        {
            _indices = new(Items.Length, ReferenceEqualityComparer.Instance);
            for (var i = 0; i < Items.Length; i++) _indices.TryAdd(Items[i], i);
        }
        return _indices.GetValueOrDefault(child, -1).ToString(CultureInfo.InvariantCulture);
    }
}

internal readonly record struct SourceMember(string Name, SourceNode Value);
