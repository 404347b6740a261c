using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Patchbay.Platform.Http;

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="TotalCount">How many rows the whole list has.</param>
/// <param name="Next">The cursor to the next page, or null where there is none.</param>
/// <param name="Prev">The cursor to the page before, or null where there is none.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int TotalCount, string? Next, string? Prev)
{
    public Page<TOther> Of<TOther>(IReadOnlyList<TOther> items) => new(items, TotalCount, Next, Prev);
}

/// <summary>
/// The columns that a list can be ordered by. Pages are cut by key, not by count: what is inserted or updated meanwhile neither repeats a
/// row nor pushes another out. The id, or what a list has in its place, is always the last key, so that the order is total.
/// </summary>
/// <typeparam name="T">The row.</typeparam>
internal sealed class ListOrder<T>
{
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);
    private readonly List<(string Column, bool Descending)> _default = [];

    private string _unique = "id";

    private delegate object? KeyParser(string text);

    private sealed record Column(LambdaExpression Key, Func<T, string> Write, KeyParser Read);

    public ListOrder<T> ById(Expression<Func<T, Ulid>> key) =>
        Add("id", key, id => id.ToString(), text => Ulid.TryParse(text, out var id) ? id : null);

    /// <summary>What no two rows have in common, where they have no id.</summary>
    public ListOrder<T> ByUnique(string name, Expression<Func<T, long>> key)
    {
        _unique = name;
        return Add(name, key, number => number.ToString(CultureInfo.InvariantCulture),
            text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null);
    }

    public ListOrder<T> By(string name, Expression<Func<T, string>> key) => Add(name, key, text => text, text => text);

    public ListOrder<T> By(string name, Expression<Func<T, DateTimeOffset>> key) => Add(name, key,
        time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);

    /// <summary>The order where the caller names none.</summary>
    public ListOrder<T> Default(string column, bool descending)
    {
        _default.Add((column, descending));
        return this;
    }

    public async Task<Outcome<Page<T>>> PageAsync(IQueryable<T> rows, PageRequest request, CancellationToken cancellationToken)
    {
        var order = request.Sort.Count > 0 ? request.Sort.ToList() : [.. _default];
        if (order.Find(o => !_columns.ContainsKey(o.Column)) is { Column: { } unknown })
            return Failure.InvalidField("sort", $"cannot sort by '{unknown}'; sort by {string.Join(", ", _columns.Keys)}");
        if (order.DistinctBy(o => o.Column, StringComparer.Ordinal).Count() != order.Count)
            return Failure.InvalidField("sort", "names a column twice");
        if (order.TrueForAll(o => o.Column != _unique))
            order.Add((_unique, false));
        else
            order = order[..(order.FindIndex(o => o.Column == _unique) + 1)];
        var name = string.Join(',', order.Select(o => $"{o.Column}:{(o.Descending ? "desc" : "asc")}"));

        object[]? keys = null;
        if ((request.After ?? request.Before) is { } cursor)
        {
            keys = KeysOf(cursor, name, order);
            if (keys is null)
                return Failure.InvalidField(request.After is null ? "before" : "after", "is not a cursor of this list in this order");
        }

        // A list that stands in the program is ordered and cut the same way; only nobody waits for it.
        var stored = rows.Provider is IAsyncQueryProvider;
        var backwards = request.Before is not null;
        var cut = keys is null ? rows : rows.Where(Beyond(order, keys, backwards));
        var taken = Ordered(cut, order, backwards).Take(request.First + 1);
        var found = stored ? await taken.ToListAsync(cancellationToken) : [.. taken];
        var more = found.Count > request.First;
        if (more)
            found.RemoveAt(request.First);
        if (backwards)
            found.Reverse();
        // A page that is the whole list counts it.
        var total = keys is null && !more ? found.Count : stored ? await rows.CountAsync(cancellationToken) : rows.Count();

        var other = keys is not null && await AnyAsync(
            found.Count == 0 ? Beyond(order, keys, !backwards) : Beyond(order, [.. KeysOf(backwards ? found[^1] : found[0], order)], !backwards));
        var (hasNext, hasPrev) = backwards ? (other, more) : (more, other);
        return new Page<T>(found, total,
            hasNext ? CursorAt(found.Count > 0 ? found[^1] : default, request.Before) : null,
            hasPrev ? CursorAt(found.Count > 0 ? found[0] : default, request.After) : null);

        async Task<bool> AnyAsync(Expression<Func<T, bool>> beyond) => stored ? await rows.AnyAsync(beyond, cancellationToken) : rows.Any(beyond);

        string? CursorAt(T? row, Cursor? given) =>
            row is null ? given?.ToString() : new Cursor(name, [.. order.Select(o => _columns[o.Column].Write(row))]).ToString();
    }

    private ListOrder<T> Add<TKey>(string name, Expression<Func<T, TKey>> key, Func<TKey, string> write, KeyParser read)
    {
        var get = key.Compile();
        _columns.Add(name, new Column(key, row => write(get(row)), read));
        return this;
    }

    private object[]? KeysOf(Cursor cursor, string name, List<(string Column, bool Descending)> order)
    {
        if (cursor.Order != name || cursor.Keys.Length != order.Count)
            return null;
        var keys = order.Select((o, i) => _columns[o.Column].Read(cursor.Keys[i])).OfType<object>().ToArray();
        return keys.Length == order.Count ? keys : null;
    }

    private IEnumerable<object> KeysOf(T row, List<(string Column, bool Descending)> order) =>
        order.Select(o => _columns[o.Column]).Select(c => c.Read(c.Write(row))!);

    private IQueryable<T> Ordered(IQueryable<T> rows, List<(string Column, bool Descending)> order, bool backwards)
    {
        var expression = rows.Expression;
        for (var i = 0; i < order.Count; i++)
        {
            var key = _columns[order[i].Column].Key;
            var method = (i == 0 ? "OrderBy" : "ThenBy") + (order[i].Descending != backwards ? "Descending" : "");
            expression = Expression.Call(typeof(Queryable), method, [typeof(T), key.ReturnType], expression, Expression.Quote(key));
        }

        return rows.Provider.CreateQuery<T>(expression);
    }

    /// <summary>Rows behind the keys in the order, or before them.</summary>
    private Expression<Func<T, bool>> Beyond(List<(string Column, bool Descending)> order, object[] keys, bool backwards)
    {
        var row = Expression.Parameter(typeof(T), "row");
        Expression? beyond = null;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var key = new Rebind(row).Of(_columns[order[i].Column].Key);
            // A field of an object, not a constant: so the database sees a parameter and keeps its plan.
            var value = Expression.Field(Expression.Constant(Activator.CreateInstance(typeof(Holder<>).MakeGenericType(typeof(T), key.Type), keys[i])), "Value");
            var compared = Expression.Call(key, key.Type.GetMethod("CompareTo", [key.Type])!, value);
            var zero = Expression.Constant(0);
            var past = order[i].Descending != backwards ? Expression.LessThan(compared, zero) : Expression.GreaterThan(compared, zero);
            beyond = beyond is null ? past : Expression.OrElse(past, Expression.AndAlso(Expression.Equal(compared, zero), beyond));
        }

        return Expression.Lambda<Func<T, bool>>(beyond!, row);
    }

    private sealed class Holder<TKey>(TKey value)
    {
        public readonly TKey Value = value;
    }

    private sealed class Rebind(ParameterExpression row) : ExpressionVisitor
    {
        public Expression Of(LambdaExpression key) => Visit(key.Body);

        protected override Expression VisitParameter(ParameterExpression node) => row;
    }
}
