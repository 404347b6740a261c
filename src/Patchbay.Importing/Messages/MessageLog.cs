using System.Globalization;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Messages;

/// <summary>Collects remarks. A remark becomes one message that lists its places; what differs from place to place is said there.</summary>
/// <param name="placesKept">How many places of each remark are kept for the report. Messages list few.</param>
internal sealed class MessageLog(int placesKept = 1_000)
{
    private const int PlacesListed = 20;
    private const int LongestSpecifics = 200;

    /// <summary>
    /// So many places of a remark are remembered in order not to count one twice; what comes after them is only counted. A document of
    /// nothing but faults must not fill the memory with them.
    /// </summary>
    private const int PlacesRemembered = 200_000;

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
    /// <param name="remark">What is said.</param>
    /// <param name="line">Where.</param>
    /// <param name="column">Where.</param>
    /// <param name="specifics">What is particular about this place.</param>
    /// <param name="within">The object or array around the place, where one is open.</param>
    public void Add(Remark remark, int line, int column, string? specifics = null, SourceNode? within = null) =>
        Add(remark, new Place(within, line, column, Shorten(specifics), Reading));

    /// <summary>The messages so far, in the order in which their remarks first came up.</summary>
    public List<ImportMessage> ToMessages() => [.. _inOrder.Where(places => !places.Remark.IsInReportOnly).Select(places => places.ToMessage(DocumentOf))];

    /// <summary>The remarks so far, with how often each was made and where.</summary>
    public IEnumerable<(Remark Remark, FidelityRemark Told)> Counted() => _inOrder.Select(places => (places.Remark, places.ToRemark()));

    /// <summary>The nodes of which it was said that they, or something of theirs, was left out.</summary>
    public HashSet<SourceNode> LeftOut() => _inOrder
        .Where(places => places.Remark.Outcome == RemarkOutcome.LeftOut)
        .SelectMany(places => places.Nodes)
        .ToHashSet<SourceNode>(ReferenceEqualityComparer.Instance);

    private void Add(Remark remark, Place place)
    {
        if (!_remarks.TryGetValue(remark, out var places))
        {
            places = new Places(remark, placesKept);
            _remarks.Add(remark, places);
            _inOrder.Add(places);
        }
        places.Add(place);
    }

    private static string? Shorten(string? specifics) =>
        specifics is { Length: > LongestSpecifics }
            ? specifics[..(char.IsHighSurrogate(specifics[LongestSpecifics - 1]) ? LongestSpecifics - 1 : LongestSpecifics)] + "…"
            : specifics;

    private readonly record struct Place(SourceNode? Node, int Line, int Column, string? Specifics, string? Read)
    {
        public string Pointer => Node?.Pointer ?? "";

        public string? Document(Func<SourceNode, string?> documentOf) => Read ?? (Node is null ? null : documentOf(Node));

        public string Show(Func<SourceNode, string?> documentOf)
        {
            var document = Document(documentOf) is { } name ? name + " " : "";
            var where = string.Create(CultureInfo.InvariantCulture, $"{document}{Pointer} (line {Line}, column {Column})");
            return Specifics is null ? where : $"{Specifics}: {where}";
        }
    }

    private sealed class Places(Remark remark, int kept)
    {
        private readonly HashSet<Place> _seen = [];
        private readonly List<Place> _listed = [];

        public Remark Remark { get; } = remark;

        public int Count { get; private set; }

        public IEnumerable<SourceNode> Nodes => _seen.Select(place => place.Node).OfType<SourceNode>();

        public void Add(Place place)
        {
            if (_seen.Count < PlacesRemembered ? !_seen.Add(place) : _seen.Contains(place)) return;
            Count++;
            if (_listed.Count < Math.Max(kept, PlacesListed)) _listed.Add(place);
        }

        public FidelityRemark ToRemark() => new(Remark.Text, Count)
        {
            Places = [.. _listed.Take(kept).Select(place => new FidelityPlace(place.Pointer, place.Line, place.Column, place.Specifics))],
        };

        public ImportMessage ToMessage(Func<SourceNode, string?> documentOf)
        {
            var first = _listed[0];
            if (Count == 1)
            {
                var text = first.Specifics is null ? Remark.Text : $"{Remark.Text} ({first.Specifics})";
                return new(Remark.Severity, text, first.Pointer, first.Line, first.Column) { Document = first.Document(documentOf) };
            }
            List<string> detail = [.. _listed.Take(PlacesListed).Select(place => place.Show(documentOf))];
            if (Count > PlacesListed)
                detail.Add(string.Create(CultureInfo.InvariantCulture, $"and {Count - PlacesListed} more"));
            var counted = string.Create(CultureInfo.InvariantCulture, $"{Remark.Text} ({Count} places)");
            return new(Remark.Severity, counted, first.Pointer, first.Line, first.Column, detail) { Document = first.Document(documentOf) };
        }
    }
}
