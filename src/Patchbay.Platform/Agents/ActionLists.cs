using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Data;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Agents;

/// <summary>What is said of an action where there are many.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentHash">Its content.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Request">Method and path, or what stands in their place.</param>
/// <param name="Words">All that is searched, folded.</param>
internal sealed record ListedAction(string Name, byte[] ContentHash, string Summary, string Request, string Words);

/// <summary>
/// The actions of published versions, remembered: what is published does not change, and when it is published again it is published at another
/// time.
/// </summary>
internal sealed class ActionLists
{
    private const int MostRemembered = 50_000;
    private const int LongestSummary = 300;
    private const int LongestSearched = 2_000;

    private readonly ConcurrentDictionary<(Ulid VersionId, DateTimeOffset PublishedAt), IReadOnlyList<ListedAction>> _lists = new();
    private int _remembered;

    /// <summary>The actions of a version, by name.</summary>
    public async ValueTask<IReadOnlyList<ListedAction>> OfAsync(PatchbayDb db, Ulid versionId, DateTimeOffset publishedAt, CancellationToken cancellationToken)
    {
        if (_lists.TryGetValue((versionId, publishedAt), out var known))
            return known;
        var read = new List<ListedAction>();
        await foreach (var row in db.Actions.Where(a => a.VersionId == versionId)
            .Join(db.Contents, a => a.ContentHash, c => c.Hash, (a, c) => new { a.Name, c.Hash, c.Body }).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            read.Add(Listed(row.Name, row.Hash, StoredContent.Read<ActionContent>(row.Body)));
        }

        var list = read.OrderBy(a => a.Name, StringComparer.Ordinal).ToList();
        if (Volatile.Read(ref _remembered) + list.Count > MostRemembered)
        {
            _lists.Clear();
            Volatile.Write(ref _remembered, 0);
        }

        if (_lists.TryAdd((versionId, publishedAt), list))
            Interlocked.Add(ref _remembered, list.Count);
        return list;
    }

    private static ListedAction Listed(string name, byte[] hash, ActionContent content)
    {
        var summary = content.Summary is { Length: > 0 } given ? given : content.Description ?? "";
        var request = content.Query is { } query ? query.Sql.ReplaceLineEndings(" ") : $"{content.Method} {content.Path}";
        var words = $"{name} {content.Summary} {content.Path} {content.Description} {content.Query?.Sql}";
        return new ListedAction(
            name, hash, Cut(summary.ReplaceLineEndings(" "), LongestSummary), Cut(request, LongestSummary), Cut(words, LongestSearched).ToLowerInvariant());
    }

    /// <summary>The beginning of a text, which says that it is one; halves of characters are left out.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1), "…");
}
