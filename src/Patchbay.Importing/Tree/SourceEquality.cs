namespace Patchbay.Importing.Tree;

internal static class SourceEquality
{
    /// <summary>Whether two nodes say the same in the same order. Recursion is bounded by the depth that the reader allowed.</summary>
    public static bool SameAs(this SourceNode? left, SourceNode? right)
    {
        if (ReferenceEquals(left, right)) return true;
        if (left is null || right is null || left.Kind != right.Kind) return false;
        return (left, right) switch
        {
            (SourceScalar a, SourceScalar b) => a.Text == b.Text,
            (SourceArray a, SourceArray b) => a.Items.Length == b.Items.Length && a.Items.Zip(b.Items).All(pair => pair.First.SameAs(pair.Second)),
            (SourceObject a, SourceObject b) => a.Members.Length == b.Members.Length
                && a.Members.Zip(b.Members).All(pair => pair.First.Name == pair.Second.Name && pair.First.Value.SameAs(pair.Second.Value)),
            _ => false,
        };
    }
}
