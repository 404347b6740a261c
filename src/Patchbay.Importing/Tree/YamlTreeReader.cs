using Patchbay.Importing.Messages;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Patchbay.Importing.Tree;

/// <summary>Reads the first document of a YAML 1.2 stream into a tree, from the parser's events.</summary>
internal sealed class YamlTreeReader
{
    private readonly Parser _parser;
    private readonly TreeBuilder _builder;
    private readonly MessageLog _log;
    private readonly Dictionary<AnchorName, Anchored?> _anchors = [];
    private readonly Stack<AnchorName> _openAnchors = new();

    private YamlTreeReader(string text, ImportOptions limits, MessageLog log)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _builder = new TreeBuilder(limits, log);
        _log = log;
    }

    /// <param name="text">The stream, without a byte order mark.</param>
    /// <param name="limits">How deep and how large the document may be, and how much aliases may repeat.</param>
    /// <param name="log">Takes remarks.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static SourceReading Read(string text, ImportOptions limits, MessageLog log, CancellationToken cancellation)
    {
        var reader = new YamlTreeReader(text, limits, log);
        var failure = reader.ReadFirstDocument(cancellation);
        if (failure is not null) return new(null, failure);
        return reader._builder.Root is { } root ? new(root, null) : new(null, new("The document is empty", 1, 1));
    }

    private ReadFailure? ReadFirstDocument(CancellationToken cancellation)
    {
        var finished = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Advance() is { } failure) return failure;
            switch (_parser.Current)
            {
                case null or StreamEnd:
                    return null;
                case DocumentStart start when finished:
                    _log.Add(DocumentRemarks.SeveralDocuments, (int)start.Start.Line, (int)start.Start.Column);
                    return null;
                case DocumentEnd:
                    finished = true;
                    break;
                case MappingStart or SequenceStart when _builder.ExpectsName:
                    if (SkipMember() is { } skipFailure) return skipFailure;
                    break;
                case MappingStart start:
                    Begin(start, new SourceObject((int)start.Start.Line, (int)start.Start.Column));
                    break;
                case SequenceStart start:
                    Begin(start, new SourceArray((int)start.Start.Line, (int)start.Start.Column));
                    break;
                case MappingEnd or SequenceEnd:
                    var closed = _builder.End();
                    var anchor = _openAnchors.Pop();
                    if (!anchor.IsEmpty) _anchors[anchor] = closed;
                    break;
                case Scalar scalar:
                    ReadScalar(scalar);
                    break;
                case AnchorAlias alias:
                    if (ReadAlias(alias) is { } aliasFailure) return aliasFailure;
                    break;
            }
            if (_builder.Failure is { } limit) return limit;
        }
    }

    /// <summary>The parser's own refusals are values here, whatever kind of exception it chose for what hostile text did to it.</summary>
    private ReadFailure? Advance()
    {
        try
        {
            _parser.MoveNext();
            return null;
        }
        catch (YamlException exception)
        {
            var reason = (exception.InnerException ?? exception).Message.TrimEnd('.');
            return new("The document is no valid YAML: " + reason, (int)exception.Start.Line, (int)exception.Start.Column) { IsSyntax = true };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var at = _parser.Current?.End ?? Mark.Empty;
            return new("The document is no valid YAML", (int)at.Line, (int)at.Column) { IsSyntax = true };
        }
    }

    private void Begin(NodeEvent start, SourceNode container)
    {
        _openAnchors.Push(start.Anchor);
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = null;
        _builder.Begin(container);
    }

    private void ReadScalar(Scalar scalar)
    {
        var (line, column) = ((int)scalar.Start.Line, (int)scalar.Start.Column);
        var node = new SourceScalar(KindOf(scalar), scalar.Value, line, column);
        if (!scalar.Anchor.IsEmpty) _anchors[scalar.Anchor] = new Anchored(node, TreeBuilder.SizeOf(node), 0);
        if (!_builder.ExpectsName)
            _builder.Add(node);
        else
            _builder.Name(scalar is { Style: ScalarStyle.Plain, Value: "<<" } ? MemberList.MergeName : scalar.Value, line, column);
    }

    private ReadFailure? ReadAlias(AnchorAlias alias)
    {
        var (line, column) = ((int)alias.Start.Line, (int)alias.Start.Column);
        if (!_anchors.TryGetValue(alias.Value, out var anchored))
            return new($"The alias {alias.Value} has no anchor", line, column);
        if (anchored is null)
            return new($"The alias {alias.Value} stands inside its own anchor", line, column);
        if (!_builder.ExpectsName)
        {
            _builder.Repeat(anchored, line, column);
            return null;
        }
        if (anchored.Node is not SourceScalar name) return SkipMember();
        _builder.CountRepeated(anchored.Size, line, column);
        _builder.Name(name.Text, line, column);
        return null;
    }

    /// <summary>Passes over a member whose name is no scalar: the name, of which the current event is the start, and its value.</summary>
    private ReadFailure? SkipMember()
    {
        var at = _parser.Current!.Start;
        _log.Add(DocumentRemarks.NameIsNoScalar, (int)at.Line, (int)at.Column, within: _builder.Innermost);
        var nesting = _parser.Current.NestingIncrease;
        for (var remaining = nesting == 0 ? 1 : 2; remaining > 0;)
        {
            if (nesting == 0 && --remaining == 0) return null;
            if (Advance() is { } failure) return failure;
            nesting += _parser.Current?.NestingIncrease ?? 0;
        }
        return null;
    }

    private static SourceKind KindOf(Scalar scalar)
    {
        if (scalar.Tag is { IsEmpty: false, IsNonSpecific: false })
        {
            return scalar.Tag.Value switch
            {
                "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" =>
                    YamlScalars.KindOf(scalar.Value),
                _ => SourceKind.String,
            };
        }
        return scalar.Style == ScalarStyle.Plain ? YamlScalars.KindOf(scalar.Value) : SourceKind.String;
    }
}
