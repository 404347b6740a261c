using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Connectors;

/// <summary>Which connectors of a list are asked for: <c>name</c>, <c>protocol</c>, <c>tags</c> and <c>categories</c>.</summary>
internal sealed class ConnectorSearch : IBoundInput, IEndpointParameterMetadataProvider
{
    private readonly List<(string Key, string? Value)> _tags = [];
    private readonly List<string> _categories = [];
    private string? _name;
    private string? _protocol;

    public Failure? Fault { get; private set; }

    public static void PopulateMetadata(System.Reflection.ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(IsSearch.Instance);

    public static ValueTask<ConnectorSearch> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var search = new ConnectorSearch();
        var faults = new List<FieldFault>();
        if (query.TryGetValue("name", out var name) && name.ToString() is { Length: > 0 } text)
            search._name = Connector.Fold(text);
        if (query.TryGetValue("protocol", out var protocol))
            search._protocol = protocol.ToString().ToLowerInvariant();
        foreach (var category in query.TryGetValue("categories", out var categories) ? categories.ToArray() : [])
        {
            if (category is not null && CategoryNames.IsKnown(category))
                search._categories.Add(category);
            else
                faults.Add(new("categories", "is not a category; GET /categories lists them"));
        }

        foreach (var tag in query.TryGetValue("tags", out var tags) && tags.ToString().Length > 0 ? tags.ToString().Split(',') : [])
        {
            var parts = tag.Split(':', 2);
            if (parts[0].Length == 0 || parts is [_, ""])
                faults.Add(new("tags", "must look like key:value,key2"));
            else
                search._tags.Add((parts[0], parts.Length == 2 ? parts[1] : null));
        }

        search.Fault = faults.Count == 0 ? null : Failure.InvalidFields(faults);
        return ValueTask.FromResult(search);
    }

    /// <summary>The connectors that have all that is asked for.</summary>
    public IQueryable<Connector> In(IQueryable<Connector> connectors)
    {
        if (_name is { } name)
            connectors = connectors.Where(c => c.NameFolded.Contains(name));
        if (_protocol is { } protocol)
            connectors = connectors.Where(c => c.Protocol.Contains(protocol));
        foreach (var category in _categories)
            connectors = connectors.Where(c => c.Categories.Any(x => x.Category == category));
        foreach (var (key, value) in _tags)
            connectors = connectors.Where(c => c.Tags.Any(t => t.Key == key && (value == null || t.Value == value)));
        return connectors;
    }

    /// <summary>Marks a searchable list, for the API description.</summary>
    internal sealed class IsSearch
    {
        public static readonly IsSearch Instance = new();
    }
}
