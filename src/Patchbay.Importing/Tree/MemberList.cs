using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

internal static class MemberList
{
    private const int LargestUnindexed = 8;

    /// <summary>The name of YAML's merge key. Told from a quoted <c>"&lt;&lt;"</c> by being this very instance.</summary>
    public static readonly string MergeName = new(['<', '<']);

    /// <summary>
    /// Where a name is repeated the last value counts, as in the parsers that most tools use, and it stands where the first one stood.
    /// </summary>
    public static SourceMember[] WithoutRepetition(List<(string? Name, SourceNode Value)> children, MessageLog log)
    {
        var members = new List<SourceMember>(children.Count);
        var index = children.Count > LargestUnindexed ? new Dictionary<string, int>(children.Count, StringComparer.Ordinal) : null;
        foreach (var (name, value) in children)
        {
            var member = new SourceMember(name ?? "", value);
            var earlier = IndexOf(members, index, member.Name);
            if (earlier >= 0)
            {
                log.Add(DocumentRemarks.RepeatedName, value, member.Name);
                members[earlier] = member;
                continue;
            }
            index?.Add(member.Name, members.Count);
            members.Add(member);
        }
        return Merged(members, log);
    }

    /// <summary>
    /// Puts the members that a merge key brings in its place. Names that the object has itself win, then earlier mappings of a list.
    /// The nodes stay the anchor's, and were counted when the alias was read.
    /// </summary>
    private static SourceMember[] Merged(List<SourceMember> members, MessageLog log)
    {
        var at = members.FindIndex(member => ReferenceEquals(member.Name, MergeName));
        if (at < 0) return [.. members];
        var merge = members[at].Value;
        var names = members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        var brought = new List<SourceMember>();
        foreach (var source in merge is SourceArray list ? list.Items : [merge])
        {
            if (source is SourceObject mapping)
                brought.AddRange(mapping.Members.Where(member => names.Add(member.Name)));
            else
                log.Add(DocumentRemarks.MergeOfNoMapping, source);
        }
        return [.. members[..at], .. brought, .. members[(at + 1)..]];
    }

    private static int IndexOf(List<SourceMember> members, Dictionary<string, int>? index, string name)
    {
        if (index is not null) return index.GetValueOrDefault(name, -1);
        for (var i = 0; i < members.Count; i++)
        {
            if (string.Equals(members[i].Name, name, StringComparison.Ordinal)) return i;
        }
        return -1;
    }
}
