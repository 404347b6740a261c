using System.Buffers.Text;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Patchbay.Platform.Http;

/// <summary>Which page of a list is asked for: <c>first</c>, <c>after</c>, <c>before</c> and <c>sort</c>.</summary>
internal sealed class PageRequest : IBoundInput, IEndpointParameterMetadataProvider
{
    public const int DefaultSize = 20;
    public const int MaxSize = 100;

    public int First { get; private init; } = DefaultSize;

    /// <summary>Where the page begins, behind the row of these keys; null for the start.</summary>
    public Cursor? After { get; private init; }

    /// <summary>Where the page ends, before the row of these keys; null for no such end.</summary>
    public Cursor? Before { get; private init; }

    /// <summary>Columns and whether each descends; empty for the list's own order.</summary>
    public IReadOnlyList<(string Column, bool Descending)> Sort { get; private init; } = [];

    public Failure? Fault { get; private init; }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(IsPaged.Instance);

    public static ValueTask<PageRequest> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var faults = new List<FieldFault>();
        var first = DefaultSize;
        if (query.TryGetValue("first", out var size)
            && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out first) || first is < 1 or > MaxSize))
        {
            faults.Add(new("first", $"must be a whole number from 1 to {MaxSize}"));
        }

        var after = ReadCursor("after");
        var before = ReadCursor("before");
        if (after is not null && before is not null)
            faults.Add(new("before", "goes not together with after"));
        var sort = new List<(string, bool)>();
        foreach (var part in query.TryGetValue("sort", out var given) ? given.ToString().Split(',') : [])
        {
            if (part.Split(':') is [{ Length: > 0 } column, "asc" or "desc"])
                sort.Add((column, part.EndsWith(":desc", StringComparison.Ordinal)));
            else
                faults.Add(new("sort", "must look like name:asc,id:desc"));
        }

        return ValueTask.FromResult(new PageRequest
        {
            First = first,
            After = after,
            Before = before,
            Sort = sort,
            Fault = faults.Count == 0 ? null : Failure.InvalidFields(faults),
        });

        Cursor? ReadCursor(string name)
        {
            if (!query.TryGetValue(name, out var text))
                return null;
            var cursor = Cursor.TryParse(text.ToString());
            if (cursor is null)
                faults.Add(new(name, "is not a cursor of this list; take it from next or prev"));
            return cursor;
        }
    }

    /// <summary>Marks a paged list, for the API description.</summary>
    internal sealed class IsPaged
    {
        public static readonly IsPaged Instance = new();
    }
}

/// <summary>A place in an ordered list: the sort keys of the row beside it. Opaque to clients, and good for one order only.</summary>
/// <param name="Order">The order that the keys belong to.</param>
/// <param name="Keys">The keys as text, in the order's sequence.</param>
internal sealed record Cursor(string Order, string[] Keys)
{
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<string[]>([Order, .. Keys]));

    public static Cursor? TryParse(string text)
    {
        if (text.Length is 0 or > 4096 || !Base64Url.IsValid(text))
            return null;
        try
        {
            var parts = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text));
            return parts is [{ } order, ..] && Array.TrueForAll(parts, p => p is not null && !p.Contains('\0', StringComparison.Ordinal))
                ? new Cursor(order, parts[1..]) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
