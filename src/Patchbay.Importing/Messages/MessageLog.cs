using System.Globalization;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Messages;

/// <summary>
/// Collects remarks. Remarks of the same severity and text become one message that lists its places, so a text is a constant
/// and what differs from place to place goes into <c>specifics</c>. Saying the same of the same node twice counts once.
/// </summary>
internal sealed class MessageLog
{
    private const int PlacesListed = 20;
    private const int LongestSpecifics = 200;

    private readonly Dictionary<(ImportSeverity Severity, string Text), Remark> _remarks = [];
    private readonly List<Remark> _inOrder = [];

    public void Info(string text, SourceNode at, string? specifics = null) => Add(ImportSeverity.Info, text, new Place(at, at.Line, at.Column, Shorten(specifics)));

    public void Warn(string text, SourceNode at, string? specifics = null) => Add(ImportSeverity.Warning, text, new Place(at, at.Line, at.Column, Shorten(specifics)));

    /// <summary>For remarks about the text itself, before there are nodes.</summary>
    public void Warn(string text, int line, int column, string? specifics = null) => Add(ImportSeverity.Warning, text, new Place(null, line, column, Shorten(specifics)));

    /// <summary>The messages so far, in the order in which their kinds first came up.</summary>
    public List<ImportMessage> ToMessages() => [.. _inOrder.Select(remark => remark.ToMessage())];

    private void Add(ImportSeverity severity, string text, Place place)
    {
        if (!_remarks.TryGetValue((severity, text), out var remark))
        {
            remark = new Remark(severity, text);
            _remarks.Add((severity, text), remark);
            _inOrder.Add(remark);
        }
        remark.Add(place);
    }

    private static string? Shorten(string? specifics) =>
        specifics is { Length: > LongestSpecifics } ? specifics[..LongestSpecifics] + "…" : specifics;

    private readonly record struct Place(SourceNode? Node, int Line, int Column, string? Specifics)
    {
        public string Pointer => Node?.Pointer ?? "";

        public override string ToString()
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"{Pointer} (line {Line}, column {Column})");
            return Specifics is null ? where : $"{Specifics}: {where}";
        }
    }

    private sealed class Remark(ImportSeverity severity, string text)
    {
        private readonly HashSet<Place> _seen = [];
        private readonly List<Place> _listed = [];

        public void Add(Place place)
        {
            if (_seen.Add(place) && _listed.Count < PlacesListed) _listed.Add(place);
        }

        public ImportMessage ToMessage()
        {
            var first = _listed[0];
            if (_seen.Count == 1)
                return new(severity, first.Specifics is null ? text : $"{text} ({first.Specifics})", first.Pointer, first.Line, first.Column);
            List<string> detail = [.. _listed.Select(place => place.ToString())];
            if (_seen.Count > PlacesListed)
                detail.Add(string.Create(CultureInfo.InvariantCulture, $"and {_seen.Count - PlacesListed} more"));
            var counted = string.Create(CultureInfo.InvariantCulture, $"{text} ({_seen.Count} places)");
            return new(severity, counted, first.Pointer, first.Line, first.Column, detail);
        }
    }
}
