using Patchbay.Importing.Messages;

namespace Patchbay.Importing.Tree;

internal static class MemberList
{
    private const int LargestUnindexed = 8;

    /// <summary>A path has a handful of operations; putting more and more together must not become the work of a hostile document.</summary>
    private const int MostOfOnePath = 64;

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
                members[earlier] = Repeated(members[earlier], member, log);
                continue;
            }
            index?.Add(member.Name, members.Count);
            members.Add(member);
        }
        return Merged(members, log);
    }

    /// <summary>
    /// A path that stands there twice, each time with some of its operations, is one path. Of operations, and of anything else, the last value counts.
    /// </summary>
    private static SourceMember Repeated(SourceMember earlier, SourceMember later, MessageLog log)
    {
        if (later.Name is not ['/', ..] || earlier.Value is not SourceObject first || later.Value is not SourceObject second
            || first.Members.Length + second.Members.Length > MostOfOnePath
            || Array.Exists(second.Members, member => first.Has(member.Name)))
        {
            log.Add(DocumentRemarks.RepeatedName, later.Value, later.Name);
            return later;
        }
        var both = new SourceObject(first.Line, first.Column) { Members = [.. first.Members, .. second.Members], Parent = first.Parent };
        foreach (var member in both.Members)
        {
            if (ReferenceEquals(member.Value.Parent, first) || ReferenceEquals(member.Value.Parent, second)) member.Value.Parent = both;
        }
        log.Add(DocumentRemarks.RepeatedPath, second.Line, second.Column, later.Name, both);
        return new(later.Name, both);
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
