using System.Globalization;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Messages;

/// <summary>Collects remarks. A remark becomes one message that lists its places; what differs from place to place is said there.</summary>
internal sealed class MessageLog
{
    private const int PlacesListed = 20;
    private const int LongestSpecifics = 200;

    private readonly Dictionary<Remark, Places> _remarks = new(ReferenceEqualityComparer.Instance);
    private readonly List<Places> _inOrder = [];

    /// <summary>Names the document that a node stands in; null for the description itself.</summary>
    public Func<SourceNode, string?> DocumentOf { get; set; } = _ => null;

    /// <summary>The document that is being read, for remarks on the text itself; null for the description itself.</summary>
    public string? Reading { get; set; }

    /// <summary>Says something of a node. Saying the same of the same node twice counts once.</summary>
    public void Add(Remark remark, SourceNode at, string? specifics = null) =>
        Add(remark, new Place(at, at.Line, at.Column, Shorten(specifics), null));

    /// <summary>Says something of the text itself, before there are nodes.</summary>
    public void Add(Remark remark, int line, int column, string? specifics = null) =>
        Add(remark, new Place(null, line, column, Shorten(specifics), Reading));

    /// <summary>The messages so far, in the order in which their remarks first came up.</summary>
    public List<ImportMessage> ToMessages() => [.. _inOrder.Select(places => places.ToMessage(DocumentOf))];

    /// <summary>The remarks so far and in how many places each was made.</summary>
    public IEnumerable<(Remark Remark, int Count)> Counted() => _inOrder.Select(places => (places.Remark, places.Count));

    private void Add(Remark remark, Place place)
    {
        if (!_remarks.TryGetValue(remark, out var places))
        {
            places = new Places(remark);
            _remarks.Add(remark, places);
            _inOrder.Add(places);
        }
        places.Add(place);
    }

    private static string? Shorten(string? specifics) =>
        specifics is { Length: > LongestSpecifics } ? specifics[..LongestSpecifics] + "…" : specifics;

    private readonly record struct Place(SourceNode? Node, int Line, int Column, string? Specifics, string? Read)
    {
        public string Pointer => Node?.Pointer ?? "";

        public string? Document(Func<SourceNode, string?> documentOf) => Node is null ? Read : documentOf(Node);

        public string Show(Func<SourceNode, string?> documentOf)
        {
            var document = Document(documentOf) is { } name ? name + " " : "";
            var where = string.Create(CultureInfo.InvariantCulture, $"{document}{Pointer} (line {Line}, column {Column})");
            return Specifics is null ? where : $"{Specifics}: {where}";
        }
    }

    private sealed class Places(Remark remark)
    {
        private readonly HashSet<Place> _seen = [];
        private readonly List<Place> _listed = [];

        public Remark Remark { get; } = remark;

        public int Count => _seen.Count;

        public void Add(Place place)
        {
            if (_seen.Add(place) && _listed.Count < PlacesListed) _listed.Add(place);
        }

        public ImportMessage ToMessage(Func<SourceNode, string?> documentOf)
        {
            var first = _listed[0];
            if (_seen.Count == 1)
            {
                var text = first.Specifics is null ? Remark.Text : $"{Remark.Text} ({first.Specifics})";
                return new(Remark.Severity, text, first.Pointer, first.Line, first.Column) { Document = first.Document(documentOf) };
            }
            List<string> detail = [.. _listed.Select(place => place.Show(documentOf))];
            if (_seen.Count > PlacesListed)
                detail.Add(string.Create(CultureInfo.InvariantCulture, $"and {_seen.Count - PlacesListed} more"));
            var counted = string.Create(CultureInfo.InvariantCulture, $"{Remark.Text} ({_seen.Count} places)");
            return new(Remark.Severity, counted, first.Pointer, first.Line, first.Column, detail) { Document = first.Document(documentOf) };
        }
    }
}
