using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// Finds references that would make a validator go on for ever, or nearly so. Keywords such as <c>allOf</c> and <c>$ref</c> apply a schema
/// to the very value at hand: where they lead back to where they began, checking never ends (JSON Schema 2020-12 core, section 9.4.1
/// forbids it), and in validators it ends with the process, by a stack overflow. The same goes for chains that are very long, and for
/// schemas that repeat others so often that their number doubles with each step.
/// </summary>
/// <param name="referredBy">What the references of a schema lead to.</param>
/// <param name="isBareReference">Whether a schema is its reference and nothing else, whatever stands beside it.</param>
internal sealed class InPlaceReferences(Func<SourceObject, IEnumerable<SourceObject>> referredBy, Func<SourceObject, bool> isBareReference)
{
    /// <summary>How many schemas may be applied to one value within each other. Inheritance in published descriptions has a few levels.</summary>
    private const int Tallest = 64;

    /// <summary>How many schemas may be applied to one value altogether.</summary>
    private const int Widest = 20_000;

    /// <summary>With more references in one knot, all of them are cut, since finding the fewest takes quadratic time.</summary>
    private const int MostUntangled = 256;

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf"];
    private static readonly string[] Singles = ["not", "if", "then", "else"];
    private static readonly string[] Maps = ["dependentSchemas", "dependencies"];

    private readonly Dictionary<SourceObject, Vertex> _vertices = new(ReferenceEqualityComparer.Instance);

    /// <summary>The schemas seen so far whose references must not be followed.</summary>
    public IEnumerable<SourceObject> AllCut => _vertices.Where(entry => entry.Value.IsCut).Select(entry => entry.Key);

    /// <summary>Whether the <c>$ref</c> of a schema must not be written.</summary>
    public bool IsCut(SourceObject schema) => VertexOf(schema).IsCut;

    /// <summary>How many schemas a schema applies to one value, itself included: within each other, and altogether.</summary>
    public (int Height, int Size) Measure(SourceObject schema)
    {
        var vertex = VertexOf(schema);
        return (vertex.Height, vertex.Size);
    }

    /// <summary>The schemas that a schema applies by its keywords to the very value at hand.</summary>
    public static IEnumerable<SourceObject> AppliedInPlace(SourceObject schema)
    {
        foreach (var (keyword, value) in schema.Members)
        {
            var children = value switch
            {
                SourceArray list when Lists.Contains(keyword) => list.Items,
                SourceObject map when Maps.Contains(keyword) => map.Members.Select(member => member.Value),
                SourceObject when Lists.Contains(keyword) || Singles.Contains(keyword) => [value],
                _ => Enumerable.Empty<SourceNode>(),
            };
            foreach (var child in children.OfType<SourceObject>()) yield return child;
        }
    }

    /// <summary>One schema that stands for several of which any may be meant.</summary>
    public static SourceObject AnyOf(IEnumerable<SourceObject> schemas) =>
        new(0, 0) { Members = [new("anyOf", new SourceArray(0, 0) { Items = [.. schemas] })] };

    private Vertex VertexOf(SourceObject schema)
    {
        if (!_vertices.TryGetValue(schema, out var vertex))
        {
            Explore(schema);
            vertex = _vertices[schema];
        }
        return vertex;
    }

    /// <summary>Tarjan's algorithm for strongly connected components, without recursion, from one schema on.</summary>
    private void Explore(SourceObject start)
    {
        var path = new Stack<(Vertex Vertex, int Next)>();
        var open = new Stack<Vertex>();
        Open(start);
        while (path.TryPop(out var step))
        {
            var (vertex, next) = step;
            if (next < vertex.Edges.Count)
            {
                path.Push((vertex, next + 1));
                var target = vertex.Edges[next].Target;
                if (!_vertices.TryGetValue(target, out var known))
                    Open(target);
                else if (known.IsOpen)
                    vertex.Low = Math.Min(vertex.Low, known.Index);
                continue;
            }
            if (path.TryPeek(out var parent)) parent.Vertex.Low = Math.Min(parent.Vertex.Low, vertex.Low);
            if (vertex.Low == vertex.Index) Close(vertex);
        }

        void Open(SourceObject schema)
        {
            var vertex = new Vertex(_vertices.Count, [.. EdgesOf(schema)]) { IsAlternative = IsAlternative(schema) };
            _vertices.Add(schema, vertex);
            open.Push(vertex);
            path.Push((vertex, 0));
        }

        void Close(Vertex root)
        {
            var knot = new List<Vertex>();
            Vertex member;
            do
            {
                member = open.Pop();
                member.IsOpen = false;
                member.Knot = root.Index;
                knot.Add(member);
            }
            while (member != root);
            Untangle(knot);
            Measure(knot);
        }
    }

