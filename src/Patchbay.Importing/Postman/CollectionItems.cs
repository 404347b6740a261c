using Patchbay.Importing.Messages;
using Patchbay.Importing.Naming;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>A request of a collection.</summary>
/// <param name="Name">The name of its action.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Folders">The folders around it, the outermost first.</param>
/// <param name="Item">The item.</param>
/// <param name="Request">The request in it; null where it is only a URL.</param>
/// <param name="Url">The URL, taken apart; null where there is none.</param>
/// <param name="Auth">The auth scheme of the innermost folder that has one, or of the collection; null for none.</param>
internal sealed record CollectionItem(
    string Name, string Title, IReadOnlyList<string> Folders, SourceObject Item, SourceObject? Request, PostmanUrl? Url, string? Auth);

/// <summary>Finds the requests in the folders of a collection.</summary>
internal sealed class CollectionItems(ImportContext context, PostmanVariables variables, PostmanTexts texts, AuthReader auth)
{
    private static readonly string[] DescribedOfFolder = ["name", "description", "item", "event", "auth", "variable"];
    private static readonly string[] DescribedOfItem = ["name", "description", "request", "response", "event", "variable"];

    private readonly UniqueNames _names = new();
    private readonly List<CollectionItem> _found = [];
    private readonly List<KeyValuePair<string, string>> _descriptions = [];

    /// <summary>What is said of folders, by their path.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> FolderDescriptions => _descriptions;

    public IReadOnlyList<CollectionItem> Read(SourceObject collection)
    {
        ReadFolder(collection, [], auth.Read(collection));
        return _found;
    }

    private void ReadFolder(SourceObject holder, IReadOnlyList<string> folders, string? inherited)
    {
        foreach (var node in context.Fields.Items(holder, "item"))
        {
            context.Charge(ImportContext.Step);
            if (context.IsExhausted) return;
            if (node is not SourceObject item || (!item.Has("item") && !item.Has("request")))
                context.Log.Add(PostmanRemarks.ItemIsNone, node);
            else if (item.Has("item"))
                OpenFolder(item, folders, inherited);
            else
                ReadItem(item, folders, inherited);
        }
    }

    private void OpenFolder(SourceObject folder, IReadOnlyList<string> folders, string? inherited)
    {
        var name = texts.Name(folder);
        IReadOnlyList<string> path = [.. folders, name];
        texts.RemarkScripts(folder, name);
        texts.RemarkRest(folder, DescribedOfFolder);
        variables.Read(folder);
        if (texts.Description(folder) is { } description)
        {
            context.Log.Add(PostmanRemarks.FolderDescription, folder, name);
            _descriptions.Add(new(string.Join(" / ", path), description));
        }
        ReadFolder(folder, path, folder.Has("auth") ? auth.Read(folder) : inherited);
    }

    private void ReadItem(SourceObject item, IReadOnlyList<string> folders, string? inherited)
    {
        var title = texts.Name(item);
        texts.RemarkScripts(item, title);
        texts.RemarkRest(item, DescribedOfItem);
        variables.Read(item);
        var request = item.Find("request") as SourceObject;
        var url = PostmanUrl.Read(context, variables, request is null ? item.Find("request") : request.Find("url"));
        if (url is null) context.Log.Add(PostmanRemarks.NoUrl, item, title);
        var wanted = NameOf([.. folders, title]);
        if (wanted.Length == 0) wanted = NameRules.FromMethodAndPath((request is null ? null : context.Fields.Text(request, "method")) ?? "get", string.Join('/', url?.Segments ?? []));
        var scheme = request is not null && request.Has("auth") ? auth.Read(request) : inherited;
        _found.Add(new(_names.Claim(wanted.Length > 0 ? wanted : "action"), title, folders, item, request, url, scheme));
    }

    /// <summary>The words of folders and item in a row; what else stands between them would come to rows of lines.</summary>
    private static string NameOf(IEnumerable<string> titles)
    {
        var words = titles.Select(title => string.Join('_', new string([.. title.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return NameRules.Operation(string.Join('_', words.Where(word => word.Length > 0)));
    }
}
