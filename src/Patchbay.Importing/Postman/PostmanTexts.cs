using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>Reads what is said for people, and says what is read nowhere.</summary>
internal sealed class PostmanTexts(ImportContext context, KnownSecrets secrets)
{
    private static readonly string[] Nothing = ["id", "uid", "_postman_id", "_postman_previewlanguage", "_postman_previewtype", "_postman_isSubFolder", "postman_previewlanguage"];

    /// <summary>A description, which is a text or an object with the text in it.</summary>
    public string? Description(SourceObject holder)
    {
        var node = holder.Find("description");
        var text = node is SourceObject described ? context.Fields.Text(described, "content") : context.Fields.Text(holder, "description");
        if (string.IsNullOrWhiteSpace(text)) return null;
        context.Charge(text.Length);
        return secrets.Clean(text, node!);
    }

    public string Name(SourceObject holder) => secrets.Clean(context.Fields.Text(holder, "name")?.Trim() ?? "", holder);

    /// <summary>Says which scripts a collection, folder or request has.</summary>
    public void RemarkScripts(SourceObject holder, string name)
    {
        foreach (var node in context.Fields.Items(holder, "event"))
        {
            if (node is not SourceObject script || IsEmpty(script.Find("script"))) continue;
            context.Log.Add(PostmanRemarks.Script, script, $"{name}: {context.Fields.Text(script, "listen") ?? "script"}");
        }
    }

    /// <summary>Says which fields nobody reads, without those that only say which item or example it is.</summary>
    public void RemarkRest(SourceObject holder, string[] described)
    {
        foreach (var (name, value) in holder.Members)
        {
            if (described.Contains(name) || Nothing.Contains(name) || IsEmpty(value)) continue;
            context.Log.Add(PostmanRemarks.OtherField, value, name);
        }
    }

    private static bool IsEmpty(SourceNode? node) => node switch
    {
        null or SourceScalar { Kind: SourceKind.Null } or SourceScalar { Text.Length: 0 } => true,
        SourceArray array => array.Items.All(IsEmpty),
        SourceObject holder => (holder.Find("exec") is { } exec && IsEmpty(exec) && !holder.Has("src")) || holder.Members.Length == 0,
        _ => false,
    };
}
