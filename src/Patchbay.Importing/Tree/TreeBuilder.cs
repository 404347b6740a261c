using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

/// <summary>Why a document could not be read, and where.</summary>
internal sealed record ReadFailure(string Text, int Line, int Column)
{
    private const int LongestText = 300;

    /// <summary>Whether the text is not of its format at all, rather than too much of something. Then another format may be tried.</summary>
    public bool IsSyntax { get; init; }

    /// <summary>What is wrong. Parsers quote the document, which may go on for long.</summary>
    public string Text { get; } = Text.Length > LongestText ? Text[..LongestText] + "…" : Text;
}

/// <summary>The root of a document, or why there is none.</summary>
internal readonly record struct SourceReading(SourceNode? Root, ReadFailure? Failure);

/// <summary>
/// Puts a tree together from the events of either reader, with an explicit stack, and holds the limits on depth and size.
/// After each call the reader looks at <see cref="Failure"/>.
/// </summary>
internal sealed class TreeBuilder(ImportOptions limits, MessageLog log)
{
    /// <summary>So many characters weigh as much as a value, lest aliases repeat long texts for nothing.</summary>
    private const int TextOfOneValue = 32;

    /// <summary>What walks the tree is recursive: no caller may allow more than a stack bears.</summary>
    private const int DeepestAllowed = 1_000;

    private readonly int _maxDepth = Math.Min(limits.MaxDepth, DeepestAllowed);
    private readonly Stack<Frame> _open = new();
    private readonly List<(string? Name, SourceNode Value)> _pending = [];
    private int _nodes;
    private int _repeated;
    private string? _name;

    public ReadFailure? Failure { get; private set; }

    public SourceNode? Root { get; private set; }

    /// <summary>Whether the next scalar is a member name.</summary>
    public bool ExpectsName => _open.TryPeek(out var frame) && frame.Node is SourceObject && _name is null;

    public int Depth => _open.Count;

    /// <summary>The innermost object or array that is open; null at the root.</summary>
    public SourceNode? Innermost => _open.TryPeek(out var frame) ? frame.Node : null;

    public void Name(string name, int line, int column)
    {
        _name = name;
        Count(name.Length / TextOfOneValue, line, column);
    }

    public void Begin(SourceNode container)
    {
        if (_open.Count >= _maxDepth)
        {
            Fail(FormattableString.Invariant($"The document nests deeper than {_maxDepth} levels"), container.Line, container.Column);
            return;
        }
        Count(1, container.Line, container.Column);
        _open.Push(new Frame(container, _name, _pending.Count, _nodes));
        _name = null;
    }

    public void Add(SourceScalar scalar)
    {
        Count(SizeOf(scalar), scalar.Line, scalar.Column);
        Attach(scalar, height: 0);
    }

    /// <summary>Attaches an anchor's node once more. The work that it makes for whoever walks the tree is counted as if it were copied.</summary>
    public void Repeat(Anchored anchored, int line, int column)
    {
        CountRepeated(anchored.Size, line, column);
        if (_open.Count + anchored.Height > _maxDepth)
            Fail(FormattableString.Invariant($"The document nests deeper than {_maxDepth} levels"), line, column);
        else
            Attach(anchored.Node, anchored.Height);
    }

    public void CountRepeated(int size, int line, int column)
    {
        _repeated = size > int.MaxValue - _repeated ? int.MaxValue : _repeated + size;
        if (_repeated > limits.MaxAliasExpansions)
            Fail(FormattableString.Invariant($"YAML aliases repeat more than {limits.MaxAliasExpansions} values"), line, column);
        Count(size, line, column);
    }

    /// <summary>Closes the innermost object or array.</summary>
    public Anchored End()
    {
        var frame = _open.Pop();
        var children = _pending[frame.FirstPending..];
        _pending.RemoveRange(frame.FirstPending, _pending.Count - frame.FirstPending);
        foreach (var (_, value) in children) value.Parent ??= frame.Node;
        if (frame.Node is SourceObject mapping)
            mapping.Members = MemberList.WithoutRepetition(children, log);
        else
            ((SourceArray)frame.Node).Items = [.. children.Select(child => child.Value)];
        _name = frame.Name;
        var height = frame.TallestChild + 1;
        Attach(frame.Node, height);
        return new Anchored(frame.Node, _nodes - frame.NodesBefore + 1, height);
    }

    public static int SizeOf(SourceScalar scalar) => 1 + (scalar.Text.Length / TextOfOneValue);

    public void Fail(string text, int line, int column) => Failure ??= new ReadFailure(text, line, column);

    private void Count(int size, int line, int column)
    {
        _nodes = size > int.MaxValue - _nodes ? int.MaxValue : _nodes + size;
        if (_nodes > limits.MaxNodes)
            Fail(FormattableString.Invariant($"The document holds more than {limits.MaxNodes} values"), line, column);
    }

    private void Attach(SourceNode node, int height)
    {
        if (_open.TryPeek(out var frame))
        {
            frame.TallestChild = Math.Max(frame.TallestChild, height);
            _pending.Add((_name, node));
            _name = null;
        }
        else
        {
            Root ??= node;
        }
    }

    private sealed class Frame(SourceNode node, string? name, int firstPending, int nodesBefore)
    {
        public SourceNode Node { get; } = node;
        public string? Name { get; } = name;
        public int FirstPending { get; } = firstPending;
        public int NodesBefore { get; } = nodesBefore;
        public int TallestChild { get; set; }
    }
}

/// <summary>A node that can be repeated, with what repeating it costs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Size">How many nodes a copy of it would have.</param>
/// <param name="Height">How many levels it nests; 0 for a scalar.</param>
internal sealed record Anchored(SourceNode Node, int Size, int Height);