    /// <summary>
    /// Cuts references until no way leads back. Those that stand in <c>allOf</c> or alone go first: without them a schema admits
    /// more, while an alternative that admits everything would keep <c>oneOf</c> from ever holding.
    /// </summary>
    private void Untangle(List<Vertex> knot)
    {
        var inner = knot.Where(vertex => vertex.Edges.Exists(edge => edge.IsReference && _vertices[edge.Target].Knot == vertex.Knot)).ToList();
        foreach (var vertex in inner) vertex.IsCut = true;
        if (inner.Count > MostUntangled) return;
        foreach (var vertex in inner.OrderByDescending(vertex => vertex.IsAlternative).ThenBy(vertex => vertex.Index))
        {
            vertex.IsCut = false;
            if (LeadsBack(vertex)) vertex.IsCut = true;
        }
    }

    private bool LeadsBack(Vertex start)
    {
        var seen = new HashSet<Vertex>();
        var pending = new Stack<Vertex>([start]);
        while (pending.TryPop(out var vertex))
        {
            foreach (var edge in vertex.Edges)
            {
                var target = _vertices[edge.Target];
                if (target.Knot != start.Knot || (edge.IsReference && vertex.IsCut)) continue;
                if (target == start) return true;
                if (seen.Add(target)) pending.Push(target);
            }
        }
        return false;
    }

    /// <summary>Adds up how many schemas each one applies, and cuts references to what is too much. All ways out of the knot are measured.</summary>
    private void Measure(List<Vertex> knot)
    {
        var pending = new Stack<(Vertex Vertex, bool IsReady)>(knot.Select(vertex => (vertex, false)));
        while (pending.TryPop(out var step))
        {
            var (vertex, isReady) = step;
            if (vertex.Height > 0) continue;
            if (isReady)
            {
                vertex.Weigh(edge => _vertices[edge.Target]);
                continue;
            }
            pending.Push((vertex, true));
            foreach (var edge in vertex.Edges)
            {
                if (!(edge.IsReference && vertex.IsCut) && _vertices[edge.Target].Height == 0) pending.Push((_vertices[edge.Target], false));
            }
        }
    }

    private IEnumerable<Edge> EdgesOf(SourceObject schema)
    {
        foreach (var target in referredBy(schema)) yield return new(target, IsReference: true);
        if (isBareReference(schema)) yield break;
        foreach (var child in AppliedInPlace(schema)) yield return new(child, IsReference: false);
    }

    private static bool IsAlternative(SourceObject schema) =>
        schema.Parent is { } holder && (holder as SourceArray)?.Parent?.NameOf(holder) is "oneOf" or "anyOf";

    private readonly record struct Edge(SourceObject Target, bool IsReference);

    private sealed class Vertex(int index, List<Edge> edges)
    {
        public int Index { get; } = index;
        public List<Edge> Edges { get; } = edges;
        public int Low { get; set; } = index;
        public bool IsOpen { get; set; } = true;
        public int Knot { get; set; } = -1;
        public bool IsCut { get; set; }
        public bool IsAlternative { get; init; }
        public int Height { get; private set; }
        public int Size { get; private set; }

        public void Weigh(Func<Edge, Vertex> targetOf)
        {
            var (height, size) = (0, 1);
            foreach (var edge in Edges)
            {
                var target = targetOf(edge);
                if (edge.IsReference && (target.Height >= Tallest || target.Size > Widest)) IsCut = true;
                if (edge.IsReference && IsCut) continue;
                height = Math.Max(height, target.Height);
                size = Math.Min(size + target.Size, int.MaxValue / 2);
            }
            Height = height + 1;
            Size = size;
        }
    }
}
