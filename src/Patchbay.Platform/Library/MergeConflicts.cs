using System.Text.Json.Nodes;
using Patchbay.Importing.Comparing;
using Patchbay.Platform.Http;
using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Library;

/// <summary>Conflicts as the API shows them.</summary>
internal static class MergeConflicts
{
    /// <summary>Longer values are cut: whoever wants to see them whole reads the part.</summary>
    private const int MostCharacters = 16_384;

    public static MergeConflictJson Json(MergeConflict conflict) => new()
    {
        Kind = (VersionPartKind)conflict.Part.Kind,
        Name = conflict.Part.Name,
        Reason = (MergeConflictKind)conflict.Reason,
        Fields = [.. conflict.Fields.Select(f => new FieldConflictJson
        {
            Field = f.Field,
            Base = Bearable(f.Base),
            Own = Bearable(f.Own),
            Upstream = Bearable(f.Upstream),
        })],
        ReferredBy = conflict.ReferredBy.Count == 0 ? null : [.. conflict.ReferredBy.Select(r => new ReferrerJson((VersionPartKind)r.Kind, r.Name))],
    };

    private static JsonNode? Bearable(JsonNode? value)
    {
        if (value is null)
            return null;
        var text = value.ToJsonString();
        return text.Length <= MostCharacters && DepthOf(text) < ApiJson.MaxDepth / 2 ? value : ImportedText.Keepable(text, MostCharacters) + "…";
    }

    /// <summary>How deep a document is at most, by its brackets.</summary>
    private static int DepthOf(string json)
    {
        var (depth, most) = (0, 0);
        foreach (var c in json)
        {
            depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
            most = Math.Max(most, depth);
        }

        return most;
    }
}
