using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>
/// The schema that examples suggest. Each further example widens it: types are added, and a property is required only where several
/// objects were seen and all of them have it, since one alone does not say what may be missing.
/// </summary>
internal sealed class InferredSchema
{
    /// <summary>More types than this in no order that matters: it is the order in which they are written.</summary>
    private static readonly string[] Types = ["object", "array", "string", "integer", "number", "boolean", "null"];

    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (InferredSchema Schema, int Count)> _properties = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private InferredSchema? _items;
    private int _objects;
    private bool _isOpen;

    /// <summary>Takes in an example.</summary>
    /// <param name="value">The example.</param>
    /// <param name="unknown">Values of which only the place is known, since a variable stands there.</param>
    /// <returns>How many values it has.</returns>
    public int Add(SourceNode value, IReadOnlySet<SourceNode> unknown)
    {
        if (unknown.Contains(value))
        {
            _isOpen = true;
            return 1;
        }
        _types.Add(TypeOf(value));
        return 1 + value switch
        {
            SourceObject holder => AddObject(holder, unknown),
            SourceArray array => array.Items.Sum(item => (_items ??= new()).Add(item, unknown)),
            _ => 0,
        };
    }

    /// <summary>The schema as if it had stood in the source.</summary>
    /// <param name="at">Where its examples stand.</param>
    public SourceObject ToSchema(SourceNode at)
    {
        var members = new List<SourceMember>();
        if (!_isOpen && TypesToWrite() is { Count: > 0 } types)
            members.Add(new("type", types.Count == 1 ? Text(types[0], at) : List(types, at)));
        if (_types.Contains("object") && !_isOpen)
        {
            if (_order.Count > 0) members.Add(new("properties", Made([.. _order.Select(name => new SourceMember(name, _properties[name].Schema.ToSchema(at)))], at)));
            if (_objects > 1 && _order.Where(name => _properties[name].Count == _objects).ToList() is { Count: > 0 } required) members.Add(new("required", List(required, at)));
        }
        if (_types.Contains("array") && !_isOpen && _items is not null) members.Add(new("items", _items.ToSchema(at)));
        return Made([.. members], at);
    }

    public static SourceObject Made(SourceMember[] members, SourceNode at) => new(at.Line, at.Column) { Members = members, Parent = at.Parent, Origin = at };

    public static SourceScalar Text(string text, SourceNode at) => new(SourceKind.String, text, at.Line, at.Column) { Origin = at };

    public static SourceArray List(IEnumerable<string> texts, SourceNode at) => new(at.Line, at.Column) { Items = [.. texts.Select(text => Text(text, at))], Origin = at };

    private int AddObject(SourceObject holder, IReadOnlySet<SourceNode> unknown)
    {
        _objects++;
        var values = 0;
        foreach (var (name, value) in holder.Members)
        {
            if (!_properties.TryGetValue(name, out var property))
            {
                property = (new(), 0);
                _order.Add(name);
            }
            values += property.Schema.Add(value, unknown);
            _properties[name] = (property.Schema, property.Count + 1);
        }
        return values;
    }

    /// <summary>Whole numbers are numbers, and null alone says nothing of the values that will stand there.</summary>
    private List<string> TypesToWrite()
    {
        var types = Types.Where(_types.Contains).ToList();
        if (_types.Contains("number")) types.Remove("integer");
        return types is ["null"] ? [] : types;
    }

    private static string TypeOf(SourceNode value) => value.Kind switch
    {
        SourceKind.Object => "object",
        SourceKind.Array => "array",
        SourceKind.Number => ((SourceScalar)value).Text.AsSpan().IndexOfAny(".eE") < 0 ? "integer" : "number",
        SourceKind.Boolean => "boolean",
        SourceKind.Null => "null",
        _ => "string",
    };
}
