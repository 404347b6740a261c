using Patchbay.Importing.Tree;

namespace Patchbay.UnitTests.Importing.Tree;

internal static class SourceNodes
{
    public static string? FindText(this SourceObject holder, string name) => (holder.Find(name) as SourceScalar)?.Text;
}
